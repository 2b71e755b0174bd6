"""Who imports: managers and sellers, for their own organisation only."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

IMPORTERS = frozenset({"manager", "seller"})

register({"connect.import.view": IMPORTERS, "connect.import.run": IMPORTERS})
describe(
    {
        "connect.import.view": _("See the imports of the organisation"),
        "connect.import.run": _("Import a catalogue, undo an import"),
    }
)


def visible_imports(user: Any) -> Q:
    """Rows of ImportRun that `user` may read: those of the organisations for which they manage or sell."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=IMPORTERS)
    return Q(seller_id__in=set(rows.values_list("organisation_id", flat=True)))


def can_import(user: Any, seller: Any) -> bool:
    """Whether `user` may import for `seller`; agrees with `visible_imports` (tested)."""
    return bool(
        getattr(user, "is_authenticated", False)
        and user.memberships.filter(ended_at__isnull=True, role__in=IMPORTERS, organisation=seller).exists()
    )
