"""Payouts: asked, granted by somebody else, sent by the provider, arrived or come back."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.ledger.actions.posting import Move, Told, account_of, claim_key, write_entry
from rebond.ledger.enums import PAYOUT_TRANSITIONS, AccountKind, EntryKind, Part, PayoutState
from rebond.ledger.errors import (
    AboveLimit,
    BooksWrong,
    LedgerError,
    NeedsReason,
    NoProvider,
    NothingDue,
    PayoutUnderWay,
    SamePerson,
    SellerHeld,
    WrongState,
)
from rebond.ledger.events import Subject
from rebond.ledger.models import Account, Balance, Entry, Payout, PayoutHold, PayoutTerms, Posting
from rebond.ledger.providers import is_set, pay_out
from rebond.ledger.queries.gifts import gift_due
from rebond.ledger.queries.night import last_check
from rebond.ledger.queries.payouts import Due, dues_of
from rebond.ledger.tasks import send_one_payout
from rebond.network.models import Agreement, Organisation


def _move(payout: Payout, verb: str, by: Any, reason: str = "", **fields: Any) -> None:
    """One move of the table, written where the state still allows it; raise WrongState. The caller's transaction."""
    states, to_state = PAYOUT_TRANSITIONS[verb]
    before = payout.state
    if reason:
        fields["reason"] = reason[:300]
    if not Payout.objects.filter(pk=payout.pk, state__in=states).update(state=to_state, **fields):
        raise WrongState
    payout.refresh_from_db()
    record_transition(
        subject=payout, verb=verb, from_state=before, to_state=to_state, by=by, organisation=payout.account.owner,
        reason=reason,
    )  # fmt: skip


def _check_ways() -> None:
    """Somebody sends the money, and the books are not known to be wrong."""
    if not is_set():
        raise NoProvider
    job = last_check()
    if job is not None and not job.result.get("ok", True):
        raise BooksWrong


def _due(account: Account, day: date) -> Due:
    """What is owed to a seller, or to who receives round-ups."""
    if account.kind == AccountKind.ROUND_UP:
        return gift_due(account, day)
    return next(iter(dues_of(account.operator, day=day, account=account)))


@transaction.atomic
def ask_payout(*, account: Account, by: Any, day: date | None = None) -> Payout:
    """Ask for all that may be paid out today to a seller, or to who receives round-ups.

    From the four-eyes amount on, somebody else grants it.
    Raise NoProvider, BooksWrong, SellerHeld, NothingDue, PayoutUnderWay.
    """
    _check_ways()
    day = day or timezone.localdate()
    lock_row(Balance.objects.get(account=account))
    due = _due(account, day)
    if due.held:
        raise SellerHeld
    if due.is_open:
        raise PayoutUnderWay
    if not due.is_ready(day):
        raise NothingDue
    return _ask(due, by, day)


def _ask(due: Due, by: Any, day: date) -> Payout:
    """A payout is granted at once where it is below the four-eyes amount."""
    needs_two = due.cents >= settings.PAYOUT_FOUR_EYES_CENTS
    payout = Payout(
        account=due.account,
        cents=due.cents,
        needs_two=needs_two,
        asked_on=day,
        asked_by_id=by.public_id if by is not None else "",
        asked_by=by.display_name[:160] if by is not None else "",
    )
    try:
        with transaction.atomic():
            payout.save()
    except IntegrityError:
        raise PayoutUnderWay from None
    owner = due.account.owner
    record("ledger.payout.asked", subject=payout, by=by, organisation=owner, cents=due.cents)
    if not needs_two:
        _move(payout, "grant", by, granted_by=payout.asked_by, granted_by_id=payout.asked_by_id)
        send_one_payout.enqueue(payout.pk)
    return payout


def ask_due_payouts(*, operator: Organisation, by: Any, day: date | None = None) -> list[Payout]:
    """Ask for each seller that is ready that day, each in its transaction; those that are not are left.

    Raise NoProvider, BooksWrong.
    """
    _check_ways()
    day = day or timezone.localdate()
    asked: list[Payout] = []
    for due in dues_of(operator, day=day):
        if not due.is_ready(day):
            continue
        try:
            asked.append(ask_payout(account=due.account, by=by, day=day))
        except (NothingDue, PayoutUnderWay, SellerHeld):
            continue
    return asked


