"""What comes close to an item: by the index, else the newest of its category."""

from rebond.catalogue.models import Item
from rebond.catalogue.search import Likeness
from rebond.shop.queries import index
from rebond.shop.queries.cards import Card, load_cards, shown_items
from rebond.shop.queries.tree import load_tree


def similar_cards(found: Item, limit: int = 10) -> list[Card]:
    """Objects like this one; where the index knows none, the newest of its category."""
    node = load_tree().by_id.get(found.category_id)
    like = Likeness(found.title, tuple(n.key for n in node.path), found.brand) if node else None
    ids = [i for i in index.similar(found.pk, limit * 2, like) if i != found.pk]
    cards = load_cards(ids)
    if cards:
        return varied(cards)[:limit]
    rows = shown_items().filter(category=found.category_id).exclude(pk=found.pk)
    return load_cards(rows.order_by("-published_at", "-pk").values_list("pk", flat=True)[:limit])


def varied(cards: list[Card]) -> list[Card]:
    """The same order, but a picture that was already shown goes last (batches, unsold goods)."""
    seen: set[str] = set()
    first: list[Card] = []
    again: list[Card] = []
    for card in cards:
        (again if card.cover in seen else first).append(card)
        seen.add(card.cover or f"none {card.id}")
    return first + again
