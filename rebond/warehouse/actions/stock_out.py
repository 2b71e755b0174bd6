"""What a picker did not find, or found broken: noted at once, kept out of the sale, put back into its parcel if found.

Locks: the order first (`signals.line_found`), then the parcel, then the object.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.item_back import write_off
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Site
from rebond.warehouse.actions.ledger import Move, post, read_stock
from rebond.warehouse.actions.parcel import move_parcel, settle
from rebond.warehouse.actions.rounds import end_rounds, reopen_round
from rebond.warehouse.actions.waiting import lost_place
from rebond.warehouse.enums import (
    MISSED,
    OPEN_STOCK_OUTS,
    PICK_TRANSITIONS,
    STOCK_OUT_TRANSITIONS,
    MoveReason,
    ParcelState,
    PickState,
    RoundState,
    StockOutState,
)
from rebond.warehouse.errors import PackedWithout, StockOutStateForbids
from rebond.warehouse.models import Parcel, PickLine, Place, Round, StockOut
from rebond.warehouse.signals import line_found, line_missing
from rebond.workshop.errors import NotUndoable

TAKES_BACK = frozenset({ParcelState.ASKED, ParcelState.PICKED, ParcelState.CANCELLED})


def note_missing(line: PickLine, parcel: Parcel, *, by: Any, now: datetime | None = None) -> StockOut:
    """Keep in mind what is missing or broken, and tell the room of orders. The caller holds the parcel."""
    place = str(line.place or "")
    noted: StockOut = StockOut.objects.create(
        organisation=parcel.organisation,
        site_id=parcel.site_id,
        line=line,
        item_id=line.item_id,
        reason=line.state,
        units=line.units,
        place_id=line.place_id,
        missed_on=timezone.localdate(now),
    )
    about: dict[str, Any] = {"by": by, "organisation": parcel.organisation}
    record("warehouse.pick.missing", subject=line.item, place=place, reason=line.state, parcel=str(parcel), **about)
    line_missing.send(sender=PickLine, line=line, order_code=parcel.order_code, by=by)
    return noted


def move_stock_out(stock_out: StockOut, verb: str, by: Any, *, now: datetime | None = None, **changes: Any) -> None:
    """One conditional move, with its row of transition; raise StockOutStateForbids."""
    from_states, to_state = STOCK_OUT_TRANSITIONS[verb]
    old = stock_out.state
    ended_on = None if to_state in OPEN_STOCK_OUTS else timezone.localdate(now)
    rows = StockOut.objects.filter(pk=stock_out.pk, state__in=from_states)
    if not rows.update(state=to_state, ended_on=ended_on, **changes):
        raise StockOutStateForbids
    record_transition(
        subject=stock_out, verb=verb, from_state=old, to_state=to_state, by=by, organisation=stock_out.organisation
    )
    stock_out.refresh_from_db()


@transaction.atomic
def keep_missed(*, line: PickLine, by: Any) -> None:
    """A sale was cancelled because nobody found these units, or found them broken: nobody else may buy them now.

    Those of a batch that is on sale leave the stock. Of what is off sale, what was not found is kept in mind among the
    lost, and what is broken waits for a place.
    """
    item = lock_row(Item(pk=line.item_id))
    if item.state == ItemState.ON_SALE:
        write_off(item=item, n=line.units, by=by, reason=str(PickState(line.state).label))
        StockOut.objects.filter(line=line, state__in=OPEN_STOCK_OUTS).update(is_out=True)
    elif line.state == PickState.MISSING and item.site_id is not None and item.state != ItemState.SOLD:
        _keep_lost(item, item.site_id, line.units)


@transaction.atomic
def keep_aside(*, order_code: str, item_id: int, units: int, by: Any, why: str, now: datetime | None = None) -> None:
    """Nobody knows whether these units of a cancelled sale are here (`why`): they are on sale once they are found.

    Those of a batch that is on sale leave the stock; where a site was asked for them they are to look at there. What is
    off sale stays so. The line is dropped already; what a picker missed of it is kept by `keep_missed`.
    """
    item = lock_row(Item(pk=item_id))
    if item.state != ItemState.ON_SALE or not units:
        return
    write_off(item=item, n=units, by=by, reason=why)
    lines = PickLine.objects.filter(parcel__order_code=order_code, item=item)
    for line in lines.exclude(stock_outs__state__in=OPEN_STOCK_OUTS).select_related("parcel").order_by("pk"):
        StockOut.objects.create(
            organisation_id=line.parcel.organisation_id,
            site_id=line.parcel.site_id,
            line=line,
            item=item,
            reason=PickState.MISSING,
            units=line.units,
            is_out=True,
            place_id=line.place_id,
            note=why[:200],
            missed_on=timezone.localdate(now),
        )


def _keep_lost(item: Item, site_id: int, units: int) -> None:
    lost, stock, moves = lost_place(site=Site.objects.get(pk=site_id)), read_stock(item), []
    for place, _site, waits, held in stock.held:
        moved = min(held, units) if waits else 0
        if moved:
            moves.append(Move(stock, moved, place, lost.pk, MoveReason.LOST))
            units -= moved
    post(moves)


def awaited(item: Item) -> StockOut | None:
    """What nobody found of an object while its order still waits for it: scanned again, it goes back there.

    Not of a batch of which some is in stock: nobody tells these units apart.
    """
    rows = StockOut.objects.filter(item=item, item__state=ItemState.SOLD, state=StockOutState.OPEN)
    rows = rows.filter(line__state=PickState.MISSING)
    found: StockOut | None = rows.select_related("line", "organisation").order_by("pk").first()
    return found


@transaction.atomic
def rejoin_order(*, stock_out: StockOut, place: Place, by: Any, now: datetime | None = None) -> Parcel:
    """Found, while its order still waits: it lies at `place`, and is picked for its parcel after all.

    The room of orders takes its refund back first. Raise StockOutStateForbids; PackedWithout where its parcel is
    packed or left; ParcelStays where the order keeps it.
    """
    line = stock_out.line
    code = Parcel.objects.values_list("order_code", flat=True).get(pk=line.parcel_id)
    line_found.send(sender=PickLine, line=line, order_code=code, by=by)
    parcel = lock_row(Parcel(pk=line.parcel_id), no_key=True)
    if parcel.state not in TAKES_BACK:
        raise PackedWithout
    from_states, to_state = PICK_TRANSITIONS["find"]
    rows = PickLine.objects.filter(pk=line.pk, state__in=from_states)
    if not rows.update(state=to_state, place=place, skips=0):
        raise StockOutStateForbids
    move_stock_out(stock_out, "find", by, now=now)
    if parcel.state != ParcelState.ASKED:
        move_parcel(parcel, "find" if parcel.state == ParcelState.CANCELLED else "reopen", by, now=now)
    _walk_again(parcel, by, now)
    tell_found(stock_out, place, by)
    return parcel


def tell_found(stock_out: StockOut, place: Place, by: Any) -> None:
    """The journal's word, on the object, in the transaction of the caller."""
    owner = stock_out.organisation
    record("warehouse.stock_out.found", subject=stock_out.line.item, by=by, organisation=owner, place=str(place))


