"""Where parcels are: what carriers tell, by our question or by their message, in any order and as often as they like.

A shipment's state is computed from all its events, sorted by their own hour: whatever the order in which they came, the
same events give the same state. What is delivered stays so, unless it comes back after.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record_transition
from rebond.warehouse.actions.carrier import broken_until, note_failure, note_success
from rebond.warehouse.carriers.contract import CarrierError, Event, Step
from rebond.warehouse.enums import FOLLOWED_SHIPMENTS, OVER_SHIPMENTS, ShipmentState
from rebond.warehouse.models import Shipment, TrackingEvent
from rebond.warehouse.signals import shipment_late, shipment_moved

LEADS_TO: dict[str, str] = {
    Step.TAKEN: ShipmentState.MOVING,
    Step.MOVING: ShipmentState.MOVING,
    Step.DELAYED: ShipmentState.MOVING,
    Step.OUT: ShipmentState.MOVING,
    Step.MISSED: ShipmentState.MOVING,
    Step.AT_POINT: ShipmentState.AT_POINT,
    Step.DELIVERED: ShipmentState.DELIVERED,
    Step.REFUSED: ShipmentState.RETURNING,
    Step.RETURNING: ShipmentState.RETURNING,
    Step.RETURNED: ShipmentState.RETURNED,
    Step.LOST: ShipmentState.LOST,
}
ORDER = list(Step)  # of two events of one minute, the later step is the later one
AFTER_DELIVERY = frozenset({ShipmentState.RETURNING, ShipmentState.RETURNED})
LOOK_AGAIN = {
    ShipmentState.READY: datetime.timedelta(hours=3),
    ShipmentState.MOVING: datetime.timedelta(hours=2),
    ShipmentState.AT_POINT: datetime.timedelta(hours=6),
    ShipmentState.RETURNING: datetime.timedelta(hours=12),
}
FORGOTTEN = datetime.timedelta(days=60)  # nobody asks any more
AHEAD = datetime.timedelta(minutes=5)  # what a carrier's clock may be ahead of ours
LATE_AFTER = datetime.timedelta(days=3)  # beyond what the carrier usually takes


def state_of(events: Iterable[Any]) -> str:
    """What a set of events leads to; READY where none moves it."""
    state: str = ShipmentState.READY
    for event in sorted(events, key=lambda one: (one.at, ORDER.index(Step(one.step)), one.pk)):
        to = LEADS_TO.get(event.step, state)
        if state != ShipmentState.DELIVERED or to in AFTER_DELIVERY:
            state = to
    return state


@transaction.atomic
def take_events(*, shipment: Shipment, events: Iterable[Event], now: datetime.datetime | None = None) -> int:
    """Keep what is new, and move the shipment to where all of it leads; how many were new.

    Locks: the shipment, then what the room that asked its label locks (its order): never the other way.
    A clock a little ahead of ours tells of now; what is further to come is not believed.
    """
    now = now or timezone.now()
    shipment = lock_row(shipment, no_key=True)
    if shipment.state in OVER_SHIPMENTS or shipment.state == ShipmentState.QUEUED:
        return 0
    known = set(shipment.events.values_list("carrier_id", flat=True))
    fresh = {event.id[:80]: event for event in events if event.id[:80] not in known and event.at <= now + AHEAD}
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            shipment=shipment, carrier_id=key, step=event.step, at=min(event.at, now), words=event.words[:200],
            place=event.place[:120], told_at=now,
        )
        for key, event in fresh.items()
    )  # fmt: skip
    if fresh:
        _settle(shipment, now)
    return len(fresh)


def _settle(shipment: Shipment, now: datetime.datetime) -> None:
    """The state that the events lead to; whoever listens is told when it is another one."""
    rows = list(shipment.events.order_by("at", "pk"))
    old, state = shipment.state, state_of(rows)
    moves = [row for row in rows if row.step in LEADS_TO]
    done = [row.at for row in rows if row.step == Step.DELIVERED]
    is_asked = shipment.account.kind.has_tracking and state in LOOK_AGAIN
    Shipment.objects.filter(pk=shipment.pk).update(
        state=state,
        moved_at=moves[-1].at if moves else shipment.moved_at,
        delivered_at=min(done) if done else None,
        next_at=now + LOOK_AGAIN[ShipmentState(state)] if is_asked else None,
    )
    shipment.refresh_from_db()
    if state == old:
        return
    record_transition(
        subject=shipment, verb="follow", from_state=old, to_state=state, by=None, organisation=shipment.organisation
    )
    shipment_moved.send(Shipment, shipment=shipment, at=shipment.delivered_at or shipment.moved_at or now)


def follow_shipment(*, shipment: Shipment, now: datetime.datetime | None = None) -> int:
    """Ask the carrier, outside any transaction; how many events were new. One caller at a time.

    Ways without tracking have nobody to ask: the buyer, or ten days, say that it came, and nothing makes it late.
    """
    now = now or timezone.now()
    shipment = Shipment.objects.select_related("account", "organisation").get(pk=shipment.pk)
    if not shipment.account.kind.has_tracking:  # handed over before this was so
        Shipment.objects.filter(pk=shipment.pk).update(next_at=None)
        return 0
    wait = LOOK_AGAIN.get(ShipmentState(shipment.state), datetime.timedelta(hours=3))
    rows = Shipment.objects.filter(pk=shipment.pk, state__in=FOLLOWED_SHIPMENTS, next_at__lte=now)
    if not rows.update(next_at=now + wait) or broken_until(shipment.account, now) is not None:
        return 0
    try:
        events = shipment.account.connect().tracking(shipment.number, now)
    except CarrierError as refused:
        note_failure(account=shipment.account, error=refused, now=now)
        return 0
    note_success(account=shipment.account, now=now)
    new = take_events(shipment=shipment, events=events, now=now)
    _tell_late(shipment, now)
    return new


@transaction.atomic
def _tell_late(shipment: Shipment, now: datetime.datetime) -> None:
    """Once: it left, and should have arrived by now. What nobody hears of for two months is asked no more.

    Both count from its first event, since a label may wait for its objects; the second from the label where none came.
    """
    shipment.refresh_from_db()
    left_at = shipment.events.filter(step__in=LEADS_TO).order_by("at").values_list("at", flat=True).first()
    since = left_at or shipment.labelled_at or shipment.created_at
    if now > since + FORGOTTEN:
        Shipment.objects.filter(pk=shipment.pk).update(next_at=None)
    due = since + datetime.timedelta(days=shipment.account.kind.days) + LATE_AFTER
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.MOVING, late_at=None)
    if now > due and rows.update(late_at=now):
        shipment.refresh_from_db()
        shipment_late.send(Shipment, shipment=shipment, at=now)
