"""The tree, edited at the desk: every change raises the category's version, so the data file leaves it alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_shared import announce
from rebond.catalogue.data.safety import RULES
from rebond.catalogue.enums import AttributeType, ItemState
from rebond.catalogue.errors import CategoryChangedMeanwhile, CategoryInvalid, FieldInvalid
from rebond.catalogue.models import Category, CategoryAttribute, CategorySlug, Item
from rebond.catalogue.queries.categories import categories_did_change
from rebond.catalogue.signals import categories_changed
from rebond.catalogue.tasks import announce_categories
from rebond.catalogue.validators import NO_WORDS, clean_text, plain
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record

MAX_DEPTH = 3
CHUNK = 1_000
EDITABLE = frozenset(
    {
        *("name", "name_en", "icon", "tint", "default_weight_g", "co2_factor_g"),
        *("co2_source", "co2_source_en", "size_guide", "safety_rules", "is_bulky"),
    }
)


@transaction.atomic
def add_category(*, parent: Category | None, name: str, name_en: str, by: Any) -> Category:
    """A new node, last among its siblings; it inherits what is above. Raise FieldInvalid, CategoryInvalid."""
    name, name_en = _names(name, name_en)
    depth = parent.depth + 1 if parent else 0
    if depth > MAX_DEPTH:
        raise CategoryInvalid(_("Four levels at most."))
    key = _free_key(name_en)
    siblings = Category.objects.filter(parent=parent).aggregate(last=Max("position"))
    made = Category.objects.create(
        key=key,
        parent=parent,
        path=_path(parent, key),
        depth=depth,
        position=(siblings["last"] if siblings["last"] is not None else -1) + 1,
        name=name,
        name_en=name_en,
        slug=_free_slug(name, None),
        icon=parent.icon if parent else "shapes",
        tint=parent.tint if parent else "ciel",
        version=2,
    )
    _did_change([made], by=by, action="added", subject=made)
    return made


@transaction.atomic
def change_category(*, category: Category, changes: Mapping[str, Any], version: int | None, by: Any) -> Category:
    """Write the columns of `changes` (`EDITABLE`). A new name makes a new slug; the old one redirects for ever.

    Raise CategoryChangedMeanwhile on an old version, FieldInvalid, or TypeError on an unknown column.
    """
    if set(changes) - EDITABLE:
        raise TypeError(f"not columns that people write: {sorted(set(changes) - EDITABLE)}")
    category = lock_row(category)
    if version is not None and version != category.version:
        raise CategoryChangedMeanwhile
    given = dict(changes)
    if "name" in given or "name_en" in given:
        given["name"], given["name_en"] = _names(
            given.get("name", category.name), given.get("name_en", category.name_en)
        )
    unknown = set(given.get("safety_rules", ())) - {*RULES, NO_WORDS}
    if unknown:
        raise FieldInvalid("safety_rules", _("“%(value)s” is not one of the choices.") % {"value": unknown.pop()})
    facts = {
        name: [getattr(category, name), value] for name, value in given.items() if getattr(category, name) != value
    }
    if not facts:
        return category
    for name in facts:
        setattr(category, name, given[name])
    if "name" in facts:
        _rename_slug(category)
    category.version += 1
    category.save(update_fields=[*facts, "slug", "version"])
    is_shown = bool({"name", "name_en"} & set(facts))
    _did_change([category], by=by, action="changed", subject=category, is_indexed=is_shown, changes=facts)
    return category


@transaction.atomic
def move_category(*, category: Category, parent: Category | None, by: Any) -> Category:
    """Put the category and all below it under another one, last. Raise CategoryInvalid."""
    category = lock_row(category)
    below = list(Category.objects.filter(path__startswith=f"{category.path}/").order_by("depth", "pk"))
    if parent is not None and (parent.pk == category.pk or parent.pk in {row.pk for row in below}):
        raise CategoryInvalid(_("A category cannot be put under itself."))
    height = max((row.depth for row in below), default=category.depth) - category.depth
    depth = parent.depth + 1 if parent else 0
    if depth + height > MAX_DEPTH:
        raise CategoryInvalid(_("Four levels at most."))
    if category.parent_id == (parent.pk if parent else None):
        return category
    old = category.path
    last = Category.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
    category.parent, category.position = parent, (last if last is not None else -1) + 1
    moved = [category, *below]
    for row in moved:
        row.path = _path(parent, category.key) + row.path.removeprefix(old)
        row.depth = row.path.count("/")
        row.version += 1
        row.save(update_fields=["parent", "path", "depth", "position", "version"])
    _did_change(moved, by=by, action="moved", subject=category, is_indexed=True, old=old, new=category.path)
    return category


@transaction.atomic
def order_category(*, category: Category, step: int, by: Any) -> Category:
    """One place up (−1) or down (1) among its siblings; at the end nothing happens."""
    siblings = list(Category.objects.filter(parent_id=category.parent_id).order_by("position", "name", "pk"))
    place = next(n for n, row in enumerate(siblings) if row.pk == category.pk)
    other = place + (1 if step > 0 else -1)
    if not 0 <= other < len(siblings):
        return category
    siblings[place], siblings[other] = siblings[other], siblings[place]
    changed = [row for position, row in enumerate(siblings) if row.position != position]
    for position, row in enumerate(siblings):
        Category.objects.filter(pk=row.pk).exclude(position=position).update(
            position=position, version=F("version") + 1
        )
    category.refresh_from_db()
    _did_change(changed, by=by, action="moved", subject=category, step=step)
    return category


@transaction.atomic
def open_category(*, category: Category, is_active: bool, by: Any) -> Category:
    """Close a category (no new item, no place in the menus; its items stay on sale) or open it again."""
    changed = Category.objects.filter(pk=category.pk, is_active=not is_active).update(
        is_active=is_active, version=F("version") + 1
    )
    category.refresh_from_db()
    if changed:
        _did_change([category], by=by, action="reopened" if is_active else "closed", subject=category)
    return category


@transaction.atomic
def write_attribute(
    *, category: Category, fields: Mapping[str, Any], by: Any, attribute: CategoryAttribute | None = None
) -> CategoryAttribute:
    """Ask something more of the items of a category and of all below, or ask it otherwise. No migration.

    `fields`: name, name_en, type, unit, choices, is_required, is_filterable. The type of a known one stays:
    items already answered. Raise FieldInvalid.
    """
    name, name_en = _names(fields["name"], fields["name_en"])
    kind = attribute.type if attribute else fields["type"]
    if kind not in AttributeType.values:
        raise FieldInvalid("type", _("“%(value)s” is not one of the choices.") % {"value": kind})
    choices = list(fields.get("choices") or []) if kind in {AttributeType.CHOICE, AttributeType.MULTI} else []
    if kind in {AttributeType.CHOICE, AttributeType.MULTI} and len(choices) < 2:
        raise FieldInvalid("choices", _("Write at least two choices, one a line."))
    values = {
        "name": name,
        "name_en": name_en,
        "type": kind,
        "unit": clean_text(fields.get("unit"), field="unit", limit=12),
        "choices": choices,
        "is_required": bool(fields.get("is_required")),
        "is_filterable": bool(fields.get("is_filterable")),
    }
    if attribute is None:
        last = category.own_attributes.aggregate(last=Max("position"))["last"]
        key = _free_attribute_key(category, name_en)
        attribute = CategoryAttribute.objects.create(
            category=category, key=key, position=(last if last is not None else -1) + 1, **values
        )
    else:
        CategoryAttribute.objects.filter(pk=attribute.pk).update(**values)
        attribute.refresh_from_db()
    _bump(category)
    _did_change([category], by=by, action="changed", subject=category, attribute=attribute.key)
    return attribute


@transaction.atomic
def remove_attribute(*, attribute: CategoryAttribute, by: Any) -> Category:
    """Ask it no more. What items answered stays in them, unseen, until the question comes back."""
    category = attribute.category
    CategoryAttribute.objects.filter(pk=attribute.pk).delete()
    _bump(category)
    _did_change([category], by=by, action="changed", subject=category, removed=attribute.key)
    return category


def announce_items_of(*, keys: Sequence[str]) -> int:
    """The index knows items by the names and path of their category: tell those on sale. Returns how many."""
    rows = Item.objects.filter(category__key__in=keys, state=ItemState.ON_SALE)
    told, last = 0, 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            announce(ids)
        told, last = told + len(ids), ids[-1]
    return told


def _did_change(
    rows: Sequence[Category], *, by: Any, action: str, subject: Category, is_indexed: bool = False, **data: Any
) -> None:
    categories_did_change()
    keys = [row.key for row in rows]
    if is_indexed:
        below = Category.objects.filter(path__startswith=f"{subject.path}/").order_by("pk")
        keys = list(dict.fromkeys([*keys, *below.values_list("key", flat=True)]))
        announce_categories.enqueue(keys)
    categories_changed.send(sender=Category, keys=keys)
    record(f"catalogue.category.{action}", subject=subject, by=by, **data)


def _bump(category: Category) -> None:
    Category.objects.filter(pk=category.pk).update(version=F("version") + 1)
    category.refresh_from_db()


def _names(name: str, name_en: str) -> tuple[str, str]:
    name = clean_text(name, field="name", limit=80)
    if not name or not slugify(plain(name)):
        raise FieldInvalid("name", _("Give it a name in French."))
    return name, clean_text(name_en, field="name_en", limit=80) or name


def _path(parent: Category | None, key: str) -> str:
    path = f"{parent.path}/{key}" if parent else key
    if len(path) > 200:
        raise CategoryInvalid(_("Four levels at most."))
    return path


def _free_key(name: str) -> str:
    base = slugify(plain(name))[:50] or "category"
    taken = set(Category.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if key not in taken)


def _free_attribute_key(category: Category, name: str) -> str:
    base = slugify(plain(name))[:32] or "attribute"
    taken = set(category.own_attributes.values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 1_000))) if key not in taken)


def _free_slug(name: str, category: Category | None) -> str:
    """A slug that no category has, nor had (its own former ones apart)."""
    base = slugify(plain(name))[:70]
    mine = category.pk if category else 0
    taken = set(Category.objects.filter(slug__startswith=base).exclude(pk=mine).values_list("slug", flat=True))
    former = CategorySlug.objects.filter(slug__startswith=base).exclude(category_id=mine)
    taken |= set(former.values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def _rename_slug(category: Category) -> None:
    new = _free_slug(category.name, category)
    if new == category.slug:
        return
    CategorySlug.objects.filter(category=category, slug=new).delete()
    CategorySlug.objects.get_or_create(slug=category.slug, defaults={"category": category})
    category.slug = new
