"""Codes read on the server, for browsers whose camera does not read them itself."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.core.access import public
from rebond.core.images import ImageRefused
from rebond.core.images.codes import read_codes
from rebond.core.throttle import may_go_on
from rebond.workshop.errors import TooManyTries

MOST = 400_000  # bytes of one frame


@public
@require_POST
def read_frame(request: HttpRequest) -> JsonResponse:
    """The codes on one JPEG frame (`frame`): an enrolled device's, before the badge too, or a signed-in worker's.

    Answer {"codes": [{"text", "format"}]}; 403 for anybody else, 413, 415 and 429 with a sentence.
    """
    floor = request.floor  # type: ignore[attr-defined]
    who = floor.device or floor.worker
    if who is None:
        return _refused(_("This device is not known here. Ask your supervisor."), 403)
    frame = request.FILES.get("frame")
    if frame is None or (frame.size or 0) > MOST:
        return _refused(_("This file is too heavy."), 413)
    if not may_go_on(request, "frame", key=who.public_id):
        return _refused(str(TooManyTries()), 429)
    data = frame.read()
    if not data.startswith(b"\xff\xd8\xff"):
        return _refused(_("This is not a JPEG picture."), 415)
    try:
        codes = read_codes(data, seconds=5)
    except ImageRefused as refused:
        return _refused(str(refused), 415)
    return JsonResponse({"codes": [{"text": code.text, "format": code.format} for code in codes]})


def _refused(reason: str, status: int) -> JsonResponse:
    return JsonResponse({"codes": [], "reason": reason}, status=status)
