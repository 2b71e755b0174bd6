"""Bring the tree of `data/categories.json` into the database, without touching what people changed."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from rebond.catalogue.data import categories_file
from rebond.catalogue.models import Category, CategoryAttribute
from rebond.catalogue.queries.categories import categories_did_change
from rebond.catalogue.signals import categories_changed


@dataclass(slots=True)
class Loaded:
    """How many categories were created, brought up to date, already right, or kept as changed at the desk."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0


@transaction.atomic
def load_categories() -> Loaded:
    """Create and update categories and attributes from the data file; run again, it changes nothing.

    A category that was edited at the desk (its version is above 1) is left alone with its attributes, and so
    is its place in the tree. Nothing is ever deleted.
    """
    loader = _Loader()
    level: list[tuple[dict[str, Any], Category | None, int]] = [
        (node, None, place) for place, node in enumerate(loader.data["tree"])
    ]
    while level:
        level = loader.load_level(level)
    loader.write_attributes()
    if loader.touched:
        categories_did_change()
        categories_changed.send(sender=Category, keys=sorted(loader.touched))
    return loader.result


class _Loader:
    """Level by level, so that each takes one INSERT whatever its width."""

    def __init__(self) -> None:
        self.data = categories_file()
        self.known = {row.key: row for row in Category.objects.order_by("pk")}
        self.attributes: dict[tuple[int, str], CategoryAttribute] = {
            (row.category_id, row.key): row for row in CategoryAttribute.objects.order_by("pk")
        }
        self.asked: list[tuple[Category, list[str]]] = []
        self.touched: set[str] = set()
        self.result = Loaded()

    def load_level(
        self, level: list[tuple[dict[str, Any], Category | None, int]]
    ) -> list[tuple[dict[str, Any], Category | None, int]]:
        """Write the nodes of one depth; return those of the next."""
        fresh = []
        for node, parent, place in level:
            row = self.known.get(node["key"])
            if row is not None and row.version > 1:
                self.result.kept += 1
                continue
            fields = _fields(self.data, node, parent, place)
            if row is None:
                row = self.known[node["key"]] = Category(key=node["key"], **fields)
                fresh.append(row)
            else:
                self._update(row, fields)
            self.asked.append((row, node.get("attributes", [])))
        Category.objects.bulk_create(fresh)
        self.result.created += len(fresh)
        self.touched.update(row.key for row in fresh)
        return [
            (child, self.known[node["key"]], place)
            for node, _parent, _place in level
            for place, child in enumerate(node.get("children", ()))
        ]

    def _update(self, row: Category, fields: dict[str, Any]) -> None:
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if not changed:
            self.result.unchanged += 1
            return
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        self.result.updated += 1
        self.touched.add(row.key)

    def write_attributes(self) -> None:
        """Create the missing attributes and bring the known ones up to date."""
        missing = []
        for category, keys in self.asked:
            for position, key in enumerate(keys):
                fields = _attribute_fields(self.data["attributes"][key], position)
                row = self.attributes.get((category.pk, key))
                if row is None:
                    missing.append(CategoryAttribute(category=category, key=key, **fields))
                elif any(getattr(row, name) != value for name, value in fields.items()):
                    CategoryAttribute.objects.filter(pk=row.pk).update(**fields)
                else:
                    continue
                self.touched.add(category.key)
        CategoryAttribute.objects.bulk_create(missing)


def _fields(data: dict[str, Any], node: dict[str, Any], parent: Category | None, position: int) -> dict[str, Any]:
    arts = node.get("arts", [])
    return {
        "parent_id": parent.pk if parent else None,
        "path": f"{parent.path}/{node['key']}" if parent else node["key"],
        "depth": parent.depth + 1 if parent else 0,
        "position": position,
        "name": node["name"],
        "name_en": node["name_en"],
        "slug": node["slug"],
        "icon": node["icon"],
        "art": arts[0] if arts else "",
        "tint": node.get("tint") or (parent.tint if parent else "ciel"),
        "default_weight_g": node.get("weight_g"),
        "co2_factor_g": node.get("co2_g"),
        "co2_source": node.get("co2_source", ""),
        "co2_source_en": node.get("co2_source_en", ""),
        "size_guide": data["size_guides"].get(node.get("size_guide"), {}),
        "safety_rules": node.get("safety", []),
        "is_bulky": node.get("bulky", False),
    }


def _attribute_fields(given: dict[str, Any], position: int) -> dict[str, Any]:
    return {
        "name": given["name"],
        "name_en": given["name_en"],
        "type": given["type"],
        "unit": given.get("unit", ""),
        "choices": given.get("choices", []),
        "is_required": given.get("required", False),
        "is_filterable": given.get("filterable", False),
        "position": position,
    }
