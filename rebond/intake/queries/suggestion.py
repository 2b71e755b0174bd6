"""Where a thing should go, and why: from what was really sold, never from a guess (issue: "real contribution").

Gain, in cents, of one thing: what is left for the workshop once packaging, commission and minutes are paid,
times the share of such things that are sold. With few sales known, nothing is said and nothing is suggested.
The condition changes the price and the share that is sold: docs/algorithms/sorting.md, with worked numbers.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from rebond.catalogue.data.safety import RULES, SafetyRule
from rebond.catalogue.enums import Condition, ItemState
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.intake.data.sorting import (
    condition_percent,
    figure,
    online_minutes,
    packaging_cents,
    repair_minutes,
    stopping_rules,
)
from rebond.intake.enums import Outcome
from rebond.intake.models import Sorting
from rebond.network.models import Organisation, Site
from rebond.network.queries.agreements import agreement_for

SAMPLE = 200  # prices read at most, the newest things of the category
COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Sales:
    """What is known of a category: `sold` things in the sample, their median price, the share that is sold (%).

    `is_own_price`, `is_own_share`: counted among things in the condition asked for. Where too few are known in it, the
    price is that of all conditions times the file's estimate (`condition_percent`), the share that of all conditions.
    """

    sold: int
    median_cents: int
    sold_percent: int
    is_own_price: bool = True
    is_own_share: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What the platform takes of a price, in basis points: commission and levy. `is_agreed`: by a signed agreement."""

    taken_bp: int
    is_agreed: bool = False


