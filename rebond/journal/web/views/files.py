"""Private files, read with the right that each one asks."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from rebond.core.access import signed_in
from rebond.core.web import private_file
from rebond.journal.actions.files import open_file
from rebond.journal.models import StoredFile
from rebond.journal.perms import can_read_file


@signed_in
@require_safe
def file_download(request: HttpRequest, public_id: str) -> FileResponse:
    """Always a download, never shown in the page's origin; without the right it does not exist."""
    stored = get_object_or_404(StoredFile, public_id=public_id)
    if not can_read_file(request.access, request.user, stored):  # type: ignore[attr-defined]
        raise Http404
    try:
        file = open_file(stored=stored, by=request.user, organisation=request.access.organisation)  # type: ignore[attr-defined]
    except FileNotFoundError:
        raise Http404 from None
    return private_file(file, name=stored.name, content_type=stored.content_type)
