"""People who are followed."""

import datetime

from django.utils import timezone

from rebond.people.actions.person import Identity, welcome_person
from rebond.people.models import Person


def person_of(organisation, *, user=None, kind="cddi_ei", days_ago=90, by=None, **said):
    """A file with one status without an end; `said` is of the identity."""
    words = {"first_name": "Aminata", "family_name": "Le Guen-Sy"} | said
    made = welcome_person(
        organisation=organisation,
        identity=Identity(**words),
        kind=kind,
        starts_on=timezone.localdate() - datetime.timedelta(days=days_ago),
        by=by,
    )
    if user is not None:
        Person.objects.filter(pk=made.pk).update(user=user)
        made.refresh_from_db()
    return made
