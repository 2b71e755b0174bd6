"""Rates of legal interest: entered by one person, granted by another, never changed (rules.md F2)."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.journal.actions.record import record, record_transition
from rebond.ledger.enums import RateState
from rebond.ledger.errors import RateInvalid, SamePerson, WrongState
from rebond.ledger.models import LegalRate
from rebond.ledger.queries.legal_rates import half_year
from rebond.ledger.signals import legal_rate_granted
from rebond.network.models import Organisation

MOST_BP = 5_000


@transaction.atomic
def ask_rate(
    *,
    organisation: Organisation,
    starts_on: datetime.date,
    basis_points: int,
    source: str,
    by: Any,
    now: datetime.datetime | None = None,
) -> LegalRate:
    """Enter the rate of the half-year that begins that day, in basis points, with where it is published.

    Nothing counts with it before somebody else grants it. Raise RateInvalid for another day, one too far, a rate of
    nothing or above 50 %, no source, or a half-year that waits for a decision already.
    """
    now = now or timezone.now()
    first, last = half_year(starts_on)
    if starts_on != first:
        raise RateInvalid(_("A half-year begins on 1 January or on 1 July."), field="starts_on")
    if first > half_year(timezone.localdate(now))[1] + datetime.timedelta(days=1):
        raise RateInvalid(_("This half-year is too far: no rate is published for it."), field="starts_on")
    if not 0 < basis_points <= MOST_BP:
        raise RateInvalid(_("More than 0 %, at most 50 %."), field="basis_points")
    if not source.strip():
        raise RateInvalid(_("Say where this rate is published."), field="source")
    rate = LegalRate(
        organisation=organisation,
        starts_on=first,
        ends_on=last,
        basis_points=basis_points,
        source=source.strip()[:300],
        asked_by_id=by.public_id,
        asked_by=by.display_name[:160],
        asked_at=now,
    )
    try:
        with transaction.atomic():
            rate.save()
    except IntegrityError:
        raise RateInvalid(_("A rate of this half-year waits to be granted already."), field="starts_on") from None
    record("ledger.legal_rate.asked", subject=rate, by=by, organisation=organisation, basis_points=basis_points)
    return rate


@transaction.atomic
def decide_rate(*, rate: LegalRate, is_granted: bool, by: Any, now: datetime.datetime | None = None) -> LegalRate:
    """Another person grants it, or anybody refuses it; surcharges that counted with less are corrected upwards.

    Raise SamePerson, WrongState.
    """
    now = now or timezone.now()
    if is_granted and rate.asked_by_id == by.public_id:
        raise SamePerson
    state = RateState.GRANTED if is_granted else RateState.REFUSED
    rows = LegalRate.objects.filter(pk=rate.pk, state=RateState.ASKED)
    if not rows.update(state=state, decided_by=by.display_name[:160], decided_at=now):
        raise WrongState
    rate.refresh_from_db()
    verb = "grant" if is_granted else "refuse"
    record_transition(
        subject=rate, verb=verb, from_state=RateState.ASKED, to_state=state, by=by, organisation=rate.organisation
    )
    record(f"ledger.legal_rate.{state}", subject=rate, by=by, organisation=rate.organisation)
    if is_granted:
        legal_rate_granted.send(LegalRate, starts_on=rate.starts_on)
    return rate
