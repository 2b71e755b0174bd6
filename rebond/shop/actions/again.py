"""A parcel that its carrier brought back leaves again, once its buyer said where: a new label, and no money.

Who pays (decision 48): the goods travel at the seller's risk until the buyer has them (consumer code L216-2), so that
nothing is asked of the buyer; the account of who carries it pays, as the first time (decision 56). Locks: the shipment,
as what its carrier tells (`tracking.take_events`), then the order, then the stray parcel.
"""

import datetime
import json
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop import tasks
from rebond.shop.actions.stray import move_stray
from rebond.shop.errors import StrayStateError
from rebond.shop.models import StrayParcel
from rebond.shop.queries.again import leaving_again
from rebond.shop.queries.carried import Carried, wanted_of
from rebond.shop.stray_enums import StrayState
from rebond.warehouse.actions.label import ask_label, make_label, replace_label
from rebond.warehouse.carriers.contract import Address
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import CarrierAccount, Shipment


@transaction.atomic
def ask_buyer(*, stray: StrayParcel, by: Any, now: datetime.datetime | None = None) -> StrayParcel:
    """The buyer is asked by mail where it goes: one mail a day at most. Raise StrayStateError where it cannot leave."""
    stray, _carried = _held(stray)
    if stray.part is None or not stray.part.order.email:
        raise StrayStateError
    today = timezone.localdate(now)
    if StrayParcel.objects.filter(pk=stray.pk).exclude(asked_on=today).update(asked_on=today):
        tasks.write_stray_mail.enqueue(stray.pk, "ask")
        record("shop.stray.asked", subject=stray, by=by, organisation=stray.seller)
    stray.refresh_from_db()
    return stray


@transaction.atomic
def confirm_address(
    *, stray: StrayParcel, receiver: Address, by: Any, now: datetime.datetime | None = None
) -> StrayParcel:
    """The buyer still wants it, there; said again, it is corrected. Raise StrayStateError where it cannot leave."""
    stray, _carried = _held(stray)
    said = {"address": json.dumps(asdict(receiver)), "confirmed_on": timezone.localdate(now)}
    StrayParcel.objects.filter(pk=stray.pk).update(**said)
    stray.refresh_from_db()
    record("shop.stray.confirmed", subject=stray, by=by, organisation=stray.seller)
    return stray


def send_again(
    *,
    stray: StrayParcel,
    account: CarrierAccount,
    receiver: Address,
    grams: int,
    by: Any,
    now: datetime.datetime | None = None,
) -> Shipment:
    """Its new label, now or as soon as the carrier answers; asked again while it is awaited, it is the same one.

    `receiver` is what the buyer confirmed, by the link or on the phone. The carrier is asked outside any transaction.
    Raise StrayStateError where it cannot leave; what `ask_label` and `make_label` raise: it waits here then.
    """
    now = now or timezone.now()
    shipment = _ask(stray, account, receiver, grams, by, now)
    return make_label(shipment=shipment, by=by, now=now)


@transaction.atomic
def _ask(
    stray: StrayParcel, account: CarrierAccount, receiver: Address, grams: int, by: Any, now: datetime.datetime
) -> Shipment:
    if stray.shipment is None:
        raise StrayStateError
    old = lock_row(stray.shipment, no_key=True)
    stray, carried = _held(stray)
    if stray.part is None or account.organisation_id != carried.carrier.pk:
        raise StrayStateError
    replace_label(shipment=old, by=by)
    is_where_packed = old.parcel is not None and old.parcel.site_id == stray.site_id
    shipment = ask_label(
        account=account,
        wanted=wanted_of(stray.part, carried, receiver, grams),
        subject=stray.part.order.public_id,
        by=by,
        parcel=old.parcel if is_where_packed else None,
        now=now,
    )
    StrayParcel.objects.filter(pk=stray.pk).update(
        again=shipment,
        address=json.dumps(asdict(receiver)),
        confirmed_on=stray.confirmed_on or timezone.localdate(now),
        closed_by=by.display_name[:160],
    )
    return shipment


def _held(stray: StrayParcel) -> tuple[StrayParcel, Carried]:
    """Locked after its order, with its parcel. Raise StrayStateError where it cannot leave again."""
    if stray.part is None:
        raise StrayStateError
    lock_row(stray.part.order)
    stray = lock_row(stray)
    found = leaving_again(stray)
    if found is None or found.why_not or found.carried is None:
        raise StrayStateError
    return stray, found.carried


@transaction.atomic
def note_again(*, shipment: Shipment, now: datetime.datetime) -> None:
    """The label that a parcel leaves again with is there: it is cleared up. Cancelled, the parcel waits here again.

    The caller holds the shipment, then the order.
    """
    stray = StrayParcel.objects.filter(again=shipment).select_related("seller").first()
    if stray is None:
        return
    if shipment.state == ShipmentState.READY and stray.state == StrayState.OPEN:
        move_stray(stray, "leave", None, now)
        tasks.write_stray_mail.enqueue(stray.pk, "again")
        record("shop.stray.again", subject=stray, by=None, organisation=stray.seller)
    elif shipment.state == ShipmentState.CANCELLED and stray.state == StrayState.AGAIN:
        move_stray(stray, "reopen", None, now, again=None)
