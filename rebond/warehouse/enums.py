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
