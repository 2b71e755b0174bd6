"""What the lists of the catalogue's room give as a spreadsheet; the items' columns are in queries/desk_export.py."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.queries import categories
from rebond.core.exports import Column

CATEGORIES = [  # of (category, number of items, number of own attributes)
    Column(_("Category"), lambda row: categories.path_label(row[0])),
    Column(_("Key"), lambda row: row[0].key),
    Column(_("Name in addresses"), lambda row: row[0].slug),
    Column(pgettext_lazy("category", "Open"), lambda row: row[0].is_active, "yes"),
    Column(_("Items"), lambda row: row[1], "number"),
    Column(_("Own attributes"), lambda row: row[2], "number"),
]
COLLECTIONS = [
    Column(_("Title"), "title"),
    Column(_("Title in English"), "title_en"),
    Column(_("Name in addresses"), "slug"),
    Column(pgettext_lazy("period", "From"), "starts_on", "date"),
    Column(pgettext_lazy("period", "To"), "ends_on", "date"),
    Column(_("Home"), "is_on_home", "yes"),
    Column(_("Items"), "number", "number"),
    Column(_("Of which on sale"), "number_on_sale", "number"),
]
HOLDS = [
    Column(_("Code"), "item.code"),
    Column(_("Object"), "item.title"),
    Column(_("Seller"), "item.seller.name"),
    Column(_("Ground"), "get_ground_display"),
    Column(_("Decided on"), "placed_at", "datetime"),
    Column(_("Decided by"), "placed_by"),
    Column(_("Complaint"), "get_complaint_state_display"),
    Column(_("Complaint received on"), "complained_at", "datetime"),
    Column(_("Answered on"), "answered_at", "datetime"),
    Column(_("Ended on"), "lifted_at", "datetime"),
]
HOSTINGS = [
    Column(_("Place"), "site.name"),
    Column(_("Kept by"), "site.organisation.name"),
    Column(_("Seller"), "seller.name"),
    Column(pgettext_lazy("period", "From"), "starts_on", "date"),
    Column(_("Last day"), "ends_on", "date"),
    Column(_("Offered on"), "offered_at", "datetime"),
    Column(_("Accepted on"), "accepted_at", "datetime"),
    Column(_("Refused or taken back on"), "refused_at", "datetime"),
]
RECALLS = [
    Column(_("Product"), "label"),
    Column(_("Barcode"), "shown_gtin"),
    Column(_("Brand"), "brand"),
    Column(_("Models or references"), "model_names"),
    Column(_("Why it may not be sold"), "risk"),
    Column(_("Who says it"), "get_source_display"),
    Column(_("Number of the notice"), "reference"),
    Column(_("Address of the notice"), "url"),
    Column(_("Published on"), "published_on", "date"),
    Column(_("On the list since"), "created_at", "datetime"),
    Column(_("Ended on"), "ended_at", "datetime"),
]
