"""The dates of a PASS IAE (rules.md B3; test vectors L1 to L5), computed exactly and without the database.

Days are dates in Paris, ends included. A suspension gives back `end - start` days, as the official service counts:
its first day is used up (decision 51). Whatever is suspended, the days that remain before the start are always
730 plus what was prolonged.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from rebond.core.dates import add_months
from rebond.insertion.enums import PassState, ProlongationReason, StructureKind, SuspensionReason
from rebond.insertion.errors import ProlongationRefused, SuspensionRefused

DAYS = 730
SUSPENSION_MONTHS = 36
SUSPENSION_BACK_DAYS = 365
ALERT_MONTHS = (6, 3, 1)  # rules.md J: many expiries at once are exits without a solution
ONE_DAY = datetime.timedelta(days=1)
Day = datetime.date


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Days for one request and in all (None: no limit); the structures and the age that the reason asks for."""

    each: int
    total: int | None = None
    kinds: frozenset[str] = frozenset(StructureKind.values)
    from_age: int = 0
    needs_opinion: bool = False


CEILINGS = {
    ProlongationReason.SENIOR_CDI: Ceiling(3650, from_age=57),
    ProlongationReason.COMPLETE_TRAINING: Ceiling(365),
    ProlongationReason.RQTH: Ceiling(365, 1095, needs_opinion=True),
    ProlongationReason.SENIOR: Ceiling(365, 1825, from_age=50, needs_opinion=True),
    ProlongationReason.PARTICULAR_DIFFICULTIES: Ceiling(
        365, 1095, kinds=frozenset({StructureKind.ACI, StructureKind.AI}), needs_opinion=True
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Suspension:
    """Both days are suspended."""

    start: Day
    end: Day

    @property
    def given_back(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Prolongation:
    """It begins at the end that the PASS had."""

    reason: str
    days: int


@dataclass(frozen=True, slots=True)
class Window:
    """Both days are in it."""

    opens: Day
    closes: Day

    def __contains__(self, day: Day) -> bool:
        return self.opens <= day <= self.closes


def age_on(born: Day, day: Day) -> int:
    """Whole years; who is born on 29 February is a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class PassDates:
    """A PASS with all that moved its end."""

    start: Day
    suspensions: tuple[Suspension, ...] = ()
    prolongations: tuple[Prolongation, ...] = ()

    @property
    def first_end(self) -> Day:
        """L1: 730 days, the last one included; a leap day is one of them."""
        return self.start + datetime.timedelta(days=DAYS - 1)

    @property
    def end(self) -> Day:
        """L2."""
        moved = sum(s.given_back for s in self.suspensions) + sum(p.days for p in self.prolongations)
        return self.first_end + datetime.timedelta(days=moved)

    def suspended_on(self, day: Day) -> Suspension | None:
        return next((s for s in self.suspensions if s.start <= day <= s.end), None)

    def state_on(self, day: Day) -> PassState:
        if day < self.start:
            return PassState.FUTURE
        if day > self.end:
            return PassState.EXPIRED
        return PassState.SUSPENDED if self.suspended_on(day) else PassState.VALID

    def remaining_on(self, day: Day) -> int:
        """Days left, `day` included: end - day + 1 - the suspended days to come. It stands still while suspended."""
        day = max(day, self.start)
        to_come = sum(max(0, (s.end - max(day, s.start)).days) for s in self.suspensions)
        return max(0, (self.end - day).days + 1 - to_come)

    @property
    def prolongation_window(self) -> Window:
        """L5: from 12 months before the end to 6 months after."""
        return Window(add_months(self.end, -12), add_months(self.end, 6))

    @property
    def waiting_until(self) -> Day:
        """L4: the last day when an employer cannot give a new PASS by itself: 2 years after the end."""
        return add_months(self.end, 24)

    def alert_on(self, day: Day) -> int | None:
        """The months of the last alert that `day` has reached (6, 3, 1), 0 once it is over, None before all.

        Nothing is told while it is suspended: the end does not come nearer.
        """
        state = self.state_on(day)
        if state == PassState.EXPIRED:
            return 0
        if state == PassState.SUSPENDED:
            return None
        return min((m for m in ALERT_MONTHS if day >= add_months(self.end, -m)), default=None)


def last_suspended_day(start: Day) -> Day:
    """L3: 36 months less one day."""
    return add_months(start, SUSPENSION_MONTHS) - ONE_DAY


def suspend(dates: PassDates, asked: Suspension, *, reason: str, kind: str, today: Day) -> PassDates:
    """The dates with one more suspension; raise SuspensionRefused with the field that is wrong (rules.md B3)."""
    if reason not in SuspensionReason.values:
        raise SuspensionRefused(_("Choose one of the list."), field="reason")
    if reason == SuspensionReason.BRIDGE and kind not in {StructureKind.ACI, StructureKind.EI}:
        raise SuspensionRefused(_("A bridge contract exists in ACI and EI only."), field="reason")
    if asked.start > today:
        raise SuspensionRefused(_("A suspension cannot begin in the future."), field="start")
    if (today - asked.start).days > SUSPENSION_BACK_DAYS:
        raise SuspensionRefused(_("A suspension goes back 365 days at most."), field="start")
    if not dates.start <= asked.start <= dates.end:
        raise SuspensionRefused(_("This day is not within the PASS."), field="start")
    if asked.end < asked.start:
        raise SuspensionRefused(_("The end comes before the beginning."), field="end")
    if asked.end > last_suspended_day(asked.start):
        raise SuspensionRefused(_("A suspension lasts 36 months at most."), field="end")
    if any(asked.start <= other.end and other.start <= asked.end for other in dates.suspensions):
        raise SuspensionRefused(_("Another suspension covers a part of these days."), field="start")
    return replace(dates, suspensions=tuple(sorted((*dates.suspensions, asked))))


def lift(suspension: Suspension, *, hired_on: Day) -> Suspension | None:
    """What stays of a suspension when the person is hired: it ends the day before; None where nothing is left.

    Raise SuspensionRefused for a day that it does not cover.
    """
    if not suspension.start <= hired_on <= suspension.end:
        raise SuspensionRefused(_("The suspension does not cover this day."), field="hired_on")
    return replace(suspension, end=hired_on - ONE_DAY) if hired_on > suspension.start else None


def prolong(dates: PassDates, asked: Prolongation, *, kind: str, born: Day | None, today: Day) -> PassDates:
    """The dates with one more prolongation; raise ProlongationRefused with the field that is wrong (rules.md B3)."""
    if asked.reason not in ProlongationReason.values:
        raise ProlongationRefused(_("Choose one of the list."), field="reason")
    ceiling = CEILINGS[ProlongationReason(asked.reason)]
    if today not in dates.prolongation_window:
        raise ProlongationRefused(_("A PASS is prolonged from 12 months before its end to 6 months after."))
    if dates.suspended_on(today):
        raise ProlongationRefused(_("A suspended PASS cannot be prolonged: end the suspension first."))
    if kind not in ceiling.kinds:
        raise ProlongationRefused(_("This reason is for ACI and AI only."), field="reason")
    if ceiling.from_age and (born is None or age_on(born, today) < ceiling.from_age):
        said = _("This reason asks for a person of %(age)s at least, and their date of birth.")
        raise ProlongationRefused(said % {"age": ceiling.from_age}, field="reason")
    if not 1 <= asked.days <= ceiling.each:
        raise ProlongationRefused(_("From 1 to %(most)s days.") % {"most": ceiling.each}, field="days")
    left = days_left_for(dates.prolongations, asked.reason)
    if left is not None and asked.days > left:
        raise ProlongationRefused(_("%(left)s days are left for this reason.") % {"left": left}, field="days")
    return replace(dates, prolongations=(*dates.prolongations, asked))


def days_left_for(before: Iterable[Prolongation], reason: str) -> int | None:
    """What the ceiling of a reason leaves; None where it has none."""
    total = CEILINGS[ProlongationReason(reason)].total
    return None if total is None else total - sum(p.days for p in before if p.reason == reason)


def may_approve_itself(kind: str, *, first_level: int, second_level: int) -> bool:
    """L6, L7 (rules.md B4): whether the criteria held, by level, let an employer give the PASS without a prescriber."""
    wanted = 2 if kind in {StructureKind.AI, StructureKind.ETTI} else 3
    return first_level >= 1 or second_level >= wanted
