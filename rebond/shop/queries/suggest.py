"""Suggestions as the search field shows them."""

import datetime
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rebond.catalogue.search import Suggestion
from rebond.core.money import format_cents
from rebond.core.prepared import Prepared
from rebond.shop.queries import index
from rebond.shop.queries.cards import item_url, listed_items
from rebond.shop.queries.english import completed, in_french
from rebond.shop.queries.tree import load_tree

Row = dict[str, str]
MOST = 8  # rows under the field
MOST_PLACES = 3  # aisles and sellers, where there are items to show
TITLES = 3
ASKED = 6  # items: the same title, or an object sold meanwhile, gives its place to the next
_LISTED: Prepared[Any] = Prepared(
    lambda today, *ids: (
        listed_items(today).filter(pk__in=ids).order_by().values_list("pk", "title", "slug", "code", "price_cents")
    ),
    datetime.date(2000, 1, 1),
    *range(9_001, 9_001 + ASKED),
)


def suggestion_rows(text: str) -> list[Row]:
    """Eight rows at most: aisles, sellers, words to search, then titles of objects on sale, each with its address."""
    found = index.suggest(text, limit=MOST, items=ASKED)
    places = _places(found)
    words, ids = _words_and_items(found)
    if get_language() == "en":
        words, ids = _in_english(text) or (words, ids)
    titles = _titles(ids)
    if titles:
        places = places[:MOST_PLACES]
    searches = [{"label": one, "kind": "", "url": f"/recherche/?{urlencode({'q': one})}"} for one in words]
    return [*places, *searches[: MOST - len(places) - len(titles)], *titles]


def _words_and_items(found: Iterable[Suggestion]) -> tuple[list[str], list[int]]:
    rows = list(found)
    return [one.label for one in rows if one.kind == "title"], [int(one.key) for one in rows if one.kind == "item"]


def _in_english(text: str) -> tuple[list[str], list[int]] | None:
    """The words in English, and items by what these say in French: objects are described so. None without any."""
    english = completed(text)
    french = in_french(english)
    if french == text:
        return None
    ids = _words_and_items(index.suggest(french, limit=MOST, items=ASKED))[1]
    return ([english], ids) if ids else None


def _places(found: Iterable[Suggestion]) -> list[Row]:
    tree = load_tree()
    rows = []
    for one in found:
        if one.kind == "category" and one.key in tree.by_key:
            node = tree.by_key[one.key]
            rows.append({"label": node.label, "kind": _("Aisle"), "url": node.url})
        elif one.kind == "seller" and one.key:
            rows.append({"label": one.label, "kind": _("Seller"), "url": f"/vendeurs/{one.key}/"})
    return rows


def _titles(ids: list[int]) -> list[Row]:
    """Three objects of different titles that lists show today, with their price, in one query by key."""
    if not ids:
        return []
    asked = [*ids, *[ids[0]] * ASKED][:ASKED]
    known: dict[int, Any] = {pk: rest for pk, *rest in _LISTED.run(timezone.localdate(), *asked)}
    rows: dict[str, Row] = {}
    for pk in ids:
        if pk in known:
            title, slug, code, cents = known[pk]
            rows.setdefault(title, {"label": title, "kind": format_cents(cents), "url": item_url(slug, code)})
    return list(rows.values())[:TITLES]
