"""When a site hands parcels over, and when a seller's own van or bike goes where."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.network.models import Organisation, Site
from rebond.shop.actions.appointment import new_capacity
from rebond.shop.errors import AgendaChangedError, AgendaKnownError
from rebond.shop.models import Agenda, AgendaWindow

FIELDS = frozenset({"name", "zone", "slot_min", "capacity", "lead_days", "ahead_days"})
type Window = tuple[int, datetime.time, datetime.time]


@transaction.atomic
def save_agenda(
    *,
    organisation: Organisation,
    mode: str,
    fields: dict[str, Any],
    windows: Iterable[Window],
    by: Any,
    site: Site | None = None,
    agenda: Agenda | None = None,
    version: int = 0,
    now: datetime.datetime | None = None,
) -> Agenda:
    """Make an agenda, or change one that still has `version`; it is offered from now on. `windows` replace the former.

    Appointments that were taken stay, even outside the new openings. Raise AgendaKnownError where the site has one,
    AgendaChangedError where somebody changed it meanwhile.
    """
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"not fields of an agenda: {sorted(unknown)}")
    if agenda is None:
        if site is not None and Agenda.objects.filter(site=site).exists():
            raise AgendaKnownError
        agenda = Agenda.objects.create(organisation=organisation, mode=mode, site=site, **fields)
    else:
        rows = Agenda.objects.filter(pk=agenda.pk, version=version)
        if not rows.update(**fields, closed_at=None, version=F("version") + 1):
            raise AgendaChangedError
        agenda.refresh_from_db()
    agenda.windows.all().delete()
    AgendaWindow.objects.bulk_create(
        AgendaWindow(agenda=agenda, weekday=day, starts=starts, ends=ends) for day, starts, ends in sorted(windows)
    )
    new_capacity(agenda, now or timezone.now())
    record("shop.agenda.saved", subject=agenda, by=by, organisation=organisation, openings=agenda.windows.count())
    return agenda


@transaction.atomic
def close_agenda(*, agenda: Agenda, by: Any, now: datetime.datetime | None = None) -> bool:
    """Offer nothing more; appointments that were taken stay. Whether it was this time."""
    if not Agenda.objects.filter(pk=agenda.pk, closed_at=None).update(closed_at=now or timezone.now()):
        return False
    agenda.refresh_from_db()
    record("shop.agenda.closed", subject=agenda, by=by, organisation=agenda.organisation)
    return True
