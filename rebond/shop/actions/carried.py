"""Parcels of orders given to carriers: the label is asked below, what happened comes back by a signal.

An order follows its parcels: it left with the first one, it is received with the last one (consumer code L221-18). The
carrier's hour is the one that delays count from. What the buyer contests stays for people: a carrier's word does not
answer them.
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.errors import LedgerError
from rebond.shop import tasks
from rebond.shop.actions.again import note_again
from rebond.shop.actions.carried_case import open_case
from rebond.shop.actions.crossed import follow_back, follow_crossed
from rebond.shop.actions.delivery_said import end_presumption
from rebond.shop.actions.parcels import follow_part_out
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.enums import OrderLineState, SellerOrderState
from rebond.shop.errors import PartStateError, ShopError
from rebond.shop.models import Order, OrderLine, SellerOrder
from rebond.shop.queries.carried import (
    LABELLED_IN,
    Carried,
    is_carried,
    may_label,
    read_reference,
    reference_of,
    wanted_of,
)
from rebond.shop.queries.inside import inside
from rebond.shop.queries.packed import parts_in, prepared
from rebond.warehouse.actions.label import ask_label, make_label
from rebond.warehouse.actions.tracking import LEADS_TO
from rebond.warehouse.carriers.contract import Address
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import CarrierAccount, Shipment

logger = logging.getLogger(__name__)
BACK = frozenset({ShipmentState.RETURNING, ShipmentState.RETURNED, ShipmentState.LOST})


def label_parcel(
    *,
    part: SellerOrder,
    parcel: Carried,
    account: CarrierAccount,
    receiver: Address,
    grams: int,
    by: Any,
    now: datetime.datetime | None = None,
) -> Shipment:
    """The label of one parcel, now or as soon as the carrier answers; asked again, it is the same one.

    Raise PartStateError once it left; what `ask_label` and `make_label` raise. The carrier is asked outside
    any transaction.
    """
    now = now or timezone.now()
    part.refresh_from_db(fields=["state"])
    if not may_label(part, parcel.number):
        raise PartStateError
    wanted = wanted_of(part, parcel, receiver, grams)
    code = part.order.public_id
    at_site = prepared(code, parcel.number)
    shipment = ask_label(account=account, wanted=wanted, subject=code, by=by, parcel=at_site, now=now)
    return make_label(shipment=shipment, by=by, now=now)


@transaction.atomic
def follow_shipment(*, shipment: Shipment, at: datetime.datetime, now: datetime.datetime | None = None) -> None:
    """The parcel is elsewhere: its order too. What cannot be for one part is written in the log, and told to nobody.

    Locks: the shipment, by the caller, then the order, then a stray parcel.
    """
    now = now or timezone.now()
    found = read_reference(shipment.reference)
    order = Order.objects.filter(public_id=found[0]).first() if found else None
    if found is None or order is None:
        return
    lock_row(order)
    note_again(shipment=shipment, now=now)
    for part in parts_in(*found):
        try:
            with transaction.atomic():
                _follow(part, found[1], shipment, at, now)
        except (ShopError, LedgerError) as refused:
            logger.warning("%s does not follow its parcel %s: %r", part.public_id, shipment.public_id, refused)


def late_shipment(*, shipment: Shipment, now: datetime.datetime) -> None:
    """It should have arrived: a case for each of its orders that still waits."""
    found = read_reference(shipment.reference)
    order = Order.objects.filter(public_id=found[0]).first() if found else None
    if found is None or order is None:
        return
    for part in parts_in(*found):
        if part.state == SellerOrderState.SHIPPED:
            open_case(part=part, shipment=shipment, why="late", now=now)


def _follow(part: SellerOrder, number: int, shipment: Shipment, at: datetime.datetime, now: datetime.datetime) -> None:
    lock_row(part.order)
    part.refresh_from_db(fields=["state", "carrier", "tracking", "presumed_at", "contested_at", "delivered_at"])
    if shipment.state in {ShipmentState.READY, ShipmentState.CANCELLED}:
        _write_numbers(part, shipment)
        return
    is_crossed = follow_crossed(part=part, number=number, shipment=shipment, now=now)
    if part.state in LABELLED_IN:  # whatever came first: what the carrier brings back, or lost, has left
        left_at = shipment.events.filter(step__in=LEADS_TO).order_by("at").values_list("at", flat=True).first() or at
        carrier = part.carrier or str(shipment.account)
        ship_part(part=part, carrier=carrier, tracking=part.tracking, by=None, parcel=number, now=left_at)
        if not is_crossed:  # its buyer was told of that
            tasks.write_carried_mail.enqueue(part.pk, shipment.pk, "left")
    elif follow_part_out(part, None, parcel=number):
        tasks.write_carried_mail.enqueue(part.pk, shipment.pk, "left")
    if shipment.state == ShipmentState.AT_POINT:
        tasks.write_carried_mail.enqueue(part.pk, shipment.pk, "at_point")
    elif shipment.state == ShipmentState.DELIVERED:
        _deliver(part, shipment, now)
    elif shipment.state in BACK:
        end_presumption(part=part)
        if not follow_back(part=part, number=number, shipment=shipment, now=now):
            why = "lost" if shipment.state == ShipmentState.LOST else "back"
            open_case(part=part, shipment=shipment, why=why, now=now)


def shipments_of_part(part: SellerOrder) -> tuple[list[int], list[Shipment]]:
    """The numbers of its parcels that are sent, and the shipments that are alive for them."""
    lines = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).select_related("part__order")
    numbers = sorted({line.parcel for line in inside(lines)})
    names = [reference_of(part.order.public_id, number) for number in numbers]
    rows = Shipment.objects.alive().filter(reference__in=names).select_related("account")
    return numbers, list(rows.order_by("reference"))


def _write_numbers(part: SellerOrder, shipment: Shipment) -> None:
    """Carrier and tracking number of the order, from its labels: what the seller typed by hand before.

    Once it left only where another parcel of it did, or this one came back and leaves again.
    """
    if part.state not in LABELLED_IN and not (part.state == SellerOrderState.SHIPPED and is_carried(part)):
        return
    _numbers, shipments = shipments_of_part(part)
    labelled = [row for row in shipments if row.labelled_at is not None]
    carriers = ", ".join(dict.fromkeys(str(row.account) for row in labelled))[:60]
    tracking = ", ".join(row.number for row in labelled if row.number)[:60]
    rows = SellerOrder.objects.filter(pk=part.pk, state=part.state)
    if rows.update(carrier=carriers, tracking=tracking):
        record("shop.part.labelled", subject=part, by=None, organisation=part.seller, carrier=carriers)


def deliver_carried(*, part: SellerOrder, now: datetime.datetime) -> bool:
    """Received where its carriers brought all that left of it, the rest given up since; whether it is now.

    The caller holds the order.
    """
    came = [row for row in shipments_of_part(part)[1] if row.state == ShipmentState.DELIVERED and row.delivered_at]
    part.refresh_from_db()
    if not came or part.state != SellerOrderState.SHIPPED:
        return False
    _deliver(part, max(came, key=lambda row: row.delivered_at or now), now)
    return part.state == SellerOrderState.DELIVERED


def _deliver(part: SellerOrder, shipment: Shipment, now: datetime.datetime) -> None:
    """Received with its last parcel; a presumption gives way to the carrier's hour, never a buyer's word."""
    numbers, shipments = shipments_of_part(part)
    hours = [row.delivered_at for row in shipments if row.delivered_at and row.state == ShipmentState.DELIVERED]
    if len(hours) < len(numbers):
        return
    part.refresh_from_db()
    came_at = max(hours)
    if part.state == SellerOrderState.SHIPPED and part.contested_at is None:
        deliver_part(part=part, by=None, reason="carrier", now=max(came_at, part.shipped_at or came_at))
        tasks.write_carried_mail.enqueue(part.pk, shipment.pk, "delivered")
    elif part.presumed_at is not None and part.delivered_at is not None and came_at > part.delivered_at:
        rows = SellerOrder.objects.filter(pk=part.pk, presumed_at=part.presumed_at)
        if rows.update(delivered_at=came_at, presumed_at=None):
            part.refresh_from_db()
            hold_for_returns(part=part)
            record("shop.part.delivered", subject=part, by=None, organisation=part.seller, note="carrier")
