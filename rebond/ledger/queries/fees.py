"""What is taken from a sale: the rules that fit each line, and the amounts to the cent."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rebond.core.prepared import Prepared
from rebond.ledger.enums import FEE_PARTS, Base, Part
from rebond.ledger.models import FeeRule
from rebond.ledger.splitting import half_up, share_out
from rebond.network.enums import OrganisationKind, VatRegime
from rebond.network.models import Agreement, Organisation
from rebond.network.queries.agreements import agreement_for
from rebond.network.queries.vat import regime_for

# The law's rate on the operator's services (CGI 278). The agreement's rates include it.
SERVICE_VAT_BP = 2_000
WITHOUT_VAT = frozenset({VatRegime.FRANCHISE_293B, VatRegime.EXEMPT_261_7, VatRegime.OUT_OF_SCOPE})


@dataclass(frozen=True, slots=True)
class Priced:
    """A line as the rules see it."""

    cents: int
    category: str = ""
    is_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What one rule, or the agreement itself, takes."""

    part: str
    label: str
    rate_bp: int
    base: str = Base.GOODS
    fixed_cents: int = 0
    min_cents: int = 0
    max_cents: int | None = None
    vat_bp: int = 0
    is_refunded: bool = True
    rule: FeeRule | None = None
    payee: Organisation | None = None

    def total(self, base_cents: int) -> int:
        """The fee on all the lines it fits: rate and fixed part, between floor and cap, never above the base."""
        fee = max(half_up(base_cents, self.rate_bp, 10_000) + self.fixed_cents, self.min_cents)
        fee = fee if self.max_cents is None else min(fee, self.max_cents)
        return min(fee, base_cents)


@dataclass(frozen=True, slots=True)
class Fee:
    """What terms take from the line number `line`: `cents`, `vat_cents` of them VAT, `fixed_cents` not the rate."""

    line: int
    terms: Terms
    base_cents: int
    cents: int
    fixed_cents: int
    vat_cents: int


_OPERATORS = Prepared(lambda kind: Organisation.objects.filter(kind=kind).order_by("pk")[:1], "?")


def operator_of(agreement: Agreement | None) -> Organisation | None:
    """Who keeps the books of a sale: the agreement's operator, else the network's own."""
    if agreement is not None:
        return agreement.operator
    return _OPERATORS.first(OrganisationKind.OPERATOR.value)


def agreement_of(seller: Organisation, day: datetime.date, operator: Organisation | None) -> Agreement | None:
    """The seller's agreement in force, where it is with `operator` (None: any)."""
    found = agreement_for(seller, day)
    return found if found is not None and (operator is None or found.operator_id == operator.pk) else None


def rules_of(operator: Organisation, day: datetime.date) -> list[FeeRule]:
    """The operator's rules in force that day, the one that counts first: priority, then the newest."""
    return _in_force(day).run(operator.pk)


@lru_cache(maxsize=2)
def _in_force(day: datetime.date) -> Prepared[FeeRule]:
    rows = FeeRule.objects.in_force(day).select_related("payee").order_by("-priority", "-pk")
    return Prepared(lambda operator: rows.filter(operator_id=operator), -1)


def fits(rule: FeeRule, line: Priced, agreement: Agreement | None, sale_kind: str) -> bool:
    """Whether a rule's scope and base take this line in."""
    if rule.base == (Base.GOODS if line.is_shipping else Base.SHIPPING):
        return False
    if rule.agreement_id is not None and (agreement is None or rule.agreement_id != agreement.pk):
        return False
    if rule.agreement_kind and (agreement is None or rule.agreement_kind != agreement.kind):
        return False
    if rule.sale_kind and rule.sale_kind != sale_kind:
        return False
    return line.is_shipping or not rule.category or f"{line.category}/".startswith(f"{rule.category}/")


def _of_rule(rule: FeeRule) -> Terms:
    return Terms(
        part=rule.part,
        label=rule.name,
        rate_bp=rule.rate_bp,
        base=rule.base,
        fixed_cents=rule.fixed_cents,
        min_cents=rule.min_cents,
        max_cents=rule.max_cents,
        vat_bp=rule.vat_bp,
        is_refunded=rule.is_refunded,
        rule=rule,
        payee=rule.payee,
    )


def service_vat(operator: Organisation, day: datetime.date) -> int:
    """The VAT rate in the operator's commission that day: none under a regime without VAT (rules.md F7)."""
    return 0 if regime_for(operator, day) in WITHOUT_VAT else SERVICE_VAT_BP


def _of_agreement(agreement: Agreement | None, vat_bp: int) -> dict[str, Terms]:
    """The agreement's own commission and levy, on the objects without delivery; its name is told when it is read."""
    if agreement is None:
        return {}
    rates = {Part.COMMISSION: (agreement.commission_bp, vat_bp), Part.SOLIDARITY: (agreement.solidarity_bp, 0)}
    return {part: Terms(part, "", rate, vat_bp=vat) for part, (rate, vat) in rates.items()}


def fees_for(
    lines: Sequence[Priced],
    *,
    rules: Iterable[FeeRule],
    agreement: Agreement | None,
    sale_kind: str,
    vat_bp: int = SERVICE_VAT_BP,
) -> list[Fee]:
    """The fees of a sale, by part and line. `rules` come with the one that counts first (`rules_of`).

    For each part and line one rule counts; the lines under one rule are taken together, and their fee is split
    between them to the cent. The agreement counts where no rule fits, `vat_bp` in its commission. Zero is no fee.
    """
    own, ordered = _of_agreement(agreement, vat_bp), [(rule, _of_rule(rule)) for rule in rules]
    found: list[Fee] = []
    for part in FEE_PARTS:
        chosen: dict[Terms, list[int]] = {}
        for n, line in enumerate(lines):
            fitting = (t for rule, t in ordered if rule.part == part and fits(rule, line, agreement, sale_kind))
            terms = next(fitting, None if line.is_shipping else own.get(part))
            if terms is not None:
                chosen.setdefault(terms, []).append(n)
        for terms, numbers in chosen.items():
            found += _split(terms, lines, numbers)
    return found


def _split(terms: Terms, lines: Sequence[Priced], numbers: Sequence[int]) -> list[Fee]:
    """One fee between its lines by the largest remainder, then the VAT in it; the rate does not say `fixed_cents`."""
    prices = [lines[n].cents for n in numbers]
    total = terms.total(sum(prices))
    if not total:
        return []
    cents = share_out(total, prices)
    by_rate = share_out(half_up(sum(prices), terms.rate_bp, 10_000), prices)
    rest = [fee - rated for fee, rated in zip(cents, by_rate, strict=True)]
    vat = share_out(half_up(total, terms.vat_bp, 10_000 + terms.vat_bp), cents)
    rows = zip(numbers, prices, cents, rest, vat, strict=True)
    return [Fee(n, terms, price, fee, more, tax) for n, price, fee, more, tax in rows if fee > 0]
