"""What the room of people refuses, each with the sentence for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PeopleError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language; `field` says where, on a form."""

    message: Promise | str = _("This cannot be done.")

    def __init__(self, message: Promise | str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message or type(self).message, field

    def __str__(self) -> str:
        return str(self.message)


class PersonInvalid(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This cannot be written so.")


class StatusRefused(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This status cannot be given so.")


class WrittenSince(PeopleError):  # noqa: N818 -- named by what happened
    message = _("Somebody wrote in this file meanwhile. Look at it again.")
