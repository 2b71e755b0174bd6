"""An index in memory, for pages: exact words, the real interface."""

from collections import Counter

from rebond.catalogue.models import Item
from rebond.catalogue.search import Facet, FacetValue, IndexUnavailable, SearchResult, Sort, Suggestion
from rebond.shop.queries.tree import load_tree


class FakeIndex:
    """Searches the database's items on sale at each call; `is_away` makes it unavailable."""

    def __init__(self):
        self.is_away = False
        self.extra_ids = ()
        self.extra_facets = {}
        self.is_partial = False
        self.queries = []
        self.suggested = []

    def _values(self, item):
        node = load_tree().by_id.get(item.category_id)
        return {
            "category": tuple(n.key for n in node.path) if node else (),
            "condition": (item.condition,),
            "seller": (item.seller.slug,),
            "brand": (item.brand,) if item.brand else (),
            "delivery": tuple(item.delivery_modes),
        } | {f"attr.{k}": (str(v),) for k, v in item.attributes.items()}

    def search(self, query):
        if self.is_away:
            raise IndexUnavailable
        self.queries.append(query)
        rows, counters = [], {}
        for item in Item.objects.on_sale().select_related("seller").order_by("-published_at", "-pk"):
            text = f"{item.title} {item.description} {item.gtin}".lower()
            if not all(word in text for word in query.text.lower().split()):
                continue
            if query.price_min is not None and item.price_cents < query.price_min:
                continue
            if query.price_max is not None and item.price_cents > query.price_max:
                continue
            if query.published_after is not None and item.published_at < query.published_after:
                continue
            values = self._values(item)
            wanted = query.filters | ({"category": (query.within,)} if query.within else {})
            missed = [k for k, chosen in wanted.items() if not set(values.get(k, ())) & set(chosen)]
            if not missed:
                rows.append((item, values))
            for key, found in values.items():
                if set(missed) <= {key}:  # a facet's own choice does not narrow its counts
                    counters.setdefault(key, Counter()).update(found)
        if query.sort in {Sort.PRICE_ASC, Sort.PRICE_DESC}:
            rows.sort(key=lambda r: r[0].price_cents, reverse=query.sort == Sort.PRICE_DESC)
        facets = {}
        if query.with_facets:
            facets = {k: Facet(k, tuple(FacetValue(v, n) for v, n in c.most_common())) for k, c in counters.items()}
        start = (query.page - 1) * query.size
        ids = tuple(item.pk for item, _ in rows)[start : start + query.size]
        facets |= self.extra_facets
        total = len(rows)
        return SearchResult((*self.extra_ids, *ids), total, True, facets, 0.1, 400, is_partial=self.is_partial)

    def suggest(self, text, *, limit=8, items=0):
        if self.is_away:
            raise IndexUnavailable
        self.suggested.append(text)
        return [
            Suggestion("category", "Chaises", "chairs"),
            Suggestion("seller", "Les Ateliers", "ateliers-du-confluent"),
            Suggestion("title", f"{text} en hêtre"),
            *(
                Suggestion("item", "", str(pk))
                for pk in Item.objects.order_by("pk").values_list("pk", flat=True)[:items]
            ),
        ]

    def similar(self, item_id, *, like=None, limit=12, published_after=None):
        if self.is_away:
            raise IndexUnavailable
        return list(Item.objects.on_sale().exclude(pk=item_id).order_by("pk").values_list("pk", flat=True)[:limit])

    def count(self):
        return Item.objects.on_sale().count()

    def write(self, documents, *, delete_ids=()):
        pass
