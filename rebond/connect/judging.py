"""What becomes of each line: created, changed, unchanged, refused or left out. Reads the database, writes nothing."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from rebond.catalogue.enums import ITEM_TRANSITIONS, ItemState, WithdrawReason
from rebond.catalogue.models import Item, ItemFlaw
from rebond.catalogue.queries.categories import tree
from rebond.connect.enums import Outcome
from rebond.connect.reading import Prepared, Problem
from rebond.connect.rules import RULE, check_values, sale_problem

COLUMNS = (
    "title",
    "description",
    "condition",
    "quantity",
    "price_cents",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "brand",
    "color",
    "size",
    "gtin",
    "origin",
    "delivery_modes",
    "manufacturer",
    "manufacturer_address",
    "safety_warnings",
)


@dataclass(slots=True)
class Verdict:
    """`changes` are the new values of a known item's columns; `flaws` a new list of its flaws, None where the same."""

    row: Prepared
    outcome: Outcome
    item: Item | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    flaws: list[str] | None = None
    old_flaws: list[dict[str, Any]] = field(default_factory=list)


def judge(rows: Sequence[Prepared], *, seller: Any, items: dict[str, Item] | None = None) -> list[Verdict]:
    """One verdict per row, in order. `items` are the seller's items by reference, where they are already read."""
    known = find_items(rows, seller=seller) if items is None else items
    flaws = _flaws_of(list(known.values())) if any(r.flaws is not None for r in rows) else {}
    categories = tree().by_pk
    return [_one(row, known.get(row.ref), flaws, categories, seller) for row in rows]


def find_items(rows: Sequence[Prepared], *, seller: Any) -> dict[str, Item]:
    """The seller's items that these rows name, by reference."""
    refs = [r.ref for r in rows if r.ref]
    # SQLite takes the partial index only where its condition stands in the text (a parameter proves nothing) and no
    # order is asked; else each batch would read all the seller's items.
    written = ~Q(external_ref=RawSQL("''", ()))
    found = Item.objects.filter(written, seller=seller, external_ref__in=refs)
    return {i.external_ref: i for i in found.order_by()}


FLAW = ("kind", "part", "detail", "photo_position")


def _flaws_of(items: list[Item]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for flaw in ItemFlaw.objects.filter(item__in=items).order_by("item_id", "position", "pk").values("item_id", *FLAW):
        found.setdefault(flaw.pop("item_id"), []).append(dict(flaw))
    return found


def _one(  # noqa: PLR0911 -- one return per outcome
    row: Prepared, item: Item | None, flaws: dict[int, list[dict[str, Any]]], categories: dict[int, Any], seller: Any
) -> Verdict:
    if row.skip:
        return Verdict(row, Outcome.SKIPPED)
    if not row.problems:
        row.problems.extend(_mistakes(row, item, categories, seller))
    if row.problems:
        return Verdict(row, Outcome.REFUSED)
    if item is None:
        return Verdict(row, Outcome.CREATED, flaws=row.flaws)
    if item.state == ItemState.SOLD:
        return Verdict(row, Outcome.UNCHANGED, item)
    changes = _changes(row, item)
    old = flaws.get(item.pk, [])
    said = [flaw["detail"] for flaw in old]
    new = row.flaws if row.flaws is not None and row.flaws != said else None
    if not changes and new is None:
        return Verdict(row, Outcome.UNCHANGED, item)
    if item.state == ItemState.ON_SALE and "state" not in changes:
        probe = copy(item)
        for key, value in changes.items():
            setattr(probe, key, value)
        if wrong := sale_problem(probe, flaws=new if new is not None else said):
            row.problems.append(Problem("", item.display_code, RULE, {"text": wrong}))
            return Verdict(row, Outcome.REFUSED, item)
    return Verdict(row, Outcome.UPDATED, item, changes, new, old)


def _changes(row: Prepared, item: Item) -> dict[str, Any]:
    """New values of the columns that the file gives; a line that is sold out withdraws its item."""
    changes = {
        key: row.values[key]
        for key in COLUMNS
        if key in row.values and key not in row.assumed and getattr(item, key) != row.values[key]
    }
    if row.values.get("quantity") == 0:
        changes.pop("quantity", None)
        if item.state in ITEM_TRANSITIONS["withdraw"][0]:
            changes["state"], changes["withdraw_reason"] = (
                ItemState.WITHDRAWN.value,
                WithdrawReason.SOLD_ELSEWHERE.value,
            )
    if "weight_g" in row.values and "weight_g" not in row.assumed and item.is_weight_estimated:
        changes["weight_g"], changes["is_weight_estimated"] = row.values["weight_g"], False
    if "category_id" not in row.assumed and row.category_id and row.category_id != item.category_id:
        changes["category_id"] = row.category_id
    if row.attributes and {**item.attributes, **row.attributes} != item.attributes:
        changes["attributes"] = {**item.attributes, **row.attributes}
    return changes


def _mistakes(row: Prepared, item: Item | None, categories: dict[int, Any], seller: Any) -> list[Problem]:
    quantity, column = row.values.get("quantity", 1), row.columns.get("quantity", "")
    if item is None and quantity == 0:
        return [Problem(column, "0", "quantity_zero")]
    if item is not None and item.state != ItemState.SOLD and "quantity" not in row.assumed and quantity < item.reserved:
        return [Problem(column, str(quantity), "quantity_reserved", {"limit": item.reserved})]
    category = categories.get(row.category_id or 0)
    if category is None:
        return [Problem(row.columns.get("category", ""), row.category_text[:200], "category_unknown")]
    return check_values(row, category, seller)
