"""Do an act on money alone, or ask for it: beyond the limit of one's role, somebody else grants it.

One row for each act, asked or done alone (decision 30). Granting takes the row where it still waits, then does the act
in the same transaction under the act's own checks: two who grant at once have one effect, and an act that is refused
leaves the request as it was.
"""

import datetime
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.locks import lock_rows
from rebond.journal.actions.record import record
from rebond.ledger.enums import Alone, RequestState
from rebond.ledger.errors import AboveLimit, EventDiffers, NeedsReason, RequestWaits, SamePerson, WrongState
from rebond.ledger.models import MoneyRequest
from rebond.ledger.money_acts import MoneyAct, Plan, act_named
from rebond.ledger.queries.money_requests import done_alone_today, rights_of, waiting_for_another
from rebond.network.models import Organisation


@dataclass(frozen=True, slots=True)
class Asked:
    """The row, and what the act made; None while it waits, or where the form was sent before."""

    request: MoneyRequest
    made: Any = None

    @property
    def waits(self) -> bool:
        return self.request.state == RequestState.ASKED


@transaction.atomic
def ask_money(
    *,
    act: str,
    organisation: Organisation,
    data: Any,
    by: Any,
    operation: uuid.UUID,
    note: str = "",
    now: datetime.datetime | None = None,
) -> Asked:
    """Do it within what `by` does alone in a day, or where nobody else of the organisation grants; else keep it.

    The same `operation` is one. Raise RequestWaits where the same is asked already, and what the act raises.
    """
    now = now or timezone.now()
    known = MoneyRequest.objects.filter(operation=operation).first()
    if known is not None:
        return _same(known, act, organisation, data, by)
    kind = act_named(act)
    plan = kind.plan(data, organisation)
    if waiting_for_another(organisation, act, plan.subject) is not None:
        raise RequestWaits
    alone = _alone(kind, organisation, plan.cents, by, now)
    request = MoneyRequest(
        organisation=organisation,
        act=act,
        subject=plan.subject,
        label=plan.label[:200],
        data=asdict(data),
        cents=plan.cents,
        note=note.strip()[:300],
        operation=operation,
        asked_by_id=by.public_id,
        asked_by=by.display_name[:160],
        asked_at=now,
    )
    if alone:
        request.state, request.alone, request.decided_at = RequestState.GRANTED, alone, now
        request.decided_by_id, request.decided_by = request.asked_by_id, request.asked_by
    return _keep(kind, request, by, now)


def _keep(kind: MoneyAct, request: MoneyRequest, by: Any, now: datetime.datetime) -> Asked:
    """Write the row; do the act where the row says that it is granted."""
    organisation = request.organisation
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:  # at once: the same form, or the same act by another person
        known = MoneyRequest.objects.filter(operation=request.operation).first()
        if known is None:
            raise RequestWaits from None
        return _same(known, request.act, organisation, kind.read(request.data), by)
    if request.alone != Alone.LIMIT:
        verb = "sole" if request.alone else "asked"
        record(f"ledger.request.{verb}", subject=request, by=by, organisation=organisation, cents=request.cents)
    if request.state == RequestState.ASKED:
        return Asked(request)
    return Asked(request, kind.run(kind.read(request.data), organisation, by, now))


def _same(known: MoneyRequest, act: str, organisation: Organisation, data: Any, by: Any) -> Asked:
    """The row of a form that was sent before, by the same person with the same words; raise EventDiffers."""
    asked = (act, organisation.pk, asdict(data), by.public_id)
    if (known.act, known.organisation_id, known.data, known.asked_by_id) != asked:
        raise EventDiffers
    return Asked(known)


def _alone(kind: MoneyAct, organisation: Organisation, cents: int, by: Any, now: datetime.datetime) -> str:
    """Why one person is enough; empty where it takes two. What a person did alone that day counts together."""
    rights = rights_of(by, organisation, kind)
    if rights.alone is None:
        return Alone.LIMIT
    if kind.covers(rights.alone, cents):
        lock_rows(User.objects.filter(pk=by.pk), no_key=True)  # two forms of one person at once are as one
        if kind.covers(rights.alone, cents + done_alone_today(by, organisation, kind, now)):
            return Alone.LIMIT
    return Alone.SOLE if rights.is_sole else ""


@transaction.atomic
def grant_money(*, request: MoneyRequest, by: Any, now: datetime.datetime | None = None) -> Asked:
    """Do what somebody else asked, under the act's own checks, once.

    Whoever asked grants only where nobody else of the organisation can, any more. Raise SamePerson, AboveLimit (of
    what it moves now), WrongState, and what the act raises: the request waits then as before.
    """
    now = now or timezone.now()
    kind, organisation = act_named(request.act), request.organisation
    rights = rights_of(by, organisation, kind)
    is_own = request.asked_by_id == by.public_id
    if is_own and not rights.is_sole:
        raise SamePerson
    _decide(request, RequestState.GRANTED, by, now, alone=Alone.SOLE if is_own else "")
    data = kind.read(request.data)
    plan: Plan = kind.plan(data, organisation)
    if not rights.is_sole and not kind.covers(rights.grant, max(plan.cents, request.cents)):
        raise AboveLimit
    made = kind.run(data, organisation, by, now)
    record(
        "ledger.request.sole" if is_own else "ledger.request.granted",
        subject=request,
        by=by,
        organisation=organisation,
        cents=request.cents,
        asked_by=request.asked_by,
    )
    return Asked(request, made)


@transaction.atomic
def refuse_money(*, request: MoneyRequest, reason: str, by: Any, now: datetime.datetime | None = None) -> MoneyRequest:
    """Nothing is done; who asked reads why. Whoever may grant some of it may refuse any of it.

    Raise NeedsReason, AboveLimit (no role that grants it), WrongState.
    """
    if not reason.strip():
        raise NeedsReason(field="reason")
    if rights_of(by, request.organisation, act_named(request.act)).grant == 0:
        raise AboveLimit
    _decide(request, RequestState.REFUSED, by, now, reason=reason.strip()[:300])
    record("ledger.request.refused", subject=request, by=by, organisation=request.organisation, cents=request.cents)
    return request


@transaction.atomic
def withdraw_money(*, request: MoneyRequest, by: Any, now: datetime.datetime | None = None) -> MoneyRequest:
    """Who asked no longer wants it. Raise WrongState, for another person too."""
    if request.asked_by_id != by.public_id:
        raise WrongState
    _decide(request, RequestState.WITHDRAWN, by, now)
    record("ledger.request.withdrawn", subject=request, by=by, organisation=request.organisation, cents=request.cents)
    return request


def _decide(request: MoneyRequest, state: RequestState, by: Any, now: datetime.datetime | None, **fields: str) -> None:
    """One conditional update: whoever comes second finds that it waits no more. Raise WrongState."""
    rows = MoneyRequest.objects.filter(pk=request.pk, state=RequestState.ASKED)
    if not rows.update(
        state=state,
        decided_by_id=by.public_id,
        decided_by=by.display_name[:160],
        decided_at=now or timezone.now(),
        **fields,
    ):
        raise WrongState
    request.refresh_from_db()
