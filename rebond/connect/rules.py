"""The catalogue's own rules asked of imported lines, the very functions that the desk obeys."""

from copy import copy
from typing import Any

from rebond.catalogue.actions.item_fields import EDITABLE, clean_fields
from rebond.catalogue.actions.item_shared import check_may_be_on_sale
from rebond.catalogue.enums import Condition, ItemState
from rebond.catalogue.errors import FieldInvalid, ItemIncomplete, ItemUnsafe, PublishRefused
from rebond.catalogue.publishing import check_publishing
from rebond.connect.reading import Prepared, Problem

RULE = "rule"  # phrases.REASONS: the catalogue's own sentence


def check_values(row: Prepared, category: Any, seller: Any) -> list[Problem]:
    """The mistake that the desk would refuse, if any; values become those that it would write."""
    given = {name: value for name, value in row.values.items() if name in EDITABLE and value is not None}
    if row.attributes:
        given["attributes"] = row.attributes
    if given.get("quantity") == 0:
        given.pop("quantity")  # judged apart: a sold-out line withdraws
    try:
        clean = clean_fields(given, category=category, seller=seller)
    except FieldInvalid as error:
        name = error.field.removeprefix("attributes.")
        value = row.attributes.get(name, row.values.get(name, ""))
        return [Problem(row.columns.get(name, name), str(value)[:200], RULE, {"text": str(error)})]
    row.attributes = clean.pop("attributes", row.attributes)
    row.values.update(clean)
    return []


def sale_problem(item: Any, *, flaws: list[str] | None = None) -> str:
    """Why the item may not be (or stay) on sale, "" where it may (rules.md F3, F6)."""
    probe = item
    if item.condition == Condition.TO_REPAIR and not item.description and (flaws or not item.pk):
        if not flaws:
            return "flaws"
        probe = copy(item)
        probe.description = "; ".join(flaws)  # what is wrong is described, one by one
    try:
        check_may_be_on_sale(probe)
        if item.state != ItemState.ON_SALE:
            check_publishing(probe)
    except (ItemIncomplete, ItemUnsafe, PublishRefused) as error:
        return str(error)
    return ""
