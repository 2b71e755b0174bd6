"""A mail to the person who started a long work of imports, when it ends."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.connect.enums import ImportState, PhotoState
from rebond.connect.models import ImportRun
from rebond.journal.actions.mail import queue_mail

# Nobody leaves a page within this time, and the page shows the end by itself: no mail. Longer works are always told:
# a page that still asks may be a tab that nobody looks at. What went wrong is told whatever the time.
SHORT = timedelta(seconds=10)


def language_of(run: ImportRun) -> str | None:
    """The language of the person who started it; for a script, the one of this process."""
    return run.by.language if run.by else translation.get_language()


def grouped(count: int) -> str:
    """`12 400` with a no-break space."""
    return f"{count:,}".replace(",", "\u00a0")


def tell_ended(*, run: ImportRun, since: datetime | None, now: datetime) -> None:
    """Queue the mail, inside the caller's transaction: once for each end, whatever the number of times a task runs.

    In the language of the person; nobody is told of what a script started. `since`: when the work began.
    """
    went_wrong = run.state in {ImportState.FAILED, ImportState.UNREAD}
    if run.by is None or not run.by.email or (not went_wrong and (since is None or now - since < SHORT)):
        return
    with translation.override(run.by.language):
        queue_mail(
            kind=f"connect.import.{run.state}",
            to=run.by.email,
            subject=_subject(run),
            template="connect/mail/import_ended",
            context={
                "run": run,
                "lines": _lines(run),
                "url": settings.SITE_URL + reverse("connect:import-detail", args=[run.public_id]),
            },
            organisation=run.seller,
            key=f"connect.import:{run.public_id}:{run.state}:{run.checkpoint}:{run.job_id or 0}",
        )


def _subject(run: ImportRun) -> str:
    if run.state == ImportState.DONE:
        return ngettext(
            "Import finished: %(shown)s item, “%(name)s”", "Import finished: %(shown)s items, “%(name)s”", run.ready
        ) % {"shown": grouped(run.ready), "name": run.name}
    if run.state == ImportState.UPLOADED:
        return _("Your shop is read: “%(name)s”") % {"name": run.name}
    if run.state == ImportState.UNREAD:
        return _("Your shop could not be read: “%(name)s”") % {"name": run.name}
    return _("Import stopped: “%(name)s”") % {"name": run.name}


def _lines(run: ImportRun) -> list[str]:
    """The counts that are not zero, one sentence each."""
    if run.state not in {ImportState.DONE, ImportState.FAILED}:
        return []
    waiting = run.pictures.filter(state=PhotoState.WAITING).count()
    told = (
        (run.created, ngettext("%(n)s item created", "%(n)s items created", run.created)),
        (run.updated, ngettext("%(n)s item changed", "%(n)s items changed", run.updated)),
        (run.unchanged, ngettext("%(n)s item as it was", "%(n)s items as they were", run.unchanged)),
        (run.incomplete, ngettext("%(n)s kept as a draft", "%(n)s kept as drafts", run.incomplete)),
        (run.refused, ngettext("%(n)s line refused", "%(n)s lines refused", run.refused)),
        (run.skipped, ngettext("%(n)s line left out", "%(n)s lines left out", run.skipped)),
        (waiting, ngettext("%(n)s picture still to take in", "%(n)s pictures still to take in", waiting)),
    )
    return [sentence % {"n": grouped(count)} for count, sentence in told if count]
