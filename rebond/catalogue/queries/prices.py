"""The lowest price of the last 30 days (rules.md F4; consumer code L112-1-1; test vector 21). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PricePoint:
    """The price from `at` on; `is_progressive` where the cut belongs to one declared progressive promotion."""

    at: datetime
    price_cents: int
    is_progressive: bool = False


def lowest_before(history: Sequence[PricePoint], at: datetime, *, since: datetime | None = None) -> int | None:
    """The lowest price in force during the 30 days before `at`, never before `since` (first put on sale).

    `history` is in order of time. None where no price was in force then.
    """
    start = at - WINDOW if since is None else max(at - WINDOW, since)
    lowest: int | None = None
    for index, point in enumerate(history):
        if point.at >= at:
            break
        ends = history[index + 1].at if index + 1 < len(history) else at
        if ends > start and (lowest is None or point.price_cents < lowest):
            lowest = point.price_cents
    return lowest


def reference_price(history: Sequence[PricePoint], *, since: datetime | None = None) -> int | None:
    """What must be shown beside the last price of `history`; None where it is no reduction.

    A cut: the lowest price of the 30 days before it. Successive cuts of one progressive promotion: the
    lowest price of the 30 days before the first of them. A promotion goes on while each cut comes less than
    30 days after the one before; later, the cut has become the price (`end_old_reductions` took its mark
    off), and the next one starts another promotion. An item listed for less: since its listing.
    """
    if len(history) < 2 or (since is not None and history[-1].at < since):
        return None
    first = len(history) - 1
    while (
        history[first].is_progressive
        and first > 1
        and history[first - 1].is_progressive
        and history[first - 1].price_cents > history[first].price_cents
        and history[first].at - history[first - 1].at < WINDOW
        and (since is None or history[first - 1].at >= since)
    ):
        first -= 1
    reference = lowest_before(history[:first], history[first].at, since=since)
    return reference if reference is not None and reference > history[-1].price_cents else None
