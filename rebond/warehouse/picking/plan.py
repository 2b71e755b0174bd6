"""Carts and their walks from one document (docs/formats/picking.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.warehouse.documents import DocumentInvalid, Part, unique
from rebond.warehouse.picking.batches import Carts
from rebond.warehouse.picking.layout import Layout, read_layout
from rebond.warehouse.picking.measures import measure_of
from rebond.warehouse.picking.routes import Route, Router

LIMITS = ("slots", "units", "weight_g", "volume_cm3")
MOST_ORDERS = 2_000


@dataclass(frozen=True)
class Order:
    """Units by bay; `sizes` in the order of LIMITS. Only orders of one cut-off and zone share a cart."""

    id: str
    units: dict[str, int]
    sizes: tuple[int, ...]
    cut_off: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Instance:
    """`limits` in the order of LIMITS, None where nothing limits."""

    layout: Layout
    orders: tuple[Order, ...]
    limits: tuple[int | None, ...]
    effort: int | None = None
    seed: int = 1


@dataclass(frozen=True)
class Batch:
    """Orders of one cart and their walk. `alone_cm` is what they would take one by one, by the same measure."""

    orders: tuple[Order, ...]
    route: Route
    alone_cm: int

    @property
    def saved_cm(self) -> int:
        return self.alone_cm - self.route.length_cm

    def why(self) -> str:
        """In one sentence, for who asks why these orders go together."""
        walked = metres(self.route.length_cm)
        if len(self.orders) == 1:
            return f"One order alone: {walked}; joined with another it would not fit, or save nothing."
        return f"{len(self.orders)} orders in {walked} instead of {metres(self.alone_cm)} one by one."


@dataclass(frozen=True)
class Plan:
    """`bound_cm`: no way to share the orders out and to walk is shorter."""

    batches: tuple[Batch, ...]
    bound_cm: int

    @property
    def length_cm(self) -> int:
        return sum(batch.route.length_cm for batch in self.batches)

    @property
    def alone_cm(self) -> int:
        return sum(batch.alone_cm for batch in self.batches)


def metres(cm: int) -> str:
    return f"{cm // 100:,}.{cm % 100 // 10} m"


def read_instance(value: Any) -> Instance:
    """The instance of a parsed JSON document. Raises `DocumentInvalid` with the path of what is wrong."""
    whole = Part.whole(value)
    whole.only("layout", "cart", "orders", "effort", "seed")
    layout = read_layout(whole.part("layout"))
    cart = whole.part("cart")
    cart.only(*LIMITS)
    limits = tuple(cart.whole_number(name, low=1, high=10**9, default=None) for name in LIMITS)
    if not cart.value:
        raise whole.fail("cart", f"expected at least one limit: {', '.join(LIMITS)}.")
    taken: set[str] = set()
    orders = tuple(_order(one, taken, layout, limits) for one in whole.parts("orders", least=1, most=MOST_ORDERS))
    effort = whole.whole_number("effort", high=10**9, default=None)
    return Instance(layout, orders, limits, effort, whole.whole_number("seed", default=1))


def make_plan(instance: Instance) -> Plan:
    """Share the orders out and lay the walks. Raises `DocumentInvalid` where the layout does not join its bays."""
    router = Router(instance.layout)
    groups: dict[tuple[str, str], list[Order]] = {}
    for order in sorted(instance.orders, key=lambda order: order.id):
        groups.setdefault((order.cut_off or "~", order.zone), []).append(order)
    batches: list[Batch] = []
    bound = 0
    for _, group in sorted(groups.items()):  # the nearest cut-off first; without one, last
        found, least = _share_out(router, instance, group)
        batches += found
        bound += least
    return Plan(tuple(batches), bound)


def _share_out(router: Router, instance: Instance, group: Sequence[Order]) -> tuple[list[Batch], int]:
    used = [d for d, limit in enumerate(instance.limits) if limit is not None]
    measure = measure_of(router, [sorted(order.units) for order in group])
    sizes = [tuple(order.sizes[d] for d in used) for order in group]
    carts = Carts(sizes, tuple(limit for limit in instance.limits if limit is not None), measure)
    batches: list[Batch] = []
    for cart in carts.solve(instance.effort, instance.seed):
        orders = tuple(group[n] for n in cart)
        route = router.route({bay for order in orders for bay in order.units})
        alone = sum(int(carts.single[n]) + router.aside(group[n].units) for n in cart)
        batches.append(Batch(orders, route, max(alone, route.length_cm) if len(cart) > 1 else route.length_cm))
    walked = sum(batch.route.length_cm for batch in batches)
    return batches, min(carts.bound(), walked)


def _order(part: Part, taken: set[str], layout: Layout, limits: Sequence[int | None]) -> Order:
    part.only("id", "lines", "slots", "cut_off", "zone")
    name = unique(taken, part)
    units: dict[str, int] = {}
    weight = volume = 0
    for line in part.parts("lines", least=1, most=1_000):
        line.only("bay", "units", "weight_g", "volume_cm3")
        bay = line.text("bay")
        if bay not in layout.bays:
            raise line.fail("bay", f"the layout has no bay “{bay}”.")
        units[bay] = units.get(bay, 0) + line.whole_number("units", low=1, high=100_000, default=1)
        weight += line.whole_number("weight_g", default=0)
        volume += line.whole_number("volume_cm3", default=0)
    slots = part.whole_number("slots", low=1, high=1_000, default=1)
    sizes = (slots, sum(units.values()), weight, volume)
    for field, size, limit in zip(LIMITS, sizes, limits, strict=True):
        if limit is not None and size > limit:
            message = f"order “{name}” has {size:,} {field}, a cart holds {limit:,}: no cart can carry it."
            raise DocumentInvalid(part.path, message)
    return Order(name, units, sizes, part.text("cut_off", default=""), part.text("zone", default=""))


def as_dict(plan: Plan) -> dict[str, Any]:
    """The plan as `--json` prints it."""
    return {
        "length_cm": plan.length_cm,
        "bound_cm": plan.bound_cm,
        "alone_cm": plan.alone_cm,
        "batches": [
            {
                "orders": [order.id for order in batch.orders],
                "cut_off": batch.orders[0].cut_off,
                "zone": batch.orders[0].zone,
                **{name: sum(order.sizes[d] for order in batch.orders) for d, name in enumerate(LIMITS)},
                "length_cm": batch.route.length_cm,
                "bound_cm": batch.route.bound_cm,
                "alone_cm": batch.alone_cm,
                "saved_cm": batch.saved_cm,
                "why": batch.why(),
                "method": batch.route.method,
                "start": batch.route.start,
                "end": batch.route.end,
                "stops": [
                    {"bay": bay, "picks": {o.id: o.units[bay] for o in batch.orders if bay in o.units}}
                    for bay in batch.route.stops
                ],
                "path": [list(point) for point in batch.route.path],
            }
            for batch in plan.batches
        ],
    }
