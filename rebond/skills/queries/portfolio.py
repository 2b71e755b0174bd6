"""What a person can do: their cards with what was counted and what was said, told apart (decision 59)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.queries import categories
from rebond.people.models import Person
from rebond.skills.data.cards import LEVELS, Card, card_of_kind, cards
from rebond.skills.enums import AnswerKind, Level, LevelState, SaidBy
from rebond.skills.models import Answer, Assessment, Evidence, HiddenCard


@dataclass(slots=True)
class Counted:
    """Sums of what was inferred from steps, of one card; `days` are days with work, never hours (rules.md B9)."""

    done: int = 0
    learning: int = 0
    together: int = 0
    accepted: int = 0
    corrected: int = 0
    returned: int = 0
    days: set[datetime.date] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    @property
    def first(self) -> datetime.date:
        return min(self.days)

    @property
    def last(self) -> datetime.date:
        return max(self.days)

    @property
    def alone(self) -> int:
        """Steps neither in the learner's mode nor with a partner are at least these."""
        return max(self.done - self.learning - self.together, 0)

    @property
    def read(self) -> int:
        return self.accepted + self.corrected + self.returned

    @property
    def universes(self) -> list[str]:
        """Names, in the order of the alphabet."""
        names = {category.key: category.name for category in categories.children_of(None)}
        return sorted(str(names.get(key, key)) for key in self.keys)


@dataclass(slots=True)
class Said:
    """One assessment with what was answered."""

    assessment: Assessment
    answers: list[Answer] = field(default_factory=list)

    @property
    def state(self) -> LevelState:
        """By the last yes or no."""
        last = next((one for one in reversed(self.answers) if one.kind != AnswerKind.COMMENTS), None)
        if last is None:
            return LevelState.WAITING
        return LevelState.ACKNOWLEDGED if last.kind == AnswerKind.AGREES else LevelState.CONTESTED

    @property
    def agreed(self) -> Answer | None:
        return next((one for one in reversed(self.answers) if one.kind == AnswerKind.AGREES), None)

    @property
    def is_own(self) -> bool:
        return self.assessment.said_by == SaidBy.PERSON

    @property
    def waits_for_person(self) -> bool:
        return not self.is_own and self.state == LevelState.WAITING

    @property
    def waits_for_supervisor(self) -> bool:
        return self.is_own and self.state == LevelState.WAITING


@dataclass(slots=True)
class Skill:
    """A card of one person; `said` has the last first."""

    card: Card
    counted: Counted | None = None
    said: list[Said] = field(default_factory=list)
    is_hidden: bool = False

    @property
    def acknowledged(self) -> Said | None:
        """The last level that two acknowledged."""
        return next((one for one in self.said if one.state == LevelState.ACKNOWLEDGED), None)

    @property
    def is_begun(self) -> bool:
        return self.counted is not None or bool(self.said)

    @property
    def asks_person(self) -> bool:
        return any(one.waits_for_person for one in self.said)

    @property
    def asks_supervisor(self) -> bool:
        return any(one.waits_for_supervisor for one in self.said)

    @property
    def ladder(self) -> list[tuple[Level, Sequence[str]]]:
        """Each level with what is observed at it."""
        return [(Level(level), self.card.criteria(level)) for level in LEVELS]


def skills_of(person: Person, *, card: str = "", with_hidden: bool) -> dict[str, Skill]:
    """By code of the card, in the order of the chain, those begun or not. Four queries, whatever was done.

    `with_hidden`: the person reads all of theirs; to others a hidden card is as one that was never begun.
    """
    hidden = set(HiddenCard.objects.filter(person=person).values_list("card", flat=True))
    wanted = {code: one for code, one in cards().items() if card in {"", code}}
    found = {code: Skill(one, is_hidden=with_hidden and code in hidden) for code, one in wanted.items()}
    shown = set(wanted) if with_hidden else set(wanted) - hidden
    _count(found, person, shown)
    rows = Assessment.objects.filter(person=person, card__in=shown).select_related("by").order_by("-pk")
    said = {row.pk: Said(row) for row in rows}
    for answer in Answer.objects.filter(assessment__in=said).select_related("by").order_by("pk"):
        said[answer.assessment_id].answers.append(answer)
    for one in said.values():
        found[one.assessment.card].said.append(one)
    return found


def _count(found: dict[str, Skill], person: Person, shown: set[str]) -> None:
    """One person's days: some hundreds a year."""
    kinds = [kind for kind, code in card_of_kind().items() if code in shown]
    rows = Evidence.objects.filter(person=person, kind__in=kinds).order_by()
    names = ("done", "learning", "together", "accepted", "corrected", "returned")
    for kind, day, universes, *numbers in rows.values_list("kind", "day", "universes", *names):
        skill = found[card_of_kind()[kind]]
        counted = skill.counted = skill.counted or Counted()
        for name, number in zip(names, numbers, strict=True):
            setattr(counted, name, getattr(counted, name) + number)
        if numbers[0]:  # a day on which somebody only read their work is none of theirs
            counted.days.add(day)
        counted.keys.update(universes)


def begun(skills: dict[str, Skill]) -> list[Skill]:
    """Those with something in them: what somebody is asked about first, then in the order of the chain."""
    return [skill for skill in skills.values() if skill.is_begun]


def facts_for(person: Person) -> list[tuple[str, str]]:
    """What the person reads of it on their path: how many levels two acknowledged."""
    number = sum(1 for skill in skills_of(person, with_hidden=True).values() if skill.acknowledged)
    if not number:
        return []
    return [
        (_("My skills"), ngettext("%(n)s acknowledged by two", "%(n)s acknowledged by two", number) % {"n": number})
    ]
