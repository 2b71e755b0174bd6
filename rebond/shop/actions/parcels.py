"""What is bought is asked of the site that holds it, to be picked; and what leaves otherwise, or is bought no more.

Locks: the order, then its parcels in the warehouse.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.network.models import Site
from rebond.shop.data.travel import TRAVEL
from rebond.shop.enums import OrderLineState, OrderState, SellerOrderState
from rebond.shop.models import Order, OrderLine, OrderParcel, SellerOrder, WithdrawnLine
from rebond.shop.queries.delays import next_working_day, working_days_after
from rebond.shop.queries.opening import closures_of, departure
from rebond.warehouse.actions.parcel import Asked, AskedLine, ask_parcel, drop_lines, leave_lines
from rebond.warehouse.models import Parcel

AT_ONCE = 500
FORGOTTEN_AFTER = datetime.timedelta(minutes=5)


@transaction.atomic
def announce_parcels(*, order_id: int) -> list[Parcel]:
    """Each parcel of a paid order is asked of the site where its objects lie; told again it has no other effect.

    Nothing is asked for what its buyer withdrew from, for parts that left already, nor where the seller says no site.
    """
    order = lock_row(Order(pk=order_id))
    if order.paid_at is None:
        return []
    withdrawn = WithdrawnLine.objects.filter(line=OuterRef("pk"))
    rows = OrderLine.objects.filter(
        ~Exists(withdrawn),
        part__order=order,
        part__state=SellerOrderState.TO_PREPARE,
        state=OrderLineState.SOLD,
        item__site__isnull=False,
    )
    found: dict[tuple[int, Site], list[OrderLine]] = {}
    for line in rows.select_related("item__site__organisation", "item__seller").order_by("pk"):
        if line.item.site is not None:
            found.setdefault((line.parcel, line.item.site), []).append(line)
    carriers = dict(OrderParcel.objects.filter(order=order).values_list("number", "carrier"))
    return [
        ask_parcel(asked=_asked(order, number, site, lines, carriers.get(number, "")))
        for (number, site), lines in found.items()
    ]


def _asked(order: Order, number: int, site: Site, lines: Sequence[OrderLine], carrier: str) -> Asked:
    paid_at = order.paid_at or timezone.now()
    first = next_working_day(timezone.localdate(paid_at))
    return Asked(
        order_code=order.public_id,
        number=number,
        site=site,
        mode=lines[0].delivery_mode,
        carrier=carrier,
        paid_at=paid_at,
        days=(first, working_days_after(first, 1)),
        lines=[AskedLine(line.item, line.quantity, line.title) for line in lines],
        promised_on=promised_on(lines, site, timezone.localdate(paid_at)),
    )


def promised_on(lines: Sequence[OrderLine], site: Site, paid_on: datetime.date) -> datetime.date | None:
    """The last day that the checkout told to the buyer (consumer code L216-1): to leave, then to travel.

    The days of preparation of the slowest of its sellers and of who prepares at the site, after the payment, but
    weekends, public holidays and their closing days; then the most days of the way. None where it is collected or
    comes by appointment. One query.
    """
    travel = TRAVEL.get(lines[0].delivery_mode)
    if travel is None:
        return None
    sellers = {line.item.seller_id: line.item.seller for line in lines}
    closures = closures_of({*sellers, site.organisation_id}, paid_on)
    leaves = departure(site.organisation, sellers.values(), closures, paid_on)
    return leaves.day + datetime.timedelta(days=travel[0])


def announce_forgotten(*, now: datetime.datetime | None = None) -> int:
    """Paid orders of which no site was told anything (a task that failed, an order of before): the oldest first.

    How many parcels were asked.
    """
    before = (now or timezone.now()) - FORGOTTEN_AFTER
    rows = SellerOrder.objects.filter(
        ~Exists(Parcel.objects.filter(order_code=OuterRef("order__public_id"))),
        Exists(OrderLine.objects.filter(part=OuterRef("pk"), state=OrderLineState.SOLD, item__site__isnull=False)),
        state=SellerOrderState.TO_PREPARE,
        order__state=OrderState.PAID,
        order__paid_at__lt=before,
    )
    orders = dict.fromkeys(rows.order_by("pk").values_list("order", flat=True)[:AT_ONCE])
    return sum(len(announce_parcels(order_id=pk)) for pk in orders)


def follow_part_out(part: SellerOrder, by: Any, *, parcel: int | None = None) -> int:
    """A part left, or waits for its buyer: nobody picks it any more. The caller holds the order.

    With `parcel` only what is in that one: the others stay where they are. How many lines left now.
    """
    lines = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD)
    rows = lines if parcel is None else lines.filter(parcel=parcel)
    return leave_lines(order_code=part.order.public_id, items=list(rows.values_list("item_id", flat=True)), by=by)


def take_out(*, order: Order, lines: Iterable[OrderLine], by: Any, is_owed: bool = False) -> None:
    """These lines are bought no more: nobody picks them. The caller holds the order.

    `is_owed`: their refund is still to come, and takes what a picker missed of them off the sale then.
    """
    items = [line.item_id for line in lines]
    if items:
        drop_lines(order_code=order.public_id, items=items, by=by, is_owed=is_owed)
