"""What each of the demo's items is: title, text, price and its history, state, flaws, pictures. No database here.

Everything follows from one seeded generator: the same seed gives the same items in the same order. Days are
counted back from today; prices are cents and obey the 30-day rule (rules.md F4).
"""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rebond.front.demo.describe import Described, describe
from rebond.front.demo.lines import Line, lines
from rebond.front.demo.pictures import Shot, all_shots, palettes
from rebond.front.demo.seasons import Seasons
from rebond.front.demo.sellers import Seller
from rebond.front.demo.words import REPAIRS, REPAIRS_OF

CONDITIONS = {
    "plain": ((0, "new_unsold"), (16, "like_new"), (36, "very_good"), (42, "good"), (6, "to_repair")),
    "new": ((10, "new_unsold"), (18, "like_new"), (34, "very_good"), (34, "good"), (4, "to_repair")),
    "old": ((0, "new_unsold"), (4, "like_new"), (34, "very_good"), (53, "good"), (9, "to_repair")),
    "refurbished": ((0, "new_unsold"), (30, "like_new"), (45, "very_good"), (20, "good"), (5, "to_repair")),
}
WORTH = {"new_unsold": 1.25, "like_new": 1.12, "very_good": 1.0, "good": 0.82, "to_repair": 0.45}
STATES = ((86, "on_sale"), (8, "sold"), (3, "draft"), (2, "in_review"), (1, "withdrawn"))
FOCUS_OF = {  # universe of the tree → the word of Seller.focus
    "books": "books", "music-film": "music", "clothes": "clothes", "shoes": "clothes", "accessories": "clothes",
    "furniture": "furniture", "decoration": "furniture", "tableware": "tableware", "linen": "tableware", "toys": "toys",
    "sport": "sport", "bikes": "sport", "electronics": "electronics", "appliances": "electronics", "diy-garden": "tools",
}  # fmt: skip
NO_REPAIR = frozenset({"books", "toys", "stationery"})


@dataclass(slots=True)
class Price:
    """The price from `days` ago on."""

    days: float
    cents: int
    reason: str = ""


@dataclass(slots=True)
class Plan:
    """One item to be. Dates in days before now; `shots` in the order of the gallery."""

    number: int
    seller: Seller
    line: Line
    universe: str
    colourway: int
    text: Described
    condition: str
    state: str
    prices: list[Price]
    weight_g: int
    is_weight_estimated: bool
    dims: tuple[int, ...]
    quantity: int = 1
    sold_units: int = 0
    created: float = 0
    published: float | None = None
    sold: float | None = None
    previous_cents: int | None = None
    flaws: list[tuple[str, str, int | None]] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    withdraw_reason: str = ""
    external_ref: str = ""

    @property
    def price_cents(self) -> int:
        return self.prices[-1].cents


def weighted(rng: random.Random, table: Sequence[tuple[int, str]]) -> str:
    return rng.choices([value for _share, value in table], [share for share, _value in table])[0]


def round_price(cents: float) -> int:
    """A price as a shop writes it: 3,50 € below ten euros, whole euros, then by five."""
    if cents < 1_000:
        return max(100, round(cents / 50) * 50)
    if cents < 6_000:
        return round(cents / 100) * 100
    return round(cents / 500) * 500


def make_plans(
    rng: random.Random, *, count: int, sellers: Sequence[Seller], universes: dict[str, str], today: datetime.date
) -> Iterator[Plan]:
    """`count` items spread over the lines and the sellers; `universes` gives the root of each leaf's key.

    The first items go through every line once, so that even a small demo has every kind of object.
    """
    known = [line for line in lines() if line.leaf in universes]
    shares = [line.share for line in known]
    first = rng.sample(known, len(known))
    weights = {focus: _weights(sellers, focus) for focus in {*FOCUS_OF.values(), ""}}
    shown, seasons = set(all_shots()), Seasons(today)
    for number in range(count):
        line = first[number] if number < len(first) else rng.choices(known, shares)[0]
        universe = universes[line.leaf]
        seller = rng.choices(sellers, cum_weights=weights[FOCUS_OF.get(universe, "")])[0]
        yield make_plan(rng, number, seller, line, universe, shown, seasons)


def _weights(sellers: Sequence[Seller], focus: str) -> list[float]:
    total, found = 0.0, []
    for seller in sellers:
        total += seller.weight * (6 if focus and seller.focus == focus else 0.25 if seller.focus else 1)
        found.append(total)
    return found


def make_plan(
    rng: random.Random, number: int, seller: Seller, line: Line, universe: str, shown: set[Shot], seasons: Seasons
) -> Plan:
    """Everything about one item."""
    colourways = [n for n in range(len(palettes()[line.kind]["colourways"])) if Shot(line.kind, n, "main") in shown]
    colourway = rng.choices(colourways, [6, *([2] * len(colourways))][: len(colourways)])[0]
    condition = _condition(rng, line, universe)
    text = describe(rng, line, universe, colourway, condition)
    weight = max(5, int(line.weight_g * rng.uniform(0.82, 1.2)))
    plan = Plan(
        number=number,
        seller=seller,
        line=line,
        universe=universe,
        colourway=colourway,
        text=text,
        condition=condition,
        state=weighted(rng, STATES),
        prices=[],
        weight_g=weight if weight < 200 else round(weight, -1),
        is_weight_estimated=rng.random() < 0.35,
        dims=tuple(max(10, int(round(side * rng.uniform(0.93, 1.07), -1))) for side in line.dims)
        if rng.random() < 0.9
        else (),
    )
    _flaws(rng, plan)
    _quantity(rng, plan, text)
    _life(rng, plan, seasons)
    _pictures(rng, plan, shown)
    _delivery(rng, plan)
    if rng.random() < 0.12:
        plan.external_ref = f"{seller.letters}-{number:06d}"
    return plan


