"""What may be recorded about a person at work, by status: one table, shown to the person, held by tests.

Sources: rules.md B9 (a companion is no employee: participation and activity, never hours worked nor
productivity), F8 (counters per person are employee monitoring: inform, be proportionate, evidence of
skills only, no ranking), architecture.md "Time and companions".
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALL = frozenset({"companion", "cddi", "volunteer", "learner", "staff"})
WITH_HOURS = ALL - {"companion"}
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that could be noted: for which statuses it is, why, and who reads it."""

    key: str
    label: Promise
    icon: str
    statuses: frozenset[str]
    why: Promise


RECORDED: tuple[Fact, ...] = (
    Fact(
        "work",
        _("What you did, on which object"),
        "package",
        ALL,
        _("To tell the object’s story and show what you know."),
    ),
    Fact("day", _("The day"), "calendar", ALL, _("To follow the object from its arrival to its sale.")),
    Fact("station", _("The station"), "map-pin", ALL, _("To see where objects wait.")),
    Fact("result", _("The result of the work"), "check", ALL, _("To correct it and to learn.")),
    Fact(
        "skills",
        _("How often you did each work, day by day"),
        "hand-heart",
        ALL - {"staff"},
        _("To show what you can do. Companions and volunteers: only if you ask."),
    ),
    Fact(
        "time",
        _("The start and the end of a task"),
        "clock",
        WITH_HOURS,
        _("To plan the work of a station. Never for companions."),
    ),
    Fact(
        "caught",
        _("What the scan stopped while you learn"),
        "scan-line",
        ALL,
        _("To show you how. Nobody counts it. It is erased the next day."),
    ),
    Fact("pace", _("How fast you work"), "gauge", NOBODY, _("Nobody’s pace is noted or shown.")),
    Fact("ranking", _("A ranking between people"), "list-ordered", NOBODY, _("People are never ranked here.")),
    Fact(
        "first_name",
        _("Your first name on the shop’s page of an object"),
        "eye",
        ALL,
        _("Only if you say yes. You can change your mind."),
    ),
)
BY_KEY = {fact.key: fact for fact in RECORDED}


def may_record(key: str, *statuses: str) -> bool:
    """Whether the fact `key` may be kept for people of all these statuses; raise KeyError for an unknown fact."""
    return all(status in BY_KEY[key].statuses for status in statuses)
