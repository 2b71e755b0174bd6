"""Which categories lead a buyer somewhere: those with something on sale, and what stands above them."""

from django.core.cache import caches
from django.db.models import Exists, OuterRef

from rebond.catalogue.models import Category, Item
from rebond.shop.queries.tree import Node, load_tree

SECONDS = 60


def filled_ids() -> frozenset[int]:
    """Ids of the categories with an object on sale in them or below, at most a minute old.

    One query: one look into the index of items per category, whatever the number of items.
    """
    cache = caches["local"]
    kept: frozenset[int] | None = cache.get("shop.filled")
    if kept is None:
        held = Item.objects.on_sale().filter(category=OuterRef("pk")).order_by()
        by_id = load_tree().by_id
        leaves = Category.objects.filter(Exists(held)).order_by().values_list("pk", flat=True)
        kept = frozenset(node.id for pk in leaves if pk in by_id for node in by_id[pk].path)
        cache.set("shop.filled", kept, SECONDS)
    return kept


def filled(nodes: list[Node]) -> list[Node]:
    """`nodes` without those that hold nothing: a buyer is led to no empty shelf. All of them where all are empty."""
    ids = filled_ids()
    return [node for node in nodes if node.id in ids] or nodes
