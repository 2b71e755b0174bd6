"""Into the vehicle by scan, an object or a whole box; and taken off again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from rebond.catalogue.models import Item
from rebond.catalogue.queries.hosting import may_lie_at
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.warehouse.actions.ledger import Move, follow_items, post, read_stocks
from rebond.warehouse.actions.store import codes_of, set_path
from rebond.warehouse.actions.waiting import waiting_places
from rebond.warehouse.data import LOAD
from rebond.warehouse.enums import MoveReason, TransportState
from rebond.warehouse.errors import (
    BatchSplit,
    KeptHereOnly,
    NotFromHere,
    NothingLeft,
    PlaceElsewhere,
    TransportStateForbids,
)
from rebond.warehouse.models import Holding, Place, Transport, TransportLine
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step


def open_transport(transport: Transport, state: str) -> Transport:
    """The transport, locked; raise TransportStateForbids in any other state."""
    found = lock_row(transport, no_key=True)
    if found.state != state:
        raise TransportStateForbids
    return found


def _check_kept(items: Sequence[Item], transport: Transport) -> None:
    """Raise KeptHereOnly where another seller's object may not lie at the place where the transport goes."""
    others = {item.seller_id for item in items} - {transport.organisation_id}
    sellers = Organisation.objects.filter(pk__in=others) if others else ()
    if any(not may_lie_at(seller, transport.to_site) for seller in sellers):
        raise KeptHereOnly


@transaction.atomic
def load_object(*, transport: Transport, item: Item, hands: Hands, now: datetime | None = None) -> TransportLine:
    """All units of an object go into the vehicle. A second scan changes nothing.

    Raise TransportStateForbids, NotFromHere, NothingLeft, KeptHereOnly.
    """
    item = lock_row(item)
    transport = open_transport(transport, TransportState.PLANNED)
    found = TransportLine.objects.filter(transport=transport, item_id=item.pk).first()
    if found is not None:
        return found
    if item.site_id != transport.from_site_id:
        raise NotFromHere
    _check_kept([item], transport)
    stock = read_stocks([item.pk])[0]
    if stock.counted != stock.units:  # never counted yet
        follow_items(ids=[item.pk], reason=MoveReason.OPENING)
        stock = read_stocks([item.pk])[0]
    if not stock.counted:
        raise NothingLeft
    before = [(held, units) for held, _site, _waits, units in stock.held]
    step = record_step(
        kind=LOAD, subject=item, hands=hands, site=transport.from_site, now=now,
        transport=transport.public_id, label=transport.place.label,
    )  # fmt: skip
    moves = [Move(stock, units, held, transport.place_id, MoveReason.LOADED) for held, units in before]
    post(moves, operation_id=hands.operation_id, step=step, now=now)
    return TransportLine.objects.create(
        transport=transport,
        item_id=item.pk,
        item_code=item.code,
        title=item.title[:150],
        units=stock.counted,
        grams=None if item.weight_g is None else item.weight_g * stock.counted,
        origin=[[code, units] for code, units in codes_of(before)],
    )


@transaction.atomic
def load_box(*, transport: Transport, box: Place, hands: Hands, now: datetime | None = None) -> list[TransportLine]:
    """A box with all that is in it: it stands in the vehicle, nothing in it moves. A second scan changes nothing.

    Raise TransportStateForbids, PlaceElsewhere, KeptHereOnly, BatchSplit where units of one of its objects lie outside
    it.
    """
    box = Place.objects.get(pk=box.pk)  # its path of now
    items = lock_rows(Item.objects.filter(pk__in=_inside(box).values("item_id")))
    transport = open_transport(transport, TransportState.PLANNED)
    box = lock_row(box)
    known = list(TransportLine.objects.filter(transport=transport, box=box).order_by("pk"))
    if box.parent_id == transport.place_id or already_done(hands.operation_id) is not None:
        return known
    if box.site_id != transport.from_site_id:
        raise PlaceElsewhere
    _check_kept(items, transport)
    units = dict(_inside(box).order_by().values_list("item_id").annotate(n=Sum("units")))
    is_split = any(stock.counted != units.get(stock.pk) for stock in read_stocks(units))
    if is_split or units.keys() != {item.pk for item in items}:  # or somebody put something in meanwhile
        raise BatchSplit
    parent = codes_of([(box.parent_id, 1)]) if box.parent_id else []
    step = record_step(
        kind=LOAD, subject=box, hands=hands, site=transport.from_site, now=now,
        transport=transport.public_id, label=transport.place.label, origin=[list(one) for one in parent],
    )  # fmt: skip
    set_path(box, transport.place)
    record("warehouse.place.moved", subject=box, by=hands.user, organisation=box.organisation, place=step.data["label"])
    return TransportLine.objects.bulk_create(_lines(transport, box, items, units))


