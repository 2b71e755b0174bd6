"""Change an order alone, or ask for it: above a limit by role, somebody else grants what gives money back."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop import tasks
from rebond.shop.actions.missed import FROM_THE_FLOOR
from rebond.shop.actions.part import CancelLine, Change, CollectInstead, LowerPrice, cents_of, change_part
from rebond.shop.enums import OrderLineState, PartRequestState
from rebond.shop.errors import PartStateError, RefundInvalidError, RequestWaitsError, SamePersonError
from rebond.shop.models import OrderLine, PartRequest, SellerOrder
from rebond.shop.queries.given import given_alone, given_today, others_grant
from rebond.shop.queries.inside import inside, missed_cents

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (CancelLine, LowerPrice, CollectInstead)}


def needs_another(
    part: SellerOrder, cents: int, *, by: Any, may_grant: bool, now: datetime.datetime | None = None
) -> bool:
    """Whether these cents go back only once somebody else agrees; a manager alone in the organisation decides.

    The limit is of one order, whoever gave something back on it before without being asked for it by law; and, some
    times over (REFUND_DAY_TIMES), of a person's day: two small refunds are as one. The person is held until the end of
    the caller's transaction, after its order: two refunds at once on two orders count one another.
    """
    limit = settings.REFUND_FOUR_EYES_CENTS if may_grant else settings.REFUND_LIMIT_CENTS
    if not limit or not cents:
        return False
    of_day = limit * settings.REFUND_DAY_TIMES
    lock_row(by, no_key=True)
    if cents + given_alone(part) <= limit and (not of_day or cents + given_today(by, now) <= of_day):
        return False
    return not may_grant or others_grant(part, by)


@transaction.atomic
def ask_change(
    *,
    part: SellerOrder,
    changes: Sequence[Change],
    by: Any,
    operation: uuid.UUID,
    may_grant: bool,
    note: str = "",
) -> PartRequest | None:
    """Make the changes, or keep them for somebody who grants them; return what waits, None where all is done.

    Raise RequestWaitsError where another one waits, and what `change_part` raises.
    """
    known = PartRequest.objects.filter(operation=operation).first()
    if known is not None:
        return known if known.state == PartRequestState.ASKED else None
    lock_row(part.order)
    cents = cents_of(part, changes)
    if not needs_another(part, cents, by=by, may_grant=may_grant):
        change_part(part=part, changes=changes, by=by, operation=operation, note=note)
        return None
    try:
        with transaction.atomic():
            request = PartRequest.objects.create(
                part=part,
                operation=operation,
                changes=[{"kind": type(change).__name__} | asdict(change) for change in changes],
                note=note.strip()[:300],
                cents=cents,
                asked_by_id=by.public_id,
                asked_by=by.display_name[:160],
            )
    except IntegrityError:
        raise RequestWaitsError from None
    record("shop.part.asked", subject=part, by=by, organisation=part.seller, cents=cents)
    return request


@transaction.atomic
def join_change(*, part: SellerOrder, change: CancelLine | LowerPrice, by: Any) -> PartRequest:
    """A line more in what waits to be granted: one decision for all of it. What was asked of that line gives way.

    So does what became impossible meanwhile. A line that is cancelled in it already changes nothing. Raise
    RequestWaitsError where nothing waits any more, and what `change_part` raises.
    """
    lock_row(part.order)
    part.refresh_from_db(fields=["state"])
    request = part.requests.filter(state=PartRequestState.ASKED).first()
    if request is None:
        raise RequestWaitsError
    rows, _cents = still_asked(part, request)
    kept = [row for row in rows if row.get("line") != change.line]
    if any(row["kind"] == CancelLine.__name__ and row not in kept for row in rows):
        return request
    request.changes = [*kept, {"kind": type(change).__name__, "by": by.public_id} | asdict(change)]
    request.cents = cents_of(part, _read(request.changes))
    if by.display_name not in request.asked_by:
        request.asked_by = f"{request.asked_by}, {by.display_name}"[:160]
    request.save(update_fields=["changes", "cents", "asked_by"])
    record("shop.part.asked", subject=part, by=by, organisation=part.seller, cents=request.cents)
    return request


def _read(rows: Sequence[dict[str, Any]]) -> list[Change]:
    return [KINDS[row["kind"]](**{k: v for k, v in row.items() if k not in {"kind", "by"}}) for row in rows]


def not_sent(line: OrderLine, reason: str) -> CancelLine | LowerPrice:
    """What is asked for what a picker did not find, or found broken: all of the line, or the share of these units.

    The second where other units of the line left already: those are the buyer's.
    """
    cents = missed_cents(line)
    return LowerPrice(line.pk, cents, reason) if cents else CancelLine(line.pk, reason)


def still_asked(part: SellerOrder, request: PartRequest) -> tuple[list[dict[str, Any]], int]:
    """What of a request may still be done where the part is now, and the cents that it gives back: what is granted.

    A line that its buyer was refunded otherwise, or that left, is left out; of one that left in part, what did not.
    """
    sold = {line.pk: line for line in part.lines.filter(state=OrderLineState.SOLD).select_related("part__order")}
    left = {pk: line.left_cents for pk, line in sold.items()}
    now = [_as_it_is(row, sold.get(row.get("line", 0))) for row in request.changes]
    rows = [row for row in now if _may(part, row, left)]
    return rows, cents_of(part, _read(rows)) if rows else 0


def _as_it_is(row: dict[str, Any], line: OrderLine | None) -> dict[str, Any]:
    """The row, as `not_sent` has it today."""
    if line is None or row["kind"] != CancelLine.__name__ or row["reason"] not in FROM_THE_FLOOR:
        return row
    change = not_sent(line, row["reason"])
    said = {"by": row["by"]} if "by" in row else {}
    return {"kind": type(change).__name__} | said | asdict(change)


def _may(part: SellerOrder, row: dict[str, Any], left: dict[int, int]) -> bool:
    (change,) = _read([row])
    if isinstance(change, LowerPrice) and change.cents > left.get(change.line, 0):
        return False
    try:
        cents_of(part, [change])
    except (PartStateError, RefundInvalidError):
        return False
    return True


@transaction.atomic
def grant_change(
    *, request: PartRequest, by: Any, cents: int | None = None, now: datetime.datetime | None = None
) -> SellerOrder:
    """Somebody else than who asked, or added to it, makes the changes; `cents` is what they read, None: not said.

    What became impossible meanwhile is left out. Raise SamePersonError, RefundTooMuchError; PartStateError, also where
    nothing is left of it, or where it is more or less than what they read.
    """
    lock_row(request.part.order)
    request.refresh_from_db(fields=["changes"])
    if by.public_id in {request.asked_by_id, *(row.get("by") for row in request.changes)}:
        raise SamePersonError
    part = SellerOrder.objects.select_related("order", "seller").get(pk=request.part_id)
    request.changes, request.cents = still_asked(part, request)
    if not request.changes or (cents is not None and cents != request.cents):
        raise PartStateError
    _decide(request, PartRequestState.GRANTED, by, now)
    request.save(update_fields=["changes", "cents"])
    changes = _read(request.changes)
    part = change_part(part=part, changes=changes, by=by, operation=request.operation, note=request.note)
    record("shop.part.granted", subject=part, by=by, organisation=part.seller, cents=request.cents)
    return part


@transaction.atomic
def refuse_change(*, request: PartRequest, by: Any, now: datetime.datetime | None = None) -> None:
    """Nothing changes; whoever asked may take it back the same way. Raise PartStateError.

    The buyers of what is not sent were told of another mail: this is it.
    """
    lock_row(request.part.order)
    request.refresh_from_db(fields=["changes", "cents"])
    _decide(request, PartRequestState.REFUSED, by, now)
    for line, reason in _not_sent(request):
        tasks.write_missing_mail.enqueue(line.pk, reason, request.public_id)
    record("shop.part.refused", subject=request.part, by=by, organisation=request.part.seller, cents=request.cents)


def _not_sent(request: PartRequest) -> list[tuple[OrderLine, str]]:
    """The lines that a request would have cancelled because a picker did not find them, or found them broken."""
    reasons = {row["line"]: row["reason"] for row in request.changes if row.get("reason") in FROM_THE_FLOOR}
    rows = OrderLine.objects.filter(pk__in=reasons, part=request.part_id, state=OrderLineState.SOLD)
    lines = list(rows.select_related("part__order").order_by("pk"))
    sent = {line.pk for line in inside(lines)}
    return [(line, reasons[line.pk]) for line in lines if line.pk not in sent]


def _decide(request: PartRequest, state: PartRequestState, by: Any, now: datetime.datetime | None) -> None:
    rows = PartRequest.objects.filter(pk=request.pk, state=PartRequestState.ASKED)
    if not rows.update(state=state, decided_by=by.display_name[:160], decided_at=now or timezone.now()):
        raise PartStateError
