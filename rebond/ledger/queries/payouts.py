"""Who may be paid what, when, and what holds it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from rebond.ledger.enums import OPEN_PAYOUTS, AccountKind, Held, PayoutState
from rebond.ledger.models import Account, Balance, FeeLine, Payout, PayoutHold, PayoutTerms, Sale, SaleLine
from rebond.ledger.providers import payable_among
from rebond.ledger.queries.tax import held_for_tax
from rebond.network.models import Agreement, Organisation, Site, TraderFile

# The usual terms: the first of the month, from ten euros on.
USUAL_DAYS = (1,)
USUAL_MIN_CENTS = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """Days of the month on which a seller is paid, days waited for after the withdrawal delay, the least amount."""

    days: tuple[int, ...] = USUAL_DAYS
    extra_days: int = 0
    min_cents: int = USUAL_MIN_CENTS


@dataclass(slots=True)
class Due:
    """`owed_cents` less `waiting_cents` (delay not over, or disputed) may be paid; `held` says why it is not.

    `is_open`: a payout is under way. `next_on`: the next day of the calendar, today where one has passed unpaid.
    """

    account: Account
    owed_cents: int
    waiting_cents: int
    terms: Terms
    next_on: datetime.date
    is_open: bool = False
    held: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def cents(self) -> int:
        return max(self.owed_cents - self.waiting_cents, 0)

    def is_ready(self, day: datetime.date) -> bool:
        """Whether it may be asked that day."""
        is_enough = self.cents >= max(self.terms.min_cents, 1)
        return is_enough and self.next_on <= day and not self.is_open and not self.held


def last_day(day: datetime.date, days: Iterable[int]) -> datetime.date:
    """The last day of the calendar up to `day`."""
    known = sorted(days)
    past = [n for n in known if n <= day.day]
    if past:
        return day.replace(day=past[-1])
    return (day.replace(day=1) - datetime.timedelta(days=1)).replace(day=known[-1])


def next_day(day: datetime.date, days: Iterable[int]) -> datetime.date:
    """The first day of the calendar after `day`."""
    known = sorted(days)
    coming = [n for n in known if n > day.day]
    if coming:
        return day.replace(day=coming[0])
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=known[0])


def dues_of(operator: Organisation, *, day: datetime.date | None = None, account: Account | None = None) -> list[Due]:
    """What is owed to each seller with a positive balance (or to one account), the most first.

    A handful of queries for any number of sellers.
    """
    day = day or timezone.localdate()
    rows = Balance.objects.filter(account__operator=operator, account__kind=AccountKind.SELLER)
    rows = rows.filter(account=account) if account is not None else rows.filter(cents__lt=0)
    balances = list(rows.select_related("account__owner", "account__operator").order_by("cents", "account_id"))
    accounts = [balance.account for balance in balances]
    terms, held, notes = _terms(operator, accounts, day), holds_of(accounts), _notes(accounts)
    waiting = _waiting(operator, accounts, day, terms)
    last, opened = _asked(accounts)
    return [
        Due(
            account=balance.account,
            owed_cents=balance.owed_cents,
            waiting_cents=waiting[balance.account_id],
            terms=terms[balance.account_id],
            next_on=_next_on(day, terms[balance.account_id], last.get(balance.account_id)),
            is_open=balance.account_id in opened,
            held=held[balance.account_id],
            note=notes.get(balance.account_id, ""),
        )
        for balance in balances
    ]


def _next_on(day: datetime.date, terms: Terms, asked: datetime.date | None) -> datetime.date:
    """Today where a day of the calendar has passed since the last payout, else the coming one."""
    last = last_day(day, terms.days)
    return day if asked is None or asked < last else next_day(day, terms.days)


def _asked(accounts: list[Account]) -> tuple[dict[int, datetime.date], set[int]]:
    """The day of each account's last payout that was made or is under way, and the accounts with one under way."""
    made = OPEN_PAYOUTS | {PayoutState.PAID}
    rows = Payout.objects.filter(account__in=accounts, state__in=made).order_by("asked_on", "pk")
    last: dict[int, datetime.date] = {}
    opened: set[int] = set()
    for account, asked_on, state in rows.values_list("account_id", "asked_on", "state"):
        last[account] = asked_on
        if state in OPEN_PAYOUTS:
            opened.add(account)
    return last, opened


def _terms(operator: Organisation, accounts: list[Account], day: datetime.date) -> dict[int, Terms]:
    """The terms of the agreement in force, else the usual ones."""
    owners = {account.owner_id: account.pk for account in accounts}
    in_force = Agreement.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), operator=operator)
    in_force = in_force.filter(signed_on__isnull=False, starts_on__lte=day, organisation_id__in=owners)
    found = {pk: Terms() for pk in owners.values()}
    rows = PayoutTerms.objects.filter(agreement__in=in_force).select_related("agreement").order_by("pk")
    for row in rows:
        days = tuple(row.days) or USUAL_DAYS
        found[owners[row.agreement.organisation_id]] = Terms(days, row.extra_days, row.min_cents)
    return found


