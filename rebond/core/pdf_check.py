"""A PDF that somebody sent, looked at before it is kept: nothing in it may run, no password, and it can be read."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MAX_OBJECTS = 50_000
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMedia"})
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"})
SENTENCES = {
    "locked": _("This PDF is locked by a password. Send one that is not, or a picture."),
    "active": _("This PDF holds something that could run: it is refused. Print it as a new PDF, or send a picture."),
    "broken": _("This PDF is broken, or is none. Save it again, or send a picture."),
}


class PdfRefused(Exception):  # noqa: N818 -- a refusal told to the person, not a fault of the program
    """`reason` is a key of SENTENCES; `str()` is its sentence in the current language."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return gettext(SENTENCES[self.reason])


def check_pdf(content: bytes) -> None:
    """Raise PdfRefused where the file is locked, could run or send something, or cannot be read."""
    from pypdf import PdfReader  # noqa: PLC0415 -- only files need this library

    try:
        reader = PdfReader(BytesIO(content))
        root: Any = {} if reader.is_encrypted else reader.trailer["/Root"]
        refused = "locked" if reader.is_encrypted else "active" if _is_active(reader) else ""
        if not refused and "/Pages" not in root:
            refused = "broken"
    except Exception as broken:  # the library raises all sorts on a broken file
        raise PdfRefused("broken") from broken
    if refused:
        raise PdfRefused(refused)


def _is_active(reader: Any) -> bool:
    """Whether something in the PDF could run or send: every object that its root reaches is looked at."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer["/Root"]]
    while waiting:
        found = waiting.pop()
        number = getattr(found, "idnum", None)
        if number is not None:
            if (number, found.generation) in seen:
                continue
            seen.add((number, found.generation))
            if len(seen) > MAX_OBJECTS:
                return True
            found = found.get_object()
        if isinstance(found, dict):
            if ACTIVE_KEYS & found.keys() or dict.get(found, "/S") in ACTIVE_ACTIONS:
                return True
            waiting += [value for key, value in dict.items(found) if key != "/Parent"]
        elif isinstance(found, list):
            waiting += list.__iter__(found)
    return False
