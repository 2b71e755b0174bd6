"""Columns of the list: nothing that is sealed leaves in a spreadsheet."""

from django.utils.translation import gettext_lazy as _

from rebond.core.exports import Column
from rebond.people.models.person import NEVER, Person


def _due(person: Person) -> object:
    return None if person.next_due_on == NEVER else person.next_due_on


PEOPLE = [
    Column(_("First name"), "first_name"),
    Column(_("First deadline"), _due, "date"),
    Column(_("Left on"), "left_on", "date"),
]
