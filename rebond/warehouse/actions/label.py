"""A parcel's label: asked of the carrier at once, kept for later where it does not answer, cancelled while it may be.

The carrier is asked outside any transaction, by one caller at a time (`next_at` is the claim). Whoever dies in between
leaves a row that is due again: the reference is the same, so that a carrier which knows it gives the same parcel.
"""

import datetime
import json
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from rebond.core.locks import lock_row
from rebond.journal.actions.files import KINDS, store_file
from rebond.journal.actions.record import record, record_transition
from rebond.journal.models import StoredFile
from rebond.warehouse.actions.carrier import CLAIM, broken_until, note_failure, note_success
from rebond.warehouse.carriers.contract import (
    CarrierError,
    CredentialsRefused,
    Label,
    ServiceDown,
    Wanted,
    as_dict,
    from_dict,
)
from rebond.warehouse.carriers.registry import CARRIERS
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.errors import AccountOff, ShipmentStateForbids, WayNotServed
from rebond.warehouse.models import CarrierAccount, Parcel, Shipment, TrackingEvent
from rebond.warehouse.signals import shipment_moved

KEPT = datetime.timedelta(days=60)  # a label holds an address: nobody prints it again after that
BACK_OFF = (1, 2, 5, 15, 30, 60)  # minutes after each failure; the last one goes on
NIGHTS = datetime.timedelta(days=30)  # sealed text cannot be searched: a month of nights may have been missed
SPREAD = 30  # seconds over which what waited for the same breaker asks again
FIRST_LOOK = datetime.timedelta(hours=2)


@transaction.atomic
def ask_label(
    *,
    account: CarrierAccount,
    wanted: Wanted,
    subject: str,
    by: Any,
    parcel: Parcel | None = None,
    now: datetime.datetime | None = None,
) -> Shipment:
    """The parcel wants a label: `make_label` gets it, now or later. Asked again, it is the one that is alive.

    `parcel` is what a site prepares under this reference. Raise AccountOff, WayNotServed.
    """
    now = now or timezone.now()
    account = CarrierAccount.objects.select_related("organisation").get(pk=account.pk)
    if not account.is_active:
        raise AccountOff
    if wanted.mode not in account.kind.modes:
        raise WayNotServed
    found = _alive(wanted.reference, parcel)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            shipment = Shipment.objects.create(
                organisation=account.organisation,
                account=account,
                parcel=parcel,
                reference=wanted.reference,
                subject=subject,
                mode=wanted.mode,
                postal_code=wanted.receiver.postal_code[:5],
                grams=wanted.grams,
                wanted=json.dumps(as_dict(wanted)),
                next_at=now,
            )
    except IntegrityError:  # the desk and the table asked at the same moment
        return Shipment.objects.alive().get(reference=wanted.reference)
    record("warehouse.shipment.asked", subject=shipment, by=by, organisation=account.organisation)
    return shipment


def _alive(reference: str, parcel: Parcel | None) -> Shipment | None:
    """The one that has this reference; it is the parcel's from now on, where it was asked before a site prepared it."""
    found: Shipment | None = Shipment.objects.alive().filter(reference=reference).first()
    if found is not None and found.parcel_id is None and parcel is not None:
        Shipment.objects.filter(pk=found.pk).update(parcel=parcel)
        found.parcel = parcel
    return found


def label_packed(*, parcel: Parcel, by: Any, now: datetime.datetime | None = None) -> Shipment | None:
    """The label of a packed parcel, asked of its carrier now where it is awaited and due: outside any transaction.

    The shipment as it is then; None where no label was asked. What the carrier refuses is written on it, not raised.
    """
    waiting = Shipment.objects.filter(parcel=parcel, state=ShipmentState.QUEUED).first()
    if waiting is None:
        return Shipment.objects.filter(parcel=parcel).order_by("-pk").first()
    try:
        return make_label(shipment=waiting, by=by, now=now)
    except CarrierError:
        waiting.refresh_from_db()
        return waiting