def _condition(rng: random.Random, line: Line, universe: str) -> str:
    table = (
        "refurbished" if "r" in line.flags else "new" if "n" in line.flags else "old" if "o" in line.flags else "plain"
    )
    condition = weighted(rng, CONDITIONS[table])
    if universe == "stationery":
        return "like_new" if condition == "like_new" else "new_unsold"
    if condition == "to_repair" and (universe in NO_REPAIR or line.mode == "record"):
        return "good"
    return condition


def _flaws(rng: random.Random, plan: Plan) -> None:
    """Itemised flaws: one or two of the drawing's own, and what is to repair."""
    if plan.condition in {"new_unsold", "like_new"}:
        return
    told = plan.text.flaws
    if plan.condition == "very_good":
        told = told[:1] if rng.random() < 0.45 else []
    plan.flaws = [(kind, detail, None) for kind, detail in told]
    if plan.condition == "to_repair":
        known = REPAIRS_OF.get(plan.line.leaf) or REPAIRS.get(plan.universe)
        kind, detail = known or ("other", "À remettre en état")
        plan.flaws.insert(0, (kind, detail, None))


def _quantity(rng: random.Random, plan: Plan, text: Described) -> None:
    if plan.condition == "new_unsold" and rng.random() < (0.9 if "b" in plan.line.flags else 0.4):
        plan.quantity = rng.choice([3, 4, 5, 6, 8, 10, 12, 24])
        text.description += (
            f"\n\nInvendu d’un fabricant\u00a0: {plan.quantity} pièces identiques disponibles au départ."
        )


def _life(rng: random.Random, plan: Plan, seasons: Seasons) -> None:
    """When it came, was published, sold; and its prices since. What is sold was so on a day of the last twelve months."""
    plan.created = round(300 * rng.random() ** 1.7 + rng.random(), 3)
    spread = plan.line.low + (plan.line.high - plan.line.low) * rng.betavariate(1.6, 3.2)
    start = round_price(spread * WORTH[plan.condition])
    plan.prices = [Price(plan.created, start)]
    if plan.state in {"draft", "in_review"}:
        plan.created = plan.prices[0].days = round(rng.random() * 9, 3)
        return
    if plan.state == "sold":
        plan.sold = seasons.draw(rng)
        plan.published = round(plan.sold + 0.1 + 60 * rng.random() ** 2, 3)
        plan.created = plan.prices[0].days = round(plan.published + rng.uniform(0.05, 3), 3)
        plan.sold_units = plan.quantity
    else:
        plan.published = round(max(0.01, plan.created - rng.uniform(0.05, min(4.0, plan.created * 0.5))), 3)
    if plan.state == "withdrawn":
        plan.sold = round(plan.published * rng.uniform(0.05, 0.9), 3)
        plan.withdraw_reason = rng.choice(["sold_elsewhere", "damaged", "lost", "recycled", "error"])
    _reductions(rng, plan)


def _reductions(rng: random.Random, plan: Plan) -> None:
    """Cuts after 35 days and more, 40 days apart: the price before a cut is the lowest of its 30 days."""
    assert plan.published is not None  # noqa: S101 -- called for published items only
    end = plan.sold or 0
    day, price = plan.published, plan.prices[0].cents
    while day - end > 36 and len(plan.prices) < 3 and rng.random() < 0.42:
        day = round(day - rng.uniform(35.5, 36 + (day - end - 36) * 0.8), 3)
        lower = round_price(price * rng.choice([0.9, 0.85, 0.8, 0.75, 0.7]))
        if lower >= price or day <= end:
            return
        plan.prices.append(Price(day, lower, rng.choice(["Baisse après un mois", "Fait de la place", "Fin de saison"])))
        plan.previous_cents, price = (price if day < 29.5 else None), lower


def _pictures(rng: random.Random, plan: Plan, shown: set[Shot]) -> None:
    """The gallery: the main view, then what exists of the others; a flaw points at the close-up that shows it."""
    kind, colourway = plan.line.kind, plan.colourway
    shots = [Shot(kind, colourway, "main")]
    worn = Shot(kind, colourway, "wear")
    if plan.flaws and worn in shown:
        place = next((i for i, flaw in enumerate(plan.flaws) if flaw[0] == plan.text.pictured), 0)
        code, detail, _none = plan.flaws[place]
        shots.append(worn)
        plan.flaws[place] = (code, detail, len(shots))  # photos are numbered from 1
    shots += [
        Shot(kind, colourway, view)
        for view in ("back", "detail")
        if Shot(kind, colourway, view) in shown and rng.random() < 0.8
    ]
    turned = Shot(kind, colourway, "back")
    if turned in shots and not plan.flaws and rng.random() < 0.5:
        shots.remove(turned)
        shots.insert(0, turned)  # covers differ from one item to the next
    if plan.state == "draft" and rng.random() < 0.35:
        shots = []
        plan.flaws = [(code, detail, None) for code, detail, _position in plan.flaws]
    plan.shots = shots


def _delivery(rng: random.Random, plan: Plan) -> None:
    modes = list(plan.seller.modes)
    is_folded = plan.universe in {"linen", "clothes", "accessories"}
    if plan.weight_g > 12_000 or (max(plan.dims or (0,)) > 1_250 and not is_folded):
        modes = ["pickup", "local"] if "pickup" in modes else ["local"]
    elif plan.weight_g > 5_000:
        modes = [mode for mode in modes if mode != "relay"]
    plan.modes = modes
