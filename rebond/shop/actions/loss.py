"""Lower a refund for what the buyer did beyond trying the object (rules.md F2, L221-23): asked, granted by another."""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop.enums import Found, PartRequestState, ReturnState
from rebond.shop.errors import LossForbiddenError, ReturnStateForbidsError, SamePersonError
from rebond.shop.models import ReturnCheck, ReturnLoss


@transaction.atomic
def ask_loss(
    *,
    check: ReturnCheck,
    cents: int,
    reason: str,
    by: Any,
    operation: uuid.UUID,
    now: datetime.datetime | None = None,
) -> ReturnLoss:
    """Ask that the refund of one object be lowered by these cents. Nothing changes before somebody else grants it.

    Only for a withdrawal, of an object that came damaged, with a picture and a reason that the buyer will read; never
    more than what is left of its price. The same operation twice is one. Raise LossForbiddenError,
    ReturnStateForbidsError once it is refunded.
    """
    back = check.returned.back
    lock_row(back.part.order)
    known = ReturnLoss.objects.filter(operation=operation).first()
    if known is not None:
        return known
    back.refresh_from_db()
    check.refresh_from_db()
    if back.state == ReturnState.CLOSED:
        raise ReturnStateForbidsError
    line = check.returned.line
    line.refresh_from_db()
    may = back.withdrawal_id and check.found == Found.DAMAGED and check.photos.exists()
    if not may or not reason.strip() or not 0 < cents <= line.left_cents:
        raise LossForbiddenError
    try:
        with transaction.atomic():
            loss = ReturnLoss.objects.create(
                back=back,
                check_in=check,
                operation=operation,
                cents=cents,
                reason=reason.strip()[:250],
                asked_by_id=by.public_id,
                asked_by=by.display_name[:160],
                asked_on=timezone.localdate(now),
            )
    except IntegrityError:  # one for each object
        raise LossForbiddenError from None
    record("shop.return.loss_asked", subject=back, by=by, organisation=back.part.seller, cents=cents)
    return loss


@transaction.atomic
def decide_loss(*, loss: ReturnLoss, is_granted: bool, by: Any, now: datetime.datetime | None = None) -> ReturnLoss:
    """Another person grants it, or anybody refuses it. Raise SamePersonError, ReturnStateForbidsError."""
    back = loss.back
    lock_row(back.part.order)
    back.refresh_from_db()
    if is_granted and loss.asked_by_id == by.public_id:
        raise SamePersonError
    state = PartRequestState.GRANTED if is_granted else PartRequestState.REFUSED
    rows = ReturnLoss.objects.filter(pk=loss.pk, state=PartRequestState.ASKED)
    if back.state == ReturnState.CLOSED or not rows.update(
        state=state, decided_by=by.display_name[:160], decided_on=timezone.localdate(now)
    ):
        raise ReturnStateForbidsError
    loss.refresh_from_db()
    verb = "granted" if is_granted else "refused"
    record(f"shop.return.loss_{verb}", subject=back, by=by, organisation=back.part.seller, cents=loss.cents)
    return loss
