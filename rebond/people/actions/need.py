"""What helps to accompany a person, and whom to call (rules.md F8). The journal keeps no words of it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.deadlines import APTITUDE
from rebond.people.errors import NeedRefused, WrittenSince
from rebond.people.models import Need, Person, TrustedContact
from rebond.people.needs import POINTS, WITHOUT_WORDS, NeedKind

LONGEST_WORDS, LONGEST_NAME, LONGEST_PHONE = 1_000, 100, 40


@dataclass(frozen=True, slots=True)
class Noted:
    """What is known of one kind; nothing at all takes the row away. `review_on`: the day to look at it again."""

    points: Sequence[str] = ()
    words: str = ""
    review_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom to call."""

    name: str
    phone: str
    link: str = ""


def _held(person: Person, seen: int) -> Person:
    """Lock the file and count one more version; raise WrittenSince where the page showed an older one."""
    held: Person = lock_row(person)
    if held.version != seen:
        raise WrittenSince
    Person.objects.filter(pk=held.pk).update(version=F("version") + 1)
    return held


def _checked(kind: str, said: Noted, today: datetime.date) -> str:
    """The codes as they are kept, in the order of the list."""
    if kind not in NeedKind.values or set(said.points) - set(POINTS[kind]):
        raise NeedRefused(_("Choose one of the list."), field="points")
    if kind in WITHOUT_WORDS and said.words.strip():
        raise NeedRefused(_("Choose limits only: no words are kept here."), field="words")
    if len(said.words) > LONGEST_WORDS or "\0" in said.words:
        raise NeedRefused(_("This is too long."), field="words")
    if said.review_on is not None and said.review_on < today:
        raise NeedRefused(_("This day is over."), field="review_on")
    return ",".join(code for code in POINTS[kind] if code in said.points)


@transaction.atomic
def note_need(
    *, person: Person, kind: str, said: Noted, seen: int, by: Any, today: datetime.date | None = None
) -> Need | None:
    """Write what is known of this kind, None where it is nothing; a day to look at limits again is a deadline.

    `seen` is the version of the file that the page showed. Raise NeedRefused, WrittenSince.
    """
    today = today or timezone.localdate()
    points = _checked(kind, said, today)
    held, words = _held(person, seen), said.words.strip()
    if kind == NeedKind.APTITUDE:
        set_deadline(person=held, kind=APTITUDE, due_on=said.review_on if points else None)
    if not points and not words:
        old = Need.objects.filter(person=held, kind=kind).first()
        if old is not None:
            record("people.need.removed", subject=old, by=by, organisation=held.organisation)
            old.delete()
        return None
    values = {"points": points, "words": words, "noted_on": today, "review_on": said.review_on}
    made: Need = Need.objects.update_or_create(person=held, kind=kind, defaults=values)[0]
    record("people.need.noted", subject=made, by=by, organisation=held.organisation)
    return made


@transaction.atomic
def note_trusted(
    *, person: Person, whom: Whom, seen: int, by: Any, today: datetime.date | None = None
) -> TrustedContact:
    """Write whom to call, in place of an earlier one. Raise NeedRefused, WrittenSince."""
    said = {"name": whom.name.strip(), "phone": whom.phone.strip(), "link": whom.link.strip()}
    for name, most in (("name", LONGEST_NAME), ("phone", LONGEST_PHONE), ("link", LONGEST_NAME)):
        if len(said[name]) > most or "\0" in said[name]:
            raise NeedRefused(_("This is too long."), field=name)
    if not said["name"]:
        raise NeedRefused(_("Write a name."), field="name")
    if sum(sign.isdigit() for sign in said["phone"]) < 3:
        raise NeedRefused(_("Write a telephone number."), field="phone")
    held = _held(person, seen)
    values = said | {"noted_on": today or timezone.localdate()}
    made: TrustedContact = TrustedContact.objects.update_or_create(person=held, defaults=values)[0]
    record("people.trusted.noted", subject=held, by=by, organisation=held.organisation)
    return made


@transaction.atomic
def drop_trusted(*, person: Person, by: Any) -> bool:
    """Nobody is to be called any more; False where nobody was."""
    held: Person = lock_row(person)
    if not TrustedContact.objects.filter(person=held).delete()[0]:
        return False
    Person.objects.filter(pk=held.pk).update(version=F("version") + 1)
    record("people.trusted.removed", subject=held, by=by, organisation=held.organisation)
    return True
