"""Create, change and duplicate items."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_fields import FLAW_FIELDS, clean_fields, clean_flaws
from rebond.catalogue.actions.item_price import check_price, write_price
from rebond.catalogue.actions.item_shared import (
    PUBLIC_STATES,
    announce,
    check_may_be_on_sale,
    check_not_held,
    insert_with_code,
    lock_item,
    place_of,
    slug_of,
    tell_stock,
)
from rebond.catalogue.actions.item_stock import give_back_what_ended
from rebond.catalogue.enums import ItemState, Origin, StockReason
from rebond.catalogue.errors import FieldInvalid, ItemChangedMeanwhile, SellerNotSelling
from rebond.catalogue.models import Category, Item, ItemFlaw, ItemSlug, PriceChange
from rebond.catalogue.queries.hosting import first_site, may_lie_at
from rebond.journal.actions.record import is_day_only, record
from rebond.journal.models import Entry
from rebond.network.models import Organisation


@transaction.atomic
def create_item(
    *,
    seller: Organisation,
    category: Category,
    title: str,
    condition: str,
    price_cents: int,
    by: Any,
    fields: Mapping[str, Any] | None = None,
    flaws: Sequence[Mapping[str, Any]] = (),
    source: Item | None = None,
    now: datetime | None = None,
) -> Item:
    """A draft with a fresh code, its first price and its journal entry.

    `fields` are other columns of Item that people write (`item_fields.EDITABLE`); attributes that the
    category does not know are dropped. Raise FieldInvalid, PriceInvalid, or SellerNotSelling where the
    organisation has no letters for its codes.
    """
    now = now or timezone.now()
    if not seller.letters:
        raise SellerNotSelling
    check_price(price_cents)
    given = {"title": title, "condition": condition, "category": category} | dict(fields or {})
    given.setdefault("site", first_site(seller))
    clean = clean_fields(given, category=category, seller=seller)
    item = Item(
        seller=seller,
        price_cents=price_cents,
        slug=slug_of(clean["title"]),
        place=place_of(clean.get("site")),
        created_at=now,
        updated_at=now,
        **clean,
    )
    try:
        insert_with_code(item)
    except IntegrityError as error:
        raise FieldInvalid("external_ref", _("Another item already has this reference.")) from error
    _write_flaws(item, clean_flaws(flaws))
    PriceChange.objects.create(item=item, price_cents=price_cents, at=now, by_label=_name(by))
    action, extra = "catalogue.item.created", {}
    if source is not None:
        action, extra = "catalogue.item.duplicated", {"source": source.display_code}
    record(action, subject=item, by=by, organisation=seller, price_cents=price_cents, **extra)
    return item


@transaction.atomic
def begin_item(
    *,
    seller: Organisation,
    category: Category,
    by: Any,
    site: Any = None,
    title: str = "",
    weight_g: int | None = None,
    origin: str = Origin.GIFT,
    quantity: int = 1,
    gtin: str = "",
    condition: str = "",
    now: datetime | None = None,
) -> Item:
    """An object on its way to the shelf: a draft with its code, before it has a price and mostly a condition.

    Its title is the category's name until somebody writes one; `weight_g` is measured, `gtin` was scanned. Raise
    FieldInvalid, or SellerNotSelling where the organisation has no letters for its codes.
    """
    now = now or timezone.now()
    if not seller.letters:
        raise SellerNotSelling
    given = {"title": title or category.name, "category": category, "origin": origin, "quantity": quantity}
    given |= {"condition": condition} if condition else {}
    given |= {"weight_g": weight_g, "gtin": gtin, "site": site or first_site(seller)}
    clean = clean_fields(given, category=category, seller=seller)
    item = Item(
        seller=seller,
        price_cents=0,
        slug=slug_of(clean["title"]),
        place=place_of(clean.get("site")),
        created_at=now,
        updated_at=now,
        **clean,
    )
    insert_with_code(item)
    record("catalogue.item.begun", subject=item, by=by, organisation=seller)
    return item


@transaction.atomic
def change_item(
    *,
    item: Item,
    changes: Mapping[str, Any],
    by: Any,
    flaws: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Item:
    """Write the columns of `changes` (and the flaws where given); nothing happens where nothing differs.

    `version` is what the person had read: where somebody saved since, ItemChangedMeanwhile says who and
    which fields. A price change is written to the price history; a published item's old slug is kept; an
    item on sale must still be allowed to be (ItemIncomplete, ItemUnsafe). Raise FieldInvalid, PriceInvalid.
    """
    item = lock_item(item)
    now = now or timezone.now()  # under the lock: prices stand in the order in which they were written
    if version is not None and version != item.version:
        raise _changed_meanwhile(item, version)
    price = changes.get("price_cents", item.price_cents)
    if price or item.price_cents or item.state != ItemState.DRAFT:
        check_price(price)
    differing = _differing(item, changes)
    facts = {name: [_fact(getattr(item, name)), _fact(value)] for name, value in differing.items()}
    cleaned_flaws = None if flaws is None else clean_flaws(flaws)
    if cleaned_flaws is not None and cleaned_flaws != _flaws_of(item):
        facts["flaws"] = [len(_flaws_of(item)), len(cleaned_flaws)]
        item.flaws.all().delete()
        _write_flaws(item, cleaned_flaws)
    if price != item.price_cents:
        facts["price_cents"] = [item.price_cents, price]
    if not facts:
        return item
    _write_changes(item, differing, now=now)
    if price != item.price_cents:
        write_price(item, price, by=by, now=now)
    if item.state == ItemState.ON_SALE:
        check_may_be_on_sale(item)
    record("catalogue.item.changed", subject=item, by=by, organisation=item.seller, version=item.version, changes=facts)
    if item.state in PUBLIC_STATES:
        announce([item.pk])
    if {"quantity", "site"} & differing.keys():
        tell_stock([item.pk], StockReason.CORRECTED)
    return item


def _name(by: Any) -> str:
    """Whose price it is; nobody's where hours are forbidden, for a price has its moment (rules.md B9)."""
    return "" if by is None or is_day_only() else by.display_name[:160]


