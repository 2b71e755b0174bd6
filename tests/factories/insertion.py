"""Contracts and exits of people."""

import datetime
from decimal import Decimal

from django.utils import timezone

from rebond.core.dates import add_months
from rebond.insertion.actions.contract import Terms, sign_contract
from rebond.insertion.actions.exit import Told, record_exit
from rebond.insertion.contract_rules import last_day
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


def terms_of(**said):
    return Terms(**{"job": "Préparation de commandes", "weekly_minutes": 26 * 60} | said)


def contract_of(person, *, months=6, months_ago=2, kind="cddi", structure="EI", starts_on=None, by=None, **said):
    """A CDDI of `months` months that began so many months ago; `said` is of its terms."""
    first = starts_on or add_months(timezone.localdate(), -months_ago)
    days: dict[str, datetime.date | None] = {"starts_on": first, "ends_on": last_day(first, months) if months else None}
    return sign_contract(person=person, kind=kind, structure=structure, terms=terms_of(**said), by=by, **days)
