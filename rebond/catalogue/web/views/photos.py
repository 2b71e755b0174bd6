"""Photos of an item at the desk: send several, order, describe, remove with undo.

Every form works without JavaScript (then it comes back to the page); htmx swaps the panel; the upload module
sends files one by one and reads JSON.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.actions.photo import (
    MAX_ALT,
    MAX_PHOTOS,
    AddedPhotos,
    RefusedFile,
    add_photos,
    describe_photo,
    order_photos,
    remove_photo,
    restore_photo,
)
from rebond.catalogue.errors import TooManyPhotos
from rebond.catalogue.models import Item, Photo, PhotoAsset
from rebond.core.access import requires
from rebond.core.images import MAX_BYTES
from rebond.core.permissions import roles_of

UNDO = "catalogue.photo.undo"
UNDO_SECONDS = 7 * 24 * 3600


def may_change(request: HttpRequest, item: Item) -> bool:
    """Whether the user sells for the very organisation that offers this item."""
    roles = roles_of("catalogue.item.change")
    memberships = request.access.memberships  # type: ignore[attr-defined]
    return any(m.organisation_id == item.seller_id and m.role in roles for m in memberships)


def _item(request: HttpRequest, code: str, *, change: bool = True) -> Item:
    found: Item = get_object_or_404(Item.objects.visible_to(request.user).select_related("seller"), code=code.upper())
    if change and not may_change(request, found):
        raise PermissionDenied
    return found


def panel_context(
    request: HttpRequest, item: Item, *, said: str = "", undo: str = "", refused: Sequence[RefusedFile] = ()
) -> dict[str, Any]:
    """What `catalogue/_photos.html` shows."""
    photos = list(item.photos.select_related("asset").order_by("position", "pk"))
    return {
        "item": item,
        "photos": photos,
        "can_change": may_change(request, item),
        "room": max(MAX_PHOTOS - len(photos), 0),
        "max_photos": MAX_PHOTOS,
        "max_alt": MAX_ALT,
        "max_bytes": MAX_BYTES,
        "max_megabytes": MAX_BYTES // 1_048_576,
        "said": said,
        "undo": undo,
        "refused": refused,
    }


@requires("catalogue.item.view")
@require_GET
def photos(request: HttpRequest, code: str) -> HttpResponse:
    item = _item(request, code, change=False)
    context = panel_context(request, item, undo=request.GET.get("annuler", ""))
    is_fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "catalogue/_photos.html" if is_fragment else "catalogue/photos.html", context)


def _answer(
    request: HttpRequest, item: Item, *, said: str, undo: str = "", refused: Sequence[RefusedFile] = ()
) -> HttpResponse:
    """The panel for htmx; else the page again, at once where something was refused."""
    status = 422 if refused else 200
    if request.htmx:  # type: ignore[attr-defined]
        context = panel_context(request, item, said=said, undo=undo, refused=refused)
        return render(request, "catalogue/_photos.html", context, status=status)
    if refused:
        context = panel_context(request, item, said=said, refused=refused)
        return render(request, "catalogue/photos.html", context, status=status)
    if said:
        messages.success(request, said)
    query = {"annuler": undo} if undo else None
    return HttpResponseRedirect(reverse("catalogue:photos", args=[item.code.lower()], query=query))


@requires("catalogue.item.change")
@require_POST
def photo_add(request: HttpRequest, code: str) -> HttpResponse:
    item = _item(request, code)
    result = add_photos(item=item, files=request.FILES.getlist("photos"), by=request.user)
    if request.accepts("text/html"):
        nothing = RefusedFile("", "none", _("No file was chosen. Choose one or several photos."))
        refused = result.refused or ([] if result.added else [nothing])
        return _answer(request, item, said=_added(len(result.added)), refused=refused)
    return _json(result)


def _json(result: AddedPhotos) -> JsonResponse:
    """Each file has its own answer, so a refused one is no failure of the request."""
    refused = [{"name": r.name, "code": r.code, "reason": r.reason} for r in result.refused]
    return JsonResponse({"added": len(result.added), "refused": refused}, status=201 if result.added else 200)


def _added(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)s photo added.", "%(count)s photos added.", count) % {"count": count}


@requires("catalogue.item.change")
@require_POST
def photo_order(request: HttpRequest, code: str) -> HttpResponse:
    """`move` is "<photo>:<step>" or "<photo>:first" (buttons); `order` lists all photos (drag)."""
    item = _item(request, code)
    order = [int(pk) for pk in request.POST.get("order", "").split(",") if pk.isdecimal() and len(pk) < 18]
    pk, _colon, step = request.POST.get("move", "").partition(":")
    if pk.isdecimal() and len(pk) < 18:
        order = _moved(list(item.photos.order_by("position", "pk").values_list("pk", flat=True)), int(pk), step)
    order_photos(item=item, order=order, by=request.user)
    return _answer(request, item, said=_("The photos have a new order.") if order else "")


def _moved(order: list[int], pk: int, step: str) -> list[int]:
    if pk not in order:
        return order
    place = order.index(pk)
    order.remove(pk)
    steps = {"first": 0, "-1": max(place - 1, 0), "1": place + 1}
    order.insert(steps.get(step, place), pk)
    return order


@requires("catalogue.item.change")
@require_POST
def photo_describe(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    item = _item(request, code)
    photo = item.photos.filter(pk=pk).first()
    said = _("This photo was already removed.")
    if photo is not None:
        describe_photo(photo=photo, alt=request.POST.get("alt", ""), by=request.user)
        said = _("Text saved.")
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(said)
    return _answer(request, item, said=said)


@requires("catalogue.item.change")
@require_POST
def photo_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    item = _item(request, code)
    photo = item.photos.select_related("asset").filter(pk=pk).first()
    try:
        if photo is None:
            raise Photo.DoesNotExist  # noqa: TRY301 -- gone before or during: one answer
        undo = signing.dumps([item.code, photo.asset.sha256, photo.position, photo.alt], salt=UNDO, compress=True)
        remove_photo(photo=photo, by=request.user)
    except Photo.DoesNotExist:
        return _answer(request, item, said=_("This photo was already removed."))
    return _answer(request, item, said="", undo=undo)


@requires("catalogue.item.change")
@require_POST
def photo_restore(request: HttpRequest, code: str) -> HttpResponse:
    item = _item(request, code)
    said = _("The photo is back.")
    try:
        kept = signing.loads(request.POST.get("undo", ""), salt=UNDO, max_age=UNDO_SECONDS)
        if kept[0] != item.code:
            raise signing.BadSignature  # noqa: TRY301 -- of another item: one answer
        restore_photo(item=item, sha256=kept[1], position=kept[2], alt=kept[3], by=request.user)
    except (signing.BadSignature, PhotoAsset.DoesNotExist):
        said = _("This photo is no longer kept. Send it again.")
    except TooManyPhotos as error:
        said = str(error)
    return _answer(request, item, said=said)
