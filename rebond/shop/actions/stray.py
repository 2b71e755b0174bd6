"""Parcels that came back unannounced: noted at the station, tied to their order at the desk, or given another end.

Locks: the order, then the parcel. No money moves here: the return that goes on is refunded at the desk.
"""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.files import store_file
from rebond.journal.actions.record import record, record_transition
from rebond.journal.errors import FileRefusedError
from rebond.network.models import Organisation, Site
from rebond.shop import tasks
from rebond.shop.actions.attachment import MAX_BYTES
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.actions.repair import note_repair_here
from rebond.shop.actions.returning import note_arrival
from rebond.shop.data.steps import CHECK
from rebond.shop.enums import RETURN_TRANSITIONS, OrderLineState, ReturnState, ReturnWay
from rebond.shop.errors import AttachmentRefusedError, StrayKnownError, StrayStateError
from rebond.shop.models import OrderLine, Repair, Return, ReturnLine, SellerOrder, StrayParcel, StrayPhoto
from rebond.shop.queries.again import has_label
from rebond.shop.queries.delays import refund_end
from rebond.shop.queries.withdrawal import bought_in, has_left, shipping_back
from rebond.shop.repair_enums import RepairState
from rebond.shop.stray_enums import STRAY_ENDS, STRAY_TRANSITIONS, StrayPicture, StrayState
from rebond.warehouse.models import Shipment
from rebond.workshop.actions.step import Hands, record_step

KEPT = datetime.timedelta(days=365)  # the pictures: they show whoever's address is on the label
MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """What was scanned or read on it; our own parcel where its carrier brings it back, with its order."""

    number: str = ""
    shipment: Shipment | None = None
    part: SellerOrder | None = None


@transaction.atomic
def note_stray(
    *,
    seller: Organisation,
    site: Site | None,
    seen: Seen,
    by: Any,
    operation: uuid.UUID,
    now: datetime.datetime | None = None,
) -> StrayParcel:
    """A parcel is here that no return announced. The same operation twice is one.

    Raise StrayKnownError where the same number waits at the desk already, or our own parcel was noted before.
    """
    known = StrayParcel.objects.filter(operation=operation).first()
    if known is not None:
        return known
    number = seen.number.strip()[:60]
    rows = StrayParcel.objects.filter(seller=seller).exclude(state=StrayState.MISTAKE)
    same = rows.filter(shipment=seen.shipment) if seen.shipment else rows.filter(number=number, state=StrayState.OPEN)
    before = same.order_by("pk").first() if seen.shipment or number else None
    if before is not None:
        raise StrayKnownError(before.noted_on, before.put_at)
    today = timezone.localdate(now)
    facts: dict[str, Any] = {"seller": seller, "site": site, "number": number, "part": seen.part, "noted_on": today}
    try:
        with transaction.atomic():
            made = StrayParcel.objects.create(
                **facts, shipment=seen.shipment, operation=operation, noted_by=by.display_name[:160]
            )
    except IntegrityError:  # the other station was quicker
        raise StrayKnownError(today, "") from None
    record("shop.stray.noted", subject=made, by=by, organisation=seller)
    return made


@transaction.atomic
def add_stray_photo(*, stray: StrayParcel, kind: str, upload: Any, operation: uuid.UUID, by: Any) -> StrayPhoto:
    """Keep a picture, as `ready_attachment` made it again; the same operation twice is one.

    Raise AttachmentRefusedError (no picture, or twelve already), StrayStateError once it is cleared up.
    """
    stray = lock_row(stray)
    known = StrayPhoto.objects.filter(operation=operation).first()
    if known is not None:
        return known
    if stray.state != StrayState.OPEN or kind not in StrayPicture.values:
        raise StrayStateError
    if not upload or stray.photos.count() >= MOST_PHOTOS:
        raise AttachmentRefusedError
    try:
        stored = store_file(
            upload=upload,
            organisation=stray.seller,
            permission="shop.return.view",
            by=by,
            subject=stray,
            kinds=frozenset({"webp"}),
            max_bytes=MAX_BYTES,
            delete_after=stray.noted_on + KEPT,
        )
    except FileRefusedError:
        raise AttachmentRefusedError from None
    return StrayPhoto.objects.create(stray=stray, kind=kind, operation=operation, stored=stored)


@transaction.atomic
def describe_stray(*, stray: StrayParcel, note: str) -> StrayParcel:
    """What is seen of it, in words; said again, it is corrected. Raise StrayStateError once it is cleared up."""
    if not StrayParcel.objects.filter(pk=stray.pk, state=StrayState.OPEN).update(note=note.strip()[:300]):
        raise StrayStateError
    stray.refresh_from_db()
    return stray


@transaction.atomic
def put_stray(*, stray: StrayParcel, put_at: str, hands: Hands, now: datetime.datetime | None = None) -> StrayParcel:
    """Where it lies now, which ends the station's work on it: one step, the same operation twice is one.

    Raise StrayStateError once it is cleared up, or for no place.
    """
    words = put_at.strip()[:80]
    if not words or not StrayParcel.objects.filter(pk=stray.pk, state=StrayState.OPEN).update(put_at=words):
        raise StrayStateError
    stray.refresh_from_db()
    record_step(kind=CHECK, subject=stray, hands=hands, site=stray.site, now=now, fate="stray", place=words)
    return stray


