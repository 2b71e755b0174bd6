"""Where the money of a purchase goes, told to the buyer (rules.md F4, commerce.md 6.16): the parts add up to it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.core.prepared import PreparedIn
from rebond.ledger.enums import Part
from rebond.ledger.models import FeeLine, FeeRule, RefundLine, Sale, SaleLine
from rebond.ledger.queries.fees import Fee, Priced, agreement_of, fees_for, operator_of, rules_of, service_vat
from rebond.ledger.splitting import half_up
from rebond.network.models import Agreement, Organisation


@dataclass(frozen=True, slots=True)
class Share:
    """`cents` of the purchase for `label`; `part` is a Part, or "seller"; `percent` is rounded to a whole number."""

    part: str
    label: str
    cents: int
    percent: int


def _told(total: int, seller: str, sums: dict[str, int]) -> list[Share]:
    """The seller first, then each part that takes something, in the order of the parts."""
    rest = total - sum(sums.values())
    rows = [("seller", seller, rest)] + [(p.value, str(p.label), sums[p.value]) for p in Part if sums.get(p.value)]
    return [Share(part, label, cents, half_up(max(cents, 0), 100, total)) for part, label, cents in rows]


@dataclass(frozen=True, slots=True)
class Taking:
    """What a seller's sales leave to others on a day: read once, used for each of its objects."""

    seller: str
    agreement: Agreement | None
    rules: tuple[FeeRule, ...]
    vat_bp: int
    has_operator: bool


def taking_of(seller: Organisation, day: datetime.date) -> Taking:
    """The agreement and the rules in force: three queries at most, one where there is no agreement nor operator."""
    agreement = agreement_of(seller, day, None)
    operator = operator_of(agreement)
    if operator is None:
        return Taking(str(seller), agreement, (), 0, has_operator=False)
    rules, vat = tuple(rules_of(operator, day)), service_vat(operator, day)
    return Taking(str(seller), agreement, rules, vat, has_operator=True)


def expected_shares(
    taking: Taking,
    lines: Sequence[tuple[int, str]],
    *,
    shipping_cents: int = 0,
    is_shipped_by_other: bool = False,
    sale_kind: str = "online",
) -> list[Share]:
    """What a purchase of these (cents, category's path) would give to each if it were paid today; no query.

    The same rules and roundings as `post_sale`: until a rule changes, the sale's own lines are the same.
    `is_shipped_by_other`: the delivery is not the seller's own.
    """
    priced = [Priced(cents, category) for cents, category in lines]
    if shipping_cents:
        priced.append(Priced(shipping_cents, is_shipping=True))
    fees: list[Fee] = []
    if taking.has_operator:
        fees = fees_for(
            priced, rules=taking.rules, agreement=taking.agreement, sale_kind=sale_kind, vat_bp=taking.vat_bp
        )
    sums = _sum((fee.terms.part, fee.cents) for fee in fees)
    if is_shipped_by_other:
        sums[Part.SHIPPING.value] = sums.get(Part.SHIPPING.value, 0) + shipping_cents
    return _told(sum(line.cents for line in priced), taking.seller, sums)


def shares_of(sale: Sale) -> list[Share]:
    """What a sale in the books gave to each when it was paid, from its frozen lines."""
    return _of_sales([sale])[sale.key]


def shares_by_key(keys: Iterable[str]) -> dict[str, list[Share]]:
    """`shares_of` each of these sales, by key: three queries for all of them. A sale not in the books is left out."""
    return _of_sales(_BY_KEY.run(keys))


_BY_KEY: PreparedIn[Sale] = PreparedIn(
    lambda keys: Sale.objects.filter(key__in=keys).select_related("seller").order_by("pk"), kind=str
)
_FEES: PreparedIn[tuple[int, str, int]] = PreparedIn(
    lambda sales: (
        FeeLine.objects.filter(line__sale__in=sales).order_by("pk").values_list("line__sale_id", "part", "cents")
    )
)
_OWNERS: PreparedIn[tuple[int, int, bool, int]] = PreparedIn(
    lambda sales: (
        SaleLine.objects.filter(sale__in=sales)
        .order_by("pk")
        .values_list("sale_id", "account__owner_id", "is_shipping", "cents")
    )
)


def _of_sales(sales: Sequence[Sale]) -> dict[str, list[Share]]:
    sums: dict[int, dict[str, int]] = {sale.pk: {} for sale in sales}
    for sale_id, part, cents in _FEES.run(sums):
        sums[sale_id][part] = sums[sale_id].get(part, 0) + cents
    sellers = {sale.pk: sale.seller_id for sale in sales}
    for sale_id, owner, is_shipping, cents in _OWNERS.run(sums):
        if owner != sellers[sale_id]:
            part = (Part.SHIPPING if is_shipping else Part.GOODS).value
            sums[sale_id][part] = sums[sale_id].get(part, 0) + cents
    return {sale.key: _told(sale.total_cents, str(sale.seller), sums[sale.pk]) for sale in sales}


def _sum(rows: object) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part, cents in rows:  # type: ignore[attr-defined]
        sums[str(part)] = sums.get(str(part), 0) + cents
    return sums


def rule_said(fee: FeeLine) -> str:
    """The rule that a frozen line came from, in words; the agreement itself where there is none."""
    return fee.rule_label or pgettext("fee", "Terms of the agreement")


def refunds_of(sale: Sale) -> list[tuple[str, int]]:
    """What was given back of a sale, by line: (label, cents)."""
    rows = RefundLine.objects.filter(line__sale=sale).order_by("line__number").values("line__number", "line__label")
    found = rows.annotate(cents=Sum("cents"))
    return [(row["line__label"] or _("Shipping"), row["cents"]) for row in found]
