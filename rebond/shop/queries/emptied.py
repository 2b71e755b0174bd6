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

    Cancelled, refunded whole, or given back by a return that is closed, or by this one.
    """
    return _emptied(back.part, numbers, set(back.lines.values_list("line", flat=True)))


def emptied_with(line: OrderLine) -> list[OrderLine]:
    """The same of the parcel of this line, once it is refunded whole without a return."""
    return _emptied(line.part, {line.parcel}, {line.pk})


def _emptied(part: SellerOrder, numbers: Collection[int], going: Collection[int]) -> list[OrderLine]:
    rows = OrderLine.objects.filter(part__order=part.order_id, parcel__in=numbers)
    lines = list(rows.select_related("part__order", "coming_back__back").order_by("pk"))
    bought = [line for line in lines if line.state == OrderLineState.SOLD and line.pk not in going]
    kept = {line.parcel for line in bought if not _is_given_back(line)}
    return paid_by_others(part, [line for line in lines if line.parcel not in kept])


def is_refunded(line: OrderLine) -> bool:
    """Whether all its buyer paid of its price went back."""
    return bool(line.refunded_cents) and not line.left_cents


def _is_given_back(line: OrderLine) -> bool:
    returned = getattr(line, "coming_back", None)
    return is_refunded(line) or (returned is not None and bool(returned.back.state == ReturnState.CLOSED))
