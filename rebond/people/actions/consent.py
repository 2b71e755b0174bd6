"""Agreements: given and taken back, each on its day (rules.md F8)."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.people.enums import ConsentHow, ConsentKind
from rebond.people.errors import ConsentRefused
from rebond.people.models import Consent, Person


@transaction.atomic
def give_consent(
    *,
    person: Person,
    kind: str,
    how: str,
    by: Any,
    given_on: datetime.date | None = None,
    today: datetime.date | None = None,
) -> Consent:
    """Write down that the person agrees; one that stands already is given back as it is.

    Raise ConsentRefused: an unknown kind, a day to come, or a day on which an earlier one had not been taken back.
    """
    today = today or timezone.localdate()
    given_on = given_on or today
    if kind not in ConsentKind.values or how not in ConsentHow.values:
        raise ConsentRefused(_("Choose one of the list."), field="kind")
    if given_on > today:
        raise ConsentRefused(_("This day is to come."), field="given_on")
    rows = Consent.objects.filter(person=lock_row(person), kind=kind)
    if (standing := rows.standing().first()) is not None:
        return standing
    if rows.filter(withdrawn_on__gt=given_on).exists():
        raise ConsentRefused(_("It was taken back after this day: a new paper is needed."), field="given_on")
    made = Consent.objects.create(person=person, kind=kind, how=how, given_on=given_on)
    record("people.consent.given", subject=made, by=by, organisation=person.organisation, how=how)
    return made


@transaction.atomic
def withdraw_consent(*, person: Person, kind: str, by: Any, today: datetime.date | None = None) -> bool:
    """Take back what stands; False where nothing does. What was shown meanwhile was allowed until this day."""
    rows = Consent.objects.filter(person=lock_row(person), kind=kind)
    standing = rows.standing().first()
    if standing is None:
        return False
    Consent.objects.filter(pk=standing.pk).update(withdrawn_on=today or timezone.localdate())
    record("people.consent.withdrawn", subject=standing, by=by, organisation=person.organisation)
    return True
