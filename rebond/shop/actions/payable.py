"""From which day a delivered part's money may leave to its seller (rules.md F2)."""

import datetime

from django.utils import timezone

from rebond.ledger.actions.sale import set_payable
from rebond.ledger.errors import UnknownSale
from rebond.shop.enums import ReturnState
from rebond.shop.models import Return, SellerOrder
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


def payable_day(part: SellerOrder, received: datetime.datetime) -> datetime.date:
    """After the delay to withdraw and, where something is coming back, the delay to refund it."""
    awaited = Return.objects.filter(part=part).exclude(state=ReturnState.CLOSED).values_list("due_on", flat=True)
    return max([timezone.localdate(received) + PAYABLE_AFTER, *(day + RETURN_AFTER for day in awaited)])
