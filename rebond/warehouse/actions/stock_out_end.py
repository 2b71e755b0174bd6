"""What becomes of what was missing or broken: back on a shelf, mended, recycled, or lost for good.

Once its order waits for it no more; before that, what was not found may only go back there (`stock_out.rejoin_order`).
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item import change_item, publish_item
from rebond.catalogue.actions.item_back import take_back, write_off
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.intake.actions.balance import note_exit
from rebond.intake.actions.sorting import check_thing
from rebond.intake.enums import ExitKind
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.journal.actions.record import record
from rebond.warehouse.actions.ledger import Move, post, read_stock
from rebond.warehouse.actions.stock_out import move_stock_out, rejoin_order, tell_found
from rebond.warehouse.actions.store import move_item
from rebond.warehouse.actions.waiting import lost_place, waiting_places
from rebond.warehouse.enums import DifferenceReason, MoveReason, PickState
from rebond.warehouse.errors import FieldInvalid, HeldByBuyer, StockOutAwaited, StockOutStateForbids
from rebond.warehouse.models import Place, StockOut

# Why something is lost for good; what was only misplaced, or not scanned, is found again.
LOST_AS = (DifferenceReason.NOT_FOUND, DifferenceReason.TAKEN, DifferenceReason.BROKEN, DifferenceReason.OTHER)


def _fresh(item: Item) -> Item:
    return Item.objects.select_related("seller", "category", "site").get(pk=item.pk)


def _held(stock_out: StockOut) -> tuple[StockOut, Item]:
    """Both fresh, the object's row locked. Raise StockOutAwaited where its order still waits."""
    item = lock_row(Item(pk=stock_out.item_id))
    found = StockOut.objects.select_related("line", "organisation", "site", "item").get(pk=stock_out.pk)
    if found.is_awaited:
        raise StockOutAwaited
    return found, item


@transaction.atomic
def find_stock_out(
    *, stock_out: StockOut, place: Place, is_on_sale: bool, by: Any, now: datetime | None = None
) -> StockOut:
    """It is there again, or mended, and lies at `place`: on sale again, or out of sale.

    What an order still waits for goes back there instead, whatever `is_on_sale`. Raise StockOutStateForbids, what
    `rejoin_order` and `move_item` raise, and the catalogue's refusals where it may not be on sale: nothing is done.
    """
    stock_out = StockOut.objects.select_related("line__item", "organisation").get(pk=stock_out.pk)
    if stock_out.line.state == PickState.MISSING:
        rejoin_order(stock_out=stock_out, place=place, by=by, now=now)
        return stock_out
    stock_out, item = _held(stock_out)
    move_stock_out(stock_out, "find", by, now=now)
    _put(stock_out, item, place, by)
    if is_on_sale and _fresh(item).state == ItemState.WITHDRAWN:
        publish_item(item=_fresh(item), by=by)
    tell_found(stock_out, place, by)
    return stock_out


def _put(stock_out: StockOut, item: Item, place: Place, by: Any) -> None:
    """Its units lie there: those that had left the stock come back to it, the others are moved."""
    is_sold = item.state == ItemState.SOLD
    if stock_out.is_out and is_sold:  # the others of its batch
        take_back(item=_fresh(item), n=stock_out.units, by=by, reason=str(stock_out.get_state_display()))
    if not stock_out.is_out and is_sold:  # by whoever found it
        return
    if not stock_out.is_out or is_sold:
        move_item(item=_fresh(item), place=place, by=by)
        return
    change_item(item=_fresh(item), changes={"quantity": item.quantity + stock_out.units}, by=by)
    waiting = waiting_places(owners={(item.seller_id, item.site_id)})[item.seller_id, item.site_id]
    post([Move(read_stock(_fresh(item)), stock_out.units, waiting, place.pk, MoveReason.FOUND)])


@transaction.atomic
def mend_stock_out(*, stock_out: StockOut, by: Any) -> StockOut:
    """It is broken, and can be mended. Raise StockOutAwaited, StockOutStateForbids: also for what was not found."""
    stock_out, item = _held(stock_out)
    if stock_out.reason != PickState.DAMAGED:
        raise StockOutStateForbids
    move_stock_out(stock_out, "repair", by)
    record("warehouse.stock_out.repair", subject=item, by=by, organisation=stock_out.organisation)
    return stock_out


@transaction.atomic
def recycle_stock_out(*, stock_out: StockOut, weight_g: int, by: Any, now: datetime | None = None) -> StockOut:
    """It is too broken: it leaves the stock, and its weight goes into the mass balance of the site (rules.md E1).

    Raise StockOutAwaited, StockOutStateForbids; HeldByBuyer where somebody buys it; the intake's FieldInvalid.
    """
    stock_out, item = _held(stock_out)
    if stock_out.reason != PickState.DAMAGED:
        raise StockOutStateForbids
    check_thing(weight_g, stock_out.units)
    move_stock_out(stock_out, "recycle", by, now=now)
    if not stock_out.is_out:
        _leave(stock_out, item, by)
    note_exit(
        site=stock_out.site,
        flow=flow_of(_fresh(item).category, chosen_flows(stock_out.organisation)),
        kind=ExitKind.RECYCLED,
        day=timezone.localdate(now),
        weight_g=weight_g,
        by=by,
        reference=stock_out.public_id,
        operation_id=uuid.uuid5(uuid.NAMESPACE_OID, f"stock-out {stock_out.public_id}"),
    )
    record("warehouse.stock_out.recycled", subject=item, by=by, organisation=stock_out.organisation, grams=weight_g)
    return stock_out


@transaction.atomic
def lose_stock_out(*, stock_out: StockOut, why: str, by: Any, note: str = "", now: datetime | None = None) -> StockOut:
    """Nobody will find it: it leaves the stock, with the reason. `why` is one of LOST_AS.

    Raise FieldInvalid without one, StockOutAwaited, StockOutStateForbids, HeldByBuyer.
    """
    if why not in LOST_AS:
        raise FieldInvalid("why", _("Choose why."))
    stock_out, item = _held(stock_out)
    if stock_out.reason != PickState.MISSING:
        raise StockOutStateForbids
    move_stock_out(stock_out, "lose", by, now=now, why=why, note=note.strip()[:200])
    if not stock_out.is_out:
        _leave_the_lost(stock_out, item)
        _leave(stock_out, item, by)
    record("warehouse.stock_out.lost", subject=item, by=by, organisation=stock_out.organisation, why=why)
    return stock_out


def _leave_the_lost(stock_out: StockOut, item: Item) -> None:
    """The ledger first, so that the units leave from where they were kept in mind."""
    lost = lost_place(site=stock_out.site)
    stock = read_stock(item)
    held = sum(units for place, _site, _waits, units in stock.held if place == lost.pk)
    if units := min(held, stock_out.units):
        post([Move(stock, units, lost.pk, None, MoveReason.LOST)])


def _leave(stock_out: StockOut, item: Item, by: Any) -> None:
    """Its units are in stock no longer; of what was sold or written off since, nothing is left to take."""
    units = min(stock_out.units, 0 if item.state == ItemState.SOLD else item.quantity)
    if not units:
        return
    try:
        write_off(item=item, n=units, by=by, reason=str(stock_out.get_reason_display()))
    except NotEnoughLeft as error:
        raise HeldByBuyer from error
