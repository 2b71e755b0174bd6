"""What the room of insertion refuses, each with the sentence for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class InsertionError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language; `field` says where, on a form."""

    message: Promise | str = _("This cannot be done.")

    def __init__(self, message: Promise | str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message or type(self).message, field

    def __str__(self) -> str:
        return str(self.message)


class PassRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be written so.")


class SuspensionRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be suspended so.")


class ProlongationRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be prolonged so.")
