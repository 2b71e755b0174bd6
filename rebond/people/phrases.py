"""Sentences of the journal: first names only, never what is sealed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "people.person.welcomed": _("%(actor)s opened the file of %(subject)s"),
    "people.person.changed": _("%(actor)s changed the file of %(subject)s"),
    "people.person.followed": _("%(actor)s chose who follows %(subject)s, and the next meeting"),
    "people.person.read": _("%(actor)s read the file of %(subject)s"),
    "people.person.glanced": _("%(actor)s read the status and the dates of %(subject)s"),
    "people.person.skills": _("%(actor)s read the skills of %(subject)s"),
    "people.person.listed": _("%(actor)s read a list of the people who are followed (%(number)s)"),
    "people.consent.given": _("%(actor)s wrote an agreement down: %(subject)s"),
    "people.consent.withdrawn": _("%(actor)s took an agreement back: %(subject)s"),
    "people.need.noted": _("%(actor)s noted what helps to accompany: %(subject)s"),
    "people.need.removed": _("%(actor)s took away what was noted: %(subject)s"),
    "people.trusted.noted": _("%(actor)s wrote whom to call for %(subject)s"),
    "people.trusted.removed": _("%(actor)s took away whom to call for %(subject)s"),
    "people.correction.asked": _("%(actor)s said that something is wrong in the file of %(subject)s"),
    "people.correction.answered": _("%(actor)s answered what %(subject)s said is wrong"),
    "people.status.begun": _("%(actor)s gave a status: %(subject)s"),
    "people.status.ended": _("%(actor)s wrote the end of a status: %(subject)s"),
    "people.status.opened": _("%(actor)s took the end of a status away: %(subject)s"),
}
READINGS = ("people.person.read", "people.person.glanced", "people.person.skills")
