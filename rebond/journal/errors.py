"""What the journal refuses."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FileRefusedError(Exception):
    """A file that is not kept; `message` says why, for its sender."""

    message: ClassVar[Promise] = _("This file cannot be kept.")

    def __str__(self) -> str:
        return str(self.message)


class FileTooBigError(FileRefusedError):
    message = _("This file is too big.")


class FileEmptyError(FileRefusedError):
    message = _("This file is empty.")


class FileTypeRefusedError(FileRefusedError):
    message = _("This kind of file is not accepted: send a PDF, a picture, or an office document.")


class MailNotWaitingError(Exception):
    """The mail asked for has already left, or is not one that can be sent again."""


class TaskNotDeadError(Exception):
    """The task asked for is not on the dead list any more."""
