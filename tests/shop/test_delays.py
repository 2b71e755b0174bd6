"""The law's delays, with the examples of rules.md F2 and days that are traps."""

import datetime

import pytest

from rebond.shop.queries.delays import (
    easter,
    is_holiday,
    months_after,
    next_working_day,
    refund_end,
    withdrawal_end,
    years_after,
)

pytestmark = pytest.mark.unit
D = datetime.date


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (D(2026, 11, 2), D(2026, 11, 16)),  # the two examples of rules.md F2
        (D(2026, 11, 7), D(2026, 11, 23)),
        (D(2026, 4, 17), D(2026, 5, 4)),  # 1 May, then Saturday and Sunday
        (D(2026, 10, 28), D(2026, 11, 12)),  # 11 November
        (D(2026, 5, 11), D(2026, 5, 26)),  # Whit Monday, 25 May
        (D(2026, 12, 11), D(2026, 12, 28)),  # Christmas, a Friday
        (D(2025, 12, 18), D(2026, 1, 2)),  # New Year's Day
    ],
)
def test_the_delay_ends_on_a_working_day(received, last):
    assert withdrawal_end(received) == last


def test_easter_moves():
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        D(2024, 3, 31),
        D(2025, 4, 20),
        D(2026, 4, 5),
        D(2027, 3, 28),
        D(2038, 4, 25),
    ]


def test_eleven_days_of_rest_a_year():
    days = [D(2026, 1, 1) + datetime.timedelta(days=n) for n in range(365)]
    found = [day for day in days if is_holiday(day)]
    assert len(found) == 11
    assert D(2026, 5, 14) in found  # Ascension
    assert next_working_day(D(2026, 7, 14)) == D(2026, 7, 15)


def test_a_refund_waits_for_what_comes_back_but_never_less_than_14_days():
    declared = D(2026, 11, 6)
    assert refund_end(declared) == D(2026, 11, 20)
    assert refund_end(declared, D(2026, 11, 9)) == D(2026, 11, 20)
    assert refund_end(declared, D(2026, 11, 25)) == D(2026, 11, 25)


def test_two_years_after_a_leap_day():
    assert years_after(D(2028, 2, 29), 2) == D(2030, 3, 1)
    assert years_after(D(2026, 11, 30), 2) == D(2028, 11, 30)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-11-06", 30, "2029-05-06"),
        ("2026-08-31", 6, "2027-03-01"),
        ("2026-08-30", 30, "2029-03-01"),
        ("2027-08-29", 6, "2028-02-29"),
        ("2026-12-31", 6, "2027-07-01"),
    ],
)
def test_months_later(day, months, expected):
    assert months_after(datetime.date.fromisoformat(day), months) == datetime.date.fromisoformat(expected)
