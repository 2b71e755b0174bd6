"""Where a thing should go, and why: from what was really sold, never from a guess (issue: "real contribution").

Gain, in cents, of one thing: what is left for the workshop once packaging, commission and minutes are paid,
times the share of such things that are sold. With few sales known, nothing is said and nothing is suggested.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from rebond.catalogue.data.safety import RULES, SafetyRule
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.intake.data.sorting import figure, online_minutes, packaging_cents, stopping_rules
from rebond.intake.enums import Outcome
from rebond.intake.models import Sorting
from rebond.network.models import Organisation, Site
from rebond.network.queries.agreements import agreement_for

SAMPLE = 200  # prices read at most, the newest things of the category
COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Sales:
    """What is known of a category: `sold` things in the sample, their median price, the share that is sold (%)."""

    sold: int
    median_cents: int
    sold_percent: int


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
    """What the figure was made of, so that the screen may say it: `minutes` and `packaging_cents` are estimates."""

    terms: Terms
    minutes: int
    packaging_cents: int


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


def _number(category: Category, before: datetime, *states: str) -> int:
    rows = Item.objects.filter(category=category, state__in=states, published_at__lt=before).order_by()
    return int(rows[:COUNTED].count())


def sales_of(category: Category) -> Sales:
    """Three bounded queries on the index (category, state).

    The share that is sold is that of things put online long enough ago to have had their chance (`chance_days`).
    """
    rows = Item.objects.filter(category=category, state=ItemState.SOLD).order_by("-pk")
    prices = list(rows.values_list("price_cents", flat=True)[:SAMPLE])
    if len(prices) < figure("few_sales"):
        return Sales(len(prices), 0, 0)
    before = timezone.now() - timedelta(days=figure("chance_days"))
    sold = _number(category, before, ItemState.SOLD)
    others = _number(category, before, ItemState.ON_SALE, ItemState.WITHDRAWN)
    if sold + others < figure("few_sales"):
        return Sales(len(prices), 0, 0)
    return Sales(len(prices), round(median(prices)), round(100 * sold / (sold + others)))


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


def advise(category: Category, *, weight_g: int, organisation: Organisation | None = None) -> Advice:
    """`weight_g` is of one thing; `organisation`'s agreement says what is taken. One outcome at most is suggested."""
    sales = sales_of(category)
    if not sales.sold_percent:
        return Advice(sales)
    minutes = online_minutes(categories.ancestors_of(category)[0].key)
    terms = terms_of(organisation)
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
    floor = floor_price(sales.sold_percent, **facts)
    best = Outcome.GIVE.value
    if gains[Outcome.ONLINE] >= max(figure("floor_gain_cents"), gains[Outcome.SHOP]):
        best = Outcome.ONLINE.value
    elif gains[Outcome.SHOP] > 0:
        best = Outcome.SHOP.value
    packaging = 0 if category.is_bulky else packaging_cents(weight_g)
    return Advice(sales, best, gains, floor, Reckoning(terms, minutes, packaging))


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
