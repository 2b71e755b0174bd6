"""Where the money of a purchase goes, told to the buyer (rules.md F4, commerce.md 6.16): the parts add up to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.ledger.enums import Part
from rebond.ledger.models import FeeLine, RefundLine, Sale
from rebond.ledger.queries.fees import Fee, Priced, agreement_of, fees_for, operator_of, rules_of, service_vat
from rebond.ledger.splitting import half_up
from rebond.network.models import Organisation


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


def expected_shares(
    *,
    seller: Organisation,
    lines: Sequence[tuple[int, str]],
    shipping_cents: int = 0,
    shipping_by: Organisation | None = None,
    sale_kind: str = "online",
) -> list[Share]:
    """What a purchase of these (cents, category's path) would give to each if it were paid today.

    The same rules and roundings as `post_sale`: until a rule changes, the sale's own lines are the same.
    """
    day = timezone.localdate()
    agreement = agreement_of(seller, day, None)
    operator = operator_of(agreement)
    priced = [Priced(cents, category) for cents, category in lines]
    if shipping_cents:
        priced.append(Priced(shipping_cents, is_shipping=True))
    fees: list[Fee] = []
    if operator is not None:
        fees = fees_for(
            priced,
            rules=rules_of(operator, day),
            agreement=agreement,
            sale_kind=sale_kind,
            vat_bp=service_vat(operator, day),
        )
    sums = _sum((fee.terms.part, fee.cents) for fee in fees)
    if shipping_by is not None and shipping_by.pk != seller.pk:
        sums[Part.SHIPPING.value] = sums.get(Part.SHIPPING.value, 0) + shipping_cents
    return _told(sum(line.cents for line in priced), str(seller), sums)


def shares_of(sale: Sale) -> list[Share]:
    """What a sale in the books gave to each when it was paid, from its frozen lines."""
    lines = list(sale.lines.select_related("account").order_by("number"))
    fees = FeeLine.objects.filter(line__sale=sale).order_by("line_id", "number").values_list("part", "cents")
    sums = _sum(fees)
    for line in lines:
        if line.account.owner_id != sale.seller_id:
            sums[line.part] = sums.get(line.part, 0) + line.cents
    return _told(sale.total_cents, str(sale.seller), sums)


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
