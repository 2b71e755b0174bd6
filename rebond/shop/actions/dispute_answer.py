"""What is said to the bank about a dispute: prepared by one person, sent by another.

The choice is final at the bank: nothing can be added after it is sent. The provider is asked by a task, outside any
transaction, under the answer's own key.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.files import store_file
from rebond.journal.actions.record import record
from rebond.journal.errors import FileRefusedError
from rebond.ledger.queries.fees import operator_of
from rebond.network.models import Membership
from rebond.shop import tasks
from rebond.shop.actions.attachment import MAX_BYTES
from rebond.shop.actions.provider import PROVIDERS
from rebond.shop.errors import (
    AnswerWaitsError,
    AttachmentRefusedError,
    DisputeStateError,
    ProviderRefusedError,
    SamePersonError,
)
from rebond.shop.models import Dispute, DisputeAnswer, DisputeProof
from rebond.shop.money_enums import ANSWERABLE, DISPUTE_ANSWERS, DisputeAnswerState, DisputeChoice

KINDS = frozenset({"pdf", "jpg", "jpeg", "png"})  # what banks read
VIEW = "shop.dispute.view"


def may_send_alone(by: Any) -> bool:
    """Nobody else of the operator may send it: then one person is enough. `DISPUTE_FOUR_EYES` off: always."""
    if not settings.DISPUTE_FOUR_EYES:
        return True
    rows = Membership.objects.filter(role__in=["finance", "coordinator"], ended_at__isnull=True, user__is_active=True)
    return not rows.exclude(user=by).exists()


@transaction.atomic
def ask_answer(
    *, dispute: Dispute, choice: str, text: str, files: Mapping[str, Any], by: Any, operation: uuid.UUID
) -> DisputeAnswer:
    """Prepare an answer, with a file for each kind of evidence; it is sent once somebody else agrees.

    The same `operation` twice is one answer. Raise DisputeStateError where nothing can be said any more or a defence
    says nothing, AnswerWaitsError, AttachmentRefusedError.
    """
    known = DisputeAnswer.objects.filter(operation=operation).first()
    if known is not None:
        return known
    dispute = lock_row(dispute)
    if dispute.state not in ANSWERABLE or choice not in DisputeChoice.values:
        raise DisputeStateError
    if choice == DisputeChoice.DEFEND and not text.strip() and not any(files.values()):
        raise DisputeStateError
    try:
        with transaction.atomic():
            answer = DisputeAnswer.objects.create(
                dispute=dispute,
                operation=operation,
                choice=choice,
                text=text.strip() if choice == DisputeChoice.DEFEND else "",
                asked_by_id=by.public_id,
                asked_by=by.display_name[:160],
            )
    except IntegrityError:
        raise AnswerWaitsError from None
    if choice == DisputeChoice.DEFEND:
        for kind, upload in files.items():
            if upload:
                _keep(answer, kind, upload, by)
    record("shop.dispute.prepared", subject=dispute, by=by, choice=choice)
    return answer


def _keep(answer: DisputeAnswer, kind: str, upload: Any, by: Any) -> None:
    try:
        stored = store_file(
            upload=upload,
            organisation=operator_of(None),
            permission=VIEW,
            by=by,
            subject=answer.dispute,
            kinds=KINDS,
            max_bytes=MAX_BYTES // 2,  # what Stripe takes for evidence
        )
    except FileRefusedError as refused:
        raise AttachmentRefusedError(kind) from refused
    DisputeProof.objects.create(answer=answer, kind=kind, stored=stored)


def _move(answer: DisputeAnswer, verb: str, **fields: Any) -> None:
    from_states, to_state = DISPUTE_ANSWERS[verb]
    if not DisputeAnswer.objects.filter(pk=answer.pk, state__in=from_states).update(state=to_state, **fields):
        raise DisputeStateError
    answer.refresh_from_db()


@transaction.atomic
def grant_answer(*, answer: DisputeAnswer, by: Any) -> DisputeAnswer:
    """Somebody else lets it leave; the worker sends it. Raise SamePersonError, DisputeStateError."""
    if answer.asked_by_id == by.public_id and not may_send_alone(by):
        raise SamePersonError
    if lock_row(answer.dispute).state not in ANSWERABLE:
        raise DisputeStateError
    _move(answer, "grant", decided_by=by.display_name[:160])
    record("shop.dispute.granted", subject=answer.dispute, by=by, choice=answer.choice)
    tasks.send_dispute_answer.enqueue(answer.pk)
    return answer


@transaction.atomic
def refuse_answer(*, answer: DisputeAnswer, by: Any) -> DisputeAnswer:
    """It is not sent: another one may be prepared. Raise DisputeStateError."""
    _move(answer, "refuse", decided_by=by.display_name[:160])
    record("shop.dispute.refused", subject=answer.dispute, by=by, choice=answer.choice)
    return answer


def send_answer(*, number: int, now: datetime.datetime | None = None) -> str:
    """Ask the provider, then keep what it said; run again, it has one effect. Raise ProviderAwayError."""
    answer = DisputeAnswer.objects.select_related("dispute__payment").filter(pk=number).first()
    if answer is None or answer.state != DisputeAnswerState.GRANTED:
        return answer.state if answer is not None else "gone"
    now = now or timezone.now()
    try:
        PROVIDERS[answer.dispute.provider].answer_dispute(answer, now)
    except ProviderRefusedError as refused:
        rows = DisputeAnswer.objects.filter(pk=answer.pk, state=DisputeAnswerState.GRANTED)
        rows.update(state=DisputeAnswerState.FAILED, note=str(refused)[:300])
        return DisputeAnswerState.FAILED
    _keep_sent(answer, now)
    return DisputeAnswerState.SENT


@transaction.atomic
def _keep_sent(answer: DisputeAnswer, now: datetime.datetime) -> None:
    rows = DisputeAnswer.objects.filter(pk=answer.pk, state=DisputeAnswerState.GRANTED)
    if rows.update(state=DisputeAnswerState.SENT, sent_at=now):
        record("shop.dispute.sent", subject=answer.dispute, by=None, choice=answer.choice)


def resume_answers() -> int:
    """Send again what was granted and never answered for (a process was killed, the provider was away)."""
    keys = list(
        DisputeAnswer.objects.filter(state=DisputeAnswerState.GRANTED).order_by("pk").values_list("pk", flat=True)[:100]
    )
    for key in keys:
        tasks.send_dispute_answer.enqueue(key)
    return len(keys)
