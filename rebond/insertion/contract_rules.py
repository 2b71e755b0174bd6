"""What the law asks of insertion contracts (rules.md B1, B2, B8), without the database and without a clock.

Days are dates in Paris, ends included. Months go by the calendar: a contract of 4 months from 15 January ends on
14 May. Hours are minutes a week.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.core.dates import add_months
from rebond.insertion.enums import ContractKind, Exemption, PassState, PauseReason, StructureKind
from rebond.insertion.errors import ContractRefused
from rebond.insertion.pass_dates import PassDates, age_on

Day = datetime.date
ONE_DAY = datetime.timedelta(days=1)
ALERT_MONTHS = (6, 3, 1)
LEAST_MONTHS, MOST_MONTHS = 4, 24
FEWEST, MOST = 20 * 60, 35 * 60  # minutes a week
SHORTEST = 60
FIRST_YEAR, LAST_YEAR = 1990, 2100
CDI_AGE = 57
YEAR_BY_YEAR = 12  # months that particularly serious difficulties give at a time
IMMERSION_DAYS = 30  # between its first and its last day (vector L33)
IMMERSION_SHARE = 4  # one day of four of the contract at most
NEW_PATH_MONTHS = 24  # after so long without a contract, another path begins

ALLOWED = {
    ContractKind.CDDI: frozenset({StructureKind.ACI, StructureKind.EI, StructureKind.AI}),
    ContractKind.CDDU: frozenset({StructureKind.AI}),
    ContractKind.MISSION: frozenset({StructureKind.ETTI}),
    ContractKind.CDI_INCLUSION: frozenset({StructureKind.ACI, StructureKind.EI, StructureKind.AI, StructureKind.ETTI}),
}


@dataclass(frozen=True, slots=True)
class Longer:
    """How many months in all an exemption allows (None: no limit is known), from what age, in what structures."""

    months: int | None
    from_age: int = 0
    kinds: frozenset[str] = ALLOWED[ContractKind.CDDI]


LONGER = {
    Exemption.TRAINING: Longer(None),
    Exemption.SENIOR: Longer(84, from_age=50),
    Exemption.RQTH: Longer(60),
    Exemption.DIFFICULTIES: Longer(60, kinds=frozenset({StructureKind.ACI, StructureKind.AI})),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the last, both included."""

    start: Day
    end: Day

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to sign. `end` is None for a permanent contract; `low_reason` and `low_authority` say why the
    week is below 20 hours, and who agreed to it.
    """

    kind: str
    structure: str
    start: Day
    end: Day | None
    weekly_minutes: int
    exemption: str = ""
    low_reason: str = ""
    low_authority: str = ""


def hours_of(minutes: int) -> str:
    """26 h, or 17 h 30: what is worked in a week."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}\u00a0h\u00a0{rest:02}" if rest else f"{hours}\u00a0h"


def last_day(start: Day, months: int) -> Day:
    """Of so many months from `start`: the day before the same day of the month, or before the last one."""
    return add_months(start, months) - ONE_DAY


def path_of(periods: Iterable[Period]) -> list[Period]:
    """The periods of the last path, in order: those before 24 months without a contract are of another one."""
    path: list[Period] = []
    for period in sorted(periods, reverse=True):
        if path and add_months(period.end, NEW_PATH_MONTHS) < path[-1].start:
            break
        path.append(period)
    return path[::-1]


def limit_of(path: Sequence[Period], months: int = MOST_MONTHS) -> Day:
    """The last day that contracts of this path may reach: days without a contract do not count."""
    covered = path[0].end
    gaps = 0
    for period in path[1:]:
        gaps += max(0, (period.start - covered).days - 1)
        covered = max(covered, period.end)
    return last_day(path[0].start, months) + datetime.timedelta(days=gaps)


