"""What is due for a person, and the date by which the list of people sorts."""

import datetime

from django.db import transaction
from django.db.models import Min

from rebond.people.models import Deadline, Person
from rebond.people.models.person import NEVER


@transaction.atomic
def set_deadline(*, person: Person, kind: str, due_on: datetime.date | None) -> None:
    """Write or take away (None) the deadline of this kind; a part of an action that has its own journal entry."""
    if due_on is None:
        Deadline.objects.filter(person=person, kind=kind).delete()
    else:
        Deadline.objects.update_or_create(person=person, kind=kind, defaults={"due_on": due_on})
    first = Deadline.objects.filter(person=person).aggregate(first=Min("due_on"))["first"]
    person.next_due_on = first or NEVER
    Person.objects.filter(pk=person.pk).update(next_due_on=person.next_due_on)
