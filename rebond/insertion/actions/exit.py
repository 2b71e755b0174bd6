"""Somebody leaves: written once for a status, corrected by another version, cancelled where it was no exit (B7)."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.actions.news import drop_news, plan_news
from rebond.insertion.enums import StructureKind
from rebond.insertion.errors import ExitRefused
from rebond.insertion.exit_rules import BY_HOURS, BY_TIME, counting_of
from rebond.insertion.models import Exit, ExitReason, ExitVersion
from rebond.insertion.queries.reasons import is_valid_on
from rebond.insertion.queries.stays import may_choose, stays_until, structure_of
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.actions.status import end_status
from rebond.people.deadlines import STATUS_END
from rebond.people.enums import NOT_AT_WORK
from rebond.people.errors import StatusRefused
from rebond.people.models import Person, Status

LONGEST = {"employer": 120, "note": 4_000, "why": 500}
MOST_HOURS = Decimal(99_999)


@dataclass(frozen=True, slots=True)
class Told:
    """What a counsellor says of an exit. Hours are those that the kind of structure asks for (`exit_rules`)."""

    left_on: datetime.date
    reason: ExitReason
    kind: str = ""
    hours_in_year: Decimal | None = None
    hours_in_all: Decimal | None = None
    employer: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        names = ("left_on", "reason", "kind", "hours_in_year", "hours_in_all", "employer", "note")
        said = {name: getattr(self, name) for name in names}
        return said | {"category": self.reason.category, "words": self.reason.label}


@transaction.atomic
def record_exit(*, person: Person, status: Status, told: Told, by: Any, today: datetime.date | None = None) -> Exit:
    """The status ends with the exit. The same again gives back what is written.

    Raise ExitRefused with the field that is wrong: another exit of the same status is written, a day to come or
    before the status, a reason that was not valid that day, hours that the kind of structure asks for.
    """
    held = lock_row(person)
    status.refresh_from_db()
    if status.person_id != held.pk or status.kind in NOT_AT_WORK:
        raise ExitRefused(_("Nobody leaves this status: choose the one that ends."))
    said = _checked(told, status, held, today or timezone.localdate())
    standing = Exit.objects.filter(status=status, cancelled_at=None).first()
    if standing is not None:
        if _same(standing, said):
            return standing
        raise ExitRefused(_("The exit of this status is written already: correct it."))
    former_end = status.ends_on
    _end(status, said.left_on, by)
    try:
        with transaction.atomic():
            made = Exit.objects.create(
                person=held, status=status, organisation=held.organisation, status_ended_on=former_end,
                **said.columns, **_counted(status, said),
            )  # fmt: skip
    except IntegrityError:
        raise ExitRefused(_("The exit of this status is written already: correct it.")) from None
    ExitVersion.objects.create(exit=made, number=1, **said.columns)
    plan_news(exit=made)
    record("insertion.exit.recorded", subject=made, by=by, organisation=held.organisation, day=str(said.left_on))
    return made


@transaction.atomic
def correct_exit(
    *,
    exit: Exit,  # noqa: A002 -- the thing
    told: Told,
    why: str,
    seen: int,
    by: Any,
    today: datetime.date | None = None,
) -> Exit:
    """Say it otherwise: what was said before stays as a version. `seen` is the version that the page showed.

    Raise ExitRefused as `record_exit`; one that was cancelled or corrected meanwhile; no word of why.
    """
    person, why = lock_row(exit.person), why.strip()
    exit.refresh_from_db()
    if exit.cancelled_at is not None or exit.version != seen:
        raise ExitRefused(_("Somebody wrote in this exit meanwhile. Look at it again."))
    said = _checked(told, exit.status, person, today or timezone.localdate(), kept=exit.reason)
    if _same(exit, said):
        return exit
    if not why or len(why) > LONGEST["why"] or "\0" in why:
        raise ExitRefused(_("Say in a few words what was wrong."), field="why")
    _end(exit.status, said.left_on, by)
    columns = said.columns
    if said.reason == exit.reason:
        columns |= {"category": exit.category, "words": exit.words}
    Exit.objects.filter(pk=exit.pk).update(**columns, **_counted(exit.status, said), version=F("version") + 1)
    exit.refresh_from_db()
    ExitVersion.objects.create(exit=exit, number=exit.version, why=why, **columns)
    plan_news(exit=exit)
    record("insertion.exit.corrected", subject=exit, by=by, organisation=person.organisation, number=exit.version)
    return exit


@transaction.atomic
def cancel_exit(*, exit: Exit, by: Any, now: datetime.datetime | None = None) -> Exit:  # noqa: A002 -- the thing
    """It was no exit: it counts nowhere, and the status has the end that it had, where nothing followed meanwhile.

    Cancelled twice it is cancelled once. Somebody who comes back is given a new status instead: their exit stays.
    """
    person = lock_row(exit.person)
    moved = Exit.objects.filter(pk=exit.pk, cancelled_at=None).update(cancelled_at=now or timezone.now())
    exit.refresh_from_db()
    if not moved:
        return exit
    try:
        with transaction.atomic():
            end_status(status=exit.status, ends_on=exit.status_ended_on, by=by)
    except StatusRefused:  # another status began since: the day stays as it is written
        exit.status.refresh_from_db()
    drop_news(exit=exit)
    record("insertion.exit.cancelled", subject=exit, by=by, organisation=person.organisation)
    return exit


def _checked(
    told: Told, status: Status, person: Person, today: datetime.date, *, kept: ExitReason | None = None
) -> Told:
    """`kept` is the reason that was written before: it stays, whatever became of it."""
    kind = told.kind if may_choose(status) else structure_of(status, person.organisation)
    said = replace(told, kind=kind, employer=told.employer.strip(), note=told.note.strip())
    if said.left_on > today:
        raise ExitRefused(_("This day is to come: write the exit once the person has left."), field="left_on")
    if said.left_on < status.starts_on:
        raise ExitRefused(_("The status began after this day."), field="left_on")
    if said.reason != kept and not is_valid_on(said.reason, said.left_on):
        raise ExitRefused(_("This reason did not exist on the day of the exit."), field="reason")
    if may_choose(status) and kind not in StructureKind.values:
        raise ExitRefused(_("Choose one of the list."), field="kind")
    for name in ("employer", "note"):
        if len(getattr(said, name)) > LONGEST[name] or "\0" in getattr(said, name):
            raise ExitRefused(_("This is too long."), field=name)
    in_year, in_all = _hours(said)
    return replace(said, hours_in_year=in_year, hours_in_all=in_all)


def _hours(said: Told) -> tuple[Decimal | None, Decimal | None]:
    """The hours that the kind asks for, and no others: people without contract of employment have none (B1, B9)."""
    kept: list[Decimal | None] = []
    for name, kinds in (("hours_in_year", BY_TIME), ("hours_in_all", BY_HOURS)):
        hours: Decimal | None = getattr(said, name) if said.kind in kinds else None
        if said.kind in kinds and hours is None:
            raise ExitRefused(_("Write the hours: they say whether the exit counts."), field=name)
        if hours is not None and not 0 <= hours <= MOST_HOURS:
            raise ExitRefused(_("Look at these hours again."), field=name)
        kept.append(hours)
    return kept[0], kept[1]


def _counted(status: Status, said: Told) -> dict[str, Any]:
    """What the exit counts for, and the stays that say it."""
    stays = stays_until(status, said.kind, said.left_on)
    counting = counting_of(said.kind, stays, in_year=said.hours_in_year, in_all=said.hours_in_all)
    return {"first_on": stays[0].first, "days": sum(stay.days for stay in stays), "counting": counting}


def _same(exit: Exit, said: Told) -> bool:  # noqa: A002 -- the thing
    columns = said.columns | {"category": exit.category, "words": exit.words}
    return all(getattr(exit, name) == value for name, value in columns.items())


def _end(status: Status, left_on: datetime.date, by: Any) -> None:
    """The last day of the status; where it is the end that the list tells, it is due no more."""
    if status.ends_on != left_on:
        try:
            end_status(status=status, ends_on=left_on, by=by)
        except StatusRefused as refused:
            raise ExitRefused(refused.message, field="left_on") from None
    last = Status.objects.filter(person=status.person_id).order_by("-is_exclusive", "-starts_on", "-pk").first()
    if last == status:
        set_deadline(person=status.person, kind=STATUS_END, due_on=None)
