"""Mass balance of a site by flow (rules.md E1; test vector 32): it closes, or the gap is shown.

opening + collected ± moved between flows = sold + given + recycled + waste + closing ± gap. All in grams.
Opening is the last count before the period and what moved since; closing is the last count in the period and what
moved since. Without a count in the period, closing is that of the books and no gap can be known.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import F, Min, Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.core.dates import midnight
from rebond.intake.data.balance import TOLERANCE_PERCENT
from rebond.intake.data.flows import Flow, flow, flows
from rebond.intake.enums import Outcome
from rebond.intake.models import Donation, Exit, PartSale, Sorting, StockCount, Weighing
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.network.models import Site

DAY = datetime.timedelta(days=1)
LEAVING = {Outcome.GIVE: "given_g", Outcome.RECYCLE: "recycled_g", Outcome.WASTE: "waste_g"}


@dataclass(slots=True)
class Moves:
    """What moved in a flow during a period, in grams; `estimated_g` is the part of `sold_g` that nobody weighed."""

    collected_g: int = 0
    moved_g: int = 0
    sold_g: int = 0
    given_g: int = 0
    recycled_g: int = 0
    waste_g: int = 0
    estimated_g: int = 0

    @property
    def net_g(self) -> int:
        """What they add to the stock."""
        return self.collected_g + self.moved_g - self.sold_g - self.given_g - self.recycled_g - self.waste_g

    def add(self, other: "Moves") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class Balance:
    """One flow (None: all of them) over a period. `is_counted`: somebody counted the stock in the period."""

    flow: Flow | None
    opening_g: int
    moves: Moves
    closing_g: int
    is_counted: bool = True

    @property
    def gap_g(self) -> int:
        """What came in or was there, and is found nowhere (below 0: found too much)."""
        return self.opening_g + self.moves.net_g - self.closing_g

    @property
    def base_g(self) -> int:
        return self.opening_g + self.moves.collected_g + self.moves.moved_g

    @property
    def closes(self) -> bool:
        """Whether the gap is within the tolerance of what there was to find."""
        return abs(self.gap_g) * 100 <= TOLERANCE_PERCENT * max(self.base_g, 0)

    @property
    def gap_percent(self) -> int:
        return round(100 * self.gap_g / self.base_g) if self.base_g > 0 else 0

    @property
    def reuse_per_mille(self) -> int | None:
        """(sold + given) / collected, in thousandths (rules.md E1); None where nothing was collected."""
        collected = self.moves.collected_g + self.moves.moved_g
        return round(1000 * (self.moves.sold_g + self.moves.given_g) / collected) if collected > 0 else None

    @property
    def is_empty(self) -> bool:
        return not (self.opening_g or self.closing_g or any(getattr(self.moves, f.name) for f in fields(self.moves)))


def _weighed(site: Site, days: tuple[Any, Any], found: Mapping[str, Moves]) -> None:
    rows = Weighing.objects.kept().filter(donation__site=site, donation__day__range=days).order_by()
    for key, grams in rows.values_list("flow").annotate(grams=Sum("net_g")):
        found[key].collected_g += grams


def _sorted(site: Site, days: tuple[Any, Any], found: Mapping[str, Moves]) -> None:
    """What left by the table. A refused thing was never ours: it comes off what was collected."""
    rows = Sorting.objects.kept().filter(site=site, day__range=days).order_by()
    for key, origin, outcome, grams in rows.values_list("flow", "from_flow", "outcome").annotate(g=Sum("weight_g")):
        if outcome == Outcome.REFUSED:
            found[origin or key].collected_g -= grams
            continue
        if origin and origin != key:
            found[origin].moved_g -= grams
            found[key].moved_g += grams
        if (column := LEAVING.get(outcome)) is not None:
            setattr(found[key], column, getattr(found[key], column) + grams)


def _left(site: Site, days: tuple[Any, Any], found: Mapping[str, Moves]) -> None:
    rows = Exit.objects.filter(site=site, day__range=days).order_by()
    for key, kind, grams in rows.values_list("flow", "kind").annotate(grams=Sum("weight_g")):
        column = f"{kind}_g"  # ExitKind: sold, given, recycled, waste
        setattr(found[key], column, getattr(found[key], column) + grams)


def _sold(site: Site, days: tuple[datetime.date, datetime.date], found: Mapping[str, Moves]) -> None:
    """Objects sold online, with their weights (measured, or the category's usual one flagged as such)."""
    start, end = midnight(days[0]), midnight(days[1] + DAY)
    rows = Item.objects.filter(site=site, state=ItemState.SOLD, sold_at__gte=start, sold_at__lt=end, weight_g__gt=0)
    chosen = chosen_flows(site.organisation)
    grouped = rows.order_by().values_list("category_id", "is_weight_estimated")
    for pk, is_estimated, grams in grouped.annotate(grams=Sum(F("weight_g") * F("quantity"))):
        moves = found[flow_of(categories.get(pk), chosen)]
        moves.sold_g += grams
        moves.estimated_g += grams if is_estimated else 0


def _sold_in_part(site: Site, days: tuple[Any, Any], found: Mapping[str, Moves]) -> None:
    """Units of batches that still have some."""
    chosen = chosen_flows(site.organisation)
    rows = PartSale.objects.filter(site=site, day__range=days).order_by()
    for pk, is_estimated, grams in rows.values_list("category_id", "is_estimated").annotate(g=Sum("weight_g")):
        moves = found[flow_of(categories.get(pk), chosen)]
        moves.sold_g += grams
        moves.estimated_g += grams if is_estimated else 0


def moves_of(site: Site, start: datetime.date, end: datetime.date) -> dict[str, Moves]:
    """By flow, both days included; five readings. Nothing where the period ends before it starts."""
    found: defaultdict[str, Moves] = defaultdict(Moves)
    if start <= end:
        for read in (_weighed, _sorted, _left, _sold, _sold_in_part):
            read(site, (start, end), found)
    return found


class _Books:
    """Counts of a site, and what moved between two days, each read once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._known: dict[tuple[datetime.date, datetime.date], dict[str, Moves]] = {}
        first = Donation.objects.filter(site=site).aggregate(first=Min("day"))["first"]
        self._first: datetime.date = first or timezone.localdate() + DAY

    def counted(self, start: datetime.date | None, end: datetime.date) -> dict[str, StockCount]:
        """The last count of each flow from `start` (None: ever) to `end`."""
        rows = StockCount.objects.filter(site=self.site, day__lte=end, **({"day__gte": start} if start else {}))
        return {row.flow: row for row in rows.order_by("day", "pk")}

    def moved(self, key: str, start: datetime.date, end: datetime.date) -> Moves:
        days = (start, end)
        if days not in self._known:
            self._known[days] = moves_of(self.site, start, end)
        return self._known[days].get(key) or Moves()

    def stock(self, key: str, count: StockCount | None, end: datetime.date) -> int:
        """The stock at the end of a day: the count, and what moved since it or since the first donation."""
        since = count.day + DAY if count else self._first
        return (count.weight_g if count else 0) + self.moved(key, since, end).net_g


def balances(site: Site, start: datetime.date, end: datetime.date) -> list[Balance]:
    """One row by flow that has something, in the order of the file; `total` sums them."""
    books = _Books(site)
    before, within = books.counted(None, start - DAY), books.counted(start, end)
    rows = []
    for key in flows():
        opening = books.stock(key, before.get(key), start - DAY)
        moves = books.moved(key, start, end)
        count = within.get(key)
        closing = books.stock(key, count, end) if count else opening + moves.net_g
        row = Balance(flow(key), opening, moves, closing, count is not None)
        if not row.is_empty:
            rows.append(row)
    return rows


def total(rows: list[Balance]) -> Balance:
    """All flows together; counted where each of them is."""
    moves = Moves()
    for row in rows:
        moves.add(row.moves)
    opening, closing = sum(row.opening_g for row in rows), sum(row.closing_g for row in rows)
    return Balance(None, opening, moves, closing, bool(rows) and all(row.is_counted for row in rows))
