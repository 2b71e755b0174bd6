"""Exits of people."""

import datetime
from decimal import Decimal

from django.utils import timezone

from rebond.insertion.actions.exit import Told, record_exit
from rebond.insertion.models import ExitReason
from rebond.people.models import Status
from tests.factories.people import person_of


def reason_of(code="cdi"):
    return ExitReason.objects.get(code=code, valid_to=None)


def told(days_ago=10, *, code="cdi", **said):
    """Facts that count for an EI."""
    left_on = timezone.localdate() - datetime.timedelta(days=days_ago)
    return Told(left_on, reason_of(code), **{"hours_in_year": Decimal(120)} | said)


def exit_of(organisation, *, days_ago=10, kind="cddi_ei", stayed=200, code="cdi", by=None, person=None, **said):
    """Somebody who left so many days ago, after so many days."""
    person = person or person_of(organisation, kind=kind, days_ago=days_ago + stayed, by=by)
    status = Status.objects.filter(person=person).latest("starts_on", "pk")
    return record_exit(person=person, status=status, told=told(days_ago, code=code, **said), by=by)
