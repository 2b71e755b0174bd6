"""Levels of skill cards: one side says, the other answers; two make it acknowledged (decision 59).

People.md 2.8 and 7.3: every validation has two signatures, the person's and the supervisor's. No sum and no order of
people is made of it.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.people.models import Person
from rebond.skills.data.cards import LEVELS, cards, version
from rebond.skills.enums import AnswerKind, SaidBy
from rebond.skills.errors import AnswerRefused, LevelRefused
from rebond.skills.models import Answer, Assessment, HiddenCard


def _checked_card(card: str) -> str:
    if card not in cards():
        raise LevelRefused(_("Choose one of the list."), field="card")
    return card


def _checked_level(level: int) -> int:
    if level not in LEVELS:
        raise LevelRefused(_("Choose one of the list."), field="level")
    return level


@transaction.atomic
def observe_level(
    *,
    person: Person,
    card: str,
    level: int,
    day: datetime.date,
    context: str,
    words: str,
    by: Any,
    today: datetime.date | None = None,
) -> Assessment:
    """A supervisor says what they saw, when and where. It is acknowledged once the person agrees.

    Raise LevelRefused: an unknown card or level, a day to come, nothing seen, or one's own file.
    """
    today = today or timezone.localdate()
    held = lock_row(person)
    if by.pk == held.user_id:
        raise LevelRefused(_("Nobody observes themself: another supervisor does it."))
    if day > today:
        raise LevelRefused(_("This day is to come."), field="day")
    if not words.strip():
        raise LevelRefused(_("Say what you saw: the person reads it."), field="words")
    return _say(held, _checked_card(card), _checked_level(level), SaidBy.SUPERVISOR, by, day, context, words, today)


@transaction.atomic
def assess_self(
    *, person: Person, card: str, level: int, words: str = "", by: Any, today: datetime.date | None = None
) -> Assessment:
    """The person says where they stand. It is acknowledged once a supervisor confirms. Raise LevelRefused."""
    today = today or timezone.localdate()
    held = lock_row(person)
    if by.pk != held.user_id:
        raise LevelRefused
    return _say(held, _checked_card(card), _checked_level(level), SaidBy.PERSON, by, today, "", words, today)


def _say(
    person: Person,
    card: str,
    level: int,
    said_by: str,
    by: Any,
    day: datetime.date,
    context: str,
    words: str,
    today: datetime.date,
) -> Assessment:
    made: Assessment = Assessment.objects.create(
        person=person,
        card=card,
        cards_version=version(),
        level=level,
        said_by=said_by,
        by=by,
        day=day,
        context=context.strip(),
        words=words.strip(),
        said_on=today,
    )
    name = "skills.level.observed" if said_by == SaidBy.SUPERVISOR else "skills.level.self"
    record(name, subject=made, by=by, organisation=person.organisation)
    return made


@transaction.atomic
def answer_level(
    *, assessment: Assessment, kind: str, words: str = "", by: Any, today: datetime.date | None = None
) -> Answer:
    """The other side agrees; the person contests, with words; either adds a word. The last yes or no counts.

    The same yes or no again is given back as it is. Raise AnswerRefused where it is not theirs to say, or says nothing.
    """
    person = lock_row(assessment.person)
    is_person, words = by.pk == person.user_id, words.strip()
    by_person = assessment.said_by == SaidBy.PERSON
    if kind not in AnswerKind.values:
        raise AnswerRefused
    if kind == AnswerKind.AGREES and (is_person == by_person or by.pk == assessment.by_id):
        raise AnswerRefused(_("The other one has to agree: two make it acknowledged."))
    if kind == AnswerKind.CONTESTS and (not is_person or by_person):
        raise AnswerRefused(_("Only the person contests what was observed: say another level instead."))
    if kind != AnswerKind.AGREES and not words:
        raise AnswerRefused(_("Say it in a few words."), field="words")
    last = assessment.answers.exclude(kind=AnswerKind.COMMENTS).order_by("-pk").first()
    if kind != AnswerKind.COMMENTS and last is not None and (last.kind, last.words) == (kind, words):
        return last
    made = Answer.objects.create(
        assessment=assessment,
        kind=kind,
        by=by,
        is_person=is_person,
        words=words,
        said_on=today or timezone.localdate(),
    )
    record(f"skills.level.{kind}", subject=assessment, by=by, organisation=person.organisation)
    return made


@transaction.atomic
def hide_card(*, person: Person, card: str, is_hidden: bool, by: Any) -> bool:
    """The person keeps a card to themself, or shows it again; whether something changed. Raise LevelRefused.

    The entry is theirs: the organisation's journal does not tell what is hidden.
    """
    held = lock_row(person)
    if by.pk != held.user_id:
        raise LevelRefused
    rows = HiddenCard.objects.filter(person=held, card=_checked_card(card))
    if is_hidden == rows.exists():
        return False
    if is_hidden:
        HiddenCard.objects.create(person=held, card=card)
    else:
        rows.delete()
    record("skills.card.hidden" if is_hidden else "skills.card.shown", subject=held, by=by, organisation=None)
    return True
