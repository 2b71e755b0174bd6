"""Files of people: opened, written in, given to a counsellor."""

import datetime
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.locks import lock_row
from rebond.core.sealed import blind_marks
from rebond.journal.actions.record import record
from rebond.network.models import Membership, Organisation
from rebond.people.actions.deadline import set_deadline
from rebond.people.actions.status import begin_status
from rebond.people.deadlines import MEETING
from rebond.people.errors import PersonInvalid, WrittenSince
from rebond.people.models import NameMark, Person
from rebond.people.queries.names import words_of

OLDEST = 110  # years


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says of who the person is; all but the first name is sealed."""

    first_name: str
    family_name: str
    born_on: datetime.date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    notes: str = ""

    @property
    def columns(self) -> dict[str, str]:
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "born_on"}
        return said | {"born": self.born_on.isoformat() if self.born_on else ""}


LONGEST = {"first_name": 40, "family_name": 100, "phone": 40, "email": 254, "address": 300, "notes": 4_000}


def _checked(identity: Identity, today: datetime.date) -> Identity:
    said = {name: getattr(identity, name).strip() for name in LONGEST}
    for name in ("first_name", "family_name"):
        if not said[name]:
            raise PersonInvalid(_("Write a name."), field=name)
    for name, most in LONGEST.items():
        if len(said[name]) > most or "\0" in said[name]:
            raise PersonInvalid(_("This is too long."), field=name)
    born = identity.born_on
    if born is not None and not 0 <= today.year - born.year <= OLDEST:
        raise PersonInvalid(_("Look at this date again."), field="born_on")
    return replace(identity, **said)


def mark_names(person: Person) -> None:
    """Write the keyed marks of the family name anew, by the key of today."""
    NameMark.objects.filter(person=person).delete()
    NameMark.objects.bulk_create(NameMark(person=person, mark=mark) for mark in sorted(marks_of(person)))


def marks_of(person: Person) -> set[str]:
    """The marks that the key of today gives the family name."""
    scope = person.organisation.public_id
    return {blind_marks(word, scope=scope)[0] for word in words_of(person.family_name)}


@transaction.atomic
def welcome_person(
    *,
    organisation: Organisation,
    identity: Identity,
    kind: str,
    starts_on: datetime.date,
    by: Any,
    ends_on: datetime.date | None = None,
    today: datetime.date | None = None,
) -> Person:
    """Open a file with a first status; who opens it follows the person. Raise PersonInvalid, StatusRefused."""
    said = _checked(identity, today or timezone.localdate())
    person = Person.objects.create(organisation=organisation, counsellor=by, **said.columns)
    mark_names(person)
    record("people.person.welcomed", subject=person, by=by, organisation=organisation)
    begin_status(person=person, kind=kind, starts_on=starts_on, ends_on=ends_on, by=by)
    return person


@transaction.atomic
def change_person(
    *, person: Person, identity: Identity, seen: int, by: Any, today: datetime.date | None = None
) -> Person:
    """Write the identity anew; the journal names the fields, never what they say.

    `seen` is the version that the page showed. Raise PersonInvalid, and WrittenSince where it is an older one.
    """
    said = _checked(identity, today or timezone.localdate()).columns
    held = lock_row(person)
    if held.version != seen:
        raise WrittenSince
    changed = sorted(name for name, value in said.items() if getattr(held, name) != value)
    if not changed:
        return held
    Person.objects.filter(pk=held.pk).update(**said, version=F("version") + 1)
    held.refresh_from_db()
    if "family_name" in changed:
        mark_names(held)
    record("people.person.changed", subject=held, by=by, organisation=held.organisation, fields=changed)
    return held


@transaction.atomic
def follow_person(
    *,
    person: Person,
    counsellor: User | None,
    user: User | None,
    meeting_on: datetime.date | None,
    by: Any,
) -> Person:
    """Say who follows the person, which account is theirs, and the day of the next meeting.

    Raise PersonInvalid for a counsellor or an account of another team, or an account that has a file already.
    """
    held = lock_row(person)
    team = Membership.objects.filter(organisation=held.organisation, ended_at__isnull=True)
    if counsellor is not None and not team.filter(user=counsellor, role="counsellor").exists():
        raise PersonInvalid(_("Choose one of the list."), field="counsellor")
    if user is not None and user.pk != held.user_id and not team.filter(user=user, role="worker").exists():
        raise PersonInvalid(_("Choose one of the list."), field="user")
    try:
        with transaction.atomic():
            Person.objects.filter(pk=held.pk).update(counsellor=counsellor, user=user)
    except IntegrityError:
        raise PersonInvalid(_("This account has a file already."), field="user") from None
    set_deadline(person=held, kind=MEETING, due_on=meeting_on)
    held.refresh_from_db()
    record("people.person.followed", subject=held, by=by, organisation=held.organisation)
    return held