def check_day(day: Day, field: str) -> None:
    """A year that somebody mistyped is no day of a contract. Raise ContractRefused."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ContractRefused(_("Look at this date again."), field=field)


def check_hours(asked: Asked) -> None:
    """B2: from 20 to 35 hours a week; less with a reason and who agreed. Raise ContractRefused."""
    if not SHORTEST <= asked.weekly_minutes <= MOST:
        raise ContractRefused(_("From 1 to 35 hours a week."), field="weekly")
    if asked.kind != ContractKind.CDDI or asked.weekly_minutes >= FEWEST:
        return
    if not asked.low_reason:
        said = _("Less than 20 hours a week needs a reason.")
        raise ContractRefused(said, field="low_reason")
    if not asked.low_authority:
        raise ContractRefused(_("Write who agreed to less than 20 hours, and when."), field="low_authority")


def check_first(asked: Asked, *, before: Iterable[Period], born: Day | None) -> None:
    """A contract that begins; `before` are the days of the CDDI that the person had here.

    Raise ContractRefused with the field that is wrong.
    """
    if asked.kind not in ContractKind.values:
        raise ContractRefused(_("Choose one of the list."), field="kind")
    kind = ContractKind(asked.kind)
    check_day(asked.start, "starts_on")
    if asked.structure == StructureKind.EITI:
        said = _("Self-employed work (EITI) has no contract of employment.")
        raise ContractRefused(said, field="structure")
    if asked.structure not in ALLOWED[kind]:
        raise ContractRefused(_("This contract does not exist in this kind of structure."), field="structure")
    if kind == ContractKind.CDI_INCLUSION:
        _check_permanent(asked, born)
    elif asked.end is None:
        raise ContractRefused(_("Write the last day: this contract has one."), field="ends_on")
    elif asked.end < asked.start:
        raise ContractRefused(_("The end comes before the beginning."), field="ends_on")
    else:
        check_day(asked.end, "ends_on")
    check_hours(asked)
    if kind == ContractKind.CDDI and asked.end is not None:
        least = last_day(asked.start, LEAST_MONTHS)
        if asked.end < least and asked.exemption != Exemption.SENTENCE:
            said = _("A first contract lasts 4 months at least, but for an adjusted sentence.")
            raise ContractRefused(said, field="ends_on")
        check_total(asked, before=before, born=born)


def _check_permanent(asked: Asked, born: Day | None) -> None:
    if asked.end is not None:
        raise ContractRefused(_("A permanent contract has no last day."), field="ends_on")
    if born is None or age_on(born, asked.start) < CDI_AGE:
        said = _("A CDI inclusion is for people of 57 and more: their date of birth must be in the file.")
        raise ContractRefused(said, field="kind")


def check_renewal(asked: Asked, *, planned_end: Day | None, before: Iterable[Period], born: Day | None) -> None:
    """`asked.start` is the day after the end that the contract had. Raise ContractRefused."""
    if planned_end is None or asked.end is None:
        raise ContractRefused(_("A permanent contract is not renewed."))
    check_day(asked.end, "ends_on")
    if asked.end <= planned_end:
        raise ContractRefused(_("The new end comes after the one that the contract has."), field="ends_on")
    check_hours(asked)
    if asked.kind == ContractKind.CDDI:
        check_total(asked, before=before, born=born)


def check_total(asked: Asked, *, before: Iterable[Period], born: Day | None) -> None:
    """B2: 24 months in all, unless an exemption says more. Raise ContractRefused."""
    assert asked.end is not None  # noqa: S101 -- asked of contracts with a last day only
    mine = Period(asked.start, asked.end)
    path = path_of([*before, mine])
    reached = max(period.end for period in path)
    limit = limit_of(path)
    if reached <= limit:
        return
    if asked.exemption in {"", Exemption.SENTENCE}:
        said = _("Contracts last 24 months at most in all: until %(day)s. Beyond, choose an exemption.")
        raise ContractRefused(said % {"day": date_format(limit, "j F Y")}, field="ends_on")
    if asked.exemption not in LONGER:
        raise ContractRefused(_("Choose one of the list."), field="exemption")
    _check_exemption(asked, path, reached, born)


def _check_exemption(asked: Asked, path: Sequence[Period], reached: Day, born: Day | None) -> None:
    longer = LONGER[Exemption(asked.exemption)]
    if asked.structure not in longer.kinds:
        raise ContractRefused(_("This reason is for ACI and AI only."), field="exemption")
    if longer.from_age and (born is None or age_on(born, asked.start) < longer.from_age):
        said = _("This reason asks for a person of %(age)s at least, and their date of birth.")
        raise ContractRefused(said % {"age": longer.from_age}, field="exemption")
    if longer.months is not None and reached > (limit := limit_of(path, longer.months)):
        said = _("With this exemption, contracts last until %(day)s at most.")
        raise ContractRefused(said % {"day": date_format(limit, "j F Y")}, field="ends_on")
    if asked.exemption == Exemption.DIFFICULTIES and reached > last_day(asked.start, YEAR_BY_YEAR):
        raise ContractRefused(_("This exemption is given year by year: 12 months at most."), field="ends_on")


def check_pause(asked: Period, *, reason: str, contract: Period, pauses: Sequence[tuple[str, Period]]) -> None:
    """A suspension within the contract (B2, B8). Raise ContractRefused with the field that is wrong."""
    if reason not in PauseReason.values:
        raise ContractRefused(_("Choose one of the list."), field="reason")
    if asked.end < asked.start:
        raise ContractRefused(_("The end comes before the beginning."), field="last")
    if not contract.start <= asked.start <= contract.end:
        raise ContractRefused(_("This day is not within the contract."), field="first")
    if asked.end > contract.end:
        raise ContractRefused(_("This day is not within the contract."), field="last")
    if any(asked.start <= other.end and other.start <= asked.end for _reason, other in pauses):
        raise ContractRefused(_("Another suspension covers a part of these days."), field="first")
    if reason == PauseReason.IMMERSION:
        _check_immersion(asked, contract, pauses)


def _check_immersion(asked: Period, contract: Period, pauses: Sequence[tuple[str, Period]]) -> None:
    """L33: 30 days between its first and last day; all of them 25 % of the contract at most."""
    if (asked.end - asked.start).days > IMMERSION_DAYS:
        raise ContractRefused(_("An immersion lasts 30 days at most."), field="last")
    taken = sum(period.days for reason, period in pauses if reason == PauseReason.IMMERSION)
    if (taken + asked.days) * IMMERSION_SHARE > contract.days:
        left = max(0, contract.days // IMMERSION_SHARE - taken)
        said = _("Immersions take a quarter of the contract at most: %(left)s days are left.")
        raise ContractRefused(said % {"left": left}, field="last")


def pass_warnings(contract: Period, dates: PassDates | None, *, last_known: bool = True) -> list[str]:
    """B2: the PASS IAE should cover the contract. Told and never refused: the employer answers for it.

    `last_known` is False for a permanent contract, whose last day is not looked at.
    """
    if dates is None:
        return [_("No PASS IAE is written: an insertion contract needs one.")]
    said = []
    state = dates.state_on(contract.start)
    if state == PassState.FUTURE:
        said.append(_("The PASS IAE begins after the contract."))
    if state == PassState.SUSPENDED:
        said.append(_("The PASS IAE is suspended on the first day: end its suspension the day before."))
    if state == PassState.EXPIRED:
        said.append(_("The PASS IAE is over before the contract begins."))
    elif last_known and contract.end > dates.end:
        said.append(_("The PASS IAE ends before the contract: prolong it, or end sooner."))
    return said
