"""Which exits count, and the rate (rules.md B7; vectors L10 to L12)."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond.core.dates import add_months
from rebond.insertion.exit_rules import Stay, as_percent, counting_of, dynamic_rate, is_counted, is_longer_than

pytestmark = pytest.mark.unit
Day = datetime.date
DAYS = st.dates(Day(2015, 1, 1), Day(2035, 12, 31))
COUNTS = st.fixed_dictionaries(
    {name: st.integers(0, 500) for name in ("durable", "transition", "positive", "other", "withdrawn")}
)


def counted(kind, first, last, *, year=None, whole=None):
    return is_counted(kind, [Stay(first, last)], in_year=year, in_all=whole)


def test_l10_the_rate_of_dynamic_exits():
    rate = dynamic_rate({"durable": 4, "transition": 5, "positive": 6, "other": 8, "withdrawn": 2})
    assert (rate, as_percent(rate)) == (Fraction(15, 23), Decimal("65.2"))
    assert dynamic_rate({"withdrawn": 3}) is None
    assert as_percent(dynamic_rate({"durable": 1})) == 100
    assert as_percent(Fraction(1, 16)) == Decimal("6.3")  # 6.25, half up


def test_l11_two_months_in_an_ei_do_not_count():
    assert not counted("EI", Day(2026, 1, 1), Day(2026, 2, 28), year=Decimal(200))


@pytest.mark.parametrize(("hours", "is_in"), [(149, False), ("149.99", False), (150, True)])
def test_l12_an_ai_counts_from_150_hours(hours, is_in):
    for kind in ("AI", "ETTI"):
        assert counted(kind, Day(2026, 1, 1), Day(2026, 1, 2), whole=Decimal(hours)) is is_in


def test_three_months_and_no_more_do_not_count():
    assert not counted("ACI", Day(2026, 1, 1), Day(2026, 3, 31), year=Decimal(1))
    assert counted("ACI", Day(2026, 1, 1), Day(2026, 4, 1), year=Decimal(1))
    assert counted("ACI", Day(2023, 11, 30), Day(2024, 2, 29), year=Decimal(1))  # the day after 3 months, leap year
    assert not counted("ACI", Day(2023, 11, 30), Day(2024, 2, 28), year=Decimal(1))
    why = counting_of("EI", [Stay(Day(2026, 1, 1), Day(2026, 9, 1))], in_year=Decimal("0.99"), in_all=None)
    assert why == "no_hour"
    assert counting_of("", [Stay(Day(2020, 1, 1), Day(2026, 9, 1))], in_year=None, in_all=None) == "no_contract"
    assert counted("EITI", Day(2026, 1, 1), Day(2026, 1, 1))


@given(DAYS, st.integers(0, 400), st.integers(1, 300))
def test_stays_count_together_whatever_lies_between(first, days, gap):
    """Cut anywhere and moved away, the same days are as long."""
    last = first + datetime.timedelta(days=days)
    whole = is_longer_than([Stay(first, last)], 3)
    assert whole == (last >= add_months(first, 3))
    if days:
        cut = first + datetime.timedelta(days=days // 2)
        after = Stay(cut + datetime.timedelta(days=1 + gap), last + datetime.timedelta(days=gap))
        assert is_longer_than([after, Stay(first, cut)], 3) == whole
    assert is_longer_than([], 3) is False


@given(COUNTS)
def test_the_rate_is_a_share_and_withdrawn_exits_never_move_it(counts):
    rate = dynamic_rate(counts)
    assert rate == dynamic_rate(counts | {"withdrawn": 0})
    if rate is None:
        assert sum(counts.values()) == counts["withdrawn"]
    else:
        assert 0 <= rate <= 1
        more = dynamic_rate(counts | {"durable": counts["durable"] + 1})
        less = dynamic_rate(counts | {"other": counts["other"] + 1})
        assert less <= rate <= more
        assert abs(as_percent(rate) - Decimal(rate.numerator * 100) / rate.denominator) <= Decimal("0.05")
