"""Imports from text, as a seller would send them."""

from django.core.files.uploadedfile import SimpleUploadedFile

from rebond.connect.actions.intake import read_import
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.uploads import set_target, upload_import

HEADINGS = "Référence;Titre;Description;Rayon;Prix;Quantité;État;Poids (kg)"


def upload(text, name="stock.csv", encoding="utf-8"):
    """A file as a form gives it; `text` is bytes or text."""
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode(encoding))


def template(*lines):
    """A file of our template."""
    return upload("\n".join((HEADINGS, *lines)))


def line(ref, title="Lampe orange", price="18,00", category="Romans", quantity="1", condition="Bon état", weight="1,4"):
    return f"{ref};{title};Un texte;{category};{price};{quantity};{condition};{weight}"


def imported(seller, file, *, by=None, target="draft", **kwargs):
    """An import run to its end, fresh from the database."""
    run = upload_import(seller=seller, upload=file, by=by, **kwargs)
    if run.state == "reading":
        read_import(run_id=run.pk)
        run.refresh_from_db()
    set_target(run=run, target=target, by=by)
    start_import(run=run, by=by, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    return run