@transaction.atomic
def grant_payout(*, payout: Payout, by: Any, may_grant_any: bool = False) -> Payout:
    """Let it leave; the worker sends it. Raise SamePerson, AboveLimit, WrongState."""
    if payout.needs_two and payout.asked_by_id == by.public_id:
        raise SamePerson
    if payout.cents > settings.PAYOUT_GRANT_LIMIT_CENTS and not may_grant_any:
        raise AboveLimit
    _move(payout, "grant", by, granted_by=by.display_name[:160], granted_by_id=by.public_id)
    record("ledger.payout.granted", subject=payout, by=by, organisation=payout.account.owner, cents=payout.cents)
    send_one_payout.enqueue(payout.pk)
    return payout


@transaction.atomic
def refuse_payout(*, payout: Payout, reason: str, by: Any) -> Payout:
    """It does not leave; the money stays owed. Raise NeedsReason, WrongState."""
    if not reason.strip():
        raise NeedsReason(field="reason")
    _move(payout, "refuse", by, reason.strip(), ended_on=timezone.localdate())
    record("ledger.payout.refused", subject=payout, by=by, organisation=payout.account.owner, reason=reason.strip())
    return payout


def send_payout(*, payout: Payout, now: datetime | None = None) -> Payout:
    """Take it from what is owed, then ask the provider, outside any transaction; run again, it has one effect.

    A payout that was taken but not answered (the process was killed) is asked again under the same key. Where the
    balance no longer covers it (a refund came between), it is refused and the money stays owed.
    """
    if payout.state == PayoutState.GRANTED:
        payout = _take(payout, now)
    if payout.state != PayoutState.SENT or payout.reference:
        return payout
    answer = pay_out(payout)
    if answer.refusal:
        return fail_payout(payout=payout, reason=answer.refusal, now=now)
    Payout.objects.filter(pk=payout.pk, reference="").update(reference=answer.reference)
    payout.refresh_from_db()
    return settle_payout(payout=payout, now=now) if answer.is_paid else payout


def send_by_number(*, number: int) -> str:
    """`send_payout` of the payout with this number; its state after, or `gone`."""
    rows = Payout.objects.select_related("account__owner", "account__operator")
    payout = rows.filter(pk=number).first()
    return send_payout(payout=payout).state if payout is not None else "gone"


def resume_unanswered() -> int:
    """Send again the payouts that were granted or taken and have no reference yet, 500 at most; return how many."""
    rows = Payout.objects.filter(state__in=[PayoutState.GRANTED, PayoutState.SENT], reference="").order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:500])
    for key in keys:
        send_one_payout.enqueue(key)
    return len(keys)


@transaction.atomic
def _take(payout: Payout, now: datetime | None) -> Payout:
    lock_row(Balance.objects.get(account=payout.account))
    day = timezone.localdate(now)
    due = _due(payout.account, day)
    if due.cents < payout.cents or due.held:
        reason = _("Held meanwhile.") if due.held else _("The balance no longer covers it.")
        _move(payout, "refuse", None, str(reason), ended_on=day)
        return payout
    _move(payout, "send", None)
    transit = account_of(operator=payout.account.operator, owner=payout.account.operator, kind=AccountKind.TRANSIT)
    _post(payout, EntryKind.PAYOUT, payout.account, transit, now)
    return payout


def _post(
    payout: Payout, kind: EntryKind, debit: Account, credit: Account, now: datetime | None, *, taken: int = 0
) -> Entry:
    """One entry of a payout: each kind once. `taken` of it is the provider's side already."""
    claim, known = claim_key(key=f"{kind}:{payout.public_id}", digest=str(payout.cents))
    if known is not None:
        return known
    subject = Subject("ledger.payout", payout.public_id, payout.public_id.upper())
    told = Told(payout.account.operator, kind, subject, str(payout.cents), reason=payout.reason, now=now)
    moves = [Move(debit, Part.PAYOUT, payout.cents), Move(credit, Part.PAYOUT, taken - payout.cents)]
    if taken:
        moves.append(Move(_own(payout, AccountKind.PROVIDER), Part.PAYOUT, -taken))
    return write_entry(claim=claim, told=told, moves=moves)


