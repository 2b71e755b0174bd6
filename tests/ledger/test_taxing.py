"""VAT to the cent (docs/algorithms/invoices.md): the worked numbers, and what always holds."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond.ledger.taxing import by_rate, nets_of, part_given_back, rate_for, split_shipping, vat_in

pytestmark = pytest.mark.unit
DAY = datetime.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("regime", "category", "bp"),
    [
        ("standard", "home/chairs", 2_000),
        ("standard", "", 2_000),
        ("standard", "books", 550),
        ("standard", "books/novels", 550),
        ("standard", "bookshelves", 2_000),
        ("margin", "books/novels", 0),
        ("franchise_293B", "home/chairs", 0),
        ("exempt_261_7", "home/chairs", 0),
        ("out_of_scope", "home/chairs", 0),
    ],
)
def test_rate_of_each_regime_and_category(regime, category, bp):
    assert rate_for(regime, category, DAY) == bp


def test_no_rate_before_the_law():
    assert rate_for("standard", "", datetime.date(2013, 12, 31)) == 0


def test_worked_example():
    """A chair at 20.00 and a lamp at 15.99 at 20 %, a book at 4.50 at 5.5 %."""
    assert vat_in(3_599, 2_000) == 600
    assert nets_of([(2_000, 2_000), (1_599, 2_000), (450, 550)]) == [1_667, 1_332, 427]
    assert by_rate([(2_000, 1_667, 2_000), (1_599, 1_332, 2_000), (450, 427, 550)]) == {
        2_000: (2_999, 600),
        550: (427, 23),
    }


def test_shipping_follows_what_it_carries():
    assert split_shipping(490, {2_000: 3_599, 550: 450}) == {2_000: 436, 550: 54}
    assert split_shipping(490, {550: 450}) == {550: 490}
    assert split_shipping(490, {}) == {0: 490}


LINES = st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from([0, 550, 1_000, 2_000])), min_size=1, max_size=12)


@given(LINES)
def test_lines_share_the_vat_of_their_rate(lines):
    nets = nets_of(lines)

    for bp, (net, vat) in by_rate([(c, n, bp) for (c, bp), n in zip(lines, nets, strict=True)]).items():
        total = sum(cents for cents, rate in lines if rate == bp)
        assert (net + vat, vat) == (total, vat_in(total, bp))
    assert all(0 <= net <= cents for net, (cents, _bp) in zip(nets, lines, strict=True))


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=5), st.lists(st.integers(1, 400), max_size=40))
def test_parts_that_come_back_add_up_and_are_never_below_zero(parts, refunds):
    before, sums = 0, [0] * len(parts)
    for cents in refunds:
        after = min(before + cents, sum(parts))
        backs = part_given_back(parts, before, after)
        assert sum(backs) == after - before
        assert min(backs) >= 0
        sums = [a + b for a, b in zip(sums, backs, strict=True)]
        before = after
    assert all(got <= part for got, part in zip(sums, parts, strict=True))
    rest = part_given_back(parts, before, sum(parts))
    assert [a + b for a, b in zip(sums, rest, strict=True)] == parts
