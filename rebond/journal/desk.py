"""What the journal adds to the desk: entries of the rail, and what is blocked."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebond.core.desk import Waiting, add_waiting
from rebond.core.progress import is_worker_silent
from rebond.core.rail import RailEntry, add_rail_entry
from rebond.core.retry import dead_tasks

ORGANISATION = gettext_lazy("My organisation")
NETWORK = gettext_lazy("Network")


def silent_worker(request: HttpRequest) -> Iterable[Waiting]:
    """No worker has answered for 60 s: mail, pictures and the index wait."""
    if is_worker_silent():
        yield Waiting(
            icon="clock",
            tint="peche",
            title=_("No worker answers"),
            text=_("Mail, pictures and the search index wait. Nothing is lost."),
            url=reverse("journal:task-list"),
            action=_("See"),
        )


def blocked_tasks(request: HttpRequest) -> Iterable[Waiting]:
    """Tasks that failed five times, for the network's coordinator."""
    number = dead_tasks()[:100].count()
    if number:
        yield Waiting(
            icon="octagon-alert",
            tint="rose",
            title=ngettext("%(n)s task is blocked", "%(n)s tasks are blocked", number) % {"n": number},
            text=_("Mend the cause, then run them again."),
            url=reverse("journal:task-list"),
            action=_("See"),
            urgent=True,
        )


def register() -> None:
    """Called once, by the app's `ready`."""
    add_rail_entry(RailEntry(ORGANISATION, 850, gettext_lazy("Mail"), "mail", "journal:mail-list", "journal.mail.list"))
    add_rail_entry(
        RailEntry(ORGANISATION, 860, gettext_lazy("Journal"), "scroll-text", "journal:entry-list", "journal.entry.list")
    )
    add_rail_entry(
        RailEntry(NETWORK, 190, gettext_lazy("Background work"), "cog", "journal:task-list", "journal.task.list")
    )
    add_waiting(40, "journal.task.list", silent_worker)
    add_waiting(50, "journal.task.list", blocked_tasks)
