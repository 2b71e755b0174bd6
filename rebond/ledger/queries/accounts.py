"""What the desk shows of the books: balances, a statement line by line, one entry."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Account, Balance, Entry, Posting
from rebond.ledger.queries.marks import sum_until, sums_of
from rebond.network.models import Organisation

PAGE = 50
STATES = ("owed", "owing", "even")


def balances_of(operator: Organisation, *, words: str = "", state: str = "") -> QuerySet[Balance]:
    """What is owed to each seller in the operator's books, the most first. `state`: a key of STATES, or all."""
    rows = Balance.objects.filter(account__operator=operator, account__kind=AccountKind.SELLER)
    for word in words.split()[:5]:
        rows = rows.filter(account__owner__name__icontains=word)
    if state in STATES:
        rows = rows.filter({"owed": Q(cents__lt=0), "owing": Q(cents__gt=0), "even": Q(cents=0)}[state])
    return rows.select_related("account__owner").order_by("cents", "account_id")


def page_after(rows: QuerySet[Balance], key: str) -> tuple[list[Balance], str]:
    """One page of balances after `key` (`cents.account`), and the key of the next one ("" at the end)."""
    cents, _dot, pk = key.partition(".")
    if cents.removeprefix("-").isdecimal() and pk.isdecimal() and len(key) < 40:
        rows = rows.filter(Q(cents__gt=int(cents)) | Q(cents=int(cents), account_id__gt=int(pk)))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.cents}.{last.account_id}" if last else ""


def owed_in_all(operator: Organisation) -> tuple[int, int]:
    """Cents owed to all sellers, and cents that sellers owe: from the balances that are kept."""
    rows = Balance.objects.filter(account__operator=operator, account__kind=AccountKind.SELLER)
    found = rows.aggregate(owed=Sum("cents", filter=Q(cents__lt=0)), owing=Sum("cents", filter=Q(cents__gt=0)))
    return -(found["owed"] or 0), found["owing"] or 0


def operator_balances(operator: Organisation) -> list[tuple[Account, int]]:
    """The operator's own accounts with the sum of their postings, in cents of debit: marks keep it fast."""
    accounts = list(Account.objects.filter(operator=operator, owner=operator).exclude(kind=AccountKind.SELLER))
    found = sums_of(accounts)
    order = {kind: n for n, kind in enumerate(AccountKind.values)}
    return [(account, found.get(account.pk, 0)) for account in sorted(accounts, key=lambda row: order[row.kind])]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting as its owner reads it: `cents` more than zero comes to the owner; `balance_cents` is after it."""

    posting: Posting
    cents: int
    balance_cents: int


def postings_of(account: Account, *, since: datetime.date | None = None, until: datetime.date | None = None) -> Any:
    """An account's postings, the latest first; both days included."""
    rows = Posting.objects.filter(account=account).select_related("entry")
    if since is not None:
        rows = rows.filter(on__gte=since)
    if until is not None:
        rows = rows.filter(on__lte=until)
    return rows.order_by("-pk")


def statement_page(account: Account, rows: Any, before: int | None) -> tuple[list[StatementLine], int | None]:
    """One page of `rows` before the posting `before`, with the account's balance after each, and the next key.

    The balance of the first line is the last mark before it and what follows; the others follow from it.
    """
    found: list[Posting] = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    shown = found[:PAGE]
    if not shown:
        return [], None
    return lines_from(shown, -sum_until(account, shown[0].pk)), shown[-1].pk if len(found) > PAGE else None


def lines_from(postings: Sequence[Posting], balance_cents: int) -> list[StatementLine]:
    """Lines from the latest posting back; `balance_cents` is what is owed after the latest.

    A filter by days leaves later and earlier postings out, none between: each balance follows from the one above.
    """
    lines: list[StatementLine] = []
    for posting in postings:
        lines.append(StatementLine(posting, -posting.cents, balance_cents))
        balance_cents += posting.cents
    return lines


def balance_on(account: Account, day: datetime.date) -> int:
    """What is owed at the end of a day, in cents."""
    return -(Posting.objects.filter(account=account, on__lte=day).aggregate(n=Sum("cents"))["n"] or 0)


def balance_now(account: Account) -> int:
    """What is owed now, in cents: what is kept beside the postings, or the last mark and what follows."""
    if account.is_cached:
        kept = Balance.objects.filter(account=account).first()
        return kept.owed_cents if kept is not None else 0
    return -sum_until(account)


def own_accounts(organisation: Organisation) -> list[Account]:
    """What is owed to an organisation, by operator."""
    rows = Account.objects.filter(owner=organisation, kind=AccountKind.SELLER).select_related("operator", "balance")
    return list(rows.order_by("operator__name", "pk"))


def sides_of(entry: Entry) -> list[Posting]:
    """An entry's postings, debits first."""
    rows = entry.postings.select_related("account__owner").order_by(F("cents").desc(), "pk")
    return list(rows)
