"""Lower a refund for what the buyer did beyond trying the object (rules.md F2, L221-23): asked, granted by another.

Where the object is found whole after all, it is taken back, and what was kept goes to the buyer.
"""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop.actions.refund import ask_refund
from rebond.shop.enums import Found, PartRequestState, RefundReason, ReturnState
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


def drop_loss(*, check: ReturnCheck, by: Any, now: datetime.datetime) -> None:
    """The object is not damaged after all: what was asked or granted for it counts no more.

    Where the refund was made already, what was kept from it is given back. The caller holds the order.
    """
    loss = ReturnLoss.objects.filter(check_in=check).exclude(state=PartRequestState.REFUSED).first()
    if loss is None:
        return
    back, was = check.returned.back, loss.state
    rows = ReturnLoss.objects.filter(pk=loss.pk, state=was)
    rows.update(state=PartRequestState.REFUSED, decided_by=by.display_name[:160], decided_on=timezone.localdate(now))
    record("shop.return.loss_dropped", subject=back, by=by, organisation=back.part.seller, cents=loss.cents)
    line = check.returned.line
    line.refresh_from_db()
    cents = min(loss.cents, line.left_cents)
    if was == PartRequestState.GRANTED and back.state == ReturnState.CLOSED and cents:
        ask_refund(
            part=back.part,
            lines={line.pk: cents},
            reason=RefundReason.WITHDRAWN,
            by=by,
            operation=uuid.uuid5(loss.operation, "dropped"),
            note=_("The object is whole: nothing is kept from your refund."),
            now=now,
        )
