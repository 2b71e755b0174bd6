"""People who are followed: the list by urgency, one file, the numbers."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.dates import add_months
from rebond.core.sealed import blind_marks
from rebond.journal.models import Entry
from rebond.network.models import Membership, Organisation
from rebond.people.deadlines import ALERTS
from rebond.people.enums import StatusKind
from rebond.people.models import Deadline, NameMark, Person, Status
from rebond.people.models.person import NEVER
from rebond.people.phrases import READINGS
from rebond.people.queries.names import parts_of

MINE, ALL, WITHOUT, FORMER = "", "tous", "sans-date", "partis"
SOON = datetime.timedelta(days=7)
FEWEST = 5  # a smaller number would point at somebody


@dataclass(slots=True)
class Row:
    """A person in the list: what they are today and what comes first for them."""

    person: Person
    statuses: list[Status] = field(default_factory=list)
    due: Deadline | None = None
    urgency: str = ""  # "late", "soon" or ""
    alerts: list[tuple[Deadline, int]] = field(default_factory=list)  # and within how many months


def listed(
    organisation: Organisation,
    *,
    which: str = ALL,
    counsellor: Any = None,
    words: str = "",
    by_family_name: bool = False,
) -> "QuerySet[Person]":
    """Those of the organisation whose deadline comes first, then those without.

    `words` are looked for in first names, and in family names where the reader may know them; then nobody is left out.
    """
    rows: QuerySet[Person] = Person.objects.filter(organisation=organisation)
    if words.strip():
        for word in parts_of(words):
            rows = rows.filter(_named(word, organisation, by_family_name=by_family_name))
    elif which == FORMER:
        rows = rows.filter(left_on__isnull=False)
    else:
        rows = rows.filter(left_on=None)
        if which == MINE and counsellor is not None:
            rows = rows.filter(counsellor=counsellor)
        if which == WITHOUT:
            rows = rows.filter(next_due_on=NEVER)
    return rows.order_by("next_due_on", "pk")


def _named(word: str, organisation: Organisation, *, by_family_name: bool) -> Q:
    found = Q(first_name__icontains=word)
    if by_family_name:
        marks = blind_marks(word, scope=organisation.public_id)
        found |= Q(Exists(NameMark.objects.filter(person=OuterRef("pk"), mark__in=marks)))
    return found


def page_after(rows: "QuerySet[Person]", key: str, size: int) -> tuple[list[Person], str | None]:
    """The `size` people after `key`, a deadline and a number ("2026-12-01.7"); the key of the next page."""
    day, _dot, number = key.partition(".")
    try:
        after = datetime.date.fromisoformat(day), int(number[:18])
    except ValueError:
        after = None
    if after is not None:
        rows = rows.filter(Q(next_due_on__gt=after[0]) | Q(next_due_on=after[0], pk__gt=after[1]))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.next_due_on}.{last.pk}" if last else None


def as_rows(people: Sequence[Person], *, today: datetime.date | None = None) -> list[Row]:
    """Their statuses of today and first deadlines, in two queries whatever their number."""
    today = today or timezone.localdate()
    made = {person.pk: Row(person) for person in people}
    for status in Status.objects.on(today).filter(person__in=made).order_by("-is_exclusive", "-starts_on", "pk"):
        made[status.person_id].statuses.append(status)
    for deadline in Deadline.objects.filter(person__in=made).order_by("-due_on", "-pk"):
        row = made[deadline.person_id]
        row.due = deadline
        months = [
            m for m in ALERTS.get(deadline.kind, ()) if add_months(deadline.due_on, -m) <= today <= deadline.due_on
        ]
        if months:
            row.alerts.append((deadline, min(months)))
        row.urgency = "late" if deadline.due_on < today else "soon" if deadline.due_on <= today + SOON else ""
    return list(made.values())


def readings_of(person: Person, *, number: int = 20) -> list[Entry]:
    """Who opened the file, the last first."""
    rows = Entry.objects.filter(subject_kind="people.person", subject_id=person.public_id, action__in=READINGS)
    return list(rows.order_by("-at", "-pk")[:number])


def counsellors_of(organisation: Organisation) -> "QuerySet[User]":
    """Those who may follow somebody there."""
    team = Membership.objects.filter(organisation=organisation, ended_at__isnull=True, role="counsellor")
    return User.objects.filter(pk__in=team.values("user"), is_active=True).order_by("name", "pk")


def accounts_for(person: Person) -> "QuerySet[User]":
    """Accounts that may be this person's: the team's workers without a file here, and theirs."""
    team = Membership.objects.filter(organisation=person.organisation, ended_at__isnull=True, role="worker")
    taken = Person.objects.filter(organisation=person.organisation, user__isnull=False).exclude(pk=person.pk)
    free = User.objects.filter(Q(pk__in=team.values("user"), is_active=True) | Q(pk=person.user_id or 0))
    return free.exclude(pk__in=taken.values("user")).order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people have this status; None where it is fewer than FEWEST."""

    label: str
    number: int | None


def figures_of(organisation: Organisation, *, today: datetime.date | None = None) -> tuple[list[Figure], int | None]:
    """By status of today, and the people in all (None where it would give away a hidden number)."""
    rows = Status.objects.on(today or timezone.localdate()).filter(person__organisation=organisation)
    counted = dict(
        rows.exclude(kind=StatusKind.FORMER).order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n")
    )
    found = [
        Figure(str(kind.label), counted[kind] if counted[kind] >= FEWEST else None)
        for kind in StatusKind
        if kind in counted
    ]
    total = Person.objects.filter(organisation=organisation, left_on=None).count()
    is_safe = total >= FEWEST and all(figure.number is not None for figure in found)
    return found, total if is_safe else None
