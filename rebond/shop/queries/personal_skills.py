"""What shows what a person can do: counted from their work, said by supervisors and by themself (decision 59)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_shape import Rows, Section
from rebond.skills.data.cards import cards
from rebond.skills.models import Answer, Assessment, Evidence

COUNTED = ("done", "learning", "together", "accepted", "corrected", "returned")


def _card(code: str) -> str:
    return str(cards().get(code, code))


def _evidence(person: Person) -> Rows:
    rows = Evidence.objects.filter(person__user=person.user).order_by("pk")
    names = ("person__organisation__name", "day", "kind", "station__name", "universes", *COUNTED)
    for organisation, day, kind, station, universes, *counts in rows.values_list(*names):
        yield organisation, day, kind, station, ", ".join(universes), *counts


def _levels(person: Person) -> Rows:
    rows = Assessment.objects.filter(person__user=person.user).order_by("pk")
    names = ("person__organisation__name", "card", "cards_version", "level", "said_by", "by__name", "day", "context")
    for organisation, card, *said in rows.values_list(*names, "words"):
        yield organisation, _card(card), *said


def _answers(person: Person) -> Rows:
    rows = Answer.objects.filter(assessment__person__user=person.user).order_by("pk")
    names = ("assessment__card", "assessment__level", "kind", "by__name", "said_on", "words")
    for card, *said in rows.values_list(*names):
        yield _card(card), *said


_at = _("Organisation")
SKILLS: tuple[Section, ...] = (
    Section(
        "evidence",
        _("What was counted from your work"),
        (
            ("organisation", _at),
            ("day", _("Date")),
            ("kind", _("Kind")),
            ("station", _("Station")),
            ("universes", pgettext_lazy("counted", "On what")),
            ("done", pgettext_lazy("counted", "Done")),
            ("learning", pgettext_lazy("counted", "While learning")),
            ("together", pgettext_lazy("counted", "With somebody")),
            ("accepted", pgettext_lazy("counted", "Accepted as it was")),
            ("corrected", pgettext_lazy("counted", "Corrected")),
            ("returned", pgettext_lazy("counted", "Given back")),
        ),
        _evidence,
        of_account=True,
    ),
    Section(
        "levels",
        _("What was said of your skills"),
        (
            ("organisation", _at),
            ("card", pgettext_lazy("level", "Skill")),
            ("cards_version", pgettext_lazy("level", "Version of the cards")),
            ("level", _("Level")),
            ("said_by", pgettext_lazy("level", "Said by")),
            ("by", _("Name")),
            ("day", _("Date")),
            ("context", pgettext_lazy("level", "Where, and on what")),
            ("words", pgettext_lazy("level", "Words")),
        ),
        _levels,
        of_account=True,
    ),
    Section(
        "level_answers",
        _("What was answered about your skills"),
        (
            ("card", pgettext_lazy("level", "Skill")),
            ("level", _("Level")),
            ("kind", pgettext_lazy("level", "What was answered")),
            ("by", _("Name")),
            ("said_on", _("Date")),
            ("words", pgettext_lazy("level", "Words")),
        ),
        _answers,
        of_account=True,
    ),
)
