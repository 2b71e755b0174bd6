"""The PASS of a person with its dates."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.insertion.enums import PassState, ProlongationReason
from rebond.insertion.models import Pass, PassProlongation, PassSuspension
from rebond.insertion.pass_dates import PassDates, Prolongation, Suspension
from rebond.people.models import Person


@dataclass(slots=True)
class Shown:
    """What a page says of a PASS on a day."""

    iae_pass: Pass
    dates: PassDates
    day: datetime.date
    suspensions: list[PassSuspension] = field(default_factory=list)
    prolongations: list[tuple[PassProlongation, str]] = field(default_factory=list)

    @property
    def state(self) -> PassState:
        return self.dates.state_on(self.day)

    @property
    def remaining(self) -> int:
        return self.dates.remaining_on(self.day)

    @property
    def alert(self) -> int | None:
        return self.dates.alert_on(self.day)

    @property
    def may_prolong(self) -> bool:
        return self.day in self.dates.prolongation_window


def dates_of(iae_pass: Pass) -> PassDates:
    """Its dates, with all that moved its end: two queries."""
    return PassDates(
        iae_pass.starts_on,
        tuple(sorted(Suspension(row.starts_on, row.ends_on) for row in iae_pass.suspensions.all())),
        tuple(Prolongation(row.reason, row.days) for row in iae_pass.prolongations.all()),
    )


def shown_pass(person: Person, *, today: datetime.date | None = None) -> Shown | None:
    """The last PASS of the person, as it is today; None where none is written."""
    rows = Pass.objects.filter(person=person).prefetch_related("suspensions", "prolongations")
    found = rows.order_by("-starts_on", "-pk").first()
    if found is None:
        return None
    labels = {reason.value: str(reason.label) for reason in ProlongationReason}
    return Shown(
        found,
        dates_of(found),
        today or timezone.localdate(),
        list(found.suspensions.all()),
        [(row, labels.get(row.reason, row.reason)) for row in found.prolongations.all()],
    )


def facts_for(person: Person) -> list[tuple[str, str]]:
    """What the person reads of their PASS in their own space."""
    shown = shown_pass(person)
    if shown is None:
        return []
    days = ngettext("%(n)s day", "%(n)s days", shown.remaining) % {"n": shown.remaining}
    return [
        (_("My PASS IAE"), f"{shown.iae_pass.shown_number} · {shown.state.label}"),
        (_("It ends on"), date_format(shown.dates.end, "j F Y")),
        (_("What is left of it"), days),
    ]
