"""For whom work is counted on a day: what a status allows, and what the person asked for (decision 59)."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from enum import StrEnum

from django.db.models import Min, Q
from django.utils import timezone

from rebond.network.models import Organisation
from rebond.people.enums import ASKED_FIRST, NOT_AT_WORK, ConsentKind
from rebond.people.models import Consent, Person, Status
from rebond.workshop.enums import WorkerStatus
from rebond.workshop.models import Worker


class LogRule(StrEnum):
    """Of a person on a day: nothing is counted, only if they ask, or because they are told so with their contract."""

    NEVER = "never"
    ASKED = "asked"
    TOLD = "told"


def rule_of(kinds: Collection[str], worker_status: str) -> LogRule:
    """From the statuses of the file and that of the workshop: of several, the one that asks first decides."""
    at_work = set(kinds) - NOT_AT_WORK
    if not at_work or worker_status == WorkerStatus.STAFF:
        return LogRule.NEVER
    if at_work & ASKED_FIRST or worker_status in {WorkerStatus.COMPANION, WorkerStatus.VOLUNTEER}:
        return LogRule.ASKED
    return LogRule.TOLD


def worker_of(person: Person) -> Worker | None:
    """The person at the stations: the same account, in the same organisation."""
    found: Worker | None = Worker.objects.filter(user=person.user_id, organisation=person.organisation_id).first()
    return found if person.user_id else None


def rule_today(person: Person, *, today: datetime.date | None = None) -> LogRule:
    """What holds for the person now; NEVER too for somebody without an account at the stations."""
    worker = worker_of(person)
    if worker is None:
        return LogRule.NEVER
    kinds = Status.objects.on(today or timezone.localdate()).filter(person=person).values_list("kind", flat=True)
    return rule_of(set(kinds), worker.status)


def is_asked_for(person: Person) -> bool:
    """Whether the person asked that their work be counted, and did not take it back."""
    return Consent.objects.standing().filter(person=person, kind=ConsentKind.SKILLS).exists()


def first_day(organisation: Organisation) -> datetime.date | None:
    """The day on which the first of those at the stations got a file; None where nobody has one."""
    rows = Person.objects.filter(organisation=organisation, user__isnull=False)
    at = rows.aggregate(at=Min("opened_at"))["at"]
    return timezone.localdate(at) if at else None


def people_logged(organisation: Organisation, day: datetime.date) -> dict[int, int]:
    """Key of the worker → key of the person, of those whose work of that day is counted. Four queries.

    A file opened after that day, and an agreement given after it or taken back by then, count nothing of it.
    """
    files = Person.objects.filter(organisation=organisation, user__isnull=False).order_by()
    people = {
        user: pk
        for pk, user, opened in files.values_list("pk", "user", "opened_at")
        if timezone.localdate(opened) <= day
    }
    kinds: dict[int, set[str]] = defaultdict(set)
    held = Status.objects.on(day).filter(person__organisation=organisation, person__user__isnull=False)
    for person, kind in held.order_by().values_list("person", "kind"):
        kinds[person].add(kind)
    agreed = Consent.objects.filter(person__organisation=organisation, kind=ConsentKind.SKILLS, given_on__lte=day)
    agreed = agreed.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day))
    asked = set(agreed.order_by().values_list("person", flat=True))
    workers = Worker.objects.filter(organisation=organisation).order_by().values_list("pk", "user", "status")
    found = {}
    for worker, user, status in workers:
        mine = people.get(user)
        if mine is None:
            continue
        rule = rule_of(kinds[mine], status)
        if rule == LogRule.TOLD or (rule == LogRule.ASKED and mine in asked):
            found[worker] = mine
    return found
