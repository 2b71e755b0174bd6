"""Who paid the delivery of a parcel of which nothing is left: it may be a seller whose objects were cancelled first."""

from collections.abc import Collection, Iterable

from rebond.shop.enums import OrderLineState, ReturnState
from rebond.shop.models import OrderLine, Return, SellerOrder


def paid_by_others(part: SellerOrder, lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Of these lines, the cancelled ones of other parts of which some delivery is left to give back."""
    return [
        line
        for line in lines
        if line.part_id != part.pk and line.state == OrderLineState.CANCELLED and line.shipping_left_cents
    ]


def emptied_by(back: Return, numbers: Collection[int]) -> list[OrderLine]:
    """Lines of other parts that paid the delivery of these parcels, where their buyer keeps nothing of them any more.

    Cancelled, or given back by a return that is closed, or by this one.
    """
    rows = OrderLine.objects.filter(part__order=back.part.order_id, parcel__in=numbers)
    lines = list(rows.select_related("part__order", "coming_back__back").order_by("pk"))
    kept = {line.parcel for line in lines if line.state == OrderLineState.SOLD and not _is_given_back(line, back)}
    return paid_by_others(back.part, [line for line in lines if line.parcel not in kept])


def _is_given_back(line: OrderLine, back: Return) -> bool:
    returned = getattr(line, "coming_back", None)
    if returned is None:
        return False
    return bool(returned.back_id == back.pk or returned.back.state == ReturnState.CLOSED)
