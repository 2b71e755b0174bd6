"""What a results page shows: cards, counts, chips, ranking criterion. One search, one query for the cards."""

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.catalogue.search import Facet, FacetValue, SearchResult, Sort, fold
from rebond.core.money import format_cents
from rebond.shop.queries import index
from rebond.shop.queries.cards import Card, load_cards
from rebond.shop.queries.labels import facet_title, labels_of, value_label
from rebond.shop.queries.params import NAMES, Params, param_name, param_values
from rebond.shop.queries.prices import PriceStep, price_steps
from rebond.shop.queries.tree import Node, load_tree

SHOWN = 8  # values of a facet before "see more"
MORE = 24  # values behind it; where there are others still, a link leads to the whole list
ALL = 400  # values of a whole list
OPEN = {"category", "condition"}


@dataclass(slots=True)  # not frozen: some hundreds are made for each page
class Option:
    """`is_exact` False: the count is told as "more than". `url` leads up: a category above the chosen one."""

    value: str
    label: str
    count: int | None
    is_chosen: bool
    is_exact: bool = True
    depth: int = 0
    url: str = ""


@dataclass(slots=True)
class FacetView:
    """One group of checkboxes; `more` are the values behind "see more". `html` is kept by the tag that draws it.

    Too long a group has `whole_url` instead, the same page with all of its values: `is_whole`.
    """

    key: str
    name: str
    title: str
    shown: list[Option]
    more: list[Option]
    is_exact: bool
    is_open: bool
    whole_url: str = ""
    is_whole: bool = False
    html: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str


@dataclass(slots=True)
class Results:
    params: Params
    cards: list[Card] = field(default_factory=list)
    total: int = 0
    is_total_exact: bool = True
    pages: int = 1
    corrected: str = ""
    is_partial: bool = False
    prices: list[PriceStep] = field(default_factory=list)
    facets: list[FacetView] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    is_unavailable: bool = False


def search_page(params: Params) -> Results:
    """Run the search of a page and load its cards; where the index is away, say so instead of failing."""
    results = Results(params=params, chips=_chips(params))
    found = _found(params)
    if found is None:
        results.is_unavailable = True
        return results
    results.cards = load_cards(found.ids)
    results.total, results.is_total_exact = found.total, found.is_total_exact
    results.pages = max(1, min(found.max_page, ceil(found.total / settings.PAGE_SIZE)))
    results.corrected = found.corrected if found.corrected != params.text else ""
    results.is_partial = found.is_partial
    results.prices = price_steps(params, found.facets.get("price"))
    results.facets = _facets(params, found)
    return results


def _found(params: Params) -> SearchResult | None:
    """In English, the words as they were typed where they say more than put into French: a title in English."""
    query = params.search_query()
    found = index.run(query)
    if query.text == params.text or found is None or (found.total and not found.corrected and not found.is_partial):
        return found
    typed = index.run(replace(query, text=params.text))
    return typed if typed is not None and typed.total and not (typed.corrected or typed.is_partial) else found


def context_node(params: Params) -> Node | None:
    """The category whose attributes the filters may show: the page's, or the only one chosen."""
    chosen = params.filters.get("category", ())
    if len(chosen) == 1:
        return load_tree().by_key.get(chosen[0])
    return params.category


VIEWS_SECONDS = 5  # names of sellers and categories may change meanwhile
VIEWS_KEPT = 200
_views: OrderedDict[tuple[Any, ...], tuple[Any, float, list[FacetView]]] = OrderedDict()


def _facets(params: Params, found: SearchResult) -> list[FacetView]:
    """The filters of a search; the same counts (the index keeps them) in the same language are put in words once."""
    page = params.category.key if params.category else ""
    key = (id(found.facets), page, params.whole, tuple(params.pairs()), get_language())
    kept, now = _views.get(key), time.monotonic()
    if kept is not None and kept[0] is found.facets and kept[1] > now:
        return kept[2]
    made = _made_facets(params, found)
    _views[key] = (found.facets, now + VIEWS_SECONDS, made)
    while len(_views) > VIEWS_KEPT:
        with suppress(KeyError):  # another thread was first
            _views.popitem(last=False)
    return made


