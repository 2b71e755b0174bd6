"""Who reads the journal, the outgoing mail and the dead list.

The journal stands below `network`: roles are named by their stable values.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register, roles_of

OPERATOR = "operator"  # kind of the organisation that runs the network
NETWORK = frozenset({"coordinator", "catalogue_manager", "committee", "moderator"})  # roles on everybody's data

register(
    {
        "journal.entry.list": frozenset({"manager", "coordinator"}),
        "journal.entry.list_all": frozenset({"coordinator"}),
        "journal.mail.list": frozenset({"manager", "coordinator"}),
        "journal.mail.list_all": frozenset({"coordinator"}),
        "journal.mail.resend": frozenset({"manager", "coordinator"}),
        "journal.task.list": frozenset({"coordinator"}),
        "journal.task.rerun": frozenset({"coordinator"}),
    }
)
describe(
    {
        "journal.entry.list": _("Read the journal of the organisation"),
        "journal.entry.list_all": _("Read the journal of everybody"),
        "journal.mail.list": _("See the mail that leaves for the organisation"),
        "journal.mail.list_all": _("See all outgoing mail, trust an address again"),
        "journal.mail.resend": _("Send a mail again"),
        "journal.task.list": _("See background work"),
        "journal.task.rerun": _("Run failed work again"),
    }
)


def visible_entries(access: Any) -> Q:
    """Rows of Entry that may be read: those of the current organisation, or all for the network's coordinator."""
    return _of_organisation(access, "journal.entry.list")


def visible_mail(access: Any) -> Q:
    """Rows of OutgoingMail that may be read, by the same rule."""
    return _of_organisation(access, "journal.mail.list")


def can_read_file(access: Any, user: Any, stored: Any) -> bool:
    """Whether `user` holds the file's permission in the organisation that owns it, or by a role of the network.

    A manager or a seller at the operator acts for the operator only. A file without an organisation is read by
    the person who sent it, and nobody else.
    """
    if not stored.organisation_id:
        return bool(stored.uploaded_by_id and stored.uploaded_by_id == user.public_id)
    roles = roles_of(stored.permission)
    return any(
        member.role in roles
        and (
            member.organisation.public_id == stored.organisation_id
            or (member.organisation.kind == OPERATOR and member.role in NETWORK)
        )
        for member in access.memberships
    )


def _of_organisation(access: Any, permission: str) -> Q:
    if access is None or access.organisation is None or not access.can(permission):
        return Q(pk__in=[])
    return Q() if access.can(f"{permission}_all") else Q(organisation_id=access.organisation.public_id)
