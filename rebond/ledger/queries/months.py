"""A month of the books in short: what was counted last night, and what was posted since."""

import datetime
from dataclasses import dataclass

from django.db.models import Max, Q, Sum
from django.utils import timezone

from rebond.core.dates import add_months
from rebond.ledger.enums import AccountKind, Part
from rebond.ledger.models import FeeLine, RefundLine, Sale, SaleLine, SoldMonth
from rebond.ledger.splitting import half_up
from rebond.network.models import Organisation


@dataclass(frozen=True, slots=True)
class Month:
    """The sales of a month as they were paid, cut by where the money goes; what came back since the same days."""

    sales: int
    paid_cents: int
    refunded_cents: int
    parts: list[tuple[str, str, int, int]]  # part or "seller", label, cents, percent


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some sales and refunds: how many, cents paid, cents given back, cents by part of the fees."""

    sales: int
    paid_cents: int
    refunded_cents: int
    parts: dict[str, int]

    def __add__(self, other: "Sums") -> "Sums":
        parts = {key: self.parts.get(key, 0) + other.parts.get(key, 0) for key in self.parts | other.parts}
        return Sums(
            self.sales + other.sales,
            self.paid_cents + other.paid_cents,
            self.refunded_cents + other.refunded_cents,
            parts,
        )


def posted_before(operator: Organisation, day: datetime.date) -> tuple[int, int]:
    """The last sale and the last refund line of the operator's books dated before `day`: what a count may reach.

    What is dated of the day itself is left alone: a transaction that is open may have a lower number.
    """
    sale = Sale.objects.filter(operator=operator, on__lt=day).aggregate(n=Max("pk"))["n"] or 0
    lines = RefundLine.objects.filter(entry__operator=operator, entry__on__lt=day)
    return sale, lines.aggregate(n=Max("pk"))["n"] or 0


def month_sums(operator: Organisation, month: datetime.date, *, sales: Q, refunds: Q) -> Sums:
    """Of the month that begins on `month`: the sales that `sales` names, the refund lines that `refunds` names."""
    end = add_months(month, 1)
    rows = Sale.objects.filter(sales, operator=operator, on__gte=month, on__lt=end)
    fees = FeeLine.objects.filter(line__sale__in=rows).order_by().values("part").annotate(cents=Sum("cents"))
    parts = {row["part"]: row["cents"] for row in fees}
    shipped = SaleLine.objects.filter(sale__in=rows, is_shipping=True, account__kind=AccountKind.SHIPPING)
    if cents := shipped.aggregate(n=Sum("cents"))["n"]:
        parts[Part.SHIPPING.value] = cents
    back = RefundLine.objects.filter(refunds, entry__operator=operator, entry__on__gte=month, entry__on__lt=end)
    paid = rows.aggregate(n=Sum("total_cents"))["n"] or 0
    return Sums(rows.count(), paid, back.aggregate(n=Sum("cents"))["n"] or 0, parts)


def month_of(operator: Organisation, day: datetime.date | None = None, *, sellers: str) -> Month:
    """The month of `day` (today) in the books of the operator; `sellers` names their part.

    Reads the month's last count (`SoldMonth`) and what has a higher number; the whole month where none was made.
    """
    month = (day or timezone.localdate()).replace(day=1)
    last = SoldMonth.objects.filter(operator=operator, month=month).first()
    after = (last.sale, last.refund) if last else (0, 0)
    found = month_sums(operator, month, sales=Q(pk__gt=after[0]), refunds=Q(pk__gt=after[1]))
    if last:
        found = found + Sums(last.sales, last.paid_cents, last.refunded_cents, last.parts)
    return _told(found, sellers)


def _told(found: Sums, sellers: str) -> Month:
    paid, sums = found.paid_cents, found.parts
    told = [("seller", sellers, paid - sum(sums.values()))]
    told += [(p.value, str(p.label), sums[p.value]) for p in Part if sums.get(p.value)]
    parts = [(part, label, cents, half_up(max(cents, 0), 100, paid) if paid else 0) for part, label, cents in told]
    return Month(found.sales, paid, found.refunded_cents, parts)
