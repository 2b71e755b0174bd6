"""What a scan stops at picking and packing, and what to show to who learns it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.warehouse.data import PACK, PICK
from rebond.workshop.learning import Lesson, register_lessons, register_standing

PICKING = (
    Lesson("object", "package", _("Another object"), _("Compare the photo, then the last signs of the label.")),
    Lesson("place", "map-pin", _("Another place"), _("Read the place from left to right: aisle, bay, level.")),
    Lesson("slot", "shopping-cart", _("Another slot"), _("Show the numbers on the cart. Scan the slot’s label.")),
)
PACKING = (
    Lesson("not-in", "package", _("An object of another parcel"), _("Empty one slot only. Leave the others alone.")),
    Lesson("nobody", "package", _("An object that nobody bought"), _("It goes back to its place, not in a parcel.")),
    Lesson("twice", "scan-line", _("The same object twice"), _("One scan, then the object goes in at once.")),
    Lesson("label", "tag", _("Another code"), _("Our label has a square code. It is not the maker’s.")),
    Lesson("weight", "scale", _("An unexpected weight"), _("Open it together. Count the objects again.")),
)


def _rounds(tasks: Sequence[Any]) -> dict[str, str]:
    from rebond.warehouse.queries.standing import standing_of_rounds  # noqa: PLC0415 -- app registry

    return standing_of_rounds(tasks)


def _parcels(tasks: Sequence[Any]) -> dict[str, str]:
    from rebond.warehouse.queries.standing import standing_of_parcels  # noqa: PLC0415 -- app registry

    return standing_of_parcels(tasks)


def register() -> None:
    """Called when the app is ready."""
    register_lessons(PICK, PICKING)
    register_lessons(PACK, PACKING)
    register_standing(PICK, _rounds)
    register_standing(PACK, _parcels)
