"""What was missing or broken of paid orders: the list of the desk, where each was, what may still be said of it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from rebond.core.codes import parse_code
from rebond.warehouse.enums import MISSED, OPEN_STOCK_OUTS, ParcelState, PickState, StockOutState
from rebond.warehouse.models import StockOut

OPEN = "open"
TABS = {OPEN: OPEN_STOCK_OUTS, **{one: {one} for one in StockOutState.values if one not in OPEN_STOCK_OUTS}}
CLOSED_PARCELS = frozenset({ParcelState.PACKED, ParcelState.LEFT})


@dataclass(frozen=True, slots=True)
class May:
    """What may be said of one now. `awaits`: its order waits for its refund, nothing else can be done before."""

    find: bool
    rejoin: bool
    mend: bool
    recycle: bool
    lose: bool
    awaits: bool


def stock_outs_of(organisation: Any, *, state: str = OPEN, words: str = "") -> "QuerySet[StockOut]":
    """Those of the organisation's sites, the latest first. `words`: the code of an order, or of an object."""
    rows: QuerySet[StockOut] = StockOut.objects.filter(organisation=organisation)
    if state in TABS:
        rows = rows.filter(state__in=TABS[state])
    if text := words.strip():
        code = parse_code(text)
        of_order = Q(line__parcel__order_code=text.lower().partition("-")[0])
        rows = rows.filter(Q(line__item_code=code) if code else of_order)
    return rows.select_related("line__parcel", "item", "place", "site").order_by("-pk")


def number_open(organisation: Any) -> int:
    """How many wait for somebody to say what became of them: one query."""
    return StockOut.objects.filter(organisation=organisation, state__in=OPEN_STOCK_OUTS).count()


def may(stock_out: StockOut) -> May:
    """Of a row with its line and parcel: no query."""
    is_open, is_missing = stock_out.state in OPEN_STOCK_OUTS, stock_out.reason == PickState.MISSING
    is_awaited = is_open and stock_out.line.state in MISSED
    is_closed = stock_out.line.parcel.state in CLOSED_PARCELS
    rejoins = is_awaited and is_missing and not is_closed
    is_free = is_open and not is_awaited
    return May(
        find=is_free or rejoins,
        rejoin=rejoins,
        mend=is_free and not is_missing and stock_out.state == StockOutState.OPEN,
        recycle=is_free and not is_missing,
        lose=is_free and is_missing,
        awaits=is_awaited and not rejoins,
    )
