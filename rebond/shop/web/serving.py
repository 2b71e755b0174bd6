"""Private files of conversations, sent so that nothing in them can run."""

from django.http import FileResponse, Http404

from rebond.core.web import private_file
from rebond.shop.models import Attachment


def send_attachment(found: Attachment) -> FileResponse:
    """Pictures (made again by us) in the page, the rest as a download; no script, no frame, nothing kept by caches."""
    stored = found.stored
    try:
        file = stored.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return private_file(file, name=stored.name, content_type=stored.content_type, is_download=not found.is_picture)
