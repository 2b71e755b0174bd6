"""The home page's figures and choices, read again every minute; its objects, at each page: what is sold leaves."""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Collection, Item
from rebond.catalogue.search import SearchQuery, Sort
from rebond.network.models import Organisation
from rebond.shop.queries import index
from rebond.shop.queries.cards import Card, cards_of, hidden_sellers, listed_items
from rebond.shop.queries.collections import collection_cards, open_collections
from rebond.shop.queries.quality import Figures, figures_of, rolling_year
from rebond.shop.queries.sellers import find_sellers, on_sale_counts
from rebond.shop.queries.tree import load_tree

SECONDS = 60
BUDGETS = (5, 10, 20, 50)
NEW_DAYS = 7
FRESH, SHELF, SPARE = 10, 5, 4  # cards of the first shelf and of the others; spare ones for those sold meanwhile
LOOKED_AT = 100  # newest objects, among which the first shelf has those that nobody keeps in a basket
SHAPES = ("big", "", "", "wide", "", "", "wide")  # places of the mosaic


@dataclass(slots=True)
class Home:
    """`budgets` are (euros, count); `universes` (key, count); `focus` is (seller, cards, count).

    The ids are kept for a minute, more than are shown; the cards are those still on sale when the page is made.
    """

    total: int = 0
    new_count: int = 0
    fresh: list[Card] = field(default_factory=list)
    universes: list[tuple[str, int]] = field(default_factory=list)
    budgets: list[tuple[int, int]] = field(default_factory=list)
    collections: list[tuple[Collection, list[Card]]] = field(default_factory=list)
    focus: tuple[Organisation, list[Card], int] | None = None
    sellers: list[tuple[Organisation, Any, int]] = field(default_factory=list)
    seller_count: int = 0
    sold_count: int = 0
    sold_weight_g: int = 0
    year: int = 0
    quality: Figures = field(default_factory=Figures)
    fresh_ids: list[int] = field(default_factory=list)
    focus_ids: list[int] = field(default_factory=list)
    collection_ids: list[list[int]] = field(default_factory=list)


def home(now: datetime.datetime | None = None) -> Home:
    """The page's content: figures and choices at most a minute old, objects as they are now (one query)."""
    cache = caches["local"]
    kept: Home | None = cache.get("front.home")
    if kept is None:
        kept = build_home(now or timezone.now())
        cache.set("front.home", kept, SECONDS)
    return _with_cards(kept)


def _with_cards(kept: Home) -> Home:
    """A copy of what is kept, with the cards of the objects still on sale; the first shelf has only free ones."""
    wanted = {pk for ids in (kept.fresh_ids, kept.focus_ids, *kept.collection_ids) for pk in ids}
    found = {card.id: card for card in cards_of(listed_items().filter(pk__in=wanted).order_by())} if wanted else {}

    fresh = [pk for pk in kept.fresh_ids if pk in found and not found[pk].is_held]

    def cards(ids: list[int], limit: int) -> list[Card]:
        return [found[pk] for pk in ids if pk in found][:limit]

    shelves = [(row, cards(ids, SHELF)) for (row, _), ids in zip(kept.collections, kept.collection_ids, strict=True)]
    return replace(
        kept,
        fresh=cards(fresh, FRESH),
        collections=[(row, shown) for row, shown in shelves if shown],
        focus=(kept.focus[0], cards(kept.focus_ids, SHELF), kept.focus[2]) if kept.focus else None,
    )


def build_home(now: datetime.datetime) -> Home:
    """What the home page shows at `now`: figures, fresh items, collections, a seller in focus (a dozen queries)."""
    today = timezone.localdate(now)
    made = Home(year=today.year)
    _counts(made, now)
    shown = open_collections(today).filter(is_on_home=True)[:2]
    for row in shown:
        if cards := collection_cards(row, SHELF + SPARE):
            made.collections.append((row, []))
            made.collection_ids.append([card.id for card in cards])
    _sellers(made, today)
    _impact(made, today)
    made.quality = figures_of(None, rolling_year(today - datetime.timedelta(days=1)))
    return made


def _counts(made: Home, now: datetime.datetime) -> None:
    """Totals from the index: one search with facets, one for the new ones, one a budget."""
    everything = index.run(SearchQuery(sort=Sort.NEWEST, size=LOOKED_AT))
    counts: dict[str, int] = {}
    if everything is not None:
        made.total = everything.total
        free = set(Item.objects.free().filter(pk__in=everything.ids).order_by().values_list("pk", flat=True))
        made.fresh_ids = [pk for pk in everything.ids if pk in free][: FRESH + SPARE]
        if "category" in everything.facets:
            counts = {value.value: value.count for value in everything.facets["category"].values}
        since = now - datetime.timedelta(days=NEW_DAYS)
        fresh = index.run(SearchQuery(sort=Sort.NEWEST, size=1, with_facets=False, published_after=since))
        made.new_count = fresh.total if fresh else 0
        for euros in BUDGETS:
            cheap = index.run(SearchQuery(sort=Sort.NEWEST, size=1, with_facets=False, price_max=euros * 100))
            made.budgets.append((euros, cheap.total if cheap else 0))
    roots = load_tree().roots
    made.universes = [(node.key, counts.get(node.key, 0)) for node in roots][: len(SHAPES)]


def _sellers(made: Home, today: datetime.date) -> None:
    """One seller in focus, the next one each day; three others beside."""
    rows = find_sellers()
    made.seller_count = rows.count()
    told = rows.exclude(story="").exclude(tagline="").exclude(pk__in=hidden_sellers(today))
    number = told.count()
    if not number:
        return
    place = today.toordinal() % number
    chosen = list(told[place : place + 4]) or []
    chosen += list(told[: 4 - len(chosen)]) if len(chosen) < 4 else []
    chosen = list({row.pk: row for row in chosen}.values())
    counts = on_sale_counts(chosen)
    first = chosen[0]
    newest = listed_items(today).filter(seller=first).order_by("-published_at", "-pk")
    made.focus_ids = list(newest.values_list("pk", flat=True)[: SHELF + SPARE])
    made.focus = (first, [], counts.get(first.pk, 0))
    made.sellers = [
        (row, row.main_sites[0] if row.main_sites else None, counts.get(row.pk, 0))  # type: ignore[attr-defined]
        for row in chosen[1:4]
    ]


def _impact(made: Home, today: datetime.date) -> None:
    """Objects that found someone this year, and what they weigh (measured, or the category's usual weight)."""
    start = timezone.localtime().replace(year=today.year, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    sold = Item.objects.filter(state=ItemState.SOLD, sold_at__gte=start).order_by()
    row = sold.aggregate(n=Count("pk"), g=Sum("weight_g"))
    made.sold_count, made.sold_weight_g = row["n"], row["g"] or 0
