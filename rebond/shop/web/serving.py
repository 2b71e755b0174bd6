"""Private files of after-sales, sent so that nothing in them can run."""

from typing import Any

from django.http import FileResponse, Http404

from rebond.core.web import private_file
from rebond.journal.actions.files import open_file
from rebond.journal.models import StoredFile


def send_file(stored: StoredFile, *, by: Any, organisation: Any) -> FileResponse:
    """Pictures (made again by us) in the page, the rest as a download; who read it is noted.

    No script, no frame, nothing kept by caches. `by` is None for a buyer who has the order's link and no account.
    """
    try:
        file = open_file(stored=stored, by=by, organisation=organisation)
    except FileNotFoundError:
        raise Http404 from None
    is_picture = stored.content_type.startswith("image/")
    return private_file(file, name=stored.name, content_type=stored.content_type, is_download=not is_picture)
