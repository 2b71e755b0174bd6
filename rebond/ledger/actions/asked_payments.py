"""What sellers are paid and invoiced, by two people: payouts released, their terms, a contest answered."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.actions.asked_books import WHY, always_two, by_amount
from rebond.ledger.actions.contest import answer_contest
from rebond.ledger.actions.payout import lift_hold, set_terms
from rebond.ledger.errors import LedgerError, NeedsReason, RequestInvalid, WrongState
from rebond.ledger.models import Account, Balance, Invoice, InvoiceContest, PayoutHold, PayoutTerms
from rebond.ledger.money_acts import MoneyAct, Plan, register_act
from rebond.network.models import Agreement, Organisation

RELEASE, TERMS, ANSWER = "ledger.payout.release", "ledger.payout.terms", "ledger.invoice.answer"


@dataclass(frozen=True, slots=True)
class Release:
    account: str


def _account(data: Release, operator: Organisation) -> Account:
    found = Account.objects.filter(operator=operator, public_id=data.account).select_related("owner", "operator")
    account: Account | None = found.first()
    if account is None:
        raise RequestInvalid
    return account


def plan_release(data: Release, operator: Organisation) -> Plan:
    """All that is owed to the seller, which may leave again; raise WrongState where nothing holds it."""
    account = _account(data, operator)
    hold = PayoutHold.objects.filter(account=account, lifted_on__isnull=True).first()
    if hold is None:
        raise WrongState
    balance = Balance.objects.filter(account=account).first()
    held = f"{hold.reason} ({hold.placed_by}, {date_format(hold.placed_on, 'j F Y')})"
    return Plan(
        subject=account.public_id,
        label=account.owner.name,
        cents=max(balance.owed_cents, 0) if balance else 0,
        page=("ledger:account-detail", (account.public_id,)),
        lines=((pgettext("payout", "Held because"), held),),
    )


def run_release(data: Release, operator: Organisation, by: Any, now: datetime.datetime) -> Account:
    """The account, whose payouts may leave."""
    account = _account(data, operator)
    lift_hold(account=account, by=by)
    return account


@dataclass(frozen=True, slots=True)
class NewTerms:
    """`agreement` by its public id; `account` for the page."""

    agreement: str
    account: str
    days: list[int]
    extra_days: int
    min_cents: int


def _agreement(data: NewTerms, operator: Organisation) -> Agreement:
    rows = Agreement.objects.filter(operator=operator, public_id=data.agreement).select_related("organisation")
    found: Agreement | None = rows.first()
    if found is None:
        raise RequestInvalid
    return found


def _said(days: list[int], extra_days: int, min_cents: int) -> str:
    given = {"days": ", ".join(map(str, days)), "extra": extra_days, "least": format_cents(min_cents)}
    return _("day %(days)s of the month, %(extra)s days after the delay, from %(least)s on") % given


def plan_terms(data: NewTerms, operator: Organisation) -> Plan:
    """As they are, as they would be; raise LedgerError where a day is not one of 1 to 28."""
    agreement = _agreement(data, operator)
    if not data.days or not all(isinstance(day, int) and 1 <= day <= 28 for day in data.days):
        raise LedgerError(field="days")
    if data.extra_days < 0 or data.min_cents < 0:
        raise RequestInvalid
    known = PayoutTerms.objects.filter(agreement=agreement).first()
    before = _said(known.days, known.extra_days, known.min_cents) if known else _("the usual terms")
    return Plan(
        subject=agreement.public_id,
        label=agreement.organisation.name,
        page=("ledger:account-detail", (data.account,)),
        lines=(
            (pgettext("payout", "Today"), before),
            (pgettext("payout", "From now on"), _said(data.days, data.extra_days, data.min_cents)),
        ),
    )


def run_terms(data: NewTerms, operator: Organisation, by: Any, now: datetime.datetime) -> PayoutTerms:
    """The terms."""
    agreement = _agreement(data, operator)
    return set_terms(agreement=agreement, days=data.days, extra_days=data.extra_days, min_cents=data.min_cents, by=by)


@dataclass(frozen=True, slots=True)
class ContestAnswer:
    invoice: str
    is_upheld: bool
    answer: str


def _contest(data: ContestAnswer, operator: Organisation) -> InvoiceContest:
    rows = InvoiceContest.objects.filter(invoice__operator=operator, invoice__public_id=data.invoice)
    found = rows.select_related(
        "invoice__seller", "invoice__operator", "invoice__mandate", "invoice__sale__billing"
    ).first()
    if found is None:
        raise RequestInvalid
    return found


def plan_answer(data: ContestAnswer, operator: Organisation) -> Plan:
    """The invoice that two papers would correct; a no corrects nothing. Raise NeedsReason, WrongState."""
    if not data.answer.strip():
        raise NeedsReason(field="answer")
    contest = _contest(data, operator)
    if contest.answered_at is not None:
        raise WrongState
    invoice: Invoice = contest.invoice
    what = _("A credit note and a new invoice correct it") if data.is_upheld else _("It stays as it is")
    return Plan(
        subject=invoice.public_id,
        label=f"{invoice.number}, {invoice.seller.name}",
        cents=invoice.total_cents if data.is_upheld else 0,
        page=("ledger:invoice-detail", (invoice.public_id,)),
        lines=(
            (pgettext("contest", "The seller says"), contest.reason),
            (pgettext("contest", "What would come of it"), what),
            (WHY, data.answer.strip()),
        ),
    )


def run_answer(data: ContestAnswer, operator: Organisation, by: Any, now: datetime.datetime) -> Invoice | None:
    """The invoice that says what is true now; None where nothing is corrected."""
    contest = _contest(data, operator)
    return answer_contest(contest=contest, is_upheld=data.is_upheld, answer=data.answer, by=by, now=now)


def register() -> None:
    """Called when the app is ready."""
    hold, answer = "ledger.payout.hold", "ledger.invoice.answer"
    words = pgettext_lazy("money act", "Release payouts to a seller")
    register_act(MoneyAct(RELEASE, hold, words, Release, plan_release, run_release, by_amount))
    words = pgettext_lazy("money act", "Set when a seller is paid")
    register_act(MoneyAct(TERMS, hold, words, NewTerms, plan_terms, run_terms, always_two, has_amount=False))
    words = pgettext_lazy("money act", "Answer a contested invoice")
    register_act(MoneyAct(ANSWER, answer, words, ContestAnswer, plan_answer, run_answer, by_amount))
