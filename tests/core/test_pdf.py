import datetime

import pytest
from django.utils.translation import gettext_lazy as _

from rebond.core.pdf import PdfError, render_pdf, template_path

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


def data(**fields):
    return {
        "title": "Objets de l’été",
        "context": "Marmande",
        "lang": "fr",
        "foot": "rebond",
        "landscape": False,
        "columns": ["Objet", "Prix"],
        "aligns": ["start", "end"],
        "rows": [["Chaise", "25,00\u00a0€"]],
    } | fields


@pytest.mark.parametrize("standard", ["a-2b", "a-3b", "ua-1", "1.7"])
def test_pdf_is_made_in_each_standard_with_our_fonts(standard):
    made = render_pdf("core/table", data(), standard=standard)

    assert made.startswith(b"%PDF-")
    assert b"AtkinsonHyperlegible" in made
    assert b"BricolageGrotesque" in made


def test_same_data_gives_the_same_bytes():
    assert render_pdf("core/table", data(), now=NOW) == render_pdf("core/table", data(), now=NOW)


def test_data_is_never_code():
    rows = [['#panic("run") *bold* $x$ \\ ] }', "<script>"]]

    assert render_pdf("core/table", data(rows=rows)).startswith(b"%PDF-")


def test_a_thousand_rows_make_several_pages():
    made = render_pdf("core/table", data(rows=[[f"Objet {n}", str(n)] for n in range(1000)]))

    assert len(made) > 10 * len(render_pdf("core/table", data()))


def test_lazy_words_and_dates_are_data():
    assert render_pdf("core/table", data(title=_("Home"), day=datetime.date(2026, 1, 1))).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["core/none", "../core/table", "core/../x", "core", "/etc/passwd"])
def test_unknown_drawing_is_refused(name):
    with pytest.raises(PdfError):
        template_path(name)


def test_missing_data_is_told():
    with pytest.raises(PdfError, match="core/table"):
        render_pdf("core/table", {})
