"""The rate of legal interest of a day (rules.md F2: L242-4 adds it to a refund late by ten days at most)."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from rebond.core.health import Answer
from rebond.ledger.data.legal_rates import known_rates
from rebond.ledger.enums import RateState
from rebond.ledger.models import LegalRate


@dataclass(frozen=True, slots=True)
class Rate:
    """In basis points (667 is 6.67 %). `is_provisional`: the half-year's own is not known, this is the last one."""

    basis_points: int
    starts_on: datetime.date
    is_provisional: bool = False


def half_year(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the half-year of `day`."""
    if day.month < 7:
        return day.replace(month=1, day=1), day.replace(month=6, day=30)
    return day.replace(month=7, day=1), day.replace(month=12, day=31)


def all_rates() -> dict[datetime.date, int]:
    """First day of a half-year → its rate: what the code knows, then what the desk entered since."""
    granted = LegalRate.objects.filter(state=RateState.GRANTED).order_by("pk")
    return known_rates() | dict(granted.values_list("starts_on", "basis_points"))


def rate_on(day: datetime.date) -> Rate:
    """The rate of that day's half-year; where nobody knows it, the last one known before it, as provisional.

    Never nothing: a surcharge of 0 would be a gift to whoever is late.
    """
    rates, (first, _last) = all_rates(), half_year(day)
    if first in rates:
        return Rate(rates[first], first)
    before = max((start for start in rates if start < first), default=min(rates))
    return Rate(rates[before], before, is_provisional=True)


def missing_half_year(day: datetime.date) -> datetime.date | None:
    """First day of the half-year of `day`, where its rate is not known."""
    found = rate_on(day)
    return half_year(day)[0] if found.is_provisional else None


def what_waits(day: datetime.date) -> tuple[bool, bool]:
    """Whether a rate waits to be granted, and whether that of this half-year is missing: one query."""
    first = half_year(day)[0]
    rows = LegalRate.objects.filter(Q(state=RateState.ASKED) | Q(starts_on=first, state=RateState.GRANTED)).order_by()
    states = set(rows.values_list("state", flat=True))
    return RateState.ASKED in states, RateState.GRANTED not in states and first not in known_rates()


def check_legal_rate() -> Answer:
    """For `rebond check`: not knowing the rate stops nothing, and is told."""
    day = timezone.localdate()
    rate = rate_on(day)
    said = f"{rate.basis_points / 100:.2f} % since {rate.starts_on}"
    if not rate.is_provisional:
        return Answer("legal rate", True, said)
    first = half_year(day)[0]
    detail = f"the rate of the half-year from {first} is not known: late refunds count with the last one ({said})"
    return Answer("legal rate", True, f"{detail}; enter it at the finance desk", is_warning=True)
