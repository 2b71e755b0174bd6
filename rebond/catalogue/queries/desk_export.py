"""The seller's list as a spreadsheet: what a person needs to work on it, and what an import reads back."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.core.exports import Column

COLUMNS = [
    Column(_("Code"), "code"),
    Column(_("Your reference"), "external_ref"),
    Column(_("Title"), "title"),
    Column(_("Category"), lambda item: categories.path_label(categories.get(item.category_id))),
    Column(_("Condition"), "get_condition_display"),
    Column(pgettext_lazy("item", "State"), "get_state_display"),
    Column(_("Price"), "price_cents", "cents"),
    Column(_("Price before the cut"), "previous_price_cents", "cents"),
    Column(_("Quantity"), "quantity", "number"),
    Column(_("Held"), "reserved", "number"),
    Column(_("Weight"), "weight_g", "grams"),
    Column(_("Weight is an estimate"), "is_weight_estimated", "yes"),
    Column(_("Brand"), "brand"),
    Column(_("Colour"), "color"),
    Column(_("Size"), "size"),
    Column(_("Barcode or ISBN"), "gtin"),
    Column(_("Photos"), "photo_count", "number"),
    Column(_("Place"), "place"),
    Column(_("Put on sale"), "published_at", "date"),
    Column(_("Changed"), "updated_at", "datetime"),
    Column(_("Description"), "description"),
]


def export_rows(rows: "QuerySet[Item]") -> Any:
    """The rows of a filtered list, read by chunks, without what the sheet does not show."""
    return rows.defer("cover_placeholder", "safety_warnings", "attributes")