@dataclass(frozen=True, slots=True)
class Tie:
    """The order that it comes from and its objects inside, by key; whether the delivery is given back with them."""

    part: SellerOrder
    lines: Collection[int]
    with_delivery: bool = False


@transaction.atomic
def tie_stray(*, stray: StrayParcel, tie: Tie, by: Any, now: datetime.datetime | None = None) -> Return | None:
    """Its order is found: the return of these objects is here, or is opened as arrived; it is checked as any other.

    An object that was to come back is noted as arrived in its own return, whose amounts do not change. So is one that
    comes to be repaired, in its repair: no return then, None where nothing else is inside. Raise
    StrayStateError for another seller's order, one that never left, none of its sold objects, or once cleared up.
    """
    now = now or timezone.now()
    part = SellerOrder.objects.select_related("order", "seller").get(pk=tie.part.pk)
    lock_row(part.order)
    stray = lock_row(stray)
    part.refresh_from_db()
    rows = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD)
    lines = list(rows.filter(pk__in=tie.lines).select_related("coming_back__back").order_by("pk"))
    if stray.state != StrayState.OPEN or part.seller_id != stray.seller_id or not lines or not has_left(part):
        raise StrayStateError
    if has_label(stray):  # it leaves again: cancelled first
        raise StrayStateError
    lines = _less_repaired(lines, by, now)
    if not lines:
        move_stray(stray, "mend", by, now, part=part)
        record("shop.stray.mended", subject=stray, by=by, organisation=stray.seller)
        return None
    known = {line.coming_back.back_id: line.coming_back.back for line in lines if _is_announced(line)}
    announced = list(known.values())
    for back in announced:
        if back.state in RETURN_TRANSITIONS["arrive"][0]:
            note_arrival(back=back, by=by, now=now)
    fresh = [line for line in lines if not _is_announced(line)]
    if fresh:
        announced.insert(0, _open_return(part, fresh, bought_in(part.pk) if tie.with_delivery else [], stray, now))
    back = announced[0]
    move_stray(stray, "tie", by, now, part=part, back=back)
    tasks.write_stray_mail.enqueue(stray.pk, "tied")
    record("shop.stray.tied", subject=stray, by=by, organisation=stray.seller, back=back.public_id)
    return back


def _less_repaired(lines: list[OrderLine], by: Any, now: datetime.datetime) -> list[OrderLine]:
    """Note those that come to be repaired; the others."""
    repairs = Repair.objects.filter(line__in=[line.pk for line in lines], state=RepairState.AWAITED)
    came = [note_repair_here(repair=one, by=by, now=now).line_id for one in repairs.order_by("pk")]
    return [line for line in lines if line.pk not in came]


def _is_announced(line: OrderLine) -> bool:
    return hasattr(line, "coming_back")


def _open_return(
    part: SellerOrder, lines: list[OrderLine], all_lines: list[OrderLine], stray: StrayParcel, now: datetime.datetime
) -> Return:
    """Here already, to check and refund within the delay of any return (L221-24)."""
    today = timezone.localdate(now)
    back = Return.objects.create(
        part=part,
        state=ReturnState.ARRIVED,
        way=ReturnWay.PARCEL,
        tracking=stray.number,
        objects_cents=sum(line.left_cents for line in lines),
        shipping_cents=shipping_back(lines, all_lines),
        due_on=refund_end(today),
        created_at=now,
        arrived_at=now,
    )
    ReturnLine.objects.bulk_create([ReturnLine(back=back, line=line) for line in lines])
    hold_for_returns(part=part)
    return back


@transaction.atomic
def end_stray(
    *, stray: StrayParcel, verb: str, reason: str, by: Any, now: datetime.datetime | None = None
) -> StrayParcel:
    """No order is found: sent back, given to sorting, or noted by mistake (a verb of STRAY_ENDS), with the reason.

    Raise StrayStateError without one, or once it is cleared up.
    """
    if verb not in dict(STRAY_ENDS) or not reason.strip():
        raise StrayStateError
    if has_label(stray):
        raise StrayStateError
    move_stray(stray, verb, by, now or timezone.now(), reason=reason.strip()[:300])
    record("shop.stray.ended", subject=stray, by=by, organisation=stray.seller, verb=verb)
    return stray


def move_stray(stray: StrayParcel, verb: str, by: Any, now: datetime.datetime, **changes: Any) -> None:
    """One conditional update; raise StrayStateError where it was cleared up. The address is kept no longer."""
    from_states, to_state = STRAY_TRANSITIONS[verb]
    is_open = to_state == StrayState.OPEN
    name = by.display_name[:160] if by is not None else stray.closed_by
    closed = {"closed_by": "" if is_open else name, "closed_on": None if is_open else timezone.localdate(now)}
    old, changes = stray.state, closed | {"address": ""} | changes
    if not StrayParcel.objects.filter(pk=stray.pk, state__in=from_states).update(state=to_state, **changes):
        raise StrayStateError
    told = {"by": by, "organisation": stray.seller, "reason": changes.get("reason", "")}
    record_transition(subject=stray, verb=verb, from_state=old, to_state=to_state, **told)
    stray.refresh_from_db()