def _waiting(
    operator: Organisation, accounts: list[Account], day: datetime.date, terms: dict[int, Terms]
) -> dict[int, int]:
    """What sales leave to each account that may not be paid out yet: delay not over or not known, or disputed."""
    found: dict[int, int] = defaultdict(int)
    by_extra: dict[int, set[int]] = defaultdict(set)
    for row in accounts:
        by_extra[terms[row.pk].extra_days].add(row.pk)
    for extra, wanted in by_extra.items():
        late = Q(payable_on__gt=day - datetime.timedelta(days=extra))
        waits = Q(payable_on__isnull=True) | Q(disputed_cents__gt=0) | late
        sales = Sale.objects.filter(waits, operator=operator).order_by()
        if len(accounts) == 1:
            sales = sales.filter(_of_account(accounts[0]))
        for account, cents in _left(sales):
            if account in wanted:
                found[account] += cents
    return found


def _of_account(account: Account) -> Q:
    """Its own sales, and those of others that it carries the delivery of."""
    carried = SaleLine.objects.filter(account=account, is_shipping=True).exclude(sale__seller=account.owner_id)
    return Q(seller=account.owner_id) | Q(pk__in=carried.order_by().values("sale"))


def _left(sales: "QuerySet[Sale]") -> Iterable[tuple[int, int]]:
    """(account, cents) that these sales still leave: prices not refunded, less the fees not given back.

    Added up by the database: thousands of sales wait at any time.
    """
    first = _lowest(sales)
    if first is None:
        return
    lines = SaleLine.objects.filter(sale__gte=first).order_by()  # they are the latest: what is older is not read
    rows = lines.filter(sale__in=sales, account__kind=AccountKind.SELLER)
    yield from rows.values_list("account").annotate(n=Sum(F("cents") - F("refunded_cents")))
    from_line = _lowest(lines)
    fees = FeeLine.objects.filter(line__gte=from_line, line__sale__gte=first, line__sale__in=sales).order_by()
    price, refunded = F("line__cents"), F("line__refunded_cents")
    back = (2 * F("cents") * refunded + price) / (2 * price)  # `half_up`, on whole numbers
    left = F("cents") - Case(When(is_refunded=True, then=back), default=Value(0))
    for payer, cents in fees.values_list("payer").annotate(n=Sum(left)):
        yield payer, -cents


def _lowest(rows: "QuerySet[Any]") -> int | None:
    """The lowest key. Counted with it: alone, PostgreSQL looks for it from the first row of the table on."""
    found: int | None = rows.aggregate(lowest=Min("pk"), n=Count("pk"))["lowest"]
    return found


def holds_of(accounts: list[Account]) -> dict[int, list[str]]:
    """Why each account is not paid out: missing identity or account data (rules.md F4, F5), or a hold by hand."""
    owners = [account.owner_id for account in accounts]
    files = TraderFile.objects.filter(organisation_id__in=owners, ended_on__isnull=True)
    verified = {pk: at is not None for pk, at in files.order_by("pk").values_list("organisation_id", "verified_at")}
    sites = Site.objects.filter(organisation_id__in=owners).exclude(address="").exclude(postal_code="")
    seats = set(sites.order_by("pk").values_list("organisation_id", flat=True))
    untold = held_for_tax(owners, timezone.localdate())
    reached = payable_among(owners)
    by_hand = set(_open_holds(accounts).order_by("pk").values_list("account_id", flat=True))
    found: dict[int, list[str]] = {}
    for account in accounts:
        reasons = [
            (Held.NO_FILE, account.owner_id not in verified),
            (Held.NOT_VERIFIED, verified.get(account.owner_id) is False),
            (Held.NO_SIREN, not account.owner.siren),
            (Held.NO_ADDRESS, account.owner_id not in seats),
            (Held.TAX_DATA, account.owner_id in untold),
            (Held.NO_ACCOUNT, account.owner_id not in reached),
            (Held.BY_HAND, account.pk in by_hand),
        ]
        found[account.pk] = [reason.value for reason, is_so in reasons if is_so]
    return found


def _open_holds(accounts: list[Account]) -> QuerySet[PayoutHold]:
    return PayoutHold.objects.filter(account__in=accounts, lifted_on__isnull=True)


def _notes(accounts: list[Account]) -> dict[int, str]:
    return dict(_open_holds(accounts).order_by("pk").values_list("account_id", "reason"))


def payouts_of(operator: Organisation, state: str = "") -> Any:
    """The operator's payouts, the latest first."""
    rows = Payout.objects.filter(account__operator=operator).select_related("account__owner")
    rows = rows.filter(state=state) if state in PayoutState.values else rows
    return rows.order_by("-pk")


def held_words(reasons: Iterable[str]) -> list[str]:
    """The reasons in words."""
    return [str(Held(reason).label) for reason in reasons]


def to_grant(operator: Organisation) -> int:
    """How many payouts of the operator's books wait for somebody to grant them."""
    return Payout.objects.filter(account__operator=operator, state=PayoutState.ASKED).count()
