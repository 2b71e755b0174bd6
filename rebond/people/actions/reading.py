"""Readings of files: each one is an entry that the person sees; a list is one entry (rules.md F8)."""

from typing import Any

from django.db import transaction

from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.people.models import Person


@transaction.atomic
def read_person(*, person: Person, by: Any, is_whole: bool) -> Person:
    """Note that `by` opened the file, whole or only status and dates."""
    name = "people.person.read" if is_whole else "people.person.glanced"
    record(name, subject=person, by=by, organisation=person.organisation)
    return person


@transaction.atomic
def read_skills(*, person: Person, by: Any) -> Person:
    """Note that `by` opened what shows the person's skills."""
    record("people.person.skills", subject=person, by=by, organisation=person.organisation)
    return person


@transaction.atomic
def read_list(*, organisation: Organisation, number: int, by: Any) -> None:
    """Note that `by` read a list of `number` people; an empty one is not noted."""
    if number:
        record("people.person.listed", subject=organisation, by=by, organisation=organisation, number=number)
