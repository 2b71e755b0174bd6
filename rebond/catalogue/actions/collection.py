"""Thematic collections: what the network's catalogue managers show together, for a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Collection, CollectionItem, Item
from rebond.catalogue.validators import clean_text, plain
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record

MOST = 500
EDITABLE = frozenset({"title", "title_en", "introduction", "tint", "starts_on", "ends_on", "is_on_home", "position"})


@transaction.atomic
def create_collection(*, fields: Mapping[str, Any], by: Any) -> Collection:
    """A new, empty collection, last in the order. Raise FieldInvalid, or TypeError on an unknown column."""
    clean = _clean(fields)
    last = Collection.objects.aggregate(last=Max("position"))["last"]
    clean.setdefault("position", (last or 0) + 1)
    made = Collection.objects.create(slug=_free_slug(clean["title"]), **clean)
    record("catalogue.collection.created", subject=made, by=by)
    return made


@transaction.atomic
def change_collection(*, collection: Collection, fields: Mapping[str, Any], by: Any) -> Collection:
    """Write what differs; the address stays, so that links hold. Raise FieldInvalid."""
    collection = lock_row(collection)
    differing = {name: value for name, value in _clean(fields).items() if getattr(collection, name) != value}
    if not differing:
        return collection
    Collection.objects.filter(pk=collection.pk).update(**differing)
    collection.refresh_from_db()
    record("catalogue.collection.changed", subject=collection, by=by, fields=sorted(differing))
    return collection


@transaction.atomic
def add_to_collection(*, collection: Collection, items: Sequence[Item], by: Any) -> int:
    """Put items at the end; those already there stay where they are. Returns how many came. Raise FieldInvalid."""
    collection = lock_row(collection)
    known = set(collection.entries.values_list("item_id", flat=True))
    fresh = [item for item in dict.fromkeys(items) if item.pk not in known]
    if len(known) + len(fresh) > MOST:
        raise FieldInvalid("items", _("500 items at most in a collection."))
    last = collection.entries.aggregate(last=Max("position"))["last"]
    start = (last if last is not None else -1) + 1
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=collection, item=item, position=start + place) for place, item in enumerate(fresh)
    )
    if fresh:
        codes = [item.code for item in fresh[:20]]
        record("catalogue.collection.items_changed", subject=collection, by=by, added=len(fresh), codes=codes)
    return len(fresh)


@transaction.atomic
def remove_from_collection(*, collection: Collection, item: Item, by: Any) -> bool:
    """Take one item out; False where it was not there."""
    gone, _rows = collection.entries.filter(item=item).delete()
    if gone:
        record("catalogue.collection.items_changed", subject=collection, by=by, removed=item.code)
    return bool(gone)


@transaction.atomic
def order_in_collection(*, collection: Collection, item: Item, step: int, by: Any) -> None:
    """One place earlier (−1), later (1), or first (0)."""
    collection = lock_row(collection)
    entries = list(collection.entries.order_by("position", "pk"))
    place = next((n for n, entry in enumerate(entries) if entry.item_id == item.pk), None)
    if place is None:
        return
    entry = entries.pop(place)
    entries.insert(0 if step == 0 else max(0, place + step), entry)
    changed = []
    for position, one in enumerate(entries):
        if one.position != position:
            one.position = position
            changed.append(one)
    CollectionItem.objects.bulk_update(changed, ["position"])
    if changed:
        record("catalogue.collection.items_changed", subject=collection, by=by, moved=item.code)


@transaction.atomic
def order_collection(*, collection: Collection, step: int, by: Any) -> None:
    """One place earlier (−1) or later (1) among the collections."""
    rows = list(Collection.objects.order_by("position", "title", "pk"))
    place = next(n for n, row in enumerate(rows) if row.pk == collection.pk)
    other = place + (1 if step > 0 else -1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        Collection.objects.filter(pk=row.pk).exclude(position=position).update(position=position)
    record("catalogue.collection.changed", subject=collection, by=by, fields=["position"])


@transaction.atomic
def delete_collection(*, collection: Collection, by: Any) -> None:
    """Remove the collection; its items are untouched."""
    record(
        "catalogue.collection.deleted",
        subject=collection,
        by=by,
        slug=collection.slug,
        items=collection.entries.count(),
    )
    collection.delete()


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    if set(fields) - EDITABLE:
        raise TypeError(f"not columns that people write: {sorted(set(fields) - EDITABLE)}")
    clean = dict(fields)
    for name, limit in (("title", 120), ("title_en", 120)):
        if name in clean:
            clean[name] = clean_text(clean[name], field=name, limit=limit)
    if "introduction" in clean:
        clean["introduction"] = clean_text(clean["introduction"], field="introduction", limit=2_000, lines=True)
    if "title" in clean and not slugify(plain(clean["title"])):
        raise FieldInvalid("title", _("Give it a title: what it is, in a few words."))
    if clean.get("starts_on") and clean.get("ends_on") and clean["ends_on"] < clean["starts_on"]:
        raise FieldInvalid("ends_on", _("The end comes before the start."))
    return clean


def _free_slug(title: str) -> str:
    base = slugify(plain(title))[:70]
    taken = set(Collection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)
