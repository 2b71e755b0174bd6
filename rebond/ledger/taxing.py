"""VAT in prices that hold it, to the cent: docs/algorithms/invoices.md has the worked numbers.

For each rate the VAT is taken out of the sum of its lines, once, a half cent up; the lines share it by the largest
remainder. So net + VAT is what was paid, to the cent, on every line, rate and invoice.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rebond.ledger.splitting import given_back, half_up, share_out
from rebond.network.enums import VatRegime


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of the law in basis points, for a category and all below it ("" is every other object)."""

    category: str
    bp: int
    since: datetime.date
    source: str


RATES = (
    Rate("books", 550, datetime.date(2014, 1, 1), "CGI 278-0 bis, A-3°"),
    Rate("", 2_000, datetime.date(2014, 1, 1), "CGI 278"),
)
# EN 16931 (BT-118, BT-121): the category of each regime, and the code of its reason where the list has one.
CATEGORIES: dict[str, tuple[str, str]] = {
    VatRegime.STANDARD: ("S", ""),
    VatRegime.MARGIN: ("E", "VATEX-EU-F"),
    VatRegime.FRANCHISE_293B: ("E", "VATEX-FR-FRANCHISE"),
    VatRegime.EXEMPT_261_7: ("E", ""),
    VatRegime.OUT_OF_SCOPE: ("O", "VATEX-EU-O"),
}
# Only these have a VAT number to print: the others are not liable, or their turnover is not taxed.
WITH_NUMBER = frozenset({VatRegime.STANDARD, VatRegime.MARGIN})


def rate_for(regime: str, category: str, day: datetime.date) -> int:
    """The rate that shows on an invoice, in basis points: none but under ordinary VAT (rules.md F7)."""
    if regime != VatRegime.STANDARD:
        return 0
    prefixes = ((rate, f"{rate.category}/" if rate.category else "") for rate in RATES if rate.since <= day)
    fitting = (rate.bp for rate, prefix in prefixes if f"{category}/".startswith(prefix))
    return next(fitting, 0)


def vat_in(cents: int, bp: int) -> int:
    """The VAT in a price that holds it."""
    return half_up(cents, bp, 10_000 + bp)


def nets_of(lines: Sequence[tuple[int, int]]) -> list[int]:
    """Without VAT, each of these (cents with VAT, rate): the lines of a rate share the VAT of their sum."""
    nets = [cents for cents, _bp in lines]
    for bp in {bp for _cents, bp in lines if bp}:
        numbers = [n for n, line in enumerate(lines) if line[1] == bp]
        prices = [lines[n][0] for n in numbers]
        if sum(prices):
            for n, vat in zip(numbers, share_out(vat_in(sum(prices), bp), prices), strict=True):
                nets[n] -= vat
    return nets


def split_shipping(cents: int, goods: Mapping[int, int]) -> dict[int, int]:
    """Shipping follows what it carries: its cents by rate, in proportion of the objects of each rate."""
    if not goods:
        return {0: cents}
    rates = sorted(goods, reverse=True)
    parts = share_out(cents, [goods[bp] for bp in rates])
    return {bp: part for bp, part in zip(rates, parts, strict=True) if part}


def part_given_back(parts: Sequence[int], before: int, after: int) -> list[int]:
    """What comes back of each part of an amount when what is refunded of it goes from `before` to `after`.

    The parts of many refunds add up to each part, none is ever below zero.
    """
    found, whole = [], sum(parts)
    for part in parts:
        back = given_back(part, whole, before, after) if whole else 0
        was = half_up(part, before, whole) if whole else 0
        found.append(back)
        whole, before, after = whole - part, before - was, after - was - back
    return found


def by_rate(lines: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
    """Net and VAT for each rate of these (cents, net, rate), the highest rate first."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for cents, net, bp in lines:
        sums[bp][0] += net
        sums[bp][1] += cents - net
    return {bp: (sums[bp][0], sums[bp][1]) for bp in sorted(sums, reverse=True)}
