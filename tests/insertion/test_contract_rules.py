"""What the law asks of contracts: rules.md B2 and B8, vector L33, and what holds whatever the dates are."""

import datetime
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from rebond.core.dates import add_months
from rebond.insertion.contract_rules import (
    Asked,
    Period,
    check_first,
    check_pause,
    check_renewal,
    hours_of,
    last_day,
    limit_of,
    pass_warnings,
    path_of,
)
from rebond.insertion.errors import ContractRefused
from rebond.insertion.pass_dates import PassDates, Suspension

pytestmark = pytest.mark.unit
day = datetime.date
ONE = datetime.timedelta(days=1)
START = day(2026, 3, 2)
CDDI = Asked("cddi", "EI", START, day(2026, 9, 1), 26 * 60)
DAYS = st.dates(day(2015, 1, 1), day(2040, 12, 31))


def refused_field(call):
    with translation.override("en"), pytest.raises(ContractRefused) as refused:
        call()
    return refused.value.field


def first(asked=CDDI, before=(), born=None, **changes):
    check_first(replace(asked, **changes), before=before, born=born)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "cdi"}, "kind"),
        ({"start": day(9998, 12, 1), "end": day(9999, 12, 31)}, "starts_on"),
        ({"kind": "cddu", "structure": "AI", "end": day(9999, 12, 31)}, "ends_on"),
        ({"structure": "ETTI"}, "structure"),
        ({"structure": "EITI"}, "structure"),
        ({"kind": "cddu"}, "structure"),
        ({"kind": "mission"}, "structure"),
        ({"end": None}, "ends_on"),
        ({"end": START - ONE}, "ends_on"),
        ({"end": day(2026, 6, 30)}, "ends_on"),  # 4 months less a day
        ({"end": day(2028, 3, 2)}, "ends_on"),  # 24 months and a day
        ({"weekly_minutes": 20 * 60 - 1}, "low_reason"),
        ({"weekly_minutes": 10 * 60, "low_reason": "Reprise"}, "low_authority"),
        ({"weekly_minutes": 35 * 60 + 1}, "weekly"),
        ({"weekly_minutes": 59, "low_reason": "a", "low_authority": "b"}, "weekly"),
        ({"kind": "cdi_inclusion"}, "ends_on"),
        ({"kind": "cdi_inclusion", "end": None}, "kind"),  # nobody knows the age
        ({"kind": "cdi_inclusion", "end": None, "born": day(1969, 3, 3)}, "kind"),  # 57 tomorrow
    ],
)
def test_what_a_first_contract_is_refused_for(changes, field):
    assert refused_field(lambda: first(**changes)) == field


def test_what_a_first_contract_may_be():
    first(end=day(2026, 7, 1))  # 4 months
    first(end=day(2028, 3, 1))  # 24 months
    first(end=day(2026, 3, 31), exemption="sentence")
    first(weekly_minutes=20 * 60)
    first(weekly_minutes=35 * 60)
    first(weekly_minutes=60, low_reason="Reprise douce", low_authority="France Travail, 2 mars")
    first(kind="cddu", structure="AI", end=START, weekly_minutes=3 * 60)
    first(kind="mission", structure="ETTI", end=START, weekly_minutes=7 * 60)
    first(kind="cdi_inclusion", end=None, born=day(1969, 3, 2))


def renewed(start, end, before, born=None, **changes):
    asked = replace(CDDI, start=start, end=end, **changes)
    check_renewal(asked, planned_end=start - ONE, before=before, born=born)


def test_exemptions_beyond_24_months():
    held = [Period(day(2024, 1, 1), day(2025, 12, 31))]  # 24 months
    start, end = day(2026, 1, 1), day(2026, 12, 31)
    assert refused_field(lambda: renewed(start, end, held)) == "ends_on"
    assert refused_field(lambda: renewed(start, end, held, exemption="sentence")) == "ends_on"
    assert refused_field(lambda: renewed(start, end, held, exemption="holidays")) == "exemption"
    renewed(start, end, held, exemption="training")
    renewed(start, day(2028, 12, 31), held, exemption="rqth")  # 60 months
    assert refused_field(lambda: renewed(start, day(2029, 1, 1), held, exemption="rqth")) == "ends_on"
    assert refused_field(lambda: renewed(start, end, held, exemption="senior")) == "exemption"
    assert refused_field(lambda: renewed(start, end, held, exemption="senior", born=day(1976, 1, 2))) == "exemption"
    renewed(start, day(2030, 12, 31), held, exemption="senior", born=day(1976, 1, 1))  # 84 months
    assert refused_field(lambda: renewed(start, end, held, exemption="difficulties")) == "exemption"  # EI
    renewed(start, end, held, exemption="difficulties", structure="ACI")
    later = day(2027, 1, 1)  # year by year
    assert refused_field(lambda: renewed(start, later, held, exemption="difficulties", structure="AI")) == "ends_on"


def test_a_renewal_goes_further_and_may_be_short():
    held = [Period(START, day(2026, 9, 1))]
    renewed(day(2026, 9, 2), day(2026, 9, 30), held)
    assert refused_field(lambda: renewed(day(2026, 9, 2), day(2026, 9, 1), held)) == "ends_on"
    assert refused_field(lambda: renewed(day(2026, 9, 2), day(9999, 12, 31), held, exemption="training")) == "ends_on"
    said = replace(CDDI, kind="cdi_inclusion", end=day(2027, 1, 1))
    with pytest.raises(ContractRefused):
        check_renewal(said, planned_end=None, before=[], born=None)


