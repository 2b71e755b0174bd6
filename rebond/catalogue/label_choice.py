"""On which paper, by which printer: the formats of object labels, and the one that a device keeps."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.models import Item
from rebond.catalogue.queries.labels import label_of, qr_svg, ticket_of
from rebond.core.label_printers import CONTENT_TYPE, FILES
from rebond.core.pdf import render_pdf

COOKIE = "etiquettes"  # a key of FORMATS, and ALONE where labels leave by themselves: of the device, of nobody
ALONE = ".seules"
COOKIE_LASTS = 365 * 86_400
DRAWINGS = {"rouleau": "labels_roll", "a4": "labels_sheet", "4x6": "labels_4x6"}


@dataclass(frozen=True, slots=True)
class Format:
    """One way to print; `is_file`: bytes for a label printer rather than a PDF.

    `may_be_alone`: one label at a time may leave by itself, by the print of the page or as a file; a PDF may not.
    """

    key: str
    icon: str
    label: Promise
    hint: Promise
    is_file: bool = False

    @property
    def may_be_alone(self) -> bool:
        return self.is_file or self.key == "rouleau"


FORMATS = (
    Format("rouleau", "scroll", _("Roll, 62 × 29 mm"), _("For label printers: one label a page")),
    Format("a4", "layout-grid", _("A4 sheets of 24 labels"), _("63.5 × 33.9 mm, at 100 %")),
    Format("4x6", "scroll", _("4 × 6 inches"), _("For parcel printers: one label a page")),
    Format("zpl-62", "printer", _("ZPL file, 62 × 29 mm"), _("Zebra and alike"), is_file=True),
    Format("zpl-4x6", "printer", _("ZPL file, 4 × 6 inches"), _("Zebra and alike"), is_file=True),
    Format("epl-62", "printer", _("EPL file, 62 × 29 mm"), _("Older label printers"), is_file=True),
    Format("epl-4x6", "printer", _("EPL file, 4 × 6 inches"), _("Older label printers"), is_file=True),
)
KEYS = frozenset(one.key for one in FORMATS)


def _kept(request: HttpRequest) -> tuple[str, bool]:
    kept = request.COOKIES.get(COOKIE, "")
    key = kept.removesuffix(ALONE)
    return (key, kept.endswith(ALONE)) if key in KEYS else ("", False)


def kept_format(request: HttpRequest) -> str:
    """What this device prints on, the roll where nobody chose."""
    return _kept(request)[0] or FORMATS[0].key


def alone_format(request: HttpRequest) -> Format | None:
    """How a label leaves this device without a touch; None where nobody chose so."""
    key, is_alone = _kept(request)
    return next((one for one in FORMATS if is_alone and one.key == key and one.may_be_alone), None)


def keep_format(request: HttpRequest, response: HttpResponse, key: str, *, is_alone: bool | None = None) -> None:
    """The device prints so from now on; `is_alone` None leaves that as it was."""
    if key not in KEYS:
        return
    alone = _kept(request)[1] if is_alone is None else is_alone
    value = f"{key}{ALONE}" if alone else key
    response.set_cookie(
        COOKIE, value, max_age=COOKIE_LASTS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def label_answer(items: Sequence[Item], key: str) -> HttpResponse:
    """The labels of `items`, in order: a PDF, or a file for the printer. Nothing is made but paper: print it again."""
    name = str(_("labels")) if len(items) > 1 else f"{_('label')}-{items[0].code.lower()}"
    if key in FILES:
        ending, make, paper = FILES[key]
        data = make([ticket_of(item) for item in items], paper)
        head = f'attachment; filename="{name}.{ending}"'
        return HttpResponse(data, content_type=CONTENT_TYPE, headers={"Content-Disposition": head})
    rows: list[dict[str, Any]] = []
    for item in items:
        label = label_of(item)
        rows.append(asdict(label) | {"qr": qr_svg(label.url), "display": item.display_code})
    pdf = render_pdf(f"catalogue/{DRAWINGS[key]}", {"title": str(_("Labels")), "labels": rows})
    head = f'inline; filename="{name}.pdf"'
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": head})
