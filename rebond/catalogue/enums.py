"""Grades, states and modes. The five conditions are a settled point of the architecture."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Condition(models.TextChoices):
    NEW_UNSOLD = "new_unsold", pgettext_lazy("condition", "New, unsold")
    LIKE_NEW = "like_new", pgettext_lazy("condition", "Like new")
    VERY_GOOD = "very_good", pgettext_lazy("condition", "Very good")
    GOOD = "good", pgettext_lazy("condition", "Good")
    TO_REPAIR = "to_repair", pgettext_lazy("condition", "To repair")


CONDITION_DEFINITIONS = {
    Condition.NEW_UNSOLD: _("Never used, from a shop's unsold goods. The packaging may be opened."),
    Condition.LIKE_NEW: _("Used a little or not at all. No visible mark."),
    Condition.VERY_GOOD: _("Used with care. Small marks that do not show at first sight."),
    Condition.GOOD: _("Works and is complete. Marks of use are visible and described one by one."),
    Condition.TO_REPAIR: _("Needs a repair before use. What is wrong is described."),
}


class ItemState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("item", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("item", "To be checked")
    ON_SALE = "on_sale", pgettext_lazy("item", "On sale")
    SOLD = "sold", pgettext_lazy("item", "Sold")
    WITHDRAWN = "withdrawn", pgettext_lazy("item", "Withdrawn")


class Origin(models.TextChoices):
    GIFT = "gift", pgettext_lazy("origin", "Gift")
    UNSOLD = "unsold", pgettext_lazy("origin", "Unsold goods")
    REFURBISHED = "refurbished", pgettext_lazy("origin", "Refurbished")


class DeliveryMode(models.TextChoices):
    """France only, no express (rules.md A2)."""

    RELAY = "relay", _("Pick-up point")
    HOME = "home", _("Home delivery")
    PICKUP = "pickup", _("Collect from the seller")
    LOCAL = "local", _("Delivery by the seller's van")


class AttributeType(models.TextChoices):
    CHOICE = "choice", _("One choice")
    MULTI = "multi", _("Several choices")
    TEXT = "text", _("Text")
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", pgettext_lazy("type", "Number")
    BOOLEAN = "boolean", _("Yes or no")


class FlawKind(models.TextChoices):
    SCRATCH = "scratch", _("Scratch")
    STAIN = "stain", _("Stain")
    DENT = "dent", _("Dent")
    CRACK = "crack", _("Crack")
    TEAR = "tear", _("Tear")
    HOLE = "hole", _("Hole")
    WEAR = "wear", _("Wear")
    FADED = "faded", _("Faded")
    RUST = "rust", _("Rust")
    MISSING_PART = "missing_part", _("Missing part")
    NOT_WORKING = "not_working", _("Does not work")
    SMELL = "smell", _("Smell")
    ANNOTATION = "annotation", _("Writing or stamp")
    REPAIRED = "repaired", _("Repaired")
    OTHER = "other", _("Other")


class WithdrawReason(models.TextChoices):
    SOLD_ELSEWHERE = "sold_elsewhere", _("Sold elsewhere")
    DAMAGED = "damaged", _("Damaged")
    LOST = "lost", _("Not found")
    UNSAFE = "unsafe", _("Unsafe or recalled")
    ERROR = "error", _("Put online by mistake")
    RECYCLED = "recycled", _("Sent to recycling")
    OTHER = "other", _("Other reason")


class HostingState(models.TextChoices):
    """Of a storing agreement, on a day."""

    OFFERED = "offered", pgettext_lazy("storing agreement", "Waits for the seller")
    COMING = "coming", pgettext_lazy("storing agreement", "Accepted, to come")
    CURRENT = "current", pgettext_lazy("storing agreement", "In force")
    OVER = "over", pgettext_lazy("storing agreement", "Over")
    REFUSED = "refused", pgettext_lazy("storing agreement", "Refused or taken back")


class HoldGround(models.TextChoices):
    """DSA art. 17 asks whether the law or our terms are the ground of a decision."""

    LAW = "law", _("It is against the law")
    TERMS = "terms", _("It is against our terms of sale")


class ComplaintState(models.TextChoices):
    """A seller's complaint against a decision (DSA art. 20)."""

    RECEIVED = "received", pgettext_lazy("complaint", "To be answered")
    UPHELD = "upheld", pgettext_lazy("complaint", "Accepted")
    DISMISSED = "dismissed", pgettext_lazy("complaint", "Not accepted")


# verb: (states it may start from, state it leads to) — house style, rule 23
ITEM_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({ItemState.DRAFT}), ItemState.IN_REVIEW),
    "send_back": (frozenset({ItemState.IN_REVIEW}), ItemState.DRAFT),
    "publish": (frozenset({ItemState.DRAFT, ItemState.IN_REVIEW, ItemState.WITHDRAWN}), ItemState.ON_SALE),
    "withdraw": (frozenset({ItemState.DRAFT, ItemState.IN_REVIEW, ItemState.ON_SALE}), ItemState.WITHDRAWN),
    "sell": (frozenset({ItemState.ON_SALE}), ItemState.SOLD),
    "restock": (frozenset({ItemState.SOLD}), ItemState.WITHDRAWN),
}


class StockReason(models.TextChoices):
    """Why what there is of an item changed (`signals.stock_changed`)."""

    MADE = "made", pgettext_lazy("stock", "Arrived")
    SOLD = "sold", pgettext_lazy("stock", "Sold")
    RETURNED = "returned", pgettext_lazy("stock", "Taken back")
    CORRECTED = "corrected", pgettext_lazy("stock", "Corrected")
    DELETED = "deleted", pgettext_lazy("stock", "Deleted")


class RecallSource(models.TextChoices):
    """Who says that a product is recalled or may not be sold (rules.md F6: Safety Gate, RappelConso)."""

    RAPPELCONSO = "rappelconso", "RappelConso"
    SAFETY_GATE = "safety_gate", "Safety Gate"
    MAKER = "maker", _("The maker or a shop")
    NETWORK = "network", _("Our own rule")