def _made_facets(params: Params, found: SearchResult) -> list[FacetView]:
    node = context_node(params)
    keys = [k for k in NAMES if k in found.facets]
    if node is not None:
        keys += [f"attr.{a.key}" for a in node.attributes if a.is_filterable and f"attr.{a.key}" in found.facets]
    views = [
        _categories(params, found.facets[key]) if key == "category" else _facet(params, found.facets[key], node)
        for key in keys
    ]
    return [view for view in views if view is not None]


def _categories(params: Params, facet: Facet) -> FacetView | None:
    """The tree: one level below the page's category, and below each chosen one; what leads to it is a link up."""
    tree = load_tree()
    chosen = params.filters.get("category", ())
    counts = {v.value: v for v in facet.values}
    way = {node.key for key in chosen if key in tree.by_key for node in tree.by_key[key].path}
    level = params.category.children if params.category else tree.roots
    shown: list[Option] = []
    more: list[Option] = []
    for node in level:
        branch = list(_branch(params, node, counts, way))
        (shown if node.key in way or (not way and len(shown) < SHOWN) else more).extend(branch)
    if way:
        shown, rest = _parted(shown)
        more = rest + more
    elif len(more) <= 2:
        shown, more = shown + more, []
    if not shown and not more:
        return None
    return FacetView("category", NAMES["category"], facet_title("category", None), shown, more, facet.is_exact, True)


def _parted(branches: list[Option]) -> tuple[list[Option], list[Option]]:
    """The way to what is chosen and the first few others, then the rest."""
    others = [option for option in branches if not (option.is_chosen or option.url)]
    rest = {option.value for option in (others[SHOWN:] if len(others) > SHOWN + 2 else [])}
    return [o for o in branches if o.value not in rest], [o for o in branches if o.value in rest]


def _branch(
    params: Params, node: Node, counts: dict[str, FacetValue], way: set[str], depth: int = 0
) -> Iterator[Option]:
    """A category that has objects, then its own where it is chosen or leads to a chosen one."""
    count = counts.get(node.key)
    is_chosen = node.key in params.filters.get("category", ())
    if count is None and node.key not in way:
        return
    url = "" if is_chosen or node.key not in way else params.url(filters=params.filters | {"category": (node.key,)})
    number, is_exact = (count.count, count.is_exact) if count else (None, True)
    yield Option(node.slug, node.label, number, is_chosen, is_exact, depth, url)
    if node.key in way:
        for child in node.children:
            yield from _branch(params, child, counts, way, depth + 1)


def _facet(params: Params, facet: Facet, node: Node | None) -> FacetView | None:
    title = facet_title(facet.key, node)
    if not title:
        return None
    chosen = params.filters.get(facet.key, ())
    is_whole = facet.key == params.whole
    values = _ordered(facet, chosen)
    if is_long := not is_whole and len(values) > SHOWN + MORE + len(chosen):
        values = values[:SHOWN] + [v for v in values[SHOWN:] if v.value in chosen]
    options = _options(facet, values, chosen, node)
    if not options or (len(options) == 1 and not chosen and facet.key not in OPEN):
        return None
    if is_whole:
        options.sort(key=_by_name if facet.key != "department" else _by_value)
    is_short = is_whole or is_long or len(options) <= SHOWN + 2
    return FacetView(
        key=facet.key,
        name=param_name(facet.key),
        title=title,
        shown=options if is_short else options[:SHOWN] + [o for o in options[SHOWN:] if o.is_chosen],
        more=[] if is_short else [o for o in options[SHOWN:] if not o.is_chosen],
        is_exact=facet.is_exact,
        is_open=facet.key in OPEN or bool(chosen) or is_whole,
        whole_url=params.whole_url(facet.key) if is_long else "",
        is_whole=is_whole,
    )


def _options(
    facet: Facet, values: "list[FacetValue | Uncounted]", chosen: tuple[str, ...], node: Node | None
) -> list[Option]:
    word, label = param_values(facet.key), labels_of(facet.key, node)
    return [Option(word(v.value), label(v.value), v.count, v.value in chosen, v.is_exact) for v in values]


def _by_name(option: Option) -> str:
    return fold(option.label)


def _by_value(option: Option) -> str:
    return option.value


@dataclass(slots=True)
class Uncounted:
    """A chosen value of which the index says nothing."""

    value: str
    count: None = None
    is_exact: bool = True


