"""What the lists of the journal's room give as a spreadsheet."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column
from rebond.journal.sentences import mail_words, sentence

ENTRIES = [
    Column(_("When"), "at", "datetime"),
    Column(_("Who"), "actor_label"),
    Column(_("What"), sentence),
    Column(_("Organisation"), "organisation_label"),
    Column(_("Action"), "action"),
    Column(_("Identifier"), "subject_id"),
]
MAIL = [
    Column(pgettext_lazy("mail", "Written"), "created_at", "datetime"),
    Column(pgettext_lazy("mail", "To"), "to"),
    Column(_("Subject"), "subject"),
    Column(_("Kind"), lambda mail: mail_words(mail.kind)),
    Column(pgettext_lazy("mail", "State"), "get_state_display"),
    Column(_("Tries"), "attempts", "number"),
    Column(pgettext_lazy("mail", "Sent"), "sent_at", "datetime"),
    Column(_("What went wrong"), "error"),
]
TASKS = [
    Column(_("Task"), "name"),
    Column(_("Room"), "room"),
    Column(_("What went wrong"), "error"),
    Column(_("Tries"), "tries", "number"),
    Column(_("Since"), "row.finished_at", "datetime"),
]
