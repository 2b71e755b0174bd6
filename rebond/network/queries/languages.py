"""The language in which an organisation is written to."""

from rebond.network.enums import Role
from rebond.network.models import Membership, Organisation


def language_of(organisation: Organisation) -> str:
    """The language that its longest-standing manager chose for mails, else French (a code of LANGUAGES)."""
    rows = Membership.objects.filter(organisation=organisation, role=Role.MANAGER, ended_at__isnull=True)
    return rows.order_by("started_at", "pk").values_list("user__language", flat=True).first() or "fr"
