"""Settle what two people found: the ledger follows, what is lost leaves the sale at once, what is found comes back."""

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item import change_item, publish_item, withdraw_item
from rebond.catalogue.actions.item_stock import give_back_what_ended
from rebond.catalogue.enums import ITEM_TRANSITIONS, ItemState, WithdrawReason
from rebond.catalogue.errors import CatalogueError, NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.journal.models import Transition
from rebond.network.models import Organisation, Site
from rebond.warehouse.actions.ledger import Move, Stock, post, read_stocks
from rebond.warehouse.actions.stock_out import end_found
from rebond.warehouse.actions.waiting import lost_place, waiting_places
from rebond.warehouse.enums import BinState, DifferenceReason, DifferenceState, MoveReason, PlaceKind
from rebond.warehouse.errors import FieldInvalid, HeldByBuyer, StockMovedOn
from rebond.warehouse.models import CountBin, CountDifference, Holding, Place
from rebond.workshop.errors import NotUndoable

# What the shop is told of an object that is no longer there.
WITHDRAWN_AS = {DifferenceReason.BROKEN: WithdrawReason.DAMAGED}


@transaction.atomic
def settle_difference(
    *, difference: CountDifference, reason: str, by: Any, note: str = "", now: datetime | None = None
) -> CountDifference:
    """The supervisor says why, and the ledger takes what was found. Settled twice is settled once.

    All units missing: they are kept in mind at the site's place of lost things, and the object is withdrawn from
    sale. Some of a batch missing: they leave the stock and its quantity. Too many: they come from where the ledger
    had them, else the quantity grows; what had been lost goes back on sale. Raise FieldInvalid without a reason,
    StockMovedOn where the bin's stock is no longer what was compared, HeldByBuyer.
    """
    if reason not in DifferenceReason.values:
        raise FieldInvalid("reason", _("Choose why."))
    item = lock_row(Item.objects.select_related("seller", "category", "site").get(pk=difference.item_id))
    place = lock_row(difference.bin.place, no_key=True)
    difference = lock_row(difference)
    if difference.state == DifferenceState.SETTLED:
        return difference
    held = Holding.objects.filter(item=item, place=place).values_list("units", flat=True).first() or 0
    if held != difference.expected:
        raise StockMovedOn
    before = {"quantity": item.quantity, "state": item.state, "site": item.site_id}
    moved = (
        _lose(item, place, -difference.gap, reason, by) if difference.gap < 0 else _find(item, place, difference, by)
    )
    CountDifference.objects.filter(pk=difference.pk).update(
        state=DifferenceState.SETTLED,
        reason=reason,
        note=note[:200],
        settled_on=timezone.localdate(now),
        effect={"moves": moved, **before},
    )
    difference.refresh_from_db()
    _look_again(difference.bin)
    _tell("settled", difference, place, by, reason=reason)
    return difference


def _tell(what: str, difference: CountDifference, place: Place, by: Any, **facts: Any) -> None:
    owner = Organisation.objects.get(pk=place.organisation_id)
    item = Item.objects.get(pk=difference.item_id)
    facts |= {"place": str(place), "expected": difference.expected, "found": difference.found}
    record(f"warehouse.difference.{what}", subject=item, by=by, organisation=owner, **facts)


def _look_again(bin: CountBin) -> None:  # noqa: A002 -- the warehouse's word
    """The bin is settled once all its differences are."""
    is_open = bin.differences.filter(state=DifferenceState.OPEN).exists()
    CountBin.objects.filter(pk=bin.pk, state__in=[BinState.DIFFERS, BinState.SETTLED]).update(
        state=BinState.DIFFERS if is_open else BinState.SETTLED, version=F("version") + 1
    )


def _posted(stock: Stock, moves: list[Move]) -> list[list[Any]]:
    """Write the moves; [[from, to, units]] as keys of places, to undo them."""
    post(moves)
    return [[move.from_id, move.to_id, move.units] for move in moves]


def _fresh(item: Item) -> Item:
    return Item.objects.select_related("seller", "category", "site").get(pk=item.pk)


def _lose(item: Item, place: Place, missing: int, reason: str, by: Any) -> list[list[Any]]:
    stock = read_stocks([item.pk])[0]
    if missing < stock.units:
        moved = _posted(stock, [Move(stock, missing, place.pk, None, MoveReason.LOST)])
        _set_quantity(item, item.quantity - missing, by)
        return moved
    if give_back_what_ended(item).reserved:
        raise HeldByBuyer
    kept = lost_place(site=Site.objects.get(places=place))
    moved = _posted(stock, [Move(stock, missing, place.pk, kept.pk, MoveReason.LOST)])
    if item.state in ITEM_TRANSITIONS["withdraw"][0]:
        why = WITHDRAWN_AS.get(DifferenceReason(reason), WithdrawReason.LOST)
        try:
            withdraw_item(item=_fresh(item), reason=why, by=by)
        except NotEnoughLeft as error:
            raise HeldByBuyer from error
    return moved


def _set_quantity(item: Item, quantity: int, by: Any) -> None:
    if quantity < give_back_what_ended(item).reserved:
        raise HeldByBuyer
    change_item(item=_fresh(item), changes={"quantity": quantity}, by=by)


