"""Stations, people's statuses, tasks and steps. French official terms: docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

BADGE_PREFIX = "RB"  # what tells a badge from any other code, for the scan resolver


class StationKind(models.TextChoices):
    DOCK = "dock", _("Dock")
    SORTING = "sorting", _("Sorting table")
    PHOTO = "photo", _("Photo table")
    WRITING = "writing", _("Writing")
    REVIEW = "review", pgettext_lazy("station", "Review")
    SHELVES = "shelves", _("Shelves")
    PACKING = "packing", _("Packing")
    AFTER_SALES = "after_sales", _("After-sales")


class StationReach(models.TextChoices):
    """Whose listings wait at a station of writing or review, where photos and answers are enough."""

    SITE = "site", _("Those of this site")
    ORGANISATION = "organisation", _("Those of all our sites")
    NETWORK = "network", _("Those of all our sites and of our partners")


class WorkerStatus(models.TextChoices):
    """What ties a person to the organisation decides what may be recorded (rules.md B9, F8; `data/recording.py`)."""

    COMPANION = "companion", _("Companion")
    CDDI = "cddi", _("Employee on an insertion contract")
    VOLUNTEER = "volunteer", _("Volunteer")
    LEARNER = "learner", _("Learner")
    STAFF = "staff", _("Permanent staff")


# Statuses for which no hour may be kept: no employment link, no subordination (rules.md B9).
WITHOUT_HOURS = frozenset({WorkerStatus.COMPANION})


class SkillLevel(models.TextChoices):
    LEARNING = "learning", pgettext_lazy("skill", "Is learning")
    ABLE = "able", pgettext_lazy("skill", "Knows how to")
    TEACHES = "teaches", pgettext_lazy("skill", "Can show others")


class Wish(models.TextChoices):
    """Said by the person, for the rotation of stations."""

    NONE = "", pgettext_lazy("wish", "No wish")
    MORE = "more", pgettext_lazy("wish", "Would like to do it")
    LESS = "less", pgettext_lazy("wish", "Would rather not")


class TaskState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("task", "Waiting")
    TAKEN = "taken", pgettext_lazy("task", "Being done")
    PAUSED = "paused", pgettext_lazy("task", "Paused")
    DONE = "done", pgettext_lazy("task", "Done")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


OPEN_STATES = frozenset({TaskState.WAITING, TaskState.TAKEN, TaskState.PAUSED})

# verb: (states it may start from, state it leads to)
TASK_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "take": (frozenset({TaskState.WAITING, TaskState.PAUSED}), TaskState.TAKEN),
    "pause": (frozenset({TaskState.TAKEN}), TaskState.PAUSED),
    "return": (frozenset({TaskState.TAKEN, TaskState.PAUSED}), TaskState.WAITING),
    "release": (frozenset({TaskState.TAKEN, TaskState.PAUSED}), TaskState.WAITING),
    "finish": (OPEN_STATES, TaskState.DONE),
    "cancel": (OPEN_STATES, TaskState.CANCELLED),
}


class ReturnReason(models.TextChoices):
    """Why a task goes back to its queue, each with a pictogram on the kiosk (`RETURN_ICONS`)."""

    TOO_HEAVY = "too_heavy", _("Too heavy for one person")
    NOT_FOUND = "not_found", _("I cannot find the object")
    BROKEN = "broken", _("The object is broken")
    NEED_HELP = "need_help", _("I need somebody to show me")
    MISSING = "missing", _("A tool is missing")
    OTHER = "other", _("Another reason")


RETURN_ICONS = {
    ReturnReason.TOO_HEAVY: "weight",
    ReturnReason.NOT_FOUND: "search-x",
    ReturnReason.BROKEN: "heart-crack",
    ReturnReason.NEED_HELP: "hand-helping",
    ReturnReason.MISSING: "wrench",
    ReturnReason.OTHER: "message-circle",
}


class ReviewReason(models.TextChoices):
    """Why a listing goes back to its writer, each with a pictogram on the kiosk (`REVIEW_ICONS`)."""

    PHOTOS = "photos", pgettext_lazy("review", "The pictures")
    CONDITION = "condition", pgettext_lazy("review", "The condition")
    TEXT = "text", pgettext_lazy("review", "The text")
    PRICE = "price", pgettext_lazy("review", "The price")
    MISSING = "missing", pgettext_lazy("review", "Something is missing")
    OTHER = "other", pgettext_lazy("review", "Something else")


REVIEW_ICONS = {
    ReviewReason.PHOTOS: "camera",
    ReviewReason.CONDITION: "bandage",
    ReviewReason.TEXT: "pen-line",
    ReviewReason.PRICE: "tag",
    ReviewReason.MISSING: "puzzle",
    ReviewReason.OTHER: "message-circle",
}


class StepResult(models.TextChoices):
    DONE = "done", pgettext_lazy("step", "Done")
    RETURNED = "returned", pgettext_lazy("step", "Given back")
    UNDONE = "undone", pgettext_lazy("step", "Undone")


class BadgeEnd(models.TextChoices):
    LOST = "lost", _("Lost")
    STOLEN = "stolen", _("Stolen")
    WORN = "worn", _("Worn out")
    LEFT = "left", _("The person left")


class RequestState(models.TextChoices):
    """A sign-in without a badge, that a supervisor confirms on a device of theirs."""

    WAITING = "waiting", pgettext_lazy("request", "Waiting")
    CONFIRMED = "confirmed", pgettext_lazy("request", "Confirmed")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    USED = "used", pgettext_lazy("request", "Used")
