"""Sentences of the journal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "insertion.pass.entered": _("%(actor)s wrote the PASS IAE of %(subject)s"),
    "insertion.pass.suspended": _("%(actor)s suspended the PASS IAE of %(subject)s"),
    "insertion.pass.lifted": _("%(actor)s ended a suspension of the PASS IAE of %(subject)s"),
    "insertion.pass.prolonged": _("%(actor)s prolonged the PASS IAE of %(subject)s"),
    "insertion.exit.recorded": _("%(actor)s wrote the exit of %(subject)s"),
    "insertion.exit.corrected": _("%(actor)s corrected the exit of %(subject)s"),
    "insertion.exit.cancelled": _("%(actor)s cancelled the exit of %(subject)s"),
    "insertion.reason.added": _("%(actor)s added a reason of exit: %(subject)s"),
    "insertion.reason.changed": _("%(actor)s changed a reason of exit: %(subject)s"),
    "insertion.reason.closed": _("%(actor)s ended a reason of exit: %(subject)s"),
    "insertion.contract.signed": _("%(actor)s wrote a contract of %(subject)s"),
    "insertion.contract.renewed": _("%(actor)s renewed the contract of %(subject)s"),
    "insertion.contract.amended": _("%(actor)s amended the contract of %(subject)s"),
    "insertion.contract.paused": _("%(actor)s suspended the contract of %(subject)s"),
    "insertion.contract.resumed": _("%(actor)s ended a suspension of the contract of %(subject)s"),
    "insertion.contract.ended": _("%(actor)s wrote the end of the contract of %(subject)s"),
    "insertion.news.answered": _("%(actor)s noted news after leaving: %(subject)s"),
    "insertion.news.asked": _("%(actor)s made a link to ask for news: %(subject)s"),
}
