"""The after-sales station: a parcel that nobody expects is photographed, told and put away. One task a screen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.web import operation_of
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.stray import Seen, add_stray_photo, describe_stray, note_stray, put_stray
from rebond.shop.errors import AttachmentRefusedError, StrayKnownError, StrayStateError
from rebond.shop.models import StrayParcel
from rebond.shop.queries.strays import missing_picture, unclaimed_of
from rebond.shop.stray_enums import StrayPicture, StrayState
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind


def steps() -> list[str]:
    return [_("Scan"), _("Photos"), _("What you see"), _("Where to?")]


def _load(request: HttpRequest, public_id: str) -> StrayParcel:
    """A parcel of the person's organisation that nobody cleared up; raise Http404."""
    rows = StrayParcel.objects.filter(seller=worker_of(request).organisation, public_id=public_id)
    found = rows.select_related("seller", "site", "part__order", "shipment__account").first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, name: str, stray: StrayParcel, error: str = "", **more: Any) -> HttpResponse:
    context = {"stray": stray, "steps": steps(), "error": error, **more}
    return kiosk_page(request, f"shop/kiosk_stray_{name}.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """It is here: begin with its picture. What was noted before is told with its place."""
    worker, site = worker_of(request), request.floor.site  # type: ignore[attr-defined]
    number = request.POST.get("code", "").strip()[:60]
    back = unclaimed_of(number, worker.organisation)
    seen = Seen(number, back.shipment, back.part) if back is not None else Seen(number)
    operation = operation_of(request)
    try:
        stray = note_stray(seller=worker.organisation, site=site, seen=seen, by=worker.user, operation=operation)
    except StrayKnownError as known:
        facts = {"day": date_format(known.day, "j F"), "place": known.put_at or _("not said")}
        messages.error(request, _("This parcel was noted on %(day)s. Where it is: %(place)s.") % facts)
        return redirect("shop:kiosk-returns")
    return redirect("shop:kiosk-stray-photo", stray.public_id)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its picture, then the one of its label; a parcel without a label goes on."""
    stray = _load(request, public_id)
    kind, error = missing_picture(stray), ""
    if stray.state != StrayState.OPEN or not kind:
        return redirect("shop:kiosk-stray-words", public_id)
    if request.method == "POST":
        try:
            add_stray_photo(
                stray=stray,
                kind=kind,
                upload=ready_attachment(upload=request.FILES.get("photo")),
                operation=operation_of(request),
                by=worker_of(request).user,
            )
        except (AttachmentRefusedError, StrayStateError):
            error = _("This picture cannot be read. Take it again.")
        else:
            return redirect("shop:kiosk-stray-photo", public_id)
    return _page(request, "photo", stray, error, is_label=kind == StrayPicture.LABEL)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is written on it, what is inside: free words, or none."""
    stray = _load(request, public_id)
    if missing_picture(stray) == StrayPicture.PARCEL and stray.state == StrayState.OPEN:
        return redirect("shop:kiosk-stray-photo", public_id)
    if request.method == "POST":
        try:
            describe_stray(stray=stray, note=request.POST.get("note", ""))
        except StrayStateError:
            return redirect("shop:kiosk-stray-done", public_id)
        return redirect("shop:kiosk-stray-place", public_id)
    return _page(request, "words", stray)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where it was put: the label of a place, or words."""
    stray, error, typed = _load(request, public_id), "", request.POST.get("place", "")
    if missing_picture(stray) == StrayPicture.PARCEL and stray.state == StrayState.OPEN:
        return redirect("shop:kiosk-stray-photo", public_id)
    if request.method == "POST":
        seen = resolve(typed, worker_of(request).organisation) if typed.strip() else None
        where = seen.label if seen is not None and seen.kind in {ScanKind.PLACE, ScanKind.BOX} else typed
        try:
            put_stray(stray=stray, put_at=where, hands=hands_of(request))
        except StrayStateError:
            error = _("Say where you put it.")
            if stray.state != StrayState.OPEN:
                return redirect("shop:kiosk-stray-done", public_id)
        else:
            return redirect("shop:kiosk-stray-done", public_id)
    return _page(request, "place", stray, error, typed=typed or stray.put_at)


@requires(STATION_PERMISSION)
@require_GET
def done(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happens now, and on to the next one."""
    return _page(request, "done", _load(request, public_id))
