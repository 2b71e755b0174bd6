"""Kinds of places, and why units move."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlaceKind(models.TextChoices):
    ZONE = "zone", pgettext_lazy("place", "Zone")
    AISLE = "aisle", pgettext_lazy("place", "Aisle")
    BAY = "bay", pgettext_lazy("place", "Bay")
    SHELF = "shelf", pgettext_lazy("place", "Level")
    BIN = "bin", pgettext_lazy("place", "Bin")
    BOX = "box", pgettext_lazy("place", "Box")
    TROLLEY = "trolley", pgettext_lazy("place", "Trolley")
    WAITING = "waiting", _("Waiting for a place")
    LOST = "lost", _("Not found at a count")
    TRANSIT = "transit", _("On the way")


# A place that stands in a place, and moves with what is in it.
CONTAINERS = frozenset({PlaceKind.BOX, PlaceKind.TROLLEY})


class MoveReason(models.TextChoices):
    OPENING = "opening", pgettext_lazy("stock", "Counted at the start")
    MADE = "made", pgettext_lazy("stock", "Arrived")
    SOLD = "sold", pgettext_lazy("stock", "Sold")
    RETURNED = "returned", pgettext_lazy("stock", "Taken back")
    CORRECTED = "corrected", pgettext_lazy("stock", "Corrected")
    DELETED = "deleted", pgettext_lazy("stock", "Deleted")
    STORED = "stored", pgettext_lazy("stock", "Put away")
    MOVED = "moved", pgettext_lazy("stock", "Moved")
    UNDONE = "undone", pgettext_lazy("stock", "Put back")
    LOST = "lost", pgettext_lazy("stock", "Not found at a count")
    FOUND = "found", pgettext_lazy("stock", "Found at a count")
    LOADED = "loaded", pgettext_lazy("stock", "Loaded")
    ARRIVED = "arrived", pgettext_lazy("stock", "Arrived by transport")


class CountState(models.TextChoices):
    OPEN = "open", pgettext_lazy("count", "Open")
    CLOSED = "closed", pgettext_lazy("count", "Closed")


class BinState(models.TextChoices):
    """Where a bin is in a count. `recount`: another person counts it; `differs`: two agree, the ledger does not."""

    TO_COUNT = "todo", pgettext_lazy("count", "To count")
    RECOUNT = "recount", pgettext_lazy("count", "To count again")
    DIFFERS = "differs", pgettext_lazy("count", "Differs")
    RIGHT = "right", pgettext_lazy("count", "Right")
    SETTLED = "settled", pgettext_lazy("count", "Settled")


# States in which somebody may count the bin.
COUNTABLE = frozenset({BinState.TO_COUNT, BinState.RECOUNT})


class DifferenceState(models.TextChoices):
    OPEN = "open", pgettext_lazy("difference", "To decide")
    SETTLED = "settled", pgettext_lazy("difference", "Settled")


class DifferenceReason(models.TextChoices):
    """Why the ledger and the bin differed, said by the supervisor."""

    NOT_FOUND = "not_found", pgettext_lazy("difference", "Cannot be found")
    MISPLACED = "misplaced", pgettext_lazy("difference", "Was put in another place")
    NOT_SCANNED = "not_scanned", pgettext_lazy("difference", "Was moved without a scan")
    BROKEN = "broken", pgettext_lazy("difference", "Broken and thrown away")
    TAKEN = "taken", pgettext_lazy("difference", "Given or taken away")
    LABEL = "label", pgettext_lazy("difference", "Its label was wrong or missing")
    OTHER = "other", pgettext_lazy("difference", "Another reason")


class TransportState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("transport", "Being loaded")
    LOADED = "loaded", pgettext_lazy("transport", "Loaded")
    ON_THE_WAY = "on_way", pgettext_lazy("transport", "On the way")
    CHECKED = "checked", pgettext_lazy("transport", "Arrived and checked")
    CANCELLED = "cancelled", pgettext_lazy("transport", "Cancelled")


# verb: (states it may start from, state it leads to)
TRANSPORT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "load": (frozenset({TransportState.PLANNED}), TransportState.LOADED),
    "reopen": (frozenset({TransportState.LOADED}), TransportState.PLANNED),
    "leave": (frozenset({TransportState.PLANNED, TransportState.LOADED}), TransportState.ON_THE_WAY),
    "check": (frozenset({TransportState.ON_THE_WAY}), TransportState.CHECKED),
    "cancel": (frozenset({TransportState.PLANNED, TransportState.LOADED}), TransportState.CANCELLED),
}


class LineState(models.TextChoices):
    LOADED = "loaded", pgettext_lazy("transport", "In the vehicle")
    ARRIVED = "arrived", pgettext_lazy("transport", "Arrived")
    DAMAGED = "damaged", pgettext_lazy("transport", "Arrived damaged")
    MISSING = "missing", pgettext_lazy("transport", "Missing")


class MarkdownEnd(models.TextChoices):
    """Where an object goes that nobody bought online, as the seller agreed."""

    NONE = "none", pgettext_lazy("markdown", "It stays on sale")
    SHOP = "shop", pgettext_lazy("markdown", "To the shop")
    GIFT = "gift", pgettext_lazy("markdown", "Given away")
    RECYCLE = "recycle", pgettext_lazy("markdown", "Recycled")


class MarkdownMode(models.TextChoices):
    PROPOSE = "propose", pgettext_lazy("markdown", "Propose: somebody confirms")
    APPLY = "apply", pgettext_lazy("markdown", "Do it each night")


class MarkdownKind(models.TextChoices):
    CUT = "cut", pgettext_lazy("markdown", "Cheaper")
    END = "end", pgettext_lazy("markdown", "End of sale")


class MarkdownState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("markdown", "Proposed")
    DONE = "done", pgettext_lazy("markdown", "Done")
    UNDONE = "undone", pgettext_lazy("markdown", "Undone")
    PUT_OFF = "put_off", pgettext_lazy("markdown", "Not this one")


class Health(models.TextChoices):
    """What a carrier's account answered last."""

    UNKNOWN = "unknown", pgettext_lazy("carrier", "Never tried")
    OK = "ok", pgettext_lazy("carrier", "It answers")
    REFUSED = "refused", pgettext_lazy("carrier", "Credentials refused")
    DOWN = "down", pgettext_lazy("carrier", "It does not answer")


