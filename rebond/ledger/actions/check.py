"""Proof that the books are right; and the balances that are kept made again from the postings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Sum

from rebond.core.db import missing
from rebond.core.locks import lock_rows
from rebond.ledger.actions.marks import forget_marks, wrong_accounts
from rebond.ledger.guards import GUARDS
from rebond.ledger.models import Account, Balance, Claim, Entry, Posting
from rebond.ledger.proofs import PROOFS

SPAN = 20_000  # keys of entries gone through at once
TOLD = 100  # differences told one by one
Progress = Callable[[int, int], None]

# Each answers the keys of what is wrong between two keys, with what was found.
UNBALANCED = """
SELECT c.id, COALESCE(SUM(p.cents), 0), COUNT(p.id) FROM ledger_claim c
LEFT JOIN ledger_entry e ON e.claim_id = c.id LEFT JOIN ledger_posting p ON p.entry_id = c.id
WHERE c.id BETWEEN %s AND %s GROUP BY c.id, e.claim_id
HAVING COALESCE(SUM(p.cents), 0) <> 0 OR COUNT(p.id) < 2 OR e.claim_id IS NULL ORDER BY c.id
"""
REVERSALS = """
SELECT pair.id, pair.account_id, SUM(pair.cents) FROM (
  SELECT e.claim_id AS id, p.account_id, p.part, p.cents FROM ledger_entry e
  JOIN ledger_posting p ON p.entry_id = e.claim_id
  WHERE e.reverses_id IS NOT NULL AND e.claim_id BETWEEN %s AND %s
  UNION ALL
  SELECT e.claim_id, p.account_id, p.part, p.cents FROM ledger_entry e
  JOIN ledger_posting p ON p.entry_id = e.reverses_id
  WHERE e.reverses_id IS NOT NULL AND e.claim_id BETWEEN %s AND %s
) pair GROUP BY pair.id, pair.account_id, pair.part HAVING SUM(pair.cents) <> 0 ORDER BY pair.id
"""
DAYS = """
SELECT p.id, p.entry_id, 0 FROM ledger_posting p JOIN ledger_entry e ON e.claim_id = p.entry_id
WHERE p.entry_id BETWEEN %s AND %s AND p."on" <> e."on" ORDER BY p.id
"""
SALES = """
SELECT s.id, s.refunded_cents, COALESCE(SUM(l.refunded_cents), 0) FROM ledger_sale s
LEFT JOIN ledger_saleline l ON l.sale_id = s.id WHERE s.entry_id BETWEEN %s AND %s
GROUP BY s.id, s.refunded_cents, s.total_cents, s.voucher_cents, s.voucher_refunded_cents
HAVING s.refunded_cents <> COALESCE(SUM(l.refunded_cents), 0) OR s.total_cents <> COALESCE(SUM(l.cents), 0)
  OR s.voucher_cents <> COALESCE(SUM(l.voucher_cents), 0)
  OR s.voucher_refunded_cents <> COALESCE(SUM(l.voucher_refunded_cents), 0)
ORDER BY s.id
"""
LINES = """
SELECT l.id, l.refunded_cents, COALESCE(SUM(r.cents), 0) FROM ledger_sale s
JOIN ledger_saleline l ON l.sale_id = s.id LEFT JOIN ledger_refundline r ON r.line_id = l.id
WHERE s.entry_id BETWEEN %s AND %s GROUP BY l.id, l.refunded_cents, l.voucher_refunded_cents
HAVING l.refunded_cents <> COALESCE(SUM(r.cents), 0)
  OR l.voucher_refunded_cents <> COALESCE(SUM(r.voucher_cents), 0) ORDER BY l.id
