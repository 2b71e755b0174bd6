"""Out of the vehicle by scan at the other site: what arrived, damaged, extra; what is missing at the end."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from rebond.catalogue.actions.item import change_item, withdraw_item
from rebond.catalogue.enums import ITEM_TRANSITIONS, ItemState, WithdrawReason
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.actions.ledger import Move, post, read_stocks
from rebond.warehouse.actions.loading import open_transport
from rebond.warehouse.actions.store import codes_of, set_path
from rebond.warehouse.actions.waiting import lost_place, waiting_places
from rebond.warehouse.data import UNLOAD
from rebond.warehouse.enums import LineState, MoveReason, TransportState
from rebond.warehouse.errors import AlreadyHere, HeldByBuyer, TransportStateForbids
from rebond.warehouse.models import Place, Transport, TransportLine
from rebond.workshop.actions.step import Hands, already_done, record_step

HERE = frozenset({LineState.ARRIVED, LineState.DAMAGED})


@transaction.atomic
def check_object(
    *, transport: Transport, item: Item, hands: Hands, is_damaged: bool = False, now: datetime | None = None
) -> TransportLine:
    """The object is here: it waits for a place at this site, which is its site from now on.

    One that was not loaded by a scan comes along as extra. `is_damaged` withdraws it from sale (said again after a
    first scan, it only does that). A second scan changes nothing. Raise TransportStateForbids, AlreadyHere.
    """
    item = lock_row(item)
    transport = open_transport(transport, TransportState.ON_THE_WAY)
    line = TransportLine.objects.filter(transport=transport, item_id=item.pk).first()
    if line is None and item.site_id == transport.to_site_id:
        raise AlreadyHere
    if line is None:
        stock = read_stocks([item.pk])[0]
        line = TransportLine.objects.create(
            transport=transport, item_id=item.pk, item_code=item.code, title=item.title[:150],
            units=max(stock.counted, 1), is_extra=True,
        )  # fmt: skip
    if line.state not in HERE:
        record_step(
            kind=UNLOAD, subject=item, hands=hands, site=transport.to_site, now=now,
            transport=transport.public_id, label=transport.place.label, **_came_from(item),
        )  # fmt: skip
        _bring(transport, item, by=hands.user)
        _set_state(line, LineState.ARRIVED)
    if is_damaged and line.state != LineState.DAMAGED:
        _set_state(line, LineState.DAMAGED)
        _withdraw(item, WithdrawReason.DAMAGED, by=hands.user)
    return line


def _came_from(item: Item) -> dict[str, Any]:
    """Where its units lay and which site it was of, to undo the scan."""
    before = [(held, units) for held, _site, _waits, units in read_stocks([item.pk])[0].held]
    site = Site.objects.filter(items=item).values_list("public_id", flat=True).first()
    return {"origin": [list(one) for one in codes_of(before)], "from_site": site or ""}


def _set_state(line: TransportLine, state: str) -> None:
    TransportLine.objects.filter(pk=line.pk).update(state=state)
    line.state = state


def _fresh(item: Item) -> Item:
    return Item.objects.select_related("seller", "category", "site").get(pk=item.pk)


def _bring(transport: Transport, item: Item, *, by: Any) -> None:
    """Units in the vehicle (or elsewhere, for an extra) wait here; the item is of this site."""
    site = transport.to_site_id
    waiting = waiting_places(owners={(item.seller_id, site)})[item.seller_id, site]
    stock = read_stocks([item.pk])[0]
    post(
        [Move(stock, units, held, waiting, MoveReason.ARRIVED) for held, _s, _w, units in stock.held if held != waiting]
    )
    change_item(item=_fresh(item), changes={"site": transport.to_site}, by=by)


def _withdraw(item: Item, reason: str, *, by: Any) -> bool:
    """Off sale; False where a buyer holds it, for nothing is taken from them."""
    item = _fresh(item)
    if item.state not in ITEM_TRANSITIONS["withdraw"][0]:
        return True
    try:
        withdraw_item(item=item, reason=reason, by=by)
    except NotEnoughLeft:
        return False
    return True


@transaction.atomic
def check_box(*, transport: Transport, box: Place, hands: Hands, now: datetime | None = None) -> int:
    """A box arrived closed, with all that was loaded in it; it stands nowhere yet. Return how many objects.

    A second scan changes nothing. Raise TransportStateForbids where it was not in this vehicle.
    """
    lines = TransportLine.objects.filter(transport=transport, box=box, state=LineState.LOADED)
    items = lock_rows(Item.objects.filter(pk__in=lines.values("item_id")))
    transport = open_transport(transport, TransportState.ON_THE_WAY)
    box = lock_row(box)
    if box.site_id == transport.to_site_id or already_done(hands.operation_id) is not None:
        return 0
    if box.parent_id != transport.place_id:
        raise TransportStateForbids
    record_step(
        kind=UNLOAD, subject=box, hands=hands, site=transport.to_site, now=now,
        transport=transport.public_id, label=transport.place.label,
    )  # fmt: skip
    set_path(box, None)
    box_to_site(box, transport.to_site)
    for item in items:  # their units lie in the box, which is here now
        change_item(item=_fresh(item), changes={"site": transport.to_site}, by=hands.user)
    return lines.update(state=LineState.ARRIVED)


def box_to_site(box: Place, site: Site) -> None:
    """The box and what stands in it are of `site`; a label that is taken there gets its code's end."""
    rows = [box, *Place.objects.filter(site=box.site_id, path__startswith=box.path).exclude(pk=box.pk)]
    taken = set(Place.objects.filter(site=site, label__in=[row.label for row in rows]).values_list("label", flat=True))
    for row in sorted(rows, key=lambda place: place.pk):
        label = f"{row.label} {row.code[-4:]}" if row.label in taken else row.label
        Place.objects.filter(pk=row.pk).update(site=site, label=label[:80], version=F("version") + 1)


@transaction.atomic
def lose_the_rest(transport: Transport, *, by: Any) -> None:
    """What nobody scanned out is missing: kept in mind at the site it left, off sale. Raise HeldByBuyer."""
    lines = list(TransportLine.objects.filter(transport=transport, state=LineState.LOADED).order_by("item_id"))
    items = {item.pk: item for item in lock_rows(Item.objects.filter(pk__in=[line.item_id for line in lines]))}
    lost = lost_place(site=transport.from_site) if lines else None
    for line in lines:
        item = items.get(line.item_id)
        if item is None or lost is None:
            continue
        stock = read_stocks([item.pk])[0]
        inside = set(
            Place.objects.filter(site=transport.from_site, path__startswith=transport.place.path).values_list(
                "pk", flat=True
            )
        )
        moves = [Move(stock, n, held, lost.pk, MoveReason.LOST) for held, _s, _w, n in stock.held if held in inside]
        post(moves)
        if moves and item.state != ItemState.SOLD and not _withdraw(item, WithdrawReason.LOST, by=by):
            raise HeldByBuyer
        _set_state(line, LineState.MISSING)
        facts = {"place": str(transport)}
        record("warehouse.transport.missing", subject=item, by=by, organisation=transport.organisation, **facts)
    for box in Place.objects.filter(parent=transport.place_id).order_by("pk"):
        set_path(lock_row(box), None)