def _find(item: Item, place: Place, difference: CountDifference, by: Any) -> list[list[Any]]:
    """Units that lie here come from the lost ones first, then from what waits, then from the other places."""
    stock, needed, moves = read_stocks([item.pk])[0], difference.gap, []
    kinds = dict(Place.objects.filter(holdings__item=item).values_list("pk", "kind"))
    order = {PlaceKind.LOST: 0, PlaceKind.WAITING: 1}
    others = [(held, units) for held, _site, _waits, units in stock.held if held != place.pk]
    for held, units in sorted(others, key=lambda one: (order.get(PlaceKind(kinds[one[0]]), 2), one[0])):
        if taken := min(units, needed):
            moves.append(Move(stock, taken, held, place.pk, MoveReason.FOUND))
            needed -= taken
    moved = _posted(stock, moves)
    if needed:
        moved += _more(item, place, needed, by)
    if item.site_id != place.site_id:
        change_item(item=_fresh(item), changes={"site": place.site}, by=by)
    found_again(item=item, by=by)
    return moved


def _more(item: Item, place: Place, units: int, by: Any) -> list[list[Any]]:
    """There are more than the catalogue knew: its quantity grows, and they lie here."""
    _set_quantity(item, item.quantity + units, by)
    waiting = waiting_places(owners={(item.seller_id, item.site_id)})[item.seller_id, item.site_id]
    stock = read_stocks([item.pk])[0]
    _posted(stock, [Move(stock, units, waiting, place.pk, MoveReason.FOUND)])
    return [[None, place.pk, units]]


def found_again(*, item: Item, by: Any) -> bool:
    """An object withdrawn because it was lost goes back on sale, where it was on sale; return whether it did.

    So does what a picker had not found: its sale was cancelled, somebody had paid for it. Where it may no longer be on
    sale as it is (incomplete, held by the moderators) it stays withdrawn.
    """
    was_sold = end_found(item=item, by=by)
    if item.state != ItemState.WITHDRAWN or not (was_sold or _was_on_sale(item)):
        return False
    item = _fresh(item)
    with contextlib.suppress(CatalogueError), transaction.atomic():
        publish_item(item=item, by=by)
        return True
    return False


def _was_on_sale(item: Item) -> bool:
    """Whether it is out of sale because it was lost, and was on sale before."""
    if item.withdraw_reason != WithdrawReason.LOST:
        return False
    moves = Transition.objects.filter(subject_kind="catalogue.item", subject_id=item.code, verb="withdraw")
    return moves.order_by("-pk").values_list("from_state", flat=True).first() == ItemState.ON_SALE


@transaction.atomic
def reopen_difference(*, difference: CountDifference, by: Any) -> CountDifference:
    """Undo what settling did: units, quantity and sale as before. Raise NotUndoable where the object moved since."""
    item = lock_row(Item.objects.get(pk=difference.item_id))
    place = lock_row(difference.bin.place, no_key=True)
    difference = lock_row(difference)
    if difference.state != DifferenceState.SETTLED:
        return difference
    held = Holding.objects.filter(item=item, place=place).values_list("units", flat=True).first() or 0
    if held != difference.found or item.state == ItemState.SOLD:
        raise NotUndoable
    try:
        with transaction.atomic():
            _put_back(item, place, difference.effect, by)
    except CatalogueError as error:
        raise NotUndoable from error
    CountDifference.objects.filter(pk=difference.pk).update(
        state=DifferenceState.OPEN, reason="", note="", settled_on=None, effect={}
    )
    difference.refresh_from_db()
    _look_again(difference.bin)
    _tell("reopened", difference, place, by)
    return difference


def _put_back(item: Item, place: Place, effect: dict[str, Any], by: Any) -> None:
    for start, end, units in effect["moves"]:
        stock = read_stocks([item.pk])[0]
        there = {held: n for held, _site, _waits, n in stock.held}
        if end is not None and there.get(end, 0) < units:
            raise NotUndoable
        if start is not None and end is not None:
            post([Move(stock, units, end, start, MoveReason.UNDONE)])
        elif end is not None:  # it had come from outside
            post([Move(stock, units, end, None, MoveReason.UNDONE)])
            _set_quantity(_fresh(item), _fresh(item).quantity - units, by)
        else:  # it had left
            _set_quantity(_fresh(item), _fresh(item).quantity + units, by)
            waiting = waiting_places(owners={(item.seller_id, item.site_id)})[item.seller_id, item.site_id]
            stock = read_stocks([item.pk])[0]
            post([Move(stock, units, waiting, place.pk, MoveReason.UNDONE)])
    fresh = _fresh(item)
    if fresh.site_id != effect["site"]:
        change_item(item=fresh, changes={"site": Site.objects.filter(pk=effect["site"]).first()}, by=by)
    if effect["state"] == ItemState.ON_SALE and fresh.state == ItemState.WITHDRAWN:
        publish_item(item=_fresh(item), by=by)
    elif effect["state"] == ItemState.WITHDRAWN and fresh.state == ItemState.ON_SALE:
        withdraw_item(item=_fresh(item), reason=WithdrawReason.LOST, by=by)
