"""From which day a delivered part's money may leave to its seller (rules.md F2)."""

import contextlib
import datetime

from django.utils import timezone

from rebond.ledger.actions.sale import set_payable
from rebond.ledger.errors import UnknownSale
from rebond.shop.enums import OrderLineState, ReturnState, SellerOrderState
from rebond.shop.models import OrderLine, Return, SellerOrder
from rebond.shop.queries.by_hand import is_straight

# The delay to withdraw (14 days after the day of reception) and the week-ends and holidays its end may be moved over
# (rules.md F2: L221-19).
PAYABLE_AFTER = datetime.timedelta(days=14 + 4)
STRAIGHT_SINCE = datetime.date(2000, 1, 1)  # of money that the seller took itself: no delay of a payout concerns it
RETURN_AFTER = datetime.timedelta(days=14)  # what was sent back on the last day is refunded within these


def hold_for_returns(*, part: SellerOrder) -> None:
    """Let the money of a delivered part wait for what is coming back of it, and no longer once that is closed.

    A sale from before the books has nothing to hold. The caller holds the order.
    """
    received = SellerOrder.objects.values_list("delivered_at", flat=True).get(pk=part.pk)
    if received is None or is_straight(part.order_id):
        return
    try:
        set_payable(sale_key=part.public_id, on=payable_day(part, received))
    except UnknownSale:
        return
    follow_delivery(part=part)


def follow_delivery(*, part: SellerOrder) -> None:
    """Let the delivery that cancelled parts of its order were left with wait for what travelled in the parcel.

    Nothing else ever says a day for them: their own objects did not leave. Who carries it is paid with the last part of
    the parcel that its buyer has (decision 56); nobody can say while one is on its way. The caller holds the order.
    """
    rows = OrderLine.objects.filter(part__order=part.order_id, part__state=SellerOrderState.CANCELLED)
    paid: dict[str, set[int]] = {}
    for line in rows.exclude(shipping_cents=0).select_related("part").order_by("pk"):
        if line.shipping_left_cents:
            paid.setdefault(line.part.public_id, set()).add(line.parcel)
    for key, numbers in paid.items():
        sold = OrderLine.objects.filter(part__order=part.order_id, parcel__in=numbers, state=OrderLineState.SOLD)
        travelled = {line.part_id: line.part for line in sold.select_related("part").order_by("pk")}.values()
        days = [payable_day(row, row.delivered_at) for row in travelled if row.delivered_at]
        is_over = bool(days) and len(days) == len(travelled)
        with contextlib.suppress(UnknownSale):  # sold before the books
            set_payable(sale_key=key, on=max(days) if is_over else None)


def payable_day(part: SellerOrder, received: datetime.datetime) -> datetime.date:
    """After the delay to withdraw and, where something is coming back, the delay to refund it."""
    awaited = Return.objects.filter(part=part).exclude(state=ReturnState.CLOSED).values_list("due_on", flat=True)
    return max([timezone.localdate(received) + PAYABLE_AFTER, *(day + RETURN_AFTER for day in awaited)])
