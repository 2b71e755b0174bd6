"""Which exits count, and the rate of dynamic exits (rules.md B7; test vectors L10 to L12), without the database.

Days are dates in Paris, ends included. Hours are those paid or worked, as the structure declares them.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rebond.core.dates import add_months
from rebond.insertion.enums import DYNAMIC, Counting, ExitCategory, StructureKind
from rebond.people.enums import StatusKind

MONTHS = 3  # ACI and EI: more than that, in all
HOUR = Decimal(1)  # ACI and EI: at least that, in the year of the exit
HOURS = Decimal(150)  # AI and ETTI: at least that, in all
ONE_DAY = datetime.timedelta(days=1)
BY_TIME = frozenset({StructureKind.ACI, StructureKind.EI})
BY_HOURS = frozenset({StructureKind.AI, StructureKind.ETTI})
Day = datetime.date

# The structure that a status is a contract with; a permanent insertion contract may be with several kinds.
STRUCTURES: Mapping[str, StructureKind] = {
    StatusKind.CDDI_ACI: StructureKind.ACI,
    StatusKind.CDDI_EI: StructureKind.EI,
    StatusKind.CDDI_AI: StructureKind.AI,
    StatusKind.CDDU: StructureKind.AI,
    StatusKind.ETTI: StructureKind.ETTI,
    StatusKind.EITI: StructureKind.EITI,
}


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """Both days are in it."""

    first: Day
    last: Day

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def is_longer_than(stays: Iterable[Stay], months: int) -> bool:
    """Whether the days of all stays, put end to end from the first one, are more than whole months.

    From 1 January to 31 March is three months and no more; 1 April is the first day that is.
    """
    held = sorted(stays)
    if not held:
        return False
    days = sum(stay.days for stay in held)
    return held[0].first + datetime.timedelta(days=days - 1) >= add_months(held[0].first, months)


def counting_of(kind: str, stays: Iterable[Stay], *, in_year: Decimal | None, in_all: Decimal | None) -> Counting:
    """Whether an exit of a structure of this kind counts, else why not. Hours that nobody wrote are none."""
    if kind in BY_TIME:
        if not is_longer_than(stays, MONTHS):
            return Counting.TOO_SHORT
        return Counting.COUNTED if (in_year or 0) >= HOUR else Counting.NO_HOUR
    if kind in BY_HOURS:
        return Counting.COUNTED if (in_all or 0) >= HOURS else Counting.FEW_HOURS
    return Counting.COUNTED if kind == StructureKind.EITI else Counting.NO_CONTRACT


def is_counted(kind: str, stays: Iterable[Stay], *, in_year: Decimal | None, in_all: Decimal | None) -> bool:
    """L11, L12."""
    return counting_of(kind, stays, in_year=in_year, in_all=in_all) == Counting.COUNTED


def dynamic_rate(counts: Mapping[str, int]) -> Fraction | None:
    """L10: (durable + transition + positive) / (all - withdrawn), of counted exits; None where nothing is left."""
    whole = sum(counts.values()) - counts.get(ExitCategory.WITHDRAWN, 0)
    return Fraction(sum(counts.get(one, 0) for one in DYNAMIC), whole) if whole else None


def as_percent(rate: Fraction | None) -> Decimal | None:
    """One decimal, half up: 15/23 is 65.2."""
    if rate is None:
        return None
    return Decimal((rate.numerator * 2000 + rate.denominator) // (rate.denominator * 2)) / 10
