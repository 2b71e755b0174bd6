"""Who may do what in the network, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register
from rebond.network.enums import DESK_ROLES, Role

register(
    {
        "network.desk.view": DESK_ROLES,
        "network.organisation.view": DESK_ROLES,
        "network.organisation.change": frozenset({Role.MANAGER, Role.COORDINATOR}),
        "network.organisation.list": frozenset(
            {Role.COORDINATOR, Role.COMMITTEE, Role.CATALOGUE_MANAGER, Role.MODERATOR}
        ),
        "network.organisation.create": frozenset({Role.COORDINATOR}),
        "network.attribute.verify": frozenset({Role.COORDINATOR}),
        "network.membership.view": frozenset({Role.MANAGER, Role.SELLER, Role.READER, Role.COORDINATOR}),
        "network.membership.change": frozenset({Role.MANAGER, Role.COORDINATOR}),
        "network.agreement.view": frozenset({Role.MANAGER, Role.COORDINATOR}),
        "network.agreement.change": frozenset({Role.COORDINATOR}),
        "network.carriage.change": frozenset({Role.MANAGER, Role.COORDINATOR}),
        "network.admission.confirm": frozenset({Role.MANAGER}),
        "network.admission.review": frozenset({Role.COORDINATOR, Role.COMMITTEE}),
        "network.admission.vote": frozenset({Role.COMMITTEE}),
        "network.admission.decide": frozenset({Role.COORDINATOR}),
        "network.trader.read": frozenset({Role.COORDINATOR}),
    }
)
describe(
    {
        "network.desk.view": _("Open the desk"),
        "network.organisation.view": _("Read an organisation's page"),
        "network.organisation.change": _("Change an organisation, its places, its days off, its attributes"),
        "network.organisation.list": _("Search the directory of the network"),
        "network.organisation.create": _("Add an organisation to the directory"),
        "network.attribute.verify": _("Verify the proofs of organisations"),
        "network.membership.view": _("See who acts for the organisation"),
        "network.membership.change": _("Invite people, change and end roles"),
        "network.agreement.view": _("Read agreements"),
        "network.agreement.change": _("Write, sign and end agreements"),
        "network.carriage.change": _("Set delivery prices by weight"),
        "network.admission.confirm": _("Say whether an application sent with the organisation's SIREN is its own"),
        "network.admission.review": _("Read applications"),
        "network.admission.vote": _("Grade applications and vote"),
        "network.trader.read": _("Open a seller's sealed file; each reading is noted"),
        "network.admission.decide": _("Decide on applications, suspend or end a seller"),
    }
)


def _organisation_ids(user: Any, roles: frozenset[Any]) -> list[int]:
    if not getattr(user, "is_authenticated", False):
        return []
    return [m.organisation_id for m in user.memberships.filter(ended_at__isnull=True, role__in=roles)]


def is_network_staff(user: Any) -> bool:
    """Whether the user acts for the operator of the network (any of its roles)."""
    if not getattr(user, "is_authenticated", False):
        return False
    return bool(
        user.memberships.filter(
            ended_at__isnull=True,
            role__in=[Role.COORDINATOR, Role.COMMITTEE, Role.CATALOGUE_MANAGER, Role.MODERATOR],
        ).exists()
    )


def visible_organisations(user: Any) -> Q:
    """Rows of Organisation that `user` may read at the desk: all for the network's staff, else their own."""
    if is_network_staff(user):
        return Q()
    return Q(pk__in=_organisation_ids(user, DESK_ROLES))
