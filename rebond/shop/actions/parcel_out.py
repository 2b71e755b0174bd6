"""What the floor tells of a parcel: an object of it is missing, or it leaves. The orders follow.

Locks: the order first, like every act on it.
"""

import logging
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.catalogue.enums import DeliveryMode
from rebond.core.locks import lock_row
from rebond.shop import tasks
from rebond.shop.actions.carried import deliver_carried
from rebond.shop.actions.missed import missing_act
from rebond.shop.actions.part import CancelLine, LowerPrice, check_kept, make_part_ready, ship_part
from rebond.shop.actions.part_request import ask_change, join_change, not_sent
from rebond.shop.enums import CancelReason, OrderLineState, SellerOrderState
from rebond.shop.errors import (
    ContestedStaysError,
    PartStateError,
    RefundInvalidError,
    RequestWaitsError,
    WithdrawnStaysError,
)
from rebond.shop.models import Order, OrderLine, PartRequest, Refund, SellerOrder
from rebond.shop.queries.inside import inside, still_here
from rebond.warehouse.enums import ParcelState, PickState, StockOutState
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import Parcel, PickLine, Shipment, StockOut

logger = logging.getLogger(__name__)
PREPARED = (ParcelState.PICKED, ParcelState.PACKED)
REASONS = {PickState.MISSING: CancelReason.NOT_FOUND, PickState.DAMAGED: CancelReason.DAMAGED}


@transaction.atomic
def cancel_missing(*, order_code: str, item_id: int, state: str, by_id: int) -> bool:
    """The buyer of what a picker did not find, or found damaged, is told and refunded; whether it was done now.

    Above what one person may give back alone it waits for another one's agreement at the seller's desk, with what
    waits there already; the buyer is told at once that the object is not sent. Where other units of the line left
    already, the share of those that are missing goes back. Run again, nothing more.
    """
    lines = OrderLine.objects.filter(part__order__public_id=order_code, item=item_id, state=OrderLineState.SOLD)
    line = lines.select_related("part__order", "part__seller", "item").first()
    if line is None:
        return False
    known = StockOut.objects.filter(line__parcel__order_code=order_code, item=item_id).values_list("state", flat=True)
    times = sum(one == StockOutState.FOUND for one in known)
    if times and times == len(known):  # found meanwhile
        return False
    reason, by = REASONS[PickState(state)], User.objects.get(pk=by_id)
    operation = missing_act(line, times)
    lock_row(line.part.order)
    if Refund.objects.filter(operation=operation).exists():  # of some units of it
        return False
    try:
        waits = _ask(line.part, not_sent(line, reason), by, operation)
    except (PartStateError, RefundInvalidError) as refused:
        logger.info("Line %s of %s is not cancelled by the floor: %s", line.pk, order_code, type(refused).__name__)
        return False
    if waits is not None:
        tasks.write_missing_mail.enqueue(line.pk, str(reason), times=times)
        tasks.send_rest.enqueue(line.part_id)
    return waits is None


def _ask(part: SellerOrder, change: CancelLine | LowerPrice, by: User, operation: uuid.UUID) -> PartRequest | None:
    try:
        return ask_change(part=part, changes=[change], by=by, operation=operation, may_grant=False)
    except RequestWaitsError:
        return join_change(part=part, change=change, by=by)


@transaction.atomic
def send_parcel(*, parcel: Parcel, tracking: str, by: Any) -> None:
    """The parts in a parcel that wait for no other one are sent, or ready to collect. Nothing where it is not prepared.

    Raise ParcelStays where its buyer withdrew from something in it, or contests the payment.
    """
    order = Order.objects.filter(public_id=parcel.order_code).first()
    if order is None:
        return
    lock_row(order)
    if not Parcel.objects.filter(pk=parcel.pk, state__in=PREPARED).exists():
        return
    owners = PickLine.objects.filter(parcel=parcel, state=PickState.PICKED).values("owner")
    states = [SellerOrderState.TO_PREPARE, SellerOrderState.SHIPPED]  # the second: with another parcel of it
    parts = SellerOrder.objects.filter(order=order, seller__in=owners, state__in=states)
    told = []  # parts of which another parcel left before, or is still here: their buyer is told of this one alone
    for part in parts.select_related("order", "seller").order_by("pk"):
        try:
            check_kept(part)
            if part.state == SellerOrderState.SHIPPED or _waits_for_another(part, parcel):
                told.append(part)
            elif not _left_before(part, parcel):
                _send(part, parcel.carrier, tracking, by)
            elif _send(part, parcel.carrier, tracking, by, last=parcel):
                told.append(part)
        except WithdrawnStaysError as refused:
            said = _(
                "The buyer withdrew from objects of this order. Refund them first, in the returns. Nothing was changed."
            )
            raise ParcelStays(said) from refused
        except ContestedStaysError as refused:
            said = _("The buyer’s bank contests the payment: keep the objects until it decides. Nothing was changed.")
            raise ParcelStays(said) from refused
    if told:
        _tell(told, parcel, tracking)