def _walk_again(parcel: Parcel, by: Any, now: datetime | None) -> None:
    """Its round goes on; of one that was stopped it waits for the next wave."""
    one = Round.objects.select_related("wave__site").filter(parcels=parcel).first()
    if one is not None and one.state != RoundState.CANCELLED:
        reopen_round(one, by, now)
        return
    Parcel.objects.filter(pk=parcel.pk).update(wave=None, round=None, slot=None)
    PickLine.objects.filter(parcel=parcel).update(slot=None, turn=None)


@transaction.atomic
def miss_again(*, stock_out: StockOut, by: Any, now: datetime | None = None) -> None:
    """Somebody takes back that it was found: it is missing as before. Raise NotUndoable where it is picked already."""
    line = stock_out.line
    parcel = lock_row(Parcel(pk=line.parcel_id), no_key=True)
    rows = PickLine.objects.filter(pk=line.pk, state=PickState.TO_PICK)
    if stock_out.state != StockOutState.FOUND or not rows.update(state=stock_out.reason, place=stock_out.place_id):
        raise NotUndoable
    fresh = PickLine.objects.select_related("item", "place").get(pk=line.pk)
    settle(parcel, by, now=now)
    note_missing(fresh, parcel, by=by, now=now)
    end_rounds({parcel.round_id} if parcel.round_id is not None else set(), now=now)


def end_found(*, item: Item, by: Any, now: datetime | None = None) -> bool:
    """An object, whose row is locked, is put away: what was missing of a cancelled sale is found. Whether it was."""
    rows = StockOut.objects.filter(item=item, state=StockOutState.OPEN, reason=PickState.MISSING, is_out=False)
    found = list(rows.exclude(line__state__in=MISSED).select_related("organisation"))
    for stock_out in found:
        move_stock_out(stock_out, "find", by, now=now)
    return bool(found)


def lose_found(*, item: Item, by: Any) -> None:
    """Its putting away is taken back, and it came from the lost ones: it is to look for again."""
    rows = StockOut.objects.filter(item=item, state=StockOutState.FOUND, reason=PickState.MISSING, is_out=False)
    last = rows.exclude(line__state=PickState.TO_PICK).select_related("organisation").order_by("-pk").first()
    if last is not None:
        move_stock_out(last, "reopen", by)
