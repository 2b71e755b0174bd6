"""Thematic collections as the public sees them."""

import datetime
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import get_language

from rebond.catalogue.models import Collection, CollectionItem
from rebond.shop.queries.cards import Card, cards_of, listed_items, load_cards


def open_collections(today: datetime.date | None = None) -> "QuerySet[Collection]":
    """Those of the day."""
    today = today or timezone.localdate()
    return Collection.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=today), Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    ).order_by("position", "title", "pk")


def title_of(collection: Collection) -> str:
    """The title in the language of the page."""
    return collection.title_en if get_language() == "en" and collection.title_en else collection.title


def collection_cards(collection: Collection, limit: int = 120) -> list[Card]:
    """Its objects still on sale, in the order chosen by hand."""
    order = dict(
        CollectionItem.objects.filter(collection=collection)
        .order_by("position", "pk")
        .values_list("item_id", "position")[: limit * 4]
    )
    place = {item_id: n for n, item_id in enumerate(order)}
    rows = cards_of(listed_items().filter(pk__in=list(order)).order_by())
    return sorted(rows, key=lambda card: place[card.id])[:limit]


def first_cards(collections: Iterable[Collection], limit: int) -> dict[int, list[Card]]:
    """Collection → its first `limit` objects still on sale: two queries, whatever the number of collections."""
    found: dict[int, list[Card]] = {collection.pk: [] for collection in collections}
    place = Window(RowNumber(), partition_by=F("collection_id"), order_by=[F("position").asc(), F("pk").asc()])
    entries = CollectionItem.objects.filter(collection__in=list(found), item__in=listed_items().order_by().values("pk"))
    listed = entries.annotate(place=place).filter(place__lte=limit).order_by("collection_id", "place")
    pairs = list(listed.values_list("collection_id", "item_id"))
    cards = {card.id: card for card in load_cards({item_id for _, item_id in pairs})}
    for collection_id, item_id in pairs:
        if item_id in cards:
            found[collection_id].append(cards[item_id])
    return found
