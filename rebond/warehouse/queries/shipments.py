"""Parcels given to carriers, and the accounts they leave with."""

import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from rebond.warehouse.enums import FOLLOWED_SHIPMENTS, OVER_SHIPMENTS, Health, ShipmentState
from rebond.warehouse.models import CarrierAccount, Shipment
from rebond.warehouse.queries.staying import labels_to_take_off

PAGE = 50
STAYS = "stays"  # a label to take off: the parcel must not leave
TABS = (
    ShipmentState.QUEUED,
    ShipmentState.REFUSED,
    ShipmentState.READY,
    ShipmentState.MOVING,
    ShipmentState.AT_POINT,
    ShipmentState.DELIVERED,
    ShipmentState.RETURNING,
    ShipmentState.RETURNED,
    ShipmentState.LOST,
    ShipmentState.CANCELLED,
)
AWAITED = (ShipmentState.QUEUED, ShipmentState.READY, ShipmentState.LOST)


def shipments_of(organisation: Any, *, state: str = "", words: str = "") -> "QuerySet[Shipment]":
    """The organisation's, the newest first, in one state ("": all), found by their number or their order's.

    `state` STAYS: those that have their label and must not leave, each with `stays`, the code of why.
    """
    rows: QuerySet[Shipment] = Shipment.objects.filter(organisation=organisation)
    if state == STAYS:
        rows = labels_to_take_off(organisation)
    elif state in ShipmentState.values:
        rows = rows.filter(state=state)
    if text := words.strip():
        rows = rows.filter(Q(number=text.upper()) | Q(subject=text.lower()) | Q(public_id=text.lower()))
    return rows.select_related("account").order_by("-pk")


def label_after(shipment: Shipment) -> Shipment | None:
    """The label that its parcel has now, where this one counts no more."""
    if shipment.state not in OVER_SHIPMENTS:
        return None
    rows: QuerySet[Shipment] = Shipment.objects.alive().filter(reference=shipment.reference, pk__gt=shipment.pk)
    return rows.filter(organisation=shipment.organisation_id).select_related("account").order_by("-pk").first()


def awaited_numbers(organisation: Any) -> dict[str, int]:
    """How many are in the states that somebody acts on, and STAYS: two queries."""
    rows = Shipment.objects.filter(organisation=organisation, state__in=AWAITED).order_by().values("state")
    found = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return found | {STAYS: labels_to_take_off(organisation).count()}


def accounts_for(organisation: Any, mode: str) -> list[CarrierAccount]:
    """The active accounts that carry that way; those that answer first."""
    rows = CarrierAccount.objects.filter(organisation=organisation, is_active=True).order_by("pk")
    found = [row for row in rows if mode in row.kind.modes]
    return sorted(found, key=lambda row: (row.kind.is_by_hand, row.health in {Health.DOWN, Health.REFUSED}, row.pk))


def is_paused(account: CarrierAccount, now: datetime.datetime | None = None) -> bool:
    """Whether the breaker is open."""
    return account.open_until is not None and account.open_until > (now or timezone.now())


def waiting_at(account: CarrierAccount) -> dict[str, int]:
    """{labels_awaited, followed}: what depends on this account answering."""
    rows = Shipment.objects.filter(account=account)
    followed = rows.filter(state__in=FOLLOWED_SHIPMENTS, next_at__isnull=False).count()
    return {"labels_awaited": rows.filter(state=ShipmentState.QUEUED).count(), "followed": followed}
