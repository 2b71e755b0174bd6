"""Why a picture is refused: a stable code for programs, a sentence for people."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 60_000_000
# These decoders hold the whole picture several times over: a phone's 48 million pixels pass, in 630 MB.
FORMAT_PIXELS = {"heif": 50_000_000, "avif": 36_000_000}
MIN_SIDE = 8


class Refusal(StrEnum):
    EMPTY = "empty"
    NOT_IMAGE = "not_image"
    UNSUPPORTED = "unsupported"
    TOO_HEAVY = "too_heavy"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    CORRUPT = "corrupt"
    UNSAFE = "unsafe"
    TIMED_OUT = "timed_out"


SENTENCES = {
    Refusal.EMPTY: _("This file is empty. Choose the picture again."),
    Refusal.NOT_IMAGE: _("This file is not a picture. Send a JPEG, PNG, WebP, AVIF or HEIC file."),
    Refusal.UNSUPPORTED: _("%(kind)s files are not accepted. Save the picture as JPEG or PNG, then send it again."),
    Refusal.TOO_HEAVY: _("This file is too heavy: %(megabytes)s MB, at most %(limit)s MB."),
    Refusal.TOO_MANY_PIXELS: _(
        "This picture is too large: %(width)s × %(height)s pixels, at most %(limit)s million pixels. "
        "Make it smaller, then send it again."
    ),
    Refusal.TOO_SMALL: _("This picture is too small: %(width)s × %(height)s pixels. Nothing would be seen."),
    Refusal.CORRUPT: _("This picture is damaged or incomplete. Send it again, or take another one."),
    Refusal.UNSAFE: _("This picture could not be read safely. Save it again as JPEG, then send it."),
    Refusal.TIMED_OUT: _("This picture took too long to read. Save it again as JPEG, then send it."),
}


class ImageRefused(Exception):  # noqa: N818 -- a refusal told to the person, not a fault of the program
    """`code` is one of `Refusal`; `str()` is the sentence in the current language; `details` fill it in."""

    def __init__(self, code: Refusal, **details: Any) -> None:
        self.code = code
        self.details = details
        super().__init__(code.value)

    def __str__(self) -> str:
        return gettext(SENTENCES[self.code]) % self.details
