"""A carrier comes: each parcel is scanned into its cage, what is missing is said, then the list is closed.

A parcel is on one list at most: one conditional update. Closing says that the carrier has them; then a task lets their
orders leave, a transaction each: a cage holds hundreds, and nobody else writes meanwhile on a small database. A list is
of the site that prepares, for one account of a carrier: its own organisation's, or that of a seller whose
objects it stores (decision 48).
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse import tasks
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.errors import (
    AccountOff,
    ManifestClosed,
    NothingScanned,
    ParcelNotReady,
    ParcelOfAnother,
    ParcelStays,
    ParcelUnknown,
)
from rebond.warehouse.models import CarrierAccount, Manifest, Shipment
from rebond.warehouse.queries.manifests import hands_over, parcels_in, waiting_in, with_number
from rebond.warehouse.queries.staying import staying, why_stays

logger = logging.getLogger(__name__)
NAMED = 10  # numbers said at once
TASK_TAKES = datetime.timedelta(minutes=5)
GIVEN_UP = datetime.timedelta(days=2)  # by then its carrier told of it


@transaction.atomic
def open_manifest(*, account: CarrierAccount, site: Site, by: Any, now: datetime.datetime | None = None) -> Manifest:
    """The list of this account and site that is open, else a new one of today.

    Raise AccountOff, also for the account of others that labelled nothing which this site prepares.
    """
    now = now or timezone.now()
    if not account.is_active or not hands_over(account, site):
        raise AccountOff
    manifest, is_new = Manifest.objects.get_or_create(
        account=account,
        site=site,
        closed_at=None,
        defaults={"organisation_id": site.organisation_id, "day": timezone.localdate(now), "created_at": now},
    )
    if is_new:
        record("warehouse.manifest.opened", subject=manifest, by=by, organisation=site.organisation)
    return manifest


@transaction.atomic
def scan_parcel(*, manifest: Manifest, text: str, by: Any, now: datetime.datetime | None = None) -> Shipment:
    """A number was scanned: the parcel is in the cage. Scanned twice it is there once.

    Several accounts at one carrier share its cage: the parcel of another one goes on the list of its own, opened for
    it. Raise ManifestClosed; ParcelUnknown, ParcelOfAnother (the carrier it belongs to), ParcelNotReady, AccountOff;
    ParcelStays where it must not leave (`queries.staying`). Locks: the list that takes it.
    """
    now = now or timezone.now()
    if not Manifest.objects.filter(pk=manifest.pk, closed_at=None).exists():
        raise ManifestClosed
    shipment = with_number(manifest, text.strip().rstrip("/").rsplit("/", 1)[-1].upper()[:40])
    if shipment is None:
        raise ParcelUnknown
    if shipment.account.carrier != manifest.account.carrier:
        raise ParcelOfAnother(str(shipment.account))
    if why := why_stays(shipment):
        raise ParcelStays(why)
    if shipment.account_id != manifest.account_id:
        manifest = open_manifest(account=shipment.account, site=manifest.site, by=by, now=now)
    manifest = _open(manifest)
    if shipment.manifest_id == manifest.pk:
        return shipment
    free = Shipment.objects.filter(pk=shipment.pk, manifest=None, state=ShipmentState.READY)
    if not free.update(manifest=manifest, scanned_at=now):
        raise ParcelNotReady
    shipment.refresh_from_db()
    record("warehouse.manifest.scanned", subject=shipment, by=by, organisation=manifest.organisation)
    return shipment


@transaction.atomic
def take_out(*, manifest: Manifest, shipment: Shipment, by: Any) -> None:
    """It stays here after all. Raise ManifestClosed."""
    manifest = _open(manifest)
    if Shipment.objects.filter(pk=shipment.pk, manifest=manifest).update(manifest=None, scanned_at=None):
        record("warehouse.manifest.taken_out", subject=shipment, by=by, organisation=manifest.organisation)


@transaction.atomic
def close_manifest(*, manifest: Manifest, by: Any, now: datetime.datetime | None = None) -> Manifest:
    """The carrier has what was scanned: nothing of it changes any more, and `hand_over` lets its orders leave. Once.

    Raise NothingScanned, ManifestClosed; ParcelStays while something in the cage must not leave, as known since its
    scan. Locks: the list, then its parcels by key.
    """
    now = now or timezone.now()
    manifest = _open(manifest)
    parcels = lock_rows(parcels_in(manifest))
    if not parcels:
        raise NothingScanned
    _check_leaving(manifest)
    grams = sum(one.grams for one in parcels)
    Manifest.objects.filter(pk=manifest.pk).update(closed_at=now, units=len(parcels), grams=grams)
    tasks.hand_over_parcels.enqueue(manifest.pk)
    manifest.refresh_from_db()
    owner = manifest.organisation
    record("warehouse.manifest.closed", subject=manifest, by=by, organisation=owner, units=manifest.units)
    return manifest


def hand_over(*, manifest_id: int, now: datetime.datetime | None = None) -> int:
    """The task's: each parcel of a closed list is with its carrier, and its order leaves. How many now.

    The first scanned first, a transaction each. One that fails leaves the others, and is tried again by
    `hand_over_rest`; run again it goes on where it stopped: the event of its list is of a parcel once.
    """
    now, done = now or timezone.now(), 0
    manifest = Manifest.objects.select_related("site").get(pk=manifest_id)
    if manifest.closed_at is None:
        return 0
    event = Event(f"manifest-{manifest.public_id}", Step.TAKEN, manifest.closed_at, place=manifest.site.city)
    for shipment in waiting_in(manifest).order_by("scanned_at", "pk"):
        try:
            done += take_events(shipment=shipment, events=[event], now=max(now, manifest.closed_at))
        except Exception:
            logger.exception("parcel %s could not be handed over", shipment.public_id)
    return done


def hand_over_rest(*, now: datetime.datetime | None = None) -> int:
    """Each minute: what a task of a list closed in these two days left behind. How many parcels now."""
    now = now or timezone.now()
    waiting = Shipment.objects.filter(manifest=OuterRef("pk"), state=ShipmentState.READY)
    rows = Manifest.objects.filter(Exists(waiting), closed_at__gt=now - GIVEN_UP, closed_at__lt=now - TASK_TAKES)
    return sum(hand_over(manifest_id=pk, now=now) for pk in rows.order_by("pk").values_list("pk", flat=True))


def _check_leaving(manifest: Manifest) -> None:
    kept = [str(one) for one in staying(parcels_in(manifest)).order_by("pk")[:NAMED]]
    if kept:
        said = _("Take out of the cage what must stay here: %(numbers)s. Nothing was handed over.")
        raise ParcelStays(said % {"numbers": ", ".join(kept)})


def _open(manifest: Manifest) -> Manifest:
    found = lock_row(manifest)
    if found.closed_at is not None:
        raise ManifestClosed
    return found
