"""Take back a scan at arrival: the object, or the box, is in the vehicle again, and may be checked anew."""

from typing import Any

from django.db import transaction

from rebond.catalogue.actions.item import change_item, publish_item
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.actions.arriving import HERE, box_to_site
from rebond.warehouse.actions.ledger import Move, post, read_stocks
from rebond.warehouse.actions.loading import open_transport
from rebond.warehouse.actions.store import set_path
from rebond.warehouse.enums import LineState, MoveReason, PlaceKind, TransportState
from rebond.warehouse.errors import TransportStateForbids
from rebond.warehouse.models import Holding, Place, Transport, TransportLine
from rebond.warehouse.queries.transports import was_on_sale
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step


@transaction.atomic
def put_in_again(*, step: Step, by: Any) -> None:
    """Undo a step of checking. What was withdrawn as damaged is on sale again, where it was.

    Raise NotUndoable once the check is over, or where the thing was put away, sold, or mixed with others since.
    """
    transport = Transport.objects.filter(public_id=step.data.get("transport", "")).first()
    if transport is None:
        raise NotUndoable
    try:
        if step.subject_kind == "warehouse.place":
            _box(transport, step, by)
        else:
            _object(transport, step, by)
    except (TransportStateForbids, CatalogueError) as error:
        raise NotUndoable from error


def _fresh(item: Item) -> Item:
    return Item.objects.select_related("seller", "category", "site").get(pk=item.pk)


def _object(transport: Transport, step: Step, by: Any) -> None:
    found = Item.objects.filter(code=step.subject_id).first()
    if found is None:
        raise NotUndoable
    item = lock_row(found)
    transport = open_transport(transport, TransportState.ON_THE_WAY)
    line = TransportLine.objects.filter(transport=transport, item_id=item.pk, state__in=HERE).first()
    if line is None:
        raise NotUndoable
    post(_moves_back(transport, item, step.data.get("origin", [])), step=step)
    site = Site.objects.filter(organisation_id=item.seller_id, public_id=step.data.get("from_site", "")).first()
    change_item(item=_fresh(item), changes={"site": site}, by=by)
    if line.state == LineState.DAMAGED:
        _on_sale_again(item, by)
    if line.is_extra:
        line.delete()
    else:
        TransportLine.objects.filter(pk=line.pk).update(state=LineState.LOADED)
    _tell(item, transport, by)


def _moves_back(transport: Transport, item: Item, origin: list[list[Any]]) -> list[Move]:
    """From the waiting place of this site to where the units lay before. Raise NotUndoable where they left it."""
    stock = read_stocks([item.pk])[0]
    waiting = Place.objects.filter(kind=PlaceKind.WAITING, site=transport.to_site_id).first()
    before = {row.code: row.pk for row in Place.objects.open().filter(code__in=[code for code, _n in origin])}
    here = sum(units for held, _s, _w, units in stock.held if waiting is not None and held == waiting.pk)
    if waiting is None or len(before) != len(origin) or not here or here != sum(units for _code, units in origin):
        raise NotUndoable
    return [Move(stock, int(units), waiting.pk, before[code], MoveReason.UNDONE) for code, units in origin]


def _on_sale_again(item: Item, by: Any) -> None:
    """It was withdrawn by the same hand, as damaged. Raise NotUndoable for what was never on sale."""
    item = _fresh(item)
    if item.state != ItemState.WITHDRAWN or item.withdraw_reason != WithdrawReason.DAMAGED:
        return
    if not was_on_sale(item):
        raise NotUndoable
    publish_item(item=item, by=by)


def _box(transport: Transport, step: Step, by: Any) -> None:
    box = Place.objects.filter(code=step.subject_id, site=transport.to_site_id, parent=None).first()
    if box is None:
        raise NotUndoable
    lines = list(TransportLine.objects.filter(transport=transport, box=box).order_by("item_id"))
    items = lock_rows(Item.objects.filter(pk__in=[line.item_id for line in lines]))
    transport = open_transport(transport, TransportState.ON_THE_WAY)
    box = lock_row(box)
    _check_untouched(box, lines)
    box_to_site(box, transport.from_site)
    box.refresh_from_db()
    set_path(box, transport.place)
    for item in items:
        change_item(item=_fresh(item), changes={"site": transport.from_site}, by=by)
    TransportLine.objects.filter(pk__in=[line.pk for line in lines]).update(state=LineState.LOADED)
    _tell(box, transport, by)


def _check_untouched(box: Place, lines: list[TransportLine]) -> None:
    """Raise NotUndoable where something left the box, or came into it, or was told damaged."""
    rows = Holding.objects.filter(place__site_id=box.site_id, place__path__startswith=box.path)
    held: dict[int, int] = {}
    for item, units in rows.values_list("item_id", "units"):
        held[item] = held.get(item, 0) + units
    counted = {stock.pk: stock.counted for stock in read_stocks([line.item_id for line in lines]) if stock.counted}
    if box.parent_id is not None or held != counted or any(line.state != LineState.ARRIVED for line in lines):
        raise NotUndoable


def _tell(subject: Any, transport: Transport, by: Any) -> None:
    owner = transport.organisation
    record("warehouse.transport.unchecked", subject=subject, by=by, organisation=owner, place=str(transport))
