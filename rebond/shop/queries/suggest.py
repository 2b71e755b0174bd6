"""Suggestions as the search field shows them."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from rebond.catalogue.search import Suggestion
from rebond.shop.queries.tree import load_tree


def suggestion_rows(found: Iterable[Suggestion]) -> list[dict[str, str]]:
    """Label, kind in words, address."""
    tree = load_tree()
    rows = []
    for one in found:
        if one.kind == "category" and one.key in tree.by_key:
            node = tree.by_key[one.key]
            rows.append({"label": node.label, "kind": _("Aisle"), "url": node.url})
        elif one.kind == "seller" and one.key:
            rows.append({"label": one.label, "kind": _("Seller"), "url": f"/vendeurs/{one.key}/"})
        elif one.kind == "title":
            rows.append({"label": one.label, "kind": "", "url": f"/recherche/?{urlencode({'q': one.label})}"})
    return rows