"""
# What vouchers of the network paid and have back is what the operator's account of them says, entry by entry.
VOUCHERS = """
SELECT entry_id, SUM(said), SUM(posted) FROM (
  SELECT s.entry_id, l.voucher_cents AS said, 0 AS posted FROM ledger_sale s
  JOIN ledger_saleline l ON l.sale_id = s.id WHERE s.entry_id BETWEEN %s AND %s AND l.voucher_cents > 0
  UNION ALL
  SELECT r.entry_id, -r.voucher_cents, 0 FROM ledger_refundline r
  WHERE r.entry_id BETWEEN %s AND %s AND r.voucher_cents > 0
  UNION ALL
  SELECT p.entry_id, 0, p.cents FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
  WHERE p.entry_id BETWEEN %s AND %s AND a.kind = 'voucher'
) both_sides GROUP BY entry_id HAVING SUM(said) <> SUM(posted) ORDER BY entry_id
"""
FEES = """
SELECT entry_id, SUM(frozen), SUM(posted) FROM (
  SELECT s.entry_id, f.cents AS frozen, 0 AS posted FROM ledger_sale s
  JOIN ledger_saleline l ON l.sale_id = s.id JOIN ledger_feeline f ON f.line_id = l.id
  WHERE s.entry_id BETWEEN %s AND %s
  UNION ALL
  SELECT s.entry_id, 0, p.cents FROM ledger_sale s JOIN ledger_posting p ON p.entry_id = s.entry_id
  JOIN ledger_account a ON a.id = p.account_id
  WHERE s.entry_id BETWEEN %s AND %s AND a.kind = 'seller' AND p.cents > 0
) both_sides GROUP BY entry_id HAVING SUM(frozen) <> SUM(posted) ORDER BY entry_id
"""
CHECKS = (
    ("entries", UNBALANCED, 1),
    ("reversals", REVERSALS, 2),
    ("days", DAYS, 1),
    ("sales", SALES, 1),
    ("lines", LINES, 1),
    ("fees", FEES, 2),
    ("vouchers", VOUCHERS, 3),
)


@dataclass(slots=True)
class LedgerReport:
    """Counts, and the first hundred differences.

    `guards`: names of the triggers that are not there. `wrong`: entries that do not balance or are missing, reversals
    that do not match, postings of another day than their entry, sales that differ from their lines, lines from what
    was refunded of them, fees from what was posted, what vouchers paid from their
    account; then what the rooms above know (proofs.py).
    `balances`: kept balances, and accounts with marks, that are not the sum of their postings.
    """

    entries: int = 0
    postings: int = 0
    accounts: int = 0
    debit_cents: int = 0
    guards: list[str] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)
    balances: int = 0
    repaired: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.guards and not any(self.wrong.values()) and self.balances == self.repaired


def check_ledger(*, repair: bool = False, progress: Progress | None = None) -> LedgerReport:
    """Prove the books, span by span: memory does not grow with them. `repair` makes wrong kept balances again."""
    report = LedgerReport(guards=missing(connection, GUARDS), wrong={name: 0 for name, _sql, _pairs in CHECKS})
    spans = list(_spans())
    for n, (low, high) in enumerate(spans, start=1):
        _check_span(report, low, high)
        if progress is not None:
            progress(n, len(spans))
    _check_rooms(report)
    _check_balances(report, repair=repair)
    _check_marks(report, repair=repair)
    report.accounts = Account.objects.count()
    return report


def _spans() -> Iterator[tuple[int, int]]:
    ends = Claim.objects.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return
    for start in range(ends["low"], ends["high"] + 1, SPAN):
        yield start, min(start + SPAN - 1, ends["high"])


def _check_span(report: LedgerReport, low: int, high: int) -> None:
    for name, sql, pairs in CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(sql, [low, high] * pairs)
            found = cursor.fetchall()
        report.wrong[name] += len(found)
        for key, said, is_said in found[: TOLD - len(report.told)]:
            report.told.append({"check": name, "id": key, "found": [int(said), int(is_said)]})
    report.entries += Entry.objects.filter(pk__gte=low, pk__lte=high).count()
    rows = Posting.objects.filter(entry_id__gte=low, entry_id__lte=high)
    report.postings += rows.count()
    report.debit_cents += rows.filter(cents__gt=0).aggregate(n=Sum("cents"))["n"] or 0


def _check_rooms(report: LedgerReport) -> None:
    for name, proof in PROOFS.items():
        report.wrong[name] = 0
        for key, said, found in proof():
            report.wrong[name] += 1
            if len(report.told) < TOLD:
                report.told.append({"check": name, "id": key, "found": [said, found]})


@transaction.atomic
def _check_balances(report: LedgerReport, *, repair: bool) -> None:
    """Compare each kept balance with its postings. The repair locks the balances: what is posted meanwhile waits."""
    accounts = Account.objects.cached()
    if repair:
        lock_rows(Balance.objects.filter(account__in=accounts))
    kept = {b.account_id: (b.cents, b.postings) for b in Balance.objects.filter(account__in=accounts).order_by("pk")}
    sums = Posting.objects.filter(account__in=accounts).order_by().values("account_id")
    true = {row["account_id"]: (row["cents"], row["n"]) for row in sums.annotate(cents=Sum("cents"), n=Count("pk"))}
    for key in accounts.order_by("pk").values_list("pk", flat=True):
        said, found = kept.get(key), true.get(key, (0, 0))
        if said == found:
            continue
        report.balances += 1
        if len(report.told) < TOLD:
            report.told.append({"check": "balances", "id": key, "found": [said[0] if said else None, found[0]]})
        if repair:
            Balance.objects.update_or_create(account_id=key, defaults={"cents": found[0], "postings": found[1]})
            report.repaired += 1


def _check_marks(report: LedgerReport, *, repair: bool) -> None:
    """Compare the sums kept along long accounts with their postings. Repaired: taken away, set again at night."""
    for account, said, found in wrong_accounts():
        report.balances += 1
        if len(report.told) < TOLD:
            report.told.append({"check": "marks", "id": account, "found": [said, found]})
        if repair:
            forget_marks(account=account)
            report.repaired += 1
