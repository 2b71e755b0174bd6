"""The label that leaves by the gesture that made its object, on a device that chose so; else one touch away."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from rebond.catalogue.actions.labels import note_labels
from rebond.catalogue.label_choice import alone_format
from rebond.catalogue.models import Item
from rebond.catalogue.queries.labels import Label, label_of
from rebond.journal.actions.record import day_only
from rebond.workshop.enums import WITHOUT_HOURS

ASKED = "etiquette"  # in the address of the screen that follows: FRESH once, then OUT
FRESH, OUT = "1", "0"


@dataclass(frozen=True, slots=True)
class LabelOut:
    """`leaves`: by itself, now; `file_url` is then the label printer's file, "" for the print of the page."""

    item: Item
    label: Label
    page_url: str
    leaves: bool
    file_url: str = ""


def with_label(address: str) -> str:
    """The screen at `address`, where the label of a new object leaves."""
    return f"{address}{'&' if '?' in address else '?'}{ASKED}={FRESH}"


def label_out(request: HttpRequest, item: Item) -> LabelOut | None:
    """The label of a new object on this screen; None on a screen that was not opened for it.

    It leaves once: the page writes OUT in its own address first, so that reading it again prints nothing.
    """
    asked = request.GET.get(ASKED, "")
    if asked not in {FRESH, OUT}:
        return None
    back = urlencode({"vers": f"{request.path}?{ASKED}={OUT}"})
    page_url = reverse("workshop:label", args=[item.code.lower()])
    alone = alone_format(request)
    leaves = alone is not None and asked == FRESH and request.method == "GET"
    file_url = f"{page_url}?format={alone.key}" if alone is not None and alone.is_file else ""
    if leaves and not file_url:  # a file is noted when it is made
        note_label(request, item)
    return LabelOut(item, label_of(item), f"{page_url}?{back}", leaves, file_url)


def note_label(request: HttpRequest, item: Item) -> None:
    """The object's story tells that its label was made. Opening a page is no act: the middleware leaves it alone."""
    worker: Any = request.floor.worker  # type: ignore[attr-defined]
    with day_only(is_on=worker.status in WITHOUT_HOURS):
        note_labels(items=[item], by=worker.user, organisation=item.seller)
