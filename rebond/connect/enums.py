"""States of an import and what becomes of a line."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    READING = "reading", pgettext_lazy("import", "Being read")
    UNREAD = "unread", pgettext_lazy("import", "Not read")
    UPLOADED = "uploaded", pgettext_lazy("import", "Columns to check")
    TRYING = "trying", pgettext_lazy("import", "Being tried")
    TRIED = "tried", pgettext_lazy("import", "Tried")
    RUNNING = "running", pgettext_lazy("import", "Under way")
    PAUSED = "paused", pgettext_lazy("import", "Paused")
    DONE = "done", pgettext_lazy("import", "Imported")
    FAILED = "failed", pgettext_lazy("import", "Stopped")
    UNDOING = "undoing", pgettext_lazy("import", "Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


WORKING = frozenset({ImportState.READING, ImportState.TRYING, ImportState.RUNNING, ImportState.UNDOING})

# verb: (states it may start from, state it leads to) — house style, rule 23
IMPORT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "finish_reading": (frozenset({ImportState.READING}), ImportState.UPLOADED),
    "fail_reading": (frozenset({ImportState.READING}), ImportState.UNREAD),
    "stop_reading": (frozenset({ImportState.READING}), ImportState.UNREAD),
    "read_again": (frozenset({ImportState.UNREAD}), ImportState.READING),
    "try": (frozenset({ImportState.UPLOADED, ImportState.TRIED}), ImportState.TRYING),
    "finish_trial": (frozenset({ImportState.TRYING}), ImportState.TRIED),
    "abandon_trial": (frozenset({ImportState.TRYING}), ImportState.UPLOADED),
    "start": (frozenset({ImportState.UPLOADED, ImportState.TRIED}), ImportState.RUNNING),
    "pause": (frozenset({ImportState.RUNNING}), ImportState.PAUSED),
    "resume": (frozenset({ImportState.PAUSED, ImportState.FAILED}), ImportState.RUNNING),
    "finish": (frozenset({ImportState.RUNNING}), ImportState.DONE),
    "fail": (frozenset({ImportState.RUNNING}), ImportState.FAILED),
    "undo": (frozenset({ImportState.DONE, ImportState.PAUSED, ImportState.FAILED}), ImportState.UNDOING),
    "finish_undo": (frozenset({ImportState.UNDOING}), ImportState.UNDONE),
}


class Outcome(models.TextChoices):
    CREATED = "created", pgettext_lazy("line", "To create")
    UPDATED = "updated", pgettext_lazy("line", "To update")
    UNCHANGED = "unchanged", pgettext_lazy("line", "Unchanged")
    REFUSED = "refused", pgettext_lazy("line", "Refused")
    SKIPPED = "skipped", pgettext_lazy("line", "Left out")


class Target(models.TextChoices):
    """What new items become; only admitted sellers publish, and only complete rows."""

    DRAFT = "draft", _("Keep them as drafts")
    REVIEW = "in_review", _("Send them to be checked")
    PUBLISH = "on_sale", _("Put them online")


class PhotoState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("picture", "Waiting")
    DONE = "done", pgettext_lazy("picture", "Taken in")
    REFUSED = "refused", pgettext_lazy("picture", "Refused")
