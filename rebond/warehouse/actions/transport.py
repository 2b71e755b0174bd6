"""A transport between two sites of an organisation: planned, loaded, on the way, checked. Loading: `loading.py`."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Organisation, Site
from rebond.warehouse.actions.arriving import lose_the_rest
from rebond.warehouse.actions.places import fresh_codes
from rebond.warehouse.codes import PLACE
from rebond.warehouse.enums import TRANSPORT_TRANSITIONS, PlaceKind
from rebond.warehouse.errors import FieldInvalid, NothingLoaded, StillLoaded, TransportStateForbids
from rebond.warehouse.models import Place, Transport


@transaction.atomic
def plan_transport(
    *,
    from_site: Site,
    to_site: Site,
    planned_on: date,
    by: Any,
    driver: str = "",
    vehicle: str = "",
    note: str = "",
) -> Transport:
    """Stations of the first site may load it from now on. Raise FieldInvalid where both sites are one."""
    if from_site.pk == to_site.pk or from_site.organisation_id != to_site.organisation_id:
        raise FieldInvalid("to_site", _("Choose another site of your organisation."))
    owner = lock_row(Organisation.objects.get(pk=from_site.organisation_id), no_key=True)
    number = Transport.objects.filter(organisation=owner).count() + 1
    code = fresh_codes(PLACE, 1)[0]
    place = Place.objects.create(
        code=code,
        organisation=owner,
        site=from_site,
        kind=PlaceKind.TRANSIT,
        name=f"{number:03}",
        label=_("Transport %(number)s") % {"number": f"{number:03}"},
        path=f"{code}/",
    )
    transport: Transport = Transport.objects.create(
        organisation=owner,
        place=place,
        from_site=from_site,
        to_site=to_site,
        planned_on=planned_on,
        driver=driver.strip()[:80],
        vehicle=vehicle.strip()[:40],
        note=note.strip()[:200],
        created_by=by,
    )
    record("warehouse.transport.planned", subject=transport, by=by, organisation=owner, to=to_site.name)
    return transport


@transaction.atomic
def move_transport(transport: Transport, verb: str, *, by: Any, **fields: Any) -> Transport:
    """One move of the state, with its transition and its sentence. Raise TransportStateForbids."""
    from_states, to_state = TRANSPORT_TRANSITIONS[verb]
    old = transport.state
    changed = Transport.objects.filter(pk=transport.pk, state__in=from_states).update(
        state=to_state, version=F("version") + 1, **fields
    )
    if not changed:
        raise TransportStateForbids
    owner = transport.organisation
    record_transition(subject=transport, verb=verb, from_state=old, to_state=to_state, by=by, organisation=owner)
    record(f"warehouse.transport.{verb}", subject=transport, by=by, organisation=owner)
    transport.refresh_from_db()
    return transport


@transaction.atomic
def finish_loading(*, transport: Transport, by: Any) -> Transport:
    """All is in the vehicle: the slip may be printed. Raise NothingLoaded, TransportStateForbids."""
    transport = _locked(transport)
    if not transport.lines.exists():
        raise NothingLoaded
    return move_transport(transport, "load", by=by)


@transaction.atomic
def reopen_loading(*, transport: Transport, by: Any) -> Transport:
    """Something comes along, or stays. Raise TransportStateForbids."""
    return move_transport(_locked(transport), "reopen", by=by)


@transaction.atomic
def leave(*, transport: Transport, by: Any, now: datetime | None = None) -> Transport:
    """The vehicle leaves: the stations of the other site may check it. Raise NothingLoaded, TransportStateForbids."""
    transport = _locked(transport)
    if not transport.lines.exists():
        raise NothingLoaded
    return move_transport(transport, "leave", by=by, left_on=timezone.localdate(now))


@transaction.atomic
def cancel_transport(*, transport: Transport, by: Any) -> Transport:
    """It does not leave. Raise StillLoaded, TransportStateForbids."""
    transport = _locked(transport)
    if transport.lines.exists():
        raise StillLoaded
    Place.objects.filter(pk=transport.place_id).update(closed_on=timezone.localdate())
    return move_transport(transport, "cancel", by=by)


@transaction.atomic
def finish_check(*, transport: Transport, by: Any, now: datetime | None = None) -> Transport:
    """Nothing is left in the vehicle: what was not scanned is missing, kept in mind and withdrawn from sale.

    Raise TransportStateForbids, HeldByBuyer.
    """
    transport = _locked(transport)
    if transport.state not in TRANSPORT_TRANSITIONS["check"][0]:
        raise TransportStateForbids
    lose_the_rest(transport, by=by)
    Place.objects.filter(pk=transport.place_id).update(closed_on=timezone.localdate(now))
    return move_transport(transport, "check", by=by, checked_on=timezone.localdate(now))


def _locked(transport: Transport) -> Transport:
    found = lock_row(transport)
    found.organisation = transport.organisation
    return found