def test_leap_years_and_ends_of_months():
    assert last_day(day(2028, 2, 29), 24) == day(2030, 2, 27)
    assert last_day(day(2027, 3, 1), 24) == day(2029, 2, 28)  # 731 days
    assert last_day(day(2026, 10, 31), 4) == day(2027, 2, 27)
    assert last_day(day(2027, 10, 31), 4) == day(2028, 2, 28)
    assert (hours_of(26 * 60), hours_of(17 * 60 + 30)) == ("26\u00a0h", "17\u00a0h\u00a030")


def test_another_path_begins_after_two_years_without_a_contract():
    old = Period(day(2020, 1, 1), day(2021, 12, 31))
    assert path_of([old, Period(day(2024, 1, 1), day(2024, 6, 30))]) == [Period(day(2024, 1, 1), day(2024, 6, 30))]
    first(start=day(2024, 1, 1), end=day(2025, 12, 31), before=[old])
    assert refused_field(lambda: first(start=day(2023, 12, 31), end=day(2024, 6, 30), before=[old])) == "ends_on"


@given(DAYS)
def test_four_and_twenty_four_months_are_the_edges_whatever_the_first_day(start):
    least, most = last_day(start, 4), last_day(start, 24)
    first(start=start, end=least)
    first(start=start, end=most)
    assert refused_field(lambda: first(start=start, end=least - ONE)) == "ends_on"
    assert refused_field(lambda: first(start=start, end=most + ONE)) == "ends_on"


@given(DAYS, st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(0, 400))
def test_the_limit_is_the_same_however_it_is_cut_and_gaps_push_it(start, lengths, gap):
    at, pieces = start, []
    for length in lengths:
        pieces.append(Period(at, at + datetime.timedelta(days=length - 1)))
        at += datetime.timedelta(days=length)
    whole = Period(start, pieces[-1].end)
    assert limit_of(pieces) == limit_of([whole]) == add_months(start, 24) - ONE
    later = Period(at + datetime.timedelta(days=gap), at + datetime.timedelta(days=gap + 30))
    assert (limit_of([*pieces, later]) - limit_of(pieces)).days == gap


def paused(start, end, reason="immersion", pauses=(), contract=None):
    contract = contract or Period(day(2026, 9, 1), day(2027, 8, 31))
    check_pause(Period(start, end), reason=reason, contract=contract, pauses=pauses)


def test_an_immersion_lasts_30_days_and_a_quarter_of_the_contract():
    paused(day(2026, 11, 2), day(2026, 12, 2))  # L33
    assert refused_field(lambda: paused(day(2026, 11, 2), day(2026, 12, 3))) == "last"
    contract = Period(day(2026, 9, 1), day(2026, 12, 31))  # 122 days: 30 of immersion
    held = [
        ("immersion", Period(day(2026, 9, 1), day(2026, 9, 20))),
        ("trial", Period(day(2026, 9, 21), day(2026, 9, 30))),
    ]
    paused(day(2026, 10, 1), day(2026, 10, 10), pauses=held, contract=contract)
    assert refused_field(lambda: paused(day(2026, 10, 1), day(2026, 10, 11), pauses=held, contract=contract)) == "last"
    paused(day(2026, 10, 1), day(2026, 12, 31), reason="trial", pauses=held, contract=contract)


@pytest.mark.parametrize(
    ("start", "end", "reason", "field"),
    [
        (day(2026, 8, 31), day(2026, 9, 3), "trial", "first"),
        (day(2027, 8, 31), day(2027, 9, 1), "trial", "last"),
        (day(2026, 10, 5), day(2026, 10, 4), "trial", "last"),
        (day(2026, 10, 5), day(2026, 10, 5), "sickness", "reason"),
        (day(2026, 9, 20), day(2026, 9, 25), "other", "first"),  # a day of both
    ],
)
def test_refused_suspensions_of_a_contract(start, end, reason, field):
    held = [("other", Period(day(2026, 9, 10), day(2026, 9, 20)))]
    assert refused_field(lambda: paused(start, end, reason, pauses=held)) == field


def test_the_pass_is_told_and_never_refuses():
    with translation.override("en"):
        contract = Period(day(2026, 3, 2), day(2026, 9, 1))
        assert len(pass_warnings(contract, None)) == 1
        assert pass_warnings(contract, PassDates(day(2026, 3, 2))) == []
        assert pass_warnings(contract, PassDates(day(2026, 3, 3))) == ["The PASS IAE begins after the contract."]
        ends = PassDates(day(2024, 9, 2))  # its last day is 1 September 2026
        assert (ends.end, pass_warnings(contract, ends)) == (day(2026, 9, 1), [])
        assert "before the contract:" in pass_warnings(contract, PassDates(day(2024, 9, 1)))[0]
        assert pass_warnings(contract, PassDates(day(2024, 9, 1)), last_known=False) == []
        assert "is over" in pass_warnings(contract, PassDates(day(2024, 1, 1)))[0]
        held = PassDates(day(2025, 9, 1), (Suspension(day(2026, 2, 1), day(2026, 3, 2)),))
        assert "suspended" in pass_warnings(contract, held)[0]
