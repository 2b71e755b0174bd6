"""Proof that the ledger, its cache and the catalogue agree, cartons too; and the cache made again from the ledger."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.locks import lock_rows
from rebond.warehouse.actions.ledger import follow_items
from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models import Carton, CartonMove, Holding, Movement

SPAN = 20_000  # keys of items gone through at once
TOLD = 100  # differences told one by one
OPENED_AT_ONCE = 1_000
Progress = Callable[[int, int], None]

# What the movements of a span of items leave at each place.
SUMS = """
SELECT item_id, place_id, SUM(units) FROM (
  SELECT item_id, to_place_id AS place_id, units FROM {movement}
  WHERE item_id BETWEEN %s AND %s AND to_place_id IS NOT NULL
  UNION ALL
  SELECT item_id, from_place_id, -units FROM {movement}
  WHERE item_id BETWEEN %s AND %s AND from_place_id IS NOT NULL
) moved GROUP BY item_id, place_id HAVING SUM(units) <> 0
"""
# Where the cache says otherwise: (item, place, by the movements, by the cache).
CACHE_WRONG = """
SELECT item_id, place_id, SUM(moved), SUM(held) FROM (
  SELECT item_id, place_id, units AS moved, 0 AS held FROM ({sums_named}) s
  UNION ALL
  SELECT item_id, place_id, 0, units FROM {holding} WHERE item_id BETWEEN %s AND %s
) both_sides GROUP BY item_id, place_id HAVING SUM(moved) <> SUM(held) ORDER BY item_id, place_id
"""
# Where the catalogue says otherwise: (item, code, by the cache, by the catalogue).
CATALOGUE_WRONG = """
SELECT i.id, i.code, COALESCE(h.units, 0), i.units FROM (
  SELECT id, code, CASE WHEN state = %s THEN 0 ELSE quantity END AS units FROM {item} WHERE id BETWEEN %s AND %s
) i LEFT JOIN (
  SELECT item_id, SUM(units) AS units FROM {holding} WHERE item_id BETWEEN %s AND %s GROUP BY item_id
) h ON h.item_id = i.id WHERE COALESCE(h.units, 0) <> i.units ORDER BY i.id
"""


@dataclass(slots=True)
class StockReport:
    """Counts, and the first hundred differences of each sort.

    `cache`: the holdings are not the sum of the movements (repaired from them). `catalogue`: the stock is not what
    the catalogue says; `uncounted` of these have no movement yet (`open-stock` counts them). `cartons`: what is left of
    them is not the sum of their moves (`carton_repaired` of these were made again from them).
    """

    items: int = 0
    movements: int = 0
    units: int = 0
    cache_differences: int = 0
    catalogue_differences: int = 0
    uncounted: int = 0
    repaired: int = 0
    carton_kinds: int = 0
    carton_differences: int = 0
    carton_repaired: int = 0
    cache: list[dict[str, Any]] = field(default_factory=list)
    catalogue: list[dict[str, Any]] = field(default_factory=list)
    cartons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        cartons = self.carton_differences == self.carton_repaired
        return cartons and self.cache_differences == self.repaired and not self.catalogue_differences


def _sql(text: str) -> str:
    quote = connection.ops.quote_name
    names = {model.__name__.lower(): quote(model._meta.db_table) for model in (Movement, Holding, Item)}  # noqa: SLF001 -- Django's documented name
    sums = SUMS.replace("SUM(units) FROM", "SUM(units) AS units FROM", 1)
    return text.replace("{sums_named}", sums).format(**names)


def _rows(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_sql(text), list(params))
        return list(cursor.fetchall())


def _spans() -> Iterator[tuple[int, int]]:
    """Ranges of item keys that cover the catalogue and the ledger (deleted items have movements too)."""
    ends = [
        model.objects.aggregate(low=Min(name), high=Max(name)) for model, name in ((Item, "pk"), (Movement, "item_id"))
    ]
    known = [end for end in ends if end["low"] is not None]
    if not known:
        return
    low, high = min(end["low"] for end in known), max(end["high"] for end in known)
    for start in range(low, high + 1, SPAN):
        yield start, min(start + SPAN - 1, high)


def check_stock(*, repair: bool = False, progress: Progress | None = None) -> StockReport:
    """Compare the movements, the holdings and the catalogue, span by span: memory does not grow with the stock.

    `repair` makes the holdings of the wrong spans, and wrong counts of cartons, again from their movements, and touches
    nothing else.
    """
    report = StockReport()
    spans = list(_spans())
    for n, (low, high) in enumerate(spans, start=1):
        _check_span(report, low, high, repair=repair)
        if progress is not None:
            progress(n, len(spans))
    _check_cartons(report, repair=repair)
    return report


@transaction.atomic
def _check_cartons(report: StockReport, *, repair: bool) -> None:
    """What is left of each kind of carton against its moves; a sum below zero is told and never repaired."""
    report.carton_kinds = Carton.objects.count()
    moved = CartonMove.objects.filter(carton=OuterRef("pk")).order_by().values("carton").annotate(n=Sum("number"))
    rows = Carton.objects.annotate(moved=Coalesce(Subquery(moved.values("n")), 0)).exclude(left=F("moved"))
    for pk, code, left, sum_of_moves in rows.order_by("pk").values_list("pk", "public_id", "left", "moved"):
        report.carton_differences += 1
        if len(report.cartons) < TOLD:
            report.cartons.append({"carton": code, "moves": sum_of_moves, "left": left})
        if repair and sum_of_moves >= 0:
            report.carton_repaired += Carton.objects.filter(pk=pk, left=left).update(left=sum_of_moves)


@transaction.atomic
def _check_span(report: StockReport, low: int, high: int, *, repair: bool) -> None:
    wrong = _rows(CACHE_WRONG, low, high, low, high, low, high)
    report.cache_differences += len(wrong)
    room = TOLD - len(report.cache)
    report.cache += [
        {"item": item, "place": place, "movements": int(moved), "holding": int(held)}
        for item, place, moved, held in wrong[:room]
    ]
    if wrong and repair:
        report.repaired += _rebuild(sorted({row[0] for row in wrong}))
    report.items += Item.objects.filter(pk__range=(low, high)).count()
    report.movements += Movement.objects.filter(item_id__gte=low, item_id__lte=high).count()
    off = _rows(CATALOGUE_WRONG, ItemState.SOLD, low, high, low, high)
    report.catalogue_differences += len(off)
    report.catalogue += [
        {"item": code, "stock": int(held), "catalogue": int(units)}
        for _pk, code, held, units in off[: TOLD - len(report.catalogue)]
    ]
    for start in range(0, len(off), OPENED_AT_ONCE):
        keys = [row[0] for row in off[start : start + OPENED_AT_ONCE]]
        moved = set(Movement.objects.filter(item_id__in=keys).order_by().values_list("item_id", flat=True))
        report.uncounted += len(set(keys) - moved)
    report.units += Holding.objects.filter(item_id__gte=low, item_id__lte=high).aggregate(n=Sum("units"))["n"] or 0


def _rebuild(items: list[int]) -> int:
    """The holdings of these items, made again from their movements; return how many rows differed."""
    changed = 0
    for start in range(0, len(items), OPENED_AT_ONCE):
        some = items[start : start + OPENED_AT_ONCE]
        lock_rows(Item.objects.filter(pk__in=some))
        wanted: dict[tuple[int, int], int] = {}
        for name, sign in (("to_place_id", 1), ("from_place_id", -1)):
            rows = Movement.objects.filter(item_id__in=some, **{f"{name}__isnull": False}).order_by()
            for item, place, units in rows.values_list("item_id", name, "units"):
                wanted[item, place] = wanted.get((item, place), 0) + sign * units
        wanted = {key: units for key, units in wanted.items() if units}
        held = Holding.objects.filter(item_id__in=some).order_by()
        before = {(item, place): units for item, place, units in held.values_list("item_id", "place_id", "units")}
        changed += sum(before.get(key, 0) != wanted.get(key, 0) for key in before.keys() | wanted.keys())
        held.delete()
        Holding.objects.bulk_create(
            [Holding(item_id=item, place_id=place, units=units) for (item, place), units in wanted.items()]
        )
    return changed


def open_stock(*, progress: Progress | None = None) -> int:
    """Count the items that have no movement yet: one opening each, waiting for a place. Return how many items.

    A thousand at a time, each in its transaction: stopped and run again, it goes on; run twice, it does nothing.
    """
    total = Item.objects.aggregate(high=Max("pk"))["high"] or 0
    opened, last = 0, 0
    while True:
        keys = list(Item.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:OPENED_AT_ONCE])
        if not keys:
            return opened
        opened += _open(keys)
        last = keys[-1]
        if progress is not None:
            progress(last, total)


@transaction.atomic
def _open(keys: list[int]) -> int:
    lock_rows(Item.objects.filter(pk__in=keys).only("pk"))
    moved = set(Movement.objects.filter(item_id__in=keys).order_by().values_list("item_id", flat=True))
    return follow_items(ids=[key for key in keys if key not in moved], reason=MoveReason.OPENING)
