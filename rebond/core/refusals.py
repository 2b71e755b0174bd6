"""What an action refuses: the base of the classes that each room names."""

from django.utils.functional import Promise


class RefusalError(Exception):
    """Base of a room's refusals. `str()` is a sentence in the reader's language; `field` says where, on a form."""

    message: Promise | str  # each room says its own

    def __init__(self, message: Promise | str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message or type(self).message, field

    def __str__(self) -> str:
        return str(self.message)
