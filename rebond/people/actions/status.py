"""Statuses over time: one begins, one ends (rules.md B1, B9)."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.deadlines import MEETING, STATUS_END
from rebond.people.enums import BESIDE_OTHERS, StatusKind
from rebond.people.errors import StatusRefused
from rebond.people.models import Person, Status

ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def begin_status(
    *,
    person: Person,
    kind: str,
    starts_on: datetime.date,
    by: Any,
    ends_on: datetime.date | None = None,
) -> Status:
    """Give a status. One that excludes others ends an earlier one without an end, the day before.

    Raise StatusRefused where another one covers a part of these days, or the days are not in order.
    """
    if kind not in StatusKind.values:
        raise StatusRefused(_("Choose one of the list."), field="kind")
    if ends_on is not None and ends_on < starts_on:
        raise StatusRefused(_("The end comes before the beginning."), field="ends_on")
    if kind == StatusKind.FORMER and starts_on > timezone.localdate():
        raise StatusRefused(_("Not before the person has left: write the end of their status."), field="starts_on")
    held, is_exclusive = lock_row(person), kind not in BESIDE_OTHERS
    rows = Status.objects.filter(person=held, is_exclusive=True)
    if is_exclusive:
        rows.filter(ends_on=None, starts_on__lt=starts_on).update(ends_on=starts_on - ONE_DAY)
        later = Q() if ends_on is None else Q(starts_on__lte=ends_on)
        if rows.filter(later, Q(ends_on=None) | Q(ends_on__gte=starts_on)).exists():
            raise StatusRefused(_("Another status covers a part of these days."), field="starts_on")
    try:
        with transaction.atomic():
            status = Status.objects.create(
                person=held, kind=kind, is_exclusive=is_exclusive, starts_on=starts_on, ends_on=ends_on
            )
    except IntegrityError:
        raise StatusRefused(_("This status begins on this day already."), field="starts_on") from None
    record("people.status.begun", subject=status, by=by, organisation=held.organisation, day=starts_on.isoformat())
    _follow_dates(held)
    return status


@transaction.atomic
def end_status(*, status: Status, ends_on: datetime.date | None, by: Any) -> Status:
    """Write the last day, another last day, or none any more (None).

    Raise StatusRefused where it comes too early or meets another one.
    """
    held = lock_row(status.person)
    status.refresh_from_db()
    if ends_on is not None and ends_on < status.starts_on:
        raise StatusRefused(_("The end comes before the beginning."), field="ends_on")
    others = Status.objects.filter(person=held, is_exclusive=True, starts_on__gt=status.starts_on).exclude(pk=status.pk)
    later = Q() if ends_on is None else Q(starts_on__lte=ends_on)
    if status.is_exclusive and others.filter(later).exists():
        raise StatusRefused(_("Another status covers a part of these days."), field="ends_on")
    Status.objects.filter(pk=status.pk).update(ends_on=ends_on)
    status.refresh_from_db()
    name, day = ("ended", ends_on.isoformat()) if ends_on is not None else ("opened", "")
    record(f"people.status.{name}", subject=status, by=by, organisation=held.organisation, day=day)
    _follow_dates(held)
    return status


def _follow_dates(person: Person) -> None:
    """What the statuses say of the file: when the person left, and the end that nothing follows yet."""
    rows = Status.objects.filter(person=person).order_by("-is_exclusive", "-starts_on", "-pk")
    last = rows.first()
    has_left = last is not None and last.kind == StatusKind.FORMER
    Person.objects.filter(pk=person.pk).update(left_on=last.starts_on if last is not None and has_left else None)
    if has_left:
        set_deadline(person=person, kind=MEETING, due_on=None)
    set_deadline(person=person, kind=STATUS_END, due_on=None if last is None or has_left else last.ends_on)
