import datetime

import pytest

from rebond.network.models import Closure
from rebond.shop.queries.opening import closed_until, leaves_by

pytestmark = pytest.mark.unit
TODAY = datetime.date(2026, 11, 26)


def day(text):
    return datetime.date.fromisoformat(f"2026-{text}")


def closures(*pairs):
    return [Closure(starts_on=day(start), ends_on=day(end)) for start, end in pairs]


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        ([], None),
        ([("11-27", "11-30")], None),
        ([("11-20", "11-26")], "11-26"),
        ([("11-25", "12-03")], "12-03"),
        ([("12-04", "12-06"), ("11-25", "12-03")], "12-06"),  # one after the other, in any order
        ([("11-25", "12-03"), ("11-26", "11-28")], "12-03"),  # one inside the other
        ([("11-25", "12-03"), ("12-05", "12-06")], "12-03"),
    ],
)
def test_closed_until(rows, until):
    assert closed_until(closures(*rows), TODAY) == (day(until) if until else None)


@pytest.mark.parametrize(
    ("rows", "by"),
    [
        ([], "11-29"),
        ([("12-10", "12-20")], "11-29"),
        ([("11-25", "12-03")], "12-07"),  # ordered on the day it opens again, three days later
        ([("11-27", "11-28")], "12-01"),  # two of the days are closed
        ([("11-29", "12-02")], "12-03"),  # ready on a closed day: leaves on the next
        ([("11-25", "12-03"), ("12-05", "12-06")], "12-09"),
    ],
)
def test_a_parcel_leaves_after_its_days_of_preparation_that_are_open(rows, by):
    assert leaves_by(closures(*rows), 3, TODAY) == day(by)


def test_a_parcel_prepared_at_once_leaves_today_or_when_it_opens():
    assert leaves_by([], 0, TODAY) == TODAY
    assert leaves_by(closures(("11-26", "11-27")), 0, TODAY) == day("11-28")
