"""Exits of a period: the list, the numbers by category, and the rate with what makes it (rules.md B7)."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.insertion.enums import DYNAMIC, Counting, ExitCategory
from rebond.insertion.exit_rules import as_percent, dynamic_rate
from rebond.insertion.models import Exit
from rebond.network.models import Organisation
from rebond.people.models import Person

FEWEST = 5  # a smaller number would point at somebody (decision 52)


def exits_between(
    organisation: Organisation, first: datetime.date, last: datetime.date, *, category: str = "", counting: str = ""
) -> "QuerySet[Exit]":
    """Those of these days, both included, the last one first; cancelled ones are none."""
    rows = Exit.objects.filter(organisation=organisation, cancelled_at=None, left_on__range=(first, last))
    if category:
        rows = rows.filter(category=category)
    if counting:
        rows = rows.filter(counting=counting)
    return rows.order_by("-left_on", "-pk")


@dataclass(frozen=True, slots=True)
class Summary:
    """Counted exits by category, and those that do not count by reason why."""

    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def dynamic(self) -> int:
        return sum(self.counts.get(one, 0) for one in DYNAMIC)

    @property
    def withdrawn(self) -> int:
        return self.counts.get(ExitCategory.WITHDRAWN, 0)

    @property
    def whole(self) -> int:
        """What is divided by: counted exits without those withdrawn."""
        return sum(self.counts.values()) - self.withdrawn

    @property
    def not_counted(self) -> int:
        return sum(self.left_out.values())

    @property
    def percent(self) -> Decimal | None:
        return as_percent(dynamic_rate(self.counts))

    @property
    def categories(self) -> list[tuple[str, str, int]]:
        return [(one.value, str(one.label), self.counts.get(one, 0)) for one in ExitCategory]

    @property
    def reasons_why(self) -> list[tuple[str, str, int]]:
        return [(one.value, str(one.label), self.left_out[one]) for one in Counting if self.left_out.get(one)]


def summary_of(organisation: Organisation, first: datetime.date, last: datetime.date) -> Summary:
    """One query."""
    counts: dict[str, int] = {}
    left_out: dict[str, int] = {}
    rows = exits_between(organisation, first, last).order_by()
    for counting, category, number in rows.values_list("counting", "category").annotate(n=Count("pk")):
        if counting == Counting.COUNTED:
            counts[category] = number
        else:
            left_out[counting] = left_out.get(counting, 0) + number
    return Summary(counts, left_out)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that points at nobody; None where it would."""

    label: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What those read who read no file: no number can be found again from the others."""

    figures: list[Figure]
    withdrawn: Figure
    not_counted: Figure
    percent: Decimal | None


def told_of(summary: Summary) -> Told:
    """The three dynamic categories are told together where one of them is small: the rate would give it away.

    The rate is told where both who is in it and who is not are five or more.
    """
    apart = [(label, number) for key, label, number in summary.categories if key in DYNAMIC]
    if any(0 < number < FEWEST for _label, number in apart):
        apart = [(_("Dynamic exits in all"), summary.dynamic)]
    other = summary.counts.get(ExitCategory.OTHER, 0)
    figures = [*apart, (str(ExitCategory.OTHER.label), other)]
    is_safe = all(number == 0 or number >= FEWEST for number in (summary.dynamic, other))
    return Told(
        [_figure(label, number) for label, number in figures],
        _figure(str(ExitCategory.WITHDRAWN.label), summary.withdrawn),
        _figure(pgettext("exit", "Not counted"), summary.not_counted),
        summary.percent if is_safe else None,
    )


def _figure(label: str, number: int) -> Figure:
    return Figure(label, None if 0 < number < FEWEST else number)


def standing_exits(person: Person) -> list[Exit]:
    """Those of a person, the last one first."""
    rows = Exit.objects.filter(person=person, cancelled_at=None).select_related("status", "reason")
    return list(rows.order_by("-left_on", "-pk"))


def exit_facts(person: Person) -> list[tuple[str, str]]:
    """What the person reads of their exits in their own space."""
    facts = []
    for one in standing_exits(person):
        facts += [(_("I left on"), date_format(one.left_on, "j F Y")), (_("Why I left"), one.words)]
        if one.employer:
            facts.append((_("Where I go"), one.employer))
        if one.note:
            facts.append((_("What was noted"), one.note))
    return facts