def terms_of(organisation: Organisation | None) -> Terms:
    """Those of the agreement in force today (rules.md 0.9), or the file's estimate without one."""
    found = agreement_for(organisation, timezone.localdate()) if organisation is not None else None
    if found is None:
        return Terms(figure("commission_bp"))
    return Terms(found.commission_bp + found.solidarity_bp, is_agreed=True)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the figure was made of, so that the screen may say it: minutes and `packaging_cents` are estimates.

    `repair_minutes` is 0 where no repair is reckoned; `repaired_cents` is the price once it is repaired.
    """

    terms: Terms
    minutes: int
    packaging_cents: int
    repair_minutes: int = 0
    repaired_cents: int = 0


@dataclass(frozen=True, slots=True)
class Advice:
    """`gains` by outcome, only where figures exist; `best` is "" where nothing is suggested."""

    sales: Sales
    best: str = ""
    gains: dict[str, int] = field(default_factory=dict)
    floor_cents: int | None = None  # below this price it is not worth listing online
    made_of: Reckoning | None = None

    @property
    def is_known(self) -> bool:
        return bool(self.gains)

    @property
    def is_below_floor(self) -> bool:
        return self.floor_cents is not None and self.sales.median_cents < self.floor_cents


def _number(category: Category, condition: str, before: datetime, *states: str) -> tuple[int, int]:
    """How many things in these states, and how many of them are in the condition ("": all)."""
    rows = Item.objects.filter(category=category, state__in=states, published_at__lt=before).order_by()
    if not condition:
        number = int(rows[:COUNTED].count())
        return number, number
    found = list(rows.values_list("condition", flat=True)[:COUNTED])
    return len(found), found.count(condition)


def _prices(category: Category, condition: str) -> tuple[list[int], list[int]]:
    """Prices of the newest things sold, and of those in the condition ("": all)."""
    rows = Item.objects.filter(category=category, state=ItemState.SOLD).order_by("-pk")
    if not condition:
        prices = list(rows.values_list("price_cents", flat=True)[:SAMPLE])
        return prices, prices
    found = list(rows.values_list("price_cents", "condition")[:COUNTED])
    return [cents for cents, _c in found[:SAMPLE]], [cents for cents, c in found if c == condition][:SAMPLE]


def sales_of(category: Category, condition: str = "") -> Sales:
    """Three bounded queries on the index (category, state).

    The share that is sold is that of things put online long enough ago to have had their chance (`chance_days`).
    """
    few = figure("few_sales")
    prices, own = _prices(category, condition)
    if len(prices) < few:
        return Sales(len(prices), 0, 0)
    before = timezone.now() - timedelta(days=figure("chance_days"))
    sold, own_sold = _number(category, condition, before, ItemState.SOLD)
    others, own_others = _number(category, condition, before, ItemState.ON_SALE, ItemState.WITHDRAWN)
    if sold + others < few:
        return Sales(len(prices), 0, 0)
    is_own_price, is_own_share = len(own) >= few, own_sold + own_others >= few
    cents = median(own) if is_own_price else median(prices) * condition_percent(condition) / 100
    if is_own_share:
        sold, others = own_sold, own_others
    number = len(own) if is_own_price else len(prices)
    return Sales(number, round(cents), round(100 * sold / (sold + others)), is_own_price, is_own_share)


def online_gain(
    price_cents: int, sold_percent: int, *, weight_g: int, minutes: int, is_bulky: bool, terms: Terms | None = None
) -> int:
    """Cents left of one thing put online at this price."""
    taken_bp = (terms or terms_of(None)).taken_bp
    packaging = 0 if is_bulky else packaging_cents(weight_g)
    left = price_cents - price_cents * taken_bp // 10_000 - packaging
    return sold_percent * left // 100 - minutes * figure("minute_cents")


def floor_price(
    sold_percent: int, *, weight_g: int, minutes: int, is_bulky: bool, terms: Terms | None = None
) -> int | None:
    """The price under which less than the floor is left; None where nothing of it is ever sold, or all is taken."""
    taken_bp = (terms or terms_of(None)).taken_bp
    if sold_percent <= 0 or taken_bp >= 10_000:
        return None
    needed = (figure("floor_gain_cents") + minutes * figure("minute_cents")) * 100 / sold_percent
    packaging = 0 if is_bulky else packaging_cents(weight_g)
    return round((needed + packaging) * 10_000 / (10_000 - taken_bp))


def shop_gain(price_cents: int) -> int:
    """Cents left of one thing in the shop, from the price online."""
    price = price_cents * figure("shop_price_percent") // 100
    return price * figure("shop_sold_percent") // 100 - figure("shop_minutes") * figure("minute_cents")


def repair_gain(category: Category, universe: str, facts: dict[str, Any]) -> tuple[int, Sales]:
    """Cents left of one broken thing that is repaired, then put online as good; what is known of good ones.

    The repair's minutes are always spent; the rest follows only where the repair succeeds.
    """
    good = sales_of(category, Condition.GOOD)
    then = online_gain(good.median_cents, good.sold_percent, **facts)
    return figure("repair_success_percent") * then // 100 - repair_minutes(universe) * figure("minute_cents"), good


def advise(
    category: Category, *, weight_g: int, organisation: Organisation | None = None, condition: str = ""
) -> Advice:
    """`weight_g` is of one thing; `organisation`'s agreement says what is taken. One outcome at most is suggested.

    `condition` "" is not known: all conditions together. What is broken is never suggested as a gift.
    """
    sales = sales_of(category, condition)
    if not sales.sold_percent:
        return Advice(sales)
    universe = categories.ancestors_of(category)[0].key
    minutes, terms = online_minutes(universe), terms_of(organisation)
    facts: dict[str, Any] = {
        "weight_g": weight_g,
        "minutes": minutes,
        "is_bulky": category.is_bulky,
        "terms": terms,
    }
    gains = {
        Outcome.ONLINE.value: online_gain(sales.median_cents, sales.sold_percent, **facts),
        Outcome.SHOP.value: shop_gain(sales.median_cents),
        Outcome.GIVE.value: 0,
        Outcome.WASTE.value: -(weight_g * figure("waste_cents_per_kg") // 1000),
    }
    packaging = 0 if category.is_bulky else packaging_cents(weight_g)
    made_of = Reckoning(terms, minutes, packaging)
    if condition == Condition.TO_REPAIR:
        del gains[Outcome.GIVE]
        gains[Outcome.REPAIR], good = repair_gain(category, universe, facts)
        made_of = Reckoning(terms, minutes, packaging, repair_minutes(universe), good.median_cents)
    floor = floor_price(sales.sold_percent, **facts)
    return Advice(sales, _best(gains), gains, floor, made_of)


def _best(gains: dict[str, int]) -> str:
    """The way that leaves most: online and repair only from the floor, which the work would bring elsewhere.

    As much by two ways: the first of this order. Nothing earns: a gift, or recycling for what is broken.
    """
    floors = {Outcome.ONLINE.value: figure("floor_gain_cents"), Outcome.SHOP.value: 1}
    floors[Outcome.REPAIR.value] = figure("floor_gain_cents")
    earning = [way for way, floor in floors.items() if gains.get(way, 0) >= floor]
    nothing = Outcome.GIVE.value if Outcome.GIVE in gains else Outcome.RECYCLE.value
    return max(earning, key=gains.__getitem__, default=nothing)


def stops_of(category: Category) -> list[SafetyRule]:
    """The safety rules that keep things of the category off the shelf until a proof is there (rules.md F6)."""
    keys = categories.safety_rules_of(category)
    return [RULES[key] for key in keys if key in RULES and key in stopping_rules()]


def often_sorted(site: Site | None, most: int = 4) -> list[Category]:
    """The kinds of things sorted here most among the newest ones: one touch instead of two."""
    if site is None:
        return []
    newest = Sorting.objects.filter(site=site).order_by("-pk").values_list("category_id", flat=True)[:60]
    found = [categories.get(pk) for pk, _number in Counter(newest).most_common(most)]
    return [category for category in found if category.is_active and not categories.children_of(category)]