def _tell(parts: list[SellerOrder], parcel: Parcel, tracking: str) -> None:
    """One of several parcels of these parts: it is told once, with the number of its label where it has one.

    What its carrier tells later of a labelled parcel is the same mail by its key; of one without, nothing left then.
    """
    shipment = Shipment.objects.alive().filter(parcel=parcel, labelled_at__isnull=False).first()
    if shipment is not None:
        tasks.write_carried_mail.enqueue(parts[0].pk, shipment.pk, "left")
    else:
        tasks.write_parcel_mail.enqueue(parcel.pk, [part.pk for part in parts], tracking)


def _waits_for_another(part: SellerOrder, parcel: Parcel) -> bool:
    """Whether something of the part is still in another parcel that has not left, or in none that the sites know.

    What was not found or broken waits for its refund alone.
    """
    sold = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).select_related("part__order")
    items = {line.item_id for line in inside(sold)}
    known = PickLine.objects.filter(parcel__order_code=parcel.order_code, item__in=items)
    out = {row.item_id for row in known if row.parcel_id == parcel.pk or row.state == PickState.GONE}
    return bool(items - out)


def _left_before(part: SellerOrder, parcel: Parcel) -> bool:
    """Whether another parcel of the part left: its buyer was told of it."""
    gone = PickLine.objects.filter(parcel__order_code=parcel.order_code, owner=part.seller_id, state=PickState.GONE)
    return bool(gone.exclude(parcel=parcel).exists())


@transaction.atomic
def send_rest(*, part_id: int) -> bool:
    """The part of which nothing is here any more, as what was is bought no more, or was not found, is sent.

    Or it is ready to collect, and its buyer told; of what left they were told parcel by parcel. Where all that left was
    delivered meanwhile, it is received. Nothing where something is still to send, or its buyer withdrew from something
    or contests the payment. Whether it was now.
    """
    now = timezone.now()
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part_id)
    lock_row(part.order)
    part.refresh_from_db(fields=["state"])
    lines = inside(OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).select_related("part__order"))
    if part.state not in {SellerOrderState.TO_PREPARE, SellerOrderState.SHIPPED} or not lines or still_here(lines):
        return False
    if part.state == SellerOrderState.SHIPPED:
        return deliver_carried(part=part, now=now)
    gone = PickLine.objects.filter(item__in=[line.item_id for line in lines], state=PickState.GONE)
    parcels = Parcel.objects.filter(order_code=part.order.public_id, pk__in=gone.values("parcel"))
    last = parcels.order_by("ended_on", "pk").last()
    try:
        _send(part, last.carrier if last is not None else "", "", None, last=last)
    except (WithdrawnStaysError, ContestedStaysError):
        return False
    deliver_carried(part=part, now=now)
    return True


def _send(part: SellerOrder, carrier: str, tracking: str, by: Any, *, last: Parcel | None = None) -> bool:
    """Its labels wrote carrier and number: what nobody typed does not wipe them out.

    `last`: of its parcels, of which each is told by itself. Whether the buyer is still to be told of that one. Raise as
    `check_kept`.
    """
    modes = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).values_list("delivery_mode", flat=True)
    if set(modes) == {DeliveryMode.PICKUP}:
        make_part_ready(part=part, by=by)
        return False
    check_kept(part)
    said: dict[str, Any] = {"carrier": part.carrier or carrier, "tracking": tracking or part.tracking}
    ship_part(part=part, by=by, parcel=last.number if last is not None else None, **said)
    return last is not None