def _differing(item: Item, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The clean columns whose value is another one; a new category reads the attributes again."""
    given = {name: value for name, value in changes.items() if name != "price_cents"}
    if given.get("site") is not None and given["site"].pk == item.site_id:
        del given["site"]  # it stays where it lies, whatever agreement ended
    category = given.get("category") or item.category
    if "category" in given:
        given.setdefault("attributes", item.attributes)
    clean = clean_fields(given, category=category, seller=item.seller)
    return {name: value for name, value in clean.items() if getattr(item, name) != value}


def _write_changes(item: Item, differing: dict[str, Any], *, now: datetime) -> None:
    old_slug = item.slug
    for name, value in differing.items():
        setattr(item, name, value)
    if "title" in differing:
        item.slug = slug_of(item.title)
        if item.published_at and old_slug != item.slug:
            ItemSlug.objects.create(item=item, slug=old_slug)
    if "site" in differing:
        item.place = place_of(item.site)
    item.updated_at = now
    names = [*differing, "slug", "place", "updated_at"]
    if item.quantity < item.reserved and item.quantity < give_back_what_ended(item, now).reserved:
        raise FieldInvalid("quantity", _("%(n)s are held or sold: not fewer.") % {"n": item.reserved})
    try:
        with transaction.atomic():
            Item.objects.filter(pk=item.pk).update(
                **{name: getattr(item, name) for name in names}, version=F("version") + 1
            )
    except IntegrityError as error:
        raise FieldInvalid("external_ref", _("Another item already has this reference.")) from error
    item.version += 1


@transaction.atomic
def duplicate_item(*, item: Item, by: Any, now: datetime | None = None) -> Item:
    """A draft with the same texts, price and characteristics, its own code, no photos, no flaws.

    Raise ItemHeld: a copy is no way around the moderators’ decision.
    Flaws, proofs and the seller's reference belong to one object: they are not copied. Its weight is, as an estimate.
    """
    check_not_held(item)
    names = (
        *("description", "site", "weight_g", "length_mm", "width_mm", "height_mm"),
        *("brand", "color", "size", "gtin", "origin", "delivery_modes", "manufacturer"),
        *("manufacturer_address", "safety_warnings", "is_manufacturer_unknown"),
    )
    fields = {name: getattr(item, name) for name in names}
    if item.site is not None and not may_lie_at(item.seller, item.site):
        del fields["site"]  # its agreement ended: the copy lies at the seller's own
    fields["attributes"] = {key: value for key, value in item.attributes.items() if not key.startswith("proof-")}
    fields["is_weight_estimated"] = True
    return create_item(
        seller=item.seller,
        category=item.category,
        title=item.title,
        condition=item.condition,
        price_cents=item.price_cents,
        by=by,
        fields=fields,
        source=item,
        now=now,
    )


def _flaws_of(item: Item) -> list[dict[str, Any]]:
    return [{name: getattr(flaw, name) for name in FLAW_FIELDS} for flaw in item.flaws.all()]


def _write_flaws(item: Item, flaws: Sequence[Mapping[str, Any]]) -> None:
    ItemFlaw.objects.bulk_create(ItemFlaw(item=item, position=place, **flaw) for place, flaw in enumerate(flaws))


def _fact(value: Any) -> Any:
    """A value as the journal keeps it: JSON, and short."""
    if isinstance(value, bool | int | dict | list) or value is None:
        return value
    return str(value)[:200]


def _changed_meanwhile(item: Item, version: int) -> ItemChangedMeanwhile:
    """Who saved the item since `version`, and which fields, from the journal."""
    rows = Entry.objects.filter(subject_kind="catalogue.item", subject_id=item.public_id).order_by("-at", "-pk")[:20]
    later = [row for row in rows if row.data.get("version", 0) > version]
    fields = sorted({name for row in later for name in row.data.get("changes", {})})
    return ItemChangedMeanwhile(by=later[0].actor_label if later else "", fields=fields, current=item)