def _taken_back(payout: Payout) -> int:
    """What came back of it from the seller's account before, in cents."""
    rows = Posting.objects.filter(entry__subject_kind="ledger.payout", entry__subject_id=payout.public_id)
    rows = rows.filter(entry__kind=EntryKind.PAYOUT_TAKEN, account=payout.account)
    return -int(rows.aggregate(n=Sum("cents"))["n"] or 0)


def _own(payout: Payout, kind: AccountKind) -> Account:
    operator = payout.account.operator
    return account_of(operator=operator, owner=operator, kind=kind)


@transaction.atomic
def settle_payout(*, payout: Payout, now: datetime | None = None) -> Payout:
    """The provider says that it arrived. Raise WrongState where it had not left."""
    if payout.state == PayoutState.PAID:
        return payout
    _move(payout, "pay", None, ended_on=timezone.localdate(now))
    _post(payout, EntryKind.PAYOUT_PAID, _own(payout, AccountKind.TRANSIT), _own(payout, AccountKind.PROVIDER), now)
    return payout


@transaction.atomic
def fail_payout(*, payout: Payout, reason: str, now: datetime | None = None) -> Payout:
    """The money comes back, before or after it was said to have arrived: it is owed again. Raise WrongState.

    What was taken back of it before (`post_taken_back`) is at the provider already, and is not owed twice.
    """
    if payout.state == PayoutState.FAILED:
        return payout
    was_paid = payout.state == PayoutState.PAID
    _move(payout, "fail", None, reason, ended_on=timezone.localdate(now))
    source = _own(payout, AccountKind.PROVIDER if was_paid else AccountKind.TRANSIT)
    taken = _taken_back(payout)
    if not was_paid or taken < payout.cents:
        _post(payout, EntryKind.PAYOUT_BACK, source, payout.account, now, taken=taken)
    record("ledger.payout.came_back", subject=payout, by=None, organisation=payout.account.owner, reason=reason)
    return payout


@transaction.atomic
def hold_payouts(*, account: Account, reason: str, by: Any) -> PayoutHold:
    """Nothing is paid out to this seller until it is lifted. Raise NeedsReason, WrongState where it is held."""
    if not reason.strip():
        raise NeedsReason(field="reason")
    try:
        with transaction.atomic():
            hold = PayoutHold.objects.create(
                account=account, reason=reason.strip()[:300], placed_by=by.display_name[:160]
            )
    except IntegrityError:
        raise WrongState from None
    record("ledger.payout.held", subject=account.owner, by=by, organisation=account.owner, reason=hold.reason)
    return hold


@transaction.atomic
def lift_hold(*, account: Account, by: Any) -> None:
    """Payouts may be made again. Raise WrongState where nothing held them."""
    rows = PayoutHold.objects.filter(account=account, lifted_on__isnull=True)
    if not rows.update(lifted_on=timezone.localdate()):
        raise WrongState
    record("ledger.payout.released", subject=account.owner, by=by, organisation=account.owner)


@transaction.atomic
def set_terms(*, agreement: Agreement, days: list[int], extra_days: int, min_cents: int, by: Any) -> PayoutTerms:
    """When and from what amount the agreement's seller is paid. Raise LedgerError where a day is not one of 1 to 28."""
    if not days or any(not 1 <= day <= 28 for day in days):
        raise LedgerError(field="days")
    terms, _made = PayoutTerms.objects.update_or_create(
        agreement=agreement,
        defaults={"days": sorted(set(days)), "extra_days": extra_days, "min_cents": min_cents},
    )
    record(
        "ledger.payout.terms_set", subject=agreement, by=by, organisation=agreement.organisation, days=terms.days,
        extra_days=extra_days, min_cents=min_cents,
    )  # fmt: skip
    return terms