def _ordered(facet: Facet, chosen: tuple[str, ...]) -> "list[FacetValue | Uncounted]":
    """Conditions and deliveries in their order; the rest by count."""
    order = _ORDERS.get(facet.key)
    if order is not None:
        counted = {v.value: v for v in facet.values if v.count or v.value in chosen}
        return [counted.get(value) or Uncounted(value) for value in order if value in counted or value in chosen]
    known: list[FacetValue | Uncounted] = [v for v in facet.values[:ALL] if v.value]
    if chosen:
        names, rest = {v.value for v in known}, {v.value: v for v in facet.values[ALL:]}
        known += [rest.get(value) or Uncounted(value) for value in chosen if value not in names]
    return known


_CONDITIONS = ("new_unsold", "like_new", "very_good", "good", "to_repair")
_DELIVERY = ("relay", "home", "pickup", "local")
_ORDERS = {"condition": _CONDITIONS, "delivery": _DELIVERY}


def _chips(params: Params) -> list[Chip]:
    node = context_node(params)
    chips = [
        Chip(value_label(key, value, node), params.without(key, value))
        for key, values in params.filters.items()
        for value in values
    ]
    if params.price_min is not None:
        label = _("From %(price)s") % {"price": format_cents(params.price_min)}
        chips.append(Chip(label, params.url(price_min=None)))
    if params.price_max is not None:
        label = _("Up to %(price)s") % {"price": format_cents(params.price_max)}
        chips.append(Chip(label, params.url(price_max=None)))
    return chips


def sort_choices(params: Params) -> list[tuple[str, str, bool]]:
    """(address word, label, chosen) of the ways to sort: relevance only where there are words."""
    labels = {
        "pertinence": (Sort.RELEVANCE, pgettext("sort", "Best match")),
        "recents": (Sort.NEWEST, pgettext("sort", "Newest")),
        "prix-croissant": (Sort.PRICE_ASC, pgettext("sort", "Price, lowest first")),
        "prix-decroissant": (Sort.PRICE_DESC, pgettext("sort", "Price, highest first")),
    }
    return [
        (word, label, sort == params.effective_sort)
        for word, (sort, label) in labels.items()
        if sort != Sort.RELEVANCE or params.text
    ]


def criterion(params: Params) -> str:
    """The ranking criterion in force, printed on the page (rules.md F4, D111-6 II)."""
    return {
        Sort.RELEVANCE: _("Ranked by how well the words match, then the newest first."),
        Sort.NEWEST: _("Ranked by date: the newest first."),
        Sort.PRICE_ASC: _("Ranked by price: the lowest first."),
        Sort.PRICE_DESC: _("Ranked by price: the highest first."),
    }[params.effective_sort]


@dataclass(frozen=True, slots=True)
class Wider:
    label: str
    url: str
    count: int


def wider_searches(params: Params) -> list[Wider]:
    """Searches near one that found nothing: without its filters, or with fewer of its words. At most 5 searches."""
    tries: list[tuple[str, Params]] = []
    if params.is_filtered:
        bare = Params(text=params.text, category=params.category)
        tries.append((params.text or _("Without the filters"), bare))
    words = params.text.split()
    if len(words) > 1:
        shorter = [words[:i] + words[i + 1 :] for i in range(len(words))] if len(words) <= 4 else [words[:2], words[:1]]
        tries += [(" ".join(w), Params(text=" ".join(w), category=params.category)) for w in shorter]
    elif params.category is not None and params.text:
        tries.append((params.text, Params(text=params.text)))
    found = []
    for label, tried in tries[:5]:
        result = index.run(tried.search_query(page=1, size=1, with_facets=False))
        if result is not None and result.total:
            found.append(Wider(label, tried.url(), result.total))
    return found


def neighbours(params: Params, limit: int = 10) -> list[Card]:
    """Objects near a search that found nothing: the page's universe, or its first word, newest first."""
    words = params.text.split()
    tries: Iterable[Any] = [Params(text=word) for word in sorted(words, key=len, reverse=True)[:2]] if words else []
    for tried in [*tries, Params(category=params.category)]:
        found = index.run(tried.search_query(size=limit, with_facets=False))
        if found is not None and found.ids:
            return load_cards(found.ids)
    return []