def _inside(box: Place) -> "QuerySet[Holding]":
    rows: QuerySet[Holding] = Holding.objects.filter(place__site_id=box.site_id, place__path__startswith=box.path)
    return rows


def _lines(transport: Transport, box: Place, items: Sequence[Item], units: dict[int, int]) -> list[TransportLine]:
    return [
        TransportLine(
            transport=transport,
            item_id=item.pk,
            item_code=item.code,
            title=item.title[:150],
            units=units[item.pk],
            grams=None if item.weight_g is None else item.weight_g * units[item.pk],
            box=box,
        )
        for item in items
        if item.pk in units
    ]


@transaction.atomic
def take_off_object(*, transport: Transport, item: Item, by: Any) -> None:
    """It stays here: back where it was where that place still stands, else it waits for one. Twice is once."""
    item = lock_row(item)
    transport = open_transport(transport, TransportState.PLANNED)
    line = TransportLine.objects.filter(transport=transport, item_id=item.pk, box=None).first()
    if line is None:
        return
    stock = read_stocks([item.pk])[0]
    left = sum(units for held, _site, _waits, units in stock.held if held == transport.place_id)
    before = {row.code: row.pk for row in Place.objects.open().filter(code__in=[code for code, _n in line.origin])}
    waiting = waiting_places(owners={(item.seller_id, item.site_id)})[item.seller_id, item.site_id]
    moves = []
    for code, units in line.origin:
        if taken := min(units, left):
            moves.append(Move(stock, taken, transport.place_id, before.get(code, waiting), MoveReason.UNDONE))
            left -= taken
    post(moves)
    line.delete()
    record(
        "warehouse.transport.taken_off", subject=item, by=by, organisation=transport.organisation, place=str(transport)
    )


@transaction.atomic
def take_off_box(*, transport: Transport, box: Place, by: Any, back_to: Place | None = None) -> None:
    """The box stays here, with what is in it. Twice is once."""
    transport = open_transport(transport, TransportState.PLANNED)
    box = lock_row(box)
    if box.parent_id != transport.place_id:
        return
    set_path(box, back_to)
    TransportLine.objects.filter(transport=transport, box=box).delete()
    record(
        "warehouse.transport.taken_off", subject=box, by=by, organisation=transport.organisation, place=str(transport)
    )


def take_off(*, step: Step, by: Any) -> None:
    """Undo a step of loading. Raise NotUndoable once the vehicle is closed."""
    transport = Transport.objects.filter(public_id=step.data.get("transport", "")).first()
    if transport is None or transport.state != TransportState.PLANNED:
        raise NotUndoable
    if step.subject_kind == "warehouse.place":
        box = Place.objects.filter(code=step.subject_id, parent=transport.place_id).first()
        if box is None:
            raise NotUndoable
        codes = [code for code, _units in step.data.get("origin", [])]
        take_off_box(transport=transport, box=box, by=by, back_to=Place.objects.open().filter(code__in=codes).first())
        return
    item = Item.objects.filter(code=step.subject_id).first()
    if item is None:
        raise NotUndoable
    take_off_object(transport=transport, item=item, by=by)