def make_label(*, shipment: Shipment, by: Any = None, now: datetime.datetime | None = None) -> Shipment:
    """Get the label that is awaited; the shipment as it is then, READY or still QUEUED.

    A carrier that does not answer, or whose credentials are refused, leaves it queued with the day of the next try.
    What the carrier refuses for good is raised (AddressRefused, WeightRefused, PointRefused, ShipmentRefused), and the
    shipment is REFUSED: the next one is another row.
    """
    now = now or timezone.now()
    shipment = Shipment.objects.select_related("account", "organisation").get(pk=shipment.pk)
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.QUEUED, next_at__lte=now)
    if not rows.update(next_at=now + CLAIM):
        return shipment
    if (until := broken_until(shipment.account, now)) is not None:
        return _hold(shipment, until)
    wanted = from_dict(json.loads(shipment.wanted))
    try:
        with translation.override("fr"):  # whoever carries it reads it
            made = shipment.account.connect().label(wanted, now)
    except (ServiceDown, CredentialsRefused) as down:
        note_failure(account=shipment.account, error=down, now=now)
        return _wait(shipment, down, now)
    except CarrierError as refused:
        _refuse(shipment, refused)
        raise
    note_success(account=shipment.account, now=now)
    return _keep(shipment, made, by, now)


def _wait(shipment: Shipment, why: CarrierError, now: datetime.datetime) -> Shipment:
    pause = BACK_OFF[min(shipment.attempts, len(BACK_OFF) - 1)]
    Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.QUEUED).update(
        attempts=min(shipment.attempts + 1, 1_000),
        said=str(why)[:300],
        next_at=now + datetime.timedelta(minutes=pause),
    )
    shipment.refresh_from_db()
    return shipment


def _hold(shipment: Shipment, until: datetime.datetime) -> Shipment:
    """Nobody was asked: it is no try of its own. Not all at once when the breaker closes."""
    spread = datetime.timedelta(seconds=shipment.pk % SPREAD)
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.QUEUED)
    rows.update(said=str(ServiceDown("breaker"))[:300], next_at=until + spread)
    shipment.refresh_from_db()
    return shipment


@transaction.atomic
def _refuse(shipment: Shipment, refused: CarrierError) -> None:
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.QUEUED)
    if rows.update(state=ShipmentState.REFUSED, said=str(refused)[:300], next_at=None, wanted=""):
        record("warehouse.shipment.refused", subject=shipment, by=None, organisation=shipment.organisation)


@transaction.atomic
def _keep(shipment: Shipment, made: Label, by: Any, now: datetime.datetime) -> Shipment:
    """The label is there: its files, its number, and the room that asked is told."""
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.QUEUED)
    follows = shipment.account.kind.has_tracking and made.number
    facts = {
        "state": ShipmentState.READY,
        "number": made.number,
        "cents": made.cents,
        "labelled_at": now,
        "wanted": shipment.wanted if shipment.account.kind.tells_receivers else "",
        "said": "",
        "next_at": now + FIRST_LOOK if follows else None,
    }
    if not rows.update(**facts):  # cancelled meanwhile
        shipment.refresh_from_db()
        return shipment
    vars(shipment).update(facts)  # not read again: the table waits for its label
    shipment.pdf, shipment.zpl = _file(shipment, made.pdf, "pdf", by, now), _file(shipment, made.zpl, "zpl", by, now)
    Shipment.objects.filter(pk=shipment.pk).update(pdf=shipment.pdf, zpl=shipment.zpl)
    owner = shipment.organisation
    record_transition(subject=shipment, verb="label", from_state="queued", to_state="ready", by=by, organisation=owner)
    record("warehouse.shipment.labelled", subject=shipment, by=by, organisation=owner)
    shipment_moved.send(Shipment, shipment=shipment, at=now)
    return shipment


