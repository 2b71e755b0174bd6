"""The dates of a PASS IAE: vectors L1 to L7 of rules.md, and what holds whatever the dates are."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond.core.dates import add_months
from rebond.insertion.enums import PassState, ProlongationReason, StructureKind
from rebond.insertion.errors import ProlongationRefused, SuspensionRefused
from rebond.insertion.pass_dates import (
    CEILINGS,
    PassDates,
    Prolongation,
    Suspension,
    age_on,
    last_suspended_day,
    lift,
    may_approve_itself,
    prolong,
    suspend,
)

pytestmark = pytest.mark.unit
day = datetime.date
PASS = PassDates(day(2026, 1, 5))
ONE = datetime.timedelta(days=1)


def suspended(dates=PASS, start=None, end=None, **changes):
    start, end = start or day(2026, 3, 2), end or day(2026, 4, 30)
    said = {"reason": "contract_broken", "kind": "EI", "today": day(2026, 5, 4)} | changes
    return suspend(dates, Suspension(start, end), **said)


def prolonged(dates=PASS, reason="complete_training", days=365, **changes):
    said = {"kind": "EI", "born": None, "today": day(2027, 6, 1)} | changes
    return prolong(dates, Prolongation(reason, days), **said)


def test_vectors_of_dates():
    assert PASS.end == day(2028, 1, 4)  # L1
    assert suspended().end == day(2028, 3, 3)  # L2
    assert last_suspended_day(day(2026, 3, 2)) == day(2029, 3, 1)  # L3
    assert PASS.waiting_until == day(2030, 1, 4)  # L4
    window = PASS.prolongation_window  # L5
    assert (window.opens, window.closes) == (day(2027, 1, 4), day(2028, 7, 4))


def test_vectors_of_criteria():
    assert not may_approve_itself("ACI", first_level=0, second_level=2)  # L6
    assert may_approve_itself("ACI", first_level=0, second_level=3)
    assert may_approve_itself("ACI", first_level=1, second_level=0)
    assert may_approve_itself("AI", first_level=0, second_level=2)  # L7
    assert not may_approve_itself("AI", first_level=0, second_level=1)


def test_state_and_days_left():
    dates = suspended()
    assert [dates.state_on(d) for d in (day(2026, 1, 4), day(2026, 1, 5), day(2026, 3, 2), day(2026, 4, 30))] == [
        PassState.FUTURE,
        PassState.VALID,
        PassState.SUSPENDED,
        PassState.SUSPENDED,
    ]
    assert (dates.state_on(day(2028, 3, 3)), dates.state_on(day(2028, 3, 4))) == (PassState.VALID, PassState.EXPIRED)
    assert (PASS.remaining_on(day(2026, 1, 1)), PASS.remaining_on(day(2026, 1, 5))) == (730, 730)
    assert (PASS.remaining_on(day(2028, 1, 4)), PASS.remaining_on(day(2028, 1, 5))) == (1, 0)
    assert {dates.remaining_on(day(2026, 3, 2)), dates.remaining_on(day(2026, 4, 30))} == {674}
    assert dates.remaining_on(day(2026, 5, 1)) == 673


def test_alerts_before_the_end():
    told = [PASS.alert_on(d) for d in (day(2027, 7, 3), day(2027, 7, 4), day(2027, 10, 4), day(2027, 12, 4))]
    assert told == [None, 6, 3, 1]
    assert (PASS.alert_on(day(2028, 1, 4)), PASS.alert_on(day(2028, 1, 5))) == (1, 0)
    late = suspended(start=day(2027, 12, 6), end=day(2027, 12, 20), today=day(2027, 12, 10))
    assert late.alert_on(day(2027, 12, 10)) is None  # its end does not come nearer


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": day(2026, 5, 5), "end": day(2026, 6, 1)}, "start"),  # in the future
        ({"today": day(2027, 3, 3)}, "start"),  # 366 days back
        ({"start": day(2026, 1, 4)}, "start"),  # before the PASS
        ({"end": day(2026, 3, 1)}, "end"),
        ({"end": day(2029, 3, 2)}, "end"),  # L3 and a day
        ({"reason": "sickness"}, "reason"),
        ({"reason": "bridge", "kind": "AI"}, "reason"),
        ({"dates": suspended(), "start": day(2026, 4, 30), "end": day(2026, 5, 2)}, "start"),  # one day of both
    ],
)
def test_refused_suspensions(changes, field):
    with pytest.raises(SuspensionRefused) as refused:
        suspended(**changes)
    assert refused.value.field == field


def test_limits_of_a_suspension_are_within():
    assert suspended(today=day(2027, 3, 2)).end == day(2028, 3, 3)  # 365 days back
    assert suspended(end=day(2029, 3, 1)).suspensions[0].end == day(2029, 3, 1)
    assert suspended(start=PASS.start, reason="bridge").suspensions
    assert len(suspended(suspended(), start=day(2026, 5, 1), end=day(2026, 5, 1)).suspensions) == 2


def test_a_hiring_lifts_a_suspension():
    kept = Suspension(day(2026, 3, 2), day(2026, 4, 30))
    assert lift(kept, hired_on=day(2026, 4, 1)) == Suspension(day(2026, 3, 2), day(2026, 3, 31))
    assert lift(kept, hired_on=day(2026, 3, 2)) is None
    for outside in (day(2026, 3, 1), day(2026, 5, 1)):
        with pytest.raises(SuspensionRefused):
            lift(kept, hired_on=outside)


def test_prolongations_reach_their_ceilings_and_no_further():
    dates = prolonged(reason="rqth")
    assert dates.end == day(2029, 1, 3)  # 365 days in a leap year
    for _year in range(2):
        dates = prolonged(dates, "rqth", today=dates.end)
    assert (dates.end - PASS.start).days + 1 == 5 * 365
    with pytest.raises(ProlongationRefused) as refused:
        prolonged(dates, "rqth", 1, today=dates.end)
    assert (refused.value.field, str(refused.value)) == ("days", "0 days are left for this reason.")
    assert prolonged(dates, "complete_training", today=dates.end).end > dates.end  # another reason has its own


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"today": day(2027, 1, 3)}, None),
        ({"today": day(2028, 7, 5)}, None),
        ({"days": 366}, "days"),
        ({"days": 0}, "days"),
        ({"reason": "holidays"}, "reason"),
        ({"reason": "particular_difficulties", "kind": "EI"}, "reason"),
        ({"reason": "senior"}, "reason"),  # nobody knows the age
        ({"reason": "senior", "born": day(1977, 6, 2)}, "reason"),  # 50 tomorrow
        ({"reason": "senior_cdi", "born": day(1970, 6, 2), "days": 3650}, "reason"),
        ({"dates": suspended(start=day(2027, 5, 3), end=day(2027, 6, 1), today=day(2027, 5, 3))}, None),
    ],
)
def test_refused_prolongations(changes, field):
    with pytest.raises(ProlongationRefused) as refused:
        prolonged(**changes)
    assert refused.value.field == field


def test_what_the_window_and_the_age_let_through():
    for today in (day(2027, 1, 4), day(2028, 7, 4)):
        assert prolonged(today=today).end == day(2029, 1, 3)
    assert prolonged(reason="senior", born=day(1977, 6, 1)).prolongations
    assert prolonged(reason="senior_cdi", born=day(1970, 6, 1), days=3650).prolongations
    assert prolonged(reason="particular_difficulties", kind="ACI").prolongations


def test_leap_days():
    assert add_months(day(2028, 2, 29), 24) == day(2030, 2, 28)
    assert add_months(day(2028, 3, 31), -1) == day(2028, 2, 29)
    assert PassDates(day(2028, 2, 29)).end == day(2030, 2, 27)
    assert (age_on(day(2000, 2, 29), day(2050, 2, 28)), age_on(day(2000, 2, 29), day(2050, 3, 1))) == (49, 50)


DAYS = st.dates(day(2015, 1, 1), day(2040, 12, 31))


@st.composite
def passes(draw):
    """A PASS with suspensions that never overlap, drawn one after the other, and prolongations."""
    dates = PassDates(draw(DAYS))
    at = dates.start
    for _number in range(draw(st.integers(0, 4))):
        start = at + datetime.timedelta(days=draw(st.integers(0, 200)))
        end = start + datetime.timedelta(days=draw(st.integers(0, 300)))
        dates = suspend(dates, Suspension(start, end), reason="committee", kind="EI", today=start)
        at = end + ONE
    longer = draw(st.lists(st.integers(1, 365), max_size=3))
    return PassDates(dates.start, dates.suspensions, tuple(Prolongation("complete_training", n) for n in longer))


@given(passes(), st.integers(-30, 3_000))
def test_days_left_go_down_one_by_one_and_stand_still_while_suspended(dates, after):
    at = dates.start + datetime.timedelta(days=after)
    first, then = dates.remaining_on(at), dates.remaining_on(at + ONE)
    assert dates.remaining_on(dates.start) == 730 + sum(p.days for p in dates.prolongations)
    is_still = at < dates.start or any(s.start <= at < s.end for s in dates.suspensions)
    assert first - then == (0 if is_still or first == 0 else 1)
    assert (first > 0) == (at <= dates.end)


@given(passes(), DAYS, st.integers(0, 400), DAYS)
def test_no_suspension_overlaps_another(dates, start, length, today):
    asked = Suspension(start, start + datetime.timedelta(days=length))
    try:
        after = suspend(dates, asked, reason="committee", kind="EI", today=today)
    except SuspensionRefused:
        return
    assert all(s.end < asked.start or asked.end < s.start for s in dates.suspensions)
    assert (after.end - dates.end).days == length


@given(passes(), st.sampled_from(ProlongationReason.values), st.sampled_from(StructureKind.values), st.data())
def test_no_ceiling_is_passed_whatever_is_asked(dates, reason, kind, data):
    for _number in range(8):
        days, today = data.draw(st.integers(-1, 3_700)), dates.end
        try:
            dates = prolong(dates, Prolongation(reason, days), kind=kind, born=day(1950, 1, 1), today=today)
        except ProlongationRefused:
            continue
        assert days <= CEILINGS[reason].each
    total = CEILINGS[reason].total
    assert total is None or sum(p.days for p in dates.prolongations if p.reason == reason) <= total


@given(DAYS, st.integers(-60, 60))
def test_months_keep_the_day_or_the_last_one(at, months):
    moved = add_months(at, months)
    assert (moved.year * 12 + moved.month) - (at.year * 12 + at.month) == months
    assert moved.day == at.day or (moved.day < at.day and (moved + ONE).day == 1)
