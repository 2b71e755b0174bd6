"""PDFs for tests: one that is plain, and those that nobody may keep."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

PLAIN_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
)
NO_PDF = b"%PDF-<html><script>alert(1)</script>"


def drawn_pdf(act=None):
    """A PDF of one empty page; `act` adds something to it."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    if act:
        act(writer)
    writer.write(out)
    return out.getvalue()


def run_at_opening(writer):
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))


def refused_pdfs():
    """(content, words of its sentence): it could run, it is locked, it is none."""
    locked = drawn_pdf(lambda writer: writer.encrypt("secret"))
    return ((drawn_pdf(run_at_opening), "pourrait s’exécuter"), (locked, "mot de passe"), (NO_PDF, "est abîmé"))
