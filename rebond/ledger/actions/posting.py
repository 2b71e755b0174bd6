"""How an entry is written: its key claimed, its accounts opened, its postings, then itself (decision 16).

Only actions of this room call these, inside their transaction.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F
from django.utils import timezone

from rebond.core.bulk import insert_one, insert_unless_there, insert_values
from rebond.core.prepared import Prepared
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import EventDiffers, NoOperator, NotBalanced
from rebond.ledger.events import Subject
from rebond.ledger.models import Account, Balance, Claim, Entry, Posting
from rebond.ledger.queries.fees import operator_of
from rebond.network.models import Organisation

type Wanted = tuple[Organisation, str]


@dataclass(frozen=True, slots=True)
class Move:
    """One side of an entry: `cents` more than zero is a debit of the account, less a credit."""

    account: Account
    part: str
    cents: int


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says beside its amounts. `now` is when it is posted; its accounting day is that day in Paris."""

    operator: Organisation
    kind: str
    subject: Subject
    digest: str
    by: Any = None
    reason: str = ""
    reverses: Entry | None = None
    now: datetime | None = None


def claim_key(*, key: str, digest: str) -> tuple[Claim, Entry | None]:
    """Take the key of an event for the caller's transaction; with the entry where it was told before.

    Two processes that tell the same event at once: the second waits for the first, then finds its entry.
    Raise EventDiffers where the key says something else.
    """
    claim = Claim(key=key)
    if insert_unless_there(claim):
        return claim, None
    claim = Claim.objects.get(key=key)
    entry = Entry.objects.filter(claim=claim).first()
    if entry is not None and entry.digest != digest:
        raise EventDiffers
    return claim, entry


def books_of(operator: Organisation | None) -> Organisation:
    """The operator who keeps the books of an event: the one named, else the network's own; raise NoOperator."""
    found = operator or operator_of(None)
    if found is None:
        raise NoOperator
    return found


def open_accounts(*, operator: Organisation, wanted: Iterable[Wanted]) -> dict[tuple[int, str], Account]:
    """The accounts of these owners and kinds in the operator's books, by (owner's key, kind); opened where missing."""
    pairs = {(owner.pk, str(kind)) for owner, kind in wanted}
    found = _known(operator, pairs)
    new = pairs - found.keys()
    if new:
        rows = [Account(operator=operator, owner_id=owner, kind=kind) for owner, kind in sorted(new)]
        Account.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _known(operator, new)
        kept = [Balance(account=found[pair]) for pair in sorted(new) if found[pair].is_cached]
        Balance.objects.bulk_create(kept, ignore_conflicts=True)
    return found


def _known(operator: Organisation, pairs: set[tuple[int, str]]) -> dict[tuple[int, str], Account]:
    owners, kinds = {owner for owner, _kind in pairs}, {kind for _owner, kind in pairs}
    rows = _accounts(len(owners), len(kinds)).run(operator.pk, *owners, *kinds)
    return {(row.owner_id, row.kind): row for row in rows if (row.owner_id, row.kind) in pairs}


@lru_cache(maxsize=64)
def _accounts(owners: int, kinds: int) -> Prepared[Account]:
    """The accounts of so many owners and kinds: every sale asks it."""

    def build(operator: int, *marks: Any) -> Any:
        rows = Account.objects.filter(operator_id=operator, owner_id__in=marks[:owners], kind__in=marks[owners:])
        return rows.order_by("pk")

    return Prepared(build, -1, *range(-2, -2 - owners, -1), *(f"?{n}" for n in range(kinds)))


def account_of(*, operator: Organisation, owner: Organisation, kind: AccountKind) -> Account:
    """One account, opened where missing."""
    return open_accounts(operator=operator, wanted=[(owner, kind)])[owner.pk, str(kind)]


def write_entry(*, claim: Claim, told: Told, moves: Iterable[Move]) -> Entry:
    """Post the moves, then their entry, and follow the balances that are kept; raise NotBalanced.

    Moves of one account and part are one posting; what adds up to zero is not posted. Balances are changed in the
    order of their keys: two entries of the same accounts wait for one another and never block.
    """
    now = told.now or timezone.now()
    on = timezone.localdate(now)
    sums: dict[tuple[Account, str], int] = defaultdict(int)
    for move in moves:
        sums[move.account, str(move.part)] += move.cents
    rows = [(account, part, cents) for (account, part), cents in sums.items() if cents]
    if sum(cents for _account, _part, cents in rows) or len(rows) < 2:
        raise NotBalanced
    insert_values(
        Posting,
        ("entry_id", "account_id", "part", "cents", "on"),
        ((claim.pk, account.pk, part, cents, on) for account, part, cents in rows),
    )
    entry = _entry(claim, told, now)
    insert_one(entry)
    _follow(rows)
    return entry


def _entry(claim: Claim, told: Told, now: datetime) -> Entry:
    return Entry(
        claim=claim,
        operator=told.operator,
        kind=told.kind,
        on=timezone.localdate(now),
        at=now,
        subject_kind=told.subject.kind,
        subject_id=told.subject.id,
        subject_label=told.subject.label[:200],
        reason=told.reason[:500],
        reverses=told.reverses,
        digest=told.digest,
        by_id=told.by.public_id if told.by is not None else "",
        by_label=told.by.display_name[:160] if told.by is not None else "",
    )


def _follow(rows: list[tuple[Account, str, int]]) -> None:
    """Add what was posted to the balances that are kept."""
    added: dict[int, list[int]] = defaultdict(list)
    for account, _part, cents in rows:
        if account.is_cached:
            added[account.pk].append(cents)
    for pk in sorted(added):
        Balance.objects.filter(account_id=pk).update(
            cents=F("cents") + sum(added[pk]), postings=F("postings") + len(added[pk])
        )
