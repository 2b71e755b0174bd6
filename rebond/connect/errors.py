"""What can go wrong with an import: the sentence is for the person who sent the file."""

from typing import Any

from django.utils.functional import Promise


class ImportRefused(Exception):  # noqa: N818 -- a refusal, told to its owner
    """The file or the request cannot be imported; `str()` is a sentence that says why."""

    def __init__(self, sentence: str | Promise, **params: Any) -> None:
        self.sentence, self.params = sentence, params
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


class WrongImportState(ImportRefused):
    """The import's state does not allow this any more."""


class AddressRefused(Exception):  # noqa: N818 -- a refusal, told to its owner
    """An address that must not, or could not, be fetched; `code` is a key of `phrases.PHOTO_REASONS`."""

    def __init__(self, code: str, *, status: int = 0) -> None:
        self.code, self.status = code, status  # of the answer, 0 where there is none
        super().__init__(code)
