"""From rows to documents, a constant number of queries for any number of items."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.models import Category, CategoryAttribute, Item
from rebond.catalogue.search.base import IndexDocument, Likeness
from rebond.network.enums import SellerState
from rebond.network.models import Closure, Site

BATCH = 2_000
_COLUMNS = (
    "pk",
    "code",
    "title",
    "description",
    "category_id",
    "condition",
    "seller__slug",
    "seller__name",
    "seller_id",
    "site__department",
    "brand",
    "size",
    "color",
    "delivery_modes",
    "attributes",
    "gtin",
    "price_cents",
    "published_at",
    "cover",
    "seller__delivery_modes",
)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A category as documents need it."""

    keys: tuple[str, ...]
    names: str
    labels: dict[str, dict[str, str]]  # filterable attribute: choice: French label


class Surroundings:
    """What documents share: the category tree, filterable attributes, sellers' departments, closed sellers."""

    def __init__(self, *, today: date | None = None) -> None:
        today = today or timezone.localdate()
        self.shelves = _shelves()
        self.departments = dict(Site.objects.filter(is_main=True).values_list("organisation_id", "department"))
        self.closed = set(
            Closure.objects.filter(hides_items=True, starts_on__lte=today, ends_on__gte=today).values_list(
                "organisation_id", flat=True
            )
        )


def _shelves() -> dict[int, _Shelf]:
    own: dict[int, dict[str, dict[str, str]]] = {}
    filterable = CategoryAttribute.objects.filter(is_filterable=True)
    for category_id, key, choices in filterable.values_list("category_id", "key", "choices"):
        own.setdefault(category_id, {})[key] = {str(c.get("key")): str(c.get("fr", "")) for c in choices}
    shelves: dict[int, _Shelf] = {}
    for pk, parent_id, key, name in Category.objects.order_by("depth", "pk").values_list(
        "pk", "parent_id", "key", "name"
    ):
        above = shelves.get(parent_id) if parent_id else None
        shelves[pk] = _Shelf(
            (*above.keys, key) if above else (key,),
            f"{above.names} {name}" if above else name,
            {**(above.labels if above else {}), **own.get(pk, {})},
        )
    return shelves


def documents_for(ids: Iterable[int], around: Surroundings | None = None) -> list[IndexDocument]:
    """Documents of those of `ids` that are on sale now, by sellers admitted and not closed: the others have none."""
    wanted = list(ids)
    if not wanted:
        return []
    return _documents(Q(pk__in=wanted), around or Surroundings())


def all_documents(*, batch: int = BATCH) -> Iterator[list[IndexDocument]]:
    """Every document, by batches of at most `batch`, in the order of keys."""
    around = Surroundings()
    last = 0
    while True:
        keys = list(Item.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch])
        if not keys:
            return
        yield _documents(Q(pk__gt=last, pk__lte=keys[-1]), around)
        last = keys[-1]


def count_indexable() -> int:
    """How many documents a rebuild writes now."""
    closed = Surroundings().closed
    rows = Item.objects.on_sale().filter(seller__seller_state=SellerState.ADMITTED)
    return int(rows.exclude(seller_id__in=closed).count())


def _documents(which: Q, around: Surroundings) -> list[IndexDocument]:
    rows = (
        Item.objects.on_sale()
        .filter(which, seller__seller_state=SellerState.ADMITTED)
        .order_by("pk")
        .values_list(*_COLUMNS)
    )
    return [_document(row, around) for row in rows if row[8] not in around.closed]


def _document(row: tuple[Any, ...], around: Surroundings) -> IndexDocument:
    (pk, code, title, description, category_id, condition, slug, name, seller_id, department, brand) = row[:11]
    (size, color, delivery, attributes, gtin, price, published_at, cover, seller_delivery) = row[11:]
    shelf = around.shelves[category_id]
    values, labels = _attributes(attributes or {}, shelf.labels)
    return IndexDocument(
        id=pk,
        code=code,
        title=title,
        description=description,
        categories=shelf.keys,
        category_names=shelf.names,
        condition=condition,
        seller=slug,
        seller_name=name,
        department=department or around.departments.get(seller_id, ""),
        brand=brand.strip(),
        size=size.strip(),
        color=color.strip(),
        delivery=tuple(delivery or seller_delivery or ()),
        attributes=values,
        gtin=gtin,
        price_cents=price,
        published_at=published_at,
        other_text=labels,
        has_photo=bool(cover),
    )


def _attributes(found: dict[str, Any], labels: dict[str, dict[str, str]]) -> tuple[dict[str, tuple[str, ...]], str]:
    """The filterable values as strings, and the words of all values for the text."""
    values: dict[str, tuple[str, ...]] = {}
    texts: list[str] = []
    for key, value in found.items():
        several = value if isinstance(value, list) else [value]
        strings = tuple(_as_string(v) for v in several if v not in (None, ""))
        if key in labels:
            values[key] = strings
            texts += [labels[key].get(s, s) for s in strings]
        else:
            texts += [s for s, v in zip(strings, several, strict=False) if isinstance(v, str)]
    return values, " ".join(texts)


def _as_string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def likeness_of(item_id: int) -> Likeness | None:
    """What similar items are looked for with, on sale or not; None where the item is gone."""
    row = Item.objects.filter(pk=item_id).values_list("title", "category__path", "brand").first()
    return Likeness(row[0], tuple(row[1].split("/")), row[2]) if row else None
