"""An object's movements, for its story."""

from typing import Any

from django.utils.translation import gettext as _

from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models import Movement
from rebond.workshop.contributions import Happening

MOST = 200


def story(item: Any) -> list[Happening]:
    """Each movement: from where to where. Those of a step say more about it, and have no line of their own."""
    rows = Movement.objects.filter(item=item).select_related("from_place", "to_place").order_by("-pk")[:MOST]
    return [_told(row) for row in rows]


def _told(row: Movement) -> Happening:
    units = _("%(n)s pieces. ") % {"n": row.units} if row.units > 1 else ""
    way = {"from": row.from_place or "", "to": row.to_place or ""}
    if row.from_place is None:
        where = _("To %(to)s.") % way
    elif row.to_place is None:
        where = _("From %(from)s.") % way
    else:
        where = _("From %(from)s to %(to)s.") % way
    return Happening(
        icon="warehouse",
        tint="sable",
        title=_("In stock: %(reason)s") % {"reason": MoveReason(row.reason).label},
        text=f"{units}{where}",
        at=row.at,
        is_day_only=row.is_day_only,
        step_id=row.step_id,
    )
