"""Write the evidence of finished days, from the steps themselves (decision 59).

A finished day does not change: steps are undone on their own day only. So a day is read once, its lines are written
once, and a step at a station costs nothing more than before.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.network.models import Organisation
from rebond.skills.models import Evidence, EvidenceDays
from rebond.skills.queries.members import first_day, people_logged
from rebond.skills.queries.steps import Done, authors_of, known_by, steps_of
from rebond.workshop.actions.review import ACCEPTED, CORRECTED_ONE, RETURNED
from rebond.workshop.data.chain import PHOTOGRAPH, REVIEW, WRITE
from rebond.workshop.enums import ReviewReason, StepResult
from rebond.workshop.queries.closing import organisations_at_work, universes_of

DAY = datetime.timedelta(days=1)
type Key = tuple[int, str, int | None]  # person, kind, station


@dataclass(slots=True)
class _Lines:
    """What a day says of each person, at each kind of work and station."""

    numbers: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    items: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))


def write_all(*, today: datetime.date | None = None) -> int:
    """Read yesterday, and any day before that was not, of each organisation with stations; returns lines written."""
    until = (today or timezone.localdate()) - DAY
    return sum(write_evidence(organisation=one, until=until) for one in organisations_at_work())


def write_evidence(*, organisation: Organisation, until: datetime.date) -> int:
    """Read the days after those already read, to `until` included (before today), each in one transaction.

    Nothing is read of the time before the first file; returns lines written.
    """
    until, number = min(until, timezone.localdate() - DAY), 0
    while (day := _next_day(organisation)) is not None and day <= until:
        with transaction.atomic():
            row = lock_row(EvidenceDays.objects.get(organisation=organisation))
            if row.until + DAY == day:  # else another worker wrote it meanwhile
                number += _write_day(organisation, day)
                EvidenceDays.objects.filter(pk=row.pk).update(until=day)
    return number


def _next_day(organisation: Organisation) -> datetime.date | None:
    """The day after those that were read; None where nobody has a file."""
    until = EvidenceDays.objects.filter(organisation=organisation).values_list("until", flat=True).first()
    if until is None:
        first = first_day(organisation)
        if first is None:
            return None
        made, _is_new = EvidenceDays.objects.get_or_create(organisation=organisation, defaults={"until": first - DAY})
        until = made.until
    return until + DAY


def _write_day(organisation: Organisation, day: datetime.date) -> int:
    people = people_logged(organisation, day)
    if not people:
        return 0
    steps = list(steps_of(organisation, day, workers=list(people)))
    lines, known = _Lines(), known_by(people)
    for step in steps:
        _count_work(lines, step, people, known)
    _count_readings(lines, [step for step in steps if step.kind == REVIEW], people)
    universes = universes_of(set().union(*lines.items.values())) if lines.items else {}
    rows = []
    for key, counts in lines.numbers.items():
        person, kind, station = key
        found = sorted({universes[code] for code in lines.items.get(key, ()) if code in universes})
        rows.append(Evidence(person_id=person, day=day, kind=kind, station_id=station, universes=found, **dict(counts)))
    Evidence.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _count_work(lines: _Lines, step: Done, people: dict[int, int], known: set[tuple[int, str]]) -> None:
    """What was given back to its queue is no work done, but a listing given back was read all the same."""
    if step.result != StepResult.DONE and step.kind != REVIEW:
        return
    for worker in step.hands:
        if (person := people.get(worker)) is None:
            continue
        key = (person, step.kind, step.station)
        lines.numbers[key]["done"] += 1
        lines.numbers[key]["learning"] += (worker, step.kind) not in known
        lines.numbers[key]["together"] += len(step.hands) > 1
        if step.item:
            lines.items[key].add(step.item)


def _count_readings(lines: _Lines, reviews: Sequence[Done], people: dict[int, int]) -> None:
    """What readers found, for those who wrote the listing and took its pictures; nobody reads their own."""
    authors = authors_of(reviews)
    for review in reviews:
        for kind, column in _found(review):
            step = authors.get((review.pk, kind))
            for worker in step.hands if step else ():
                if (person := people.get(worker)) is not None and worker not in review.hands:
                    lines.numbers[person, kind, step.station][column] += 1  # type: ignore[union-attr]


def _found(review: Done) -> list[tuple[str, str]]:
    """(kind of work, column) that a reading speaks of."""
    outcome = review.data.get("outcome")
    if outcome == RETURNED:
        return [(PHOTOGRAPH if review.data.get("reason") == ReviewReason.PHOTOS else WRITE, "returned")]
    if outcome in {ACCEPTED, CORRECTED_ONE}:  # a correction is of words: the pictures were taken as they are
        return [(WRITE, "accepted" if outcome == ACCEPTED else "corrected"), (PHOTOGRAPH, "accepted")]
    return []
