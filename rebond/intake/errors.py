"""What the actions of the way in refuse, each with the sentence for the person who asked (12 words at most)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class IntakeError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language."""

    message: Promise | str = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class FieldInvalid(IntakeError):  # noqa: N818 -- named by what happened
    """`field` says where; the message says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


class ThingStopped(IntakeError):  # noqa: N818 -- named by what happened
    """A safety rule keeps the thing from going out this way (rules.md F6)."""

    message = _("This thing may not go there. Read why, then choose again.")


class ThingRecalled(IntakeError):  # noqa: N818 -- named by what happened
    """Its barcode is on the list of recalled and forbidden products (rules.md F6): `stop` says which and why."""

    def __init__(self, stop: Any) -> None:
        super().__init__(stop.public_id)
        self.message = stop.message


class FollowedAlready(IntakeError):  # noqa: N818 -- named by what happened
    message = _("Somebody went on with it. Ask for help.")


class NotABook(IntakeError):  # noqa: N818 -- named by what happened
    message = _("This is not the code of a book. It begins with 978.")


class BookUnknown(IntakeError):  # noqa: N818 -- named by what happened
    message = _("We do not know this book. Sort it like any other thing.")


class RegisterClosed(IntakeError):  # noqa: N818 -- named by what happened
    message = _("The register of objects is not kept here.")


class NotedAlready(IntakeError):  # noqa: N818 -- named by what happened
    message = _("It is in the register already. A mistake? Ask your supervisor.")


class EntryChangedMeanwhile(IntakeError):  # noqa: N818 -- named by what happened
    message = _("A newer line of the register replaces this one. Correct that one.")
