"""Stations of a site, and the devices that stand there."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.ids import hash_secret
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.workshop.enums import StationReach
from rebond.workshop.errors import EnrolmentClosed, FieldInvalid
from rebond.workshop.kinds import kinds_at
from rebond.workshop.models import Device, Enrolment, SecurityEvent, SiteOptions, Station

ENROLMENT_LASTS = timedelta(minutes=10)


def _check_reach(kind: str, reach: str) -> None:
    if reach != StationReach.SITE and not any(one.remote for one in kinds_at(kind)):
        raise FieldInvalid("reach", _("Only writing and review are done without the object at hand."))


@transaction.atomic
def create_station(
    *,
    site: Site,
    kind: str,
    name: str,
    by: Any,
    hint: str = "",
    limit: int | None = None,
    reach: str = StationReach.SITE,
    position: int = 0,
) -> Station:
    """A new station; raise FieldInvalid where the site has an open one of this name, or for a reach it cannot have."""
    _check_reach(kind, reach)
    try:
        with transaction.atomic():
            station: Station = Station.objects.create(
                site=site,
                kind=kind,
                name=name.strip(),
                hint=hint.strip(),
                limit=limit,
                reach=reach,
                position=position,
            )
    except IntegrityError as error:
        raise FieldInvalid("name", _("This site already has a station of this name.")) from error
    record("workshop.station.created", subject=station, by=by, organisation=site.organisation)
    return station


@transaction.atomic
def change_station(
    *, station: Station, by: Any, name: str, hint: str, limit: int | None, reach: str | None = None
) -> Station:
    """Name, hint, limit, reach (None: as it is); its kind never changes: steps refer to it. Raise FieldInvalid."""
    reach = station.reach if reach is None else reach
    _check_reach(station.kind, reach)
    changes = {"name": name.strip(), "hint": hint.strip(), "limit": limit, "reach": reach}
    try:
        with transaction.atomic():
            Station.objects.filter(pk=station.pk).update(version=F("version") + 1, **changes)
    except IntegrityError as error:
        raise FieldInvalid("name", _("This site already has a station of this name.")) from error
    station.refresh_from_db()
    record("workshop.station.changed", subject=station, by=by, organisation=station.site.organisation)
    return station


@transaction.atomic
def close_station(*, station: Station, by: Any, now: datetime | None = None) -> Station:
    """The station and its devices stop; its tasks go back to the queue of the site. Twice is once."""
    now = now or timezone.now()
    if Station.objects.filter(pk=station.pk, closed_at__isnull=True).update(closed_at=now):
        station.devices.filter(revoked_at__isnull=True).update(revoked_at=now)
        station.tasks.filter(station=station).update(station=None)
        record("workshop.station.closed", subject=station, by=by, organisation=station.site.organisation)
    station.refresh_from_db()
    return station


@transaction.atomic
def set_site_options(*, site: Site, is_pin_asked: bool, idle_minutes: int, by: Any) -> SiteOptions:
    """Whether a PIN is asked after the badge, and after how long without a touch the kiosk signs out (1 to 60)."""
    options, _made = SiteOptions.objects.update_or_create(
        site=site, defaults={"is_pin_asked": is_pin_asked, "idle_minutes": idle_minutes}
    )
    record("workshop.options.changed", subject=site, by=by, organisation=site.organisation, pin=is_pin_asked)
    return options


@transaction.atomic
def start_enrolment(*, station: Station, name: str, by: Any, now: datetime | None = None) -> Enrolment:
    """The code that the supervisor's screen shows as a QR, for ten minutes, once."""
    now = now or timezone.now()
    enrolment = Enrolment.objects.create(
        code=secrets.token_urlsafe(32),
        station=station,
        name=name.strip(),
        created_by=by,
        expires_at=now + ENROLMENT_LASTS,
    )
    record("workshop.device.invited", subject=station, by=by, organisation=station.site.organisation, name=name)
    return enrolment


@transaction.atomic
def enrol_device(*, code: str, now: datetime | None = None) -> tuple[Device, str]:
    """The tablet that shows the code becomes a device of the station; returns it with the secret of its cookie.

    Raise EnrolmentClosed for a code that is unknown, used or older than ten minutes.
    """
    now = now or timezone.now()
    found = Enrolment.objects.filter(code=code).select_related("station__site__organisation", "created_by").first()
    enrolment = lock_row(found) if found else None
    if found is None or enrolment is None or enrolment.device_id is not None or enrolment.expires_at <= now:
        raise EnrolmentClosed
    secret = secrets.token_urlsafe(32)
    organisation = found.station.site.organisation
    device: Device = Device.objects.create(
        organisation=organisation,
        station=found.station,
        name=found.name,
        secret_hash=hash_secret(secret),
        enrolled_by=found.created_by,
        enrolled_at=now,
    )
    Enrolment.objects.filter(pk=enrolment.pk).update(device=device)
    SecurityEvent.objects.create(kind="device.enrolled", device=device)
    record("workshop.device.enrolled", subject=device, by=found.created_by, organisation=organisation)
    return device, secret


@transaction.atomic
def move_device(*, device: Device, station: Station, by: Any) -> Device:
    """The tablet now stands at another station of the same organisation; raise FieldInvalid for another's."""
    if station.site.organisation_id != device.organisation_id:
        raise FieldInvalid("station", _("Choose a station of the same organisation."))
    device.station = station
    device.save(update_fields=["station"])
    record("workshop.device.moved", subject=device, by=by, organisation=device.organisation, station=station.name)
    return device


@transaction.atomic
def revoke_device(*, device: Device, by: Any, now: datetime | None = None) -> Device:
    """From its next touch the device opens nothing. Twice is once."""
    if Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=now or timezone.now()):
        record("workshop.device.revoked", subject=device, by=by, organisation=device.organisation)
    device.refresh_from_db()
    return device
