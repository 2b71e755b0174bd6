"""What the warehouse refuses, each with the sentence for the person who asked (12 words at most)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class WarehouseError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language."""

    message: Promise | str = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class FieldInvalid(WarehouseError):  # noqa: N818 -- named by what happened
    """`field` says where; the message says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


class NothingLeft(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Nothing is left of this object. Ask for help.")


class NotEnoughHere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("There are fewer than that here. Ask for help.")


class PlaceFull(WarehouseError):  # noqa: N818 -- named by what happened
    """`label` is the place's."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label

    def __str__(self) -> str:
        return str(_("%(place)s is full. Choose another place.")) % {"place": self.label}


class PlaceElsewhere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This place is at another site. Choose a place here.")


class PlaceHoldsNothing(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Scan the shelf itself, not the whole aisle.")


class PlaceClosed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This place is closed. Choose another one.")


class PlaceNotEmpty(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Something is still there. Empty it first.")


class BoxInItself(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("A box does not go into a box. Scan a shelf.")