class ShipmentState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("shipment", "Label awaited")
    REFUSED = "refused", pgettext_lazy("shipment", "Refused by the carrier")
    READY = "ready", pgettext_lazy("shipment", "Label printed")
    MOVING = "moving", pgettext_lazy("shipment", "On its way")
    AT_POINT = "at_point", pgettext_lazy("shipment", "At the pick-up point")
    DELIVERED = "delivered", pgettext_lazy("shipment", "Delivered")
    RETURNING = "returning", pgettext_lazy("shipment", "Coming back")
    RETURNED = "returned", pgettext_lazy("shipment", "Came back")
    LOST = "lost", pgettext_lazy("shipment", "Lost")
    CANCELLED = "cancelled", pgettext_lazy("shipment", "Label cancelled")
    AGAIN = "again", pgettext_lazy("shipment", "Came back, left again")


# One label at most is alive for a parcel.
DEAD_SHIPMENTS = frozenset({ShipmentState.REFUSED, ShipmentState.CANCELLED})
# Its parcel has another label, or none: what a carrier still tells of it changes nothing.
OVER_SHIPMENTS = DEAD_SHIPMENTS | {ShipmentState.AGAIN}
# Somebody may still hear of them.
FOLLOWED_SHIPMENTS = frozenset(
    {ShipmentState.READY, ShipmentState.MOVING, ShipmentState.AT_POINT, ShipmentState.RETURNING}
)


class ParcelState(models.TextChoices):
    """Where a parcel is that has to leave a site."""

    ASKED = "asked", pgettext_lazy("parcel", "To prepare")
    PICKED = "picked", pgettext_lazy("parcel", "Prepared")
    PACKED = "packed", pgettext_lazy("parcel", "Packed")
    LEFT = "left", pgettext_lazy("parcel", "Left, or ready to collect")
    CANCELLED = "cancelled", pgettext_lazy("parcel", "Nothing left of it")


