"""The buyer's bank has the money of a part for good: what had not left stays here."""

import datetime

from rebond.shop.actions.appointment import release_appointments
from rebond.shop.actions.missed import keep_unsold, missed_of
from rebond.shop.actions.parcels import take_out
from rebond.shop.actions.part import cancel_line, move_part
from rebond.shop.enums import PAID_PARTS, OrderLineState
from rebond.shop.models import OrderLine, SellerOrder
from rebond.shop.queries.inside import still_here


def cancel_lost_part(*, part: SellerOrder, is_whole: bool, reason: str, now: datetime.datetime) -> None:
    """The buyer's bank has the money of this part: where all of it is gone, what is still here is cancelled.

    These objects come back, off sale, less what a picker missed; what left stays as it is. Where nothing left the part
    is over. The caller holds the order.
    """
    found = SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)
    if not is_whole or found.state not in PAID_PARTS:
        return
    sold = OrderLine.objects.filter(part=found, state=OrderLineState.SOLD)
    lines = still_here(sold.select_related("item__seller", "part__order").order_by("item_id"))
    missed = missed_of(found.order.public_id, lines)
    back = [line for line in lines if cancel_line(line, None, reason)]
    take_out(order=found.order, lines=lines, by=None)
    keep_unsold(back=back, missed=missed, unfit=(), by=None, reason=reason)
    if not sold.exists():
        move_part(found, "cancel", None, reason=reason, cancelled_at=now)
    release_appointments(order=found.order, by=None, now=now)