def _file(shipment: Shipment, content: bytes, ending: str, by: Any, now: datetime.datetime) -> StoredFile | None:
    if not content:
        return None
    name = f"{shipment.number or shipment.public_id}.{ending if ending in KINDS else 'txt'}"
    return store_file(
        upload=ContentFile(content, name=name),
        organisation=shipment.organisation,
        permission="warehouse.shipment.view",
        by=by,
        subject=shipment,
        kinds=frozenset({"pdf", "txt"}),
        delete_after=(now + KEPT).date(),
    )


def cancel_label(*, shipment: Shipment, by: Any, now: datetime.datetime | None = None) -> Shipment:
    """The parcel does not leave with this label; the carrier is told first, where it has a number.

    Raise ShipmentStateForbids once it left, or its list was closed; CarrierError where the carrier refuses or does not
    answer.
    """
    now = now or timezone.now()
    shipment = Shipment.objects.select_related("account", "organisation", "manifest").get(pk=shipment.pk)
    is_given = shipment.manifest is not None and shipment.manifest.closed_at is not None
    if is_given or shipment.state not in {ShipmentState.QUEUED, ShipmentState.READY}:
        raise ShipmentStateForbids
    if shipment.number:
        try:
            shipment.account.connect().cancel(shipment.number, now)
        except CarrierError as refused:
            note_failure(account=shipment.account, error=refused, now=now)
            raise
    return _cancel(shipment, by, now)


@transaction.atomic
def _cancel(shipment: Shipment, by: Any, now: datetime.datetime) -> Shipment:
    if shipment.manifest is not None and lock_row(shipment.manifest).closed_at is not None:
        raise ShipmentStateForbids
    rows = Shipment.objects.filter(pk=shipment.pk, state=shipment.state, manifest=shipment.manifest)
    # out of the cage too: the carrier's paper names what it takes
    if not rows.update(state=ShipmentState.CANCELLED, next_at=None, wanted="", manifest=None, scanned_at=None):
        raise ShipmentStateForbids
    old, owner = shipment.state, shipment.organisation
    shipment.refresh_from_db()
    record_transition(
        subject=shipment, verb="cancel", from_state=old, to_state=shipment.state, by=by, organisation=owner
    )
    record("warehouse.shipment.cancelled", subject=shipment, by=by, organisation=owner)
    shipment_moved.send(Shipment, shipment=shipment, at=now)
    return shipment


@transaction.atomic
def replace_label(*, shipment: Shipment, by: Any) -> None:
    """What came back leaves again: the next label of this reference is another row. Twice is once.

    Raise ShipmentStateForbids where it did not come back.
    """
    old, owner = shipment.state, shipment.organisation
    if old == ShipmentState.AGAIN:
        return
    rows = Shipment.objects.filter(pk=shipment.pk, state__in=[ShipmentState.RETURNING, ShipmentState.RETURNED])
    if not rows.update(state=ShipmentState.AGAIN, next_at=None):
        raise ShipmentStateForbids
    shipment.refresh_from_db()
    record_transition(subject=shipment, verb="replace", from_state=old, to_state="again", by=by, organisation=owner)
    record("warehouse.shipment.replaced", subject=shipment, by=by, organisation=owner)


def forget_shipments(*, subject: str) -> QuerySet[StoredFile]:
    """Nobody knows any more where these parcels went: numbers and states stay. Their files are the caller's to delete.

    In the caller's transaction.
    """
    rows = Shipment.objects.filter(subject=subject)
    keys = list(rows.values_list("public_id", flat=True))
    rows.update(wanted="", postal_code="", number="", said="", pdf=None, zpl=None, next_at=None)
    TrackingEvent.objects.filter(shipment__public_id__in=keys).update(words="", place="")
    return StoredFile.objects.filter(subject_kind="warehouse.shipment", subject_id__in=keys)


def forget_receivers(*, now: datetime.datetime | None = None) -> int:
    """Whom the parcels of lists were for is forgotten with their labels, after 60 days; how many."""
    kinds = [key for key, kind in CARRIERS.items() if kind.kind.tells_receivers]
    last = (now or timezone.now()) - KEPT
    rows = Shipment.objects.filter(account__carrier__in=kinds, labelled_at__range=(last - NIGHTS, last))
    return rows.update(wanted="")