class WaveState(models.TextChoices):
    PLANNING = "planning", pgettext_lazy("wave", "Its rounds are being laid")
    OPEN = "open", pgettext_lazy("wave", "Under way")
    DONE = "done", pgettext_lazy("wave", "Finished")
    CANCELLED = "cancelled", pgettext_lazy("wave", "Stopped")


class WaveSize(models.TextChoices):
    """How large a parcel is by what is noted of its objects (`queries.sizes`)."""

    SMALL = "small", pgettext_lazy("wave size", "Small")
    MEDIUM = "medium", pgettext_lazy("wave size", "Medium")
    BULKY = "bulky", pgettext_lazy("wave size", "Bulky")
    UNKNOWN = "unknown", pgettext_lazy("wave size", "Not measured")


class RoundState(models.TextChoices):
    OPEN = "open", pgettext_lazy("round", "To do")
    DONE = "done", pgettext_lazy("round", "Finished")
    CANCELLED = "cancelled", pgettext_lazy("round", "Stopped")


OPEN_PARCELS = frozenset({ParcelState.ASKED, ParcelState.PICKED, ParcelState.PACKED})
PARCEL_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "pick": (frozenset({ParcelState.ASKED}), ParcelState.PICKED),
    "reopen": (frozenset({ParcelState.PICKED}), ParcelState.ASKED),
    "pack": (frozenset({ParcelState.PICKED}), ParcelState.PACKED),
    "unpack": (frozenset({ParcelState.PACKED}), ParcelState.PICKED),
    "leave": (OPEN_PARCELS, ParcelState.LEFT),
    "cancel": (OPEN_PARCELS | {ParcelState.LEFT}, ParcelState.CANCELLED),
    "find": (frozenset({ParcelState.CANCELLED}), ParcelState.ASKED),
}


class PickState(models.TextChoices):
    """Where an object of a parcel is. `dropped`: it is bought no more; `gone`: it left with its parcel."""

    TO_PICK = "to_pick", pgettext_lazy("pick", "To pick")
    PICKED = "picked", pgettext_lazy("pick", "Picked")
    MISSING = "missing", pgettext_lazy("pick", "Not found")
    DAMAGED = "damaged", pgettext_lazy("pick", "Found damaged")
    DROPPED = "dropped", pgettext_lazy("pick", "No longer bought")
    GONE = "gone", pgettext_lazy("pick", "Left, or ready to collect")


MISSED = frozenset({PickState.MISSING, PickState.DAMAGED})
PICK_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "drop": (frozenset({PickState.TO_PICK, PickState.PICKED, PickState.GONE, *MISSED}), PickState.DROPPED),
    "leave": (frozenset({PickState.TO_PICK, PickState.PICKED}), PickState.GONE),
    "find": (frozenset({PickState.MISSING}), PickState.TO_PICK),
}


class StockOutState(models.TextChoices):
    """What became of an object that was paid and could not be sent."""

    OPEN = "open", pgettext_lazy("stock out", "To look at")
    REPAIR = "repair", pgettext_lazy("stock out", "Being mended")
    FOUND = "found", pgettext_lazy("stock out", "Back again")
    RECYCLED = "recycled", pgettext_lazy("stock out", "Recycled")
    LOST = "lost", pgettext_lazy("stock out", "Lost for good")


OPEN_STOCK_OUTS = frozenset({StockOutState.OPEN, StockOutState.REPAIR})
STOCK_OUT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "repair": (frozenset({StockOutState.OPEN}), StockOutState.REPAIR),
    "find": (OPEN_STOCK_OUTS, StockOutState.FOUND),
    "recycle": (OPEN_STOCK_OUTS, StockOutState.RECYCLED),
    "lose": (frozenset({StockOutState.OPEN}), StockOutState.LOST),
    "reopen": (frozenset({StockOutState.FOUND}), StockOutState.OPEN),
}


class CartonReason(models.TextChoices):
    """Why the count of a carton changed. `found`: somebody packed in one that nobody had counted."""

    RECEIVED = "received", pgettext_lazy("carton", "Came in")
    COUNTED = "counted", pgettext_lazy("carton", "Counted again")
    USED = "used", pgettext_lazy("carton", "Used for a parcel")
    BACK = "back", pgettext_lazy("carton", "Taken out of a parcel")
    FOUND = "found", pgettext_lazy("carton", "Found while packing")
