"""What the list of places gives as a spreadsheet."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column

PLACES = [
    Column(pgettext_lazy("stock", "Place"), str),
    Column(_("Code"), "display_code"),
    Column(pgettext_lazy("place", "Sort"), "get_kind_display"),
    Column(_("Site"), "site.name"),
    Column(_("Objects there"), "units", "number"),
    Column(_("Objects that fit"), "capacity", "number"),
    Column(_("Kept for"), "goods.name"),
]

DIFFERENCES = [
    Column(pgettext_lazy("stock", "Place"), "bin.place.label"),
    Column(_("Code"), "item_code"),
    Column(pgettext_lazy("count", "Object"), "title"),
    Column(pgettext_lazy("count", "Expected"), "expected", "number"),
    Column(pgettext_lazy("count", "Found"), "found", "number"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(pgettext_lazy("count", "Why"), "get_reason_display"),
    Column(pgettext_lazy("count", "Note"), "note"),
    Column(pgettext_lazy("count", "Settled on"), "settled_on", "date"),
]

PARCELS = [
    Column(pgettext_lazy("stock", "Parcel"), str),
    Column(_("Site"), "site.name"),
    Column(pgettext_lazy("parcel", "Delivery"), "get_mode_display"),
    Column(pgettext_lazy("parcel", "Carrier"), "carrier"),
    Column(_("Known weight"), "weight_g", "grams"),
    Column(_("Leaves by"), "leave_by", "datetime"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
]

STOCK_OUTS = [
    Column(_("Code"), "line.item_code"),
    Column(pgettext_lazy("count", "Object"), "line.title"),
    Column(_("Units"), "units", "number"),
    Column(pgettext_lazy("stock", "Parcel"), "line.parcel"),
    Column(_("Site"), "site.name"),
    Column(pgettext_lazy("stock out", "What was wrong"), "get_reason_display"),
    Column(pgettext_lazy("stock out", "Since"), "missed_on", "date"),
    Column(pgettext_lazy("stock out", "Looked for at"), lambda one: str(one.place or "")),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(pgettext_lazy("stock out", "Ended on"), "ended_on", "date"),
    Column(pgettext_lazy("count", "Why"), "get_why_display"),
    Column(pgettext_lazy("count", "Note"), "note"),
]

DEPARTURES = [
    Column(pgettext_lazy("transport", "Day"), "day", "date"),
    Column(_("Site"), "site"),
    Column(pgettext_lazy("shipment", "Parcels"), "left", "number"),
    Column(pgettext_lazy("departures", "On time"), "on_time", "number"),
    Column(pgettext_lazy("departures", "One day late"), "one_late", "number"),
    Column(pgettext_lazy("departures", "Later"), "more_late", "number"),
]

WAVES = [
    Column(pgettext_lazy("stock", "Wave"), str),
    Column(_("Site"), "site.name"),
    Column(pgettext_lazy("place", "Zone"), "where"),
    Column(pgettext_lazy("wave", "Size"), "get_size_display"),
    Column(_("Leaves by"), "leave_by", "datetime"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(pgettext_lazy("stock", "Parcels"), "parcel_number", "number"),
    Column(pgettext_lazy("wave", "Rounds"), "round_number", "number"),
]

ROUNDS = [
    Column(pgettext_lazy("stock", "Round"), str),
    Column(_("Site"), "wave.site.name"),
    Column(_("Leaves by"), "wave.leave_by", "datetime"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(pgettext_lazy("wave", "Metres"), lambda one: round(one.length_cm / 100), "number"),
    Column(pgettext_lazy("round", "Ended on"), "ended_on", "date"),
]

TRANSPORT_LINES = [
    Column(_("Code"), "item_code"),
    Column(pgettext_lazy("count", "Object"), "title"),
    Column(_("Units"), "units", "number"),
    Column(_("Known weight"), "grams", "grams"),
    Column(pgettext_lazy("place", "Box"), "box.label"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(_("Not on the list"), "is_extra", "yes"),
]

MARKDOWNS = [
    Column(_("Code"), "item_code"),
    Column(pgettext_lazy("count", "Object"), "title"),
    Column(pgettext_lazy("markdown", "What"), "get_kind_display"),
    Column(_("Price before"), "old_cents", "cents"),
    Column(_("Price after"), "new_cents", "cents"),
    Column(pgettext_lazy("markdown", "Goes to"), lambda row: row.rule.get_end_display() if row.kind == "end" else ""),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(_("Proposed on"), "proposed_on", "date"),
    Column(_("Decided on"), "decided_on", "date"),
]

COUNTS = [
    Column(_("What is counted"), "name"),
    Column(_("Site"), "site.name"),
    Column(pgettext_lazy("count", "Opened on"), "created_at", "date"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(pgettext_lazy("stock", "Places"), "bin_number", "number"),
    Column(pgettext_lazy("count", "To decide"), "differing_number", "number"),
]
TRANSPORTS = [
    Column(pgettext_lazy("task", "Transport"), str),
    Column(_("Leaves from"), "from_site.name"),
    Column(pgettext_lazy("transport", "Goes to"), "to_site.name"),
    Column(pgettext_lazy("transport", "Day"), "planned_on", "date"),
    Column(pgettext_lazy("count", "Where it is"), "get_state_display"),
    Column(_("Driver"), "driver"),
    Column(_("Vehicle"), "vehicle"),
    Column(_("Objects"), "line_number", "number"),
    Column(
        pgettext_lazy("transport", "Missing"),
        "missing_number",
        "number",
    ),
]

SHIPMENTS = [
    Column(pgettext_lazy("shipment", "Number"), "number"),
    Column(pgettext_lazy("shipment", "Order"), "subject"),
    Column(_("Carrier"), "account"),
    Column(_("State"), "get_state_display"),
    Column(_("Postal code"), "postal_code"),
    Column(_("Weight (g)"), "grams", "number"),
    Column(_("Asked by the carrier"), "cents", "cents"),
    Column(pgettext_lazy("shipment", "Label of"), "labelled_at", "datetime"),
    Column(pgettext_lazy("shipment", "Last news"), "moved_at", "datetime"),
    Column(pgettext_lazy("shipment", "Delivered on"), "delivered_at", "datetime"),
    Column(pgettext_lazy("shipment", "Late since"), "late_at", "datetime"),
]

ACCOUNTS = [
    Column(_("Carrier"), str),
    Column(_("Parcels may leave with it"), "is_active", "yes"),
    Column(_("Does it answer?"), "get_health_display"),
    Column(pgettext_lazy("carrier", "What it said"), "health_said"),
    Column(pgettext_lazy("carrier", "Asked on"), "checked_at", "datetime"),
]

MANIFESTS = [
    Column(_("Carrier"), "account"),
    Column(pgettext_lazy("manifest", "Account of"), "account.organisation.name"),
    Column(pgettext_lazy("transport", "Day"), "day", "date"),
    Column(_("Site"), "site.name"),
    Column(pgettext_lazy("shipment", "Parcels"), "units", "number"),
    Column(_("Weight (g)"), "grams", "number"),
    Column(pgettext_lazy("manifest", "Handed over"), "closed_at", "datetime"),
]

CARTONS = [
    Column(_("Name"), "name"),
    Column(_("Site"), "site.name"),
    Column(_("Inside length, mm"), "length_mm", "number"),
    Column(_("Inside width, mm"), "width_mm", "number"),
    Column(_("Inside height, mm"), "height_mm", "number"),
    Column(_("Salvaged"), "is_salvaged", "yes"),
    Column(_("Cost of one"), "cost_cents", "cents"),
    Column(pgettext_lazy("carton", "Left"), "left", "number"),
]
