"""PDFs by Typst: offline, with our own fonts only, the data apart from the drawing.

A room keeps its drawings in `rebond/<room>/typst/<name>.typ`, asks for `render_pdf("<room>/<name>", data)`,
and reads the data by `#let data = json(bytes(sys.inputs.data))`. `/core/pdf/rebond.typ` holds what all
papers share (fonts, colours, page, mark, `svg` for a QR given as a string). Data never becomes code.
"""

import datetime
import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import fontpkg_atkinson_hyperlegible
import fontpkg_bricolage_grotesque
import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.functional import Promise

from rebond.core.signs import seen_all

ROOT = Path(__file__).resolve().parent.parent.parent
Standard = Literal["1.7", "a-2b", "a-3b", "ua-1"]


class PdfError(Exception):
    """The drawing is wrong, or does not fit its data: Typst's own words."""


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return str(o) if isinstance(o, Promise) else super().default(o)


@cache
def _fonts() -> Any:
    folders = [str(package.ROOT / "files") for package in (fontpkg_atkinson_hyperlegible, fontpkg_bricolage_grotesque)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def template_path(template: str) -> Path:
    """The drawing of `room/name`; raise PdfError where there is none, or where the name leaves its folder."""
    room, _, name = template.partition("/")
    path = ROOT / room / "typst" / f"{name}.typ"
    if not room.isidentifier() or not name.replace("-", "_").isidentifier() or not path.is_file():
        raise PdfError(f"no drawing named {template}")
    return path


def render_pdf(
    template: str,
    data: dict[str, Any],
    *,
    standard: Standard = "a-2b",
    now: datetime.datetime | None = None,
) -> bytes:
    """The finished PDF of `template` ("catalogue/labels") filled with `data` (what JSON can hold).

    PDF/A-2b unless told otherwise: it may be kept for years; `a-3b` is for invoices that carry a file, `ua-1`
    for papers that a screen reader reads. The same data and `now` give the same bytes. Raise PdfError.
    """
    moment = (now or timezone.now()).replace(microsecond=0)
    return _compile(template, data, format="pdf", pdf_standards=[standard], timestamp=moment)


def _compile(template: str, data: dict[str, Any], **options: Any) -> bytes:
    path = template_path(template)
    inputs = {"data": json.dumps(seen_all(data), cls=_Encoder, ensure_ascii=False)}  # an unseen sign has no drawing
    try:
        compiler = typst.Compiler(str(path), root=str(ROOT), font_paths=_fonts(), ignore_system_fonts=True)
        made = compiler.compile(sys_inputs=inputs, **options)
    except (RuntimeError, ValueError, OSError) as error:
        raise PdfError(f"{template}: {error}") from error
    return cast("bytes", made)


def join_pdfs(pdfs: Sequence[bytes]) -> bytes:
    """One PDF with the pages of all of them; one alone is left as it is, and none is b""."""
    if len(pdfs) < 2:
        return pdfs[0] if pdfs else b""
    from pypdf import PdfWriter  # noqa: PLC0415 -- only files need this library

    writer, whole = PdfWriter(), io.BytesIO()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    writer.write(whole)
    return whole.getvalue()
