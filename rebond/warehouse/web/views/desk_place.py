"""Places at the desk: their list, one place and what is there, its labels, an object's place."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.pdf import render_pdf
from rebond.core.web import operation_of, page
from rebond.warehouse.actions import places as actions
from rebond.warehouse.actions.store import move_item
from rebond.warehouse.errors import FieldInvalid, WarehouseError
from rebond.warehouse.models import Place
from rebond.warehouse.queries import places as queries
from rebond.warehouse.queries.labels import MOST, label_rows
from rebond.warehouse.web.exports import PLACES
from rebond.warehouse.web.forms import MoveForm, PlaceForm

VIEW = "warehouse.place.view"
CHANGE = "warehouse.place.change"
MOVE = "warehouse.item.move"
PER_PAGE = 50
MAX_PAGE = 400
FORMATS = {"rouleau": "places_roll", "a4": "places_sheet"}


def load_place(request: HttpRequest, code: str) -> Place:
    """An open place of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Place.objects.open().visible_to(request.user).filter(organisation=organisation)
    found: Place = get_object_or_404(rows.select_related("site", "goods", "parent", "organisation"), code=code.upper())
    return found


@requires(VIEW)
@require_GET
def place_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    words, fill = request.GET.get("q", "")[:80], request.GET.get("contenu", "")
    rows = queries.places_of(organisation, words=words, fill=fill)
    if (download := wanted_export(request, rows, PLACES, _("places"))) is not None:
        return download
    number = request.GET.get("page", "1")
    found = Paginator(rows, PER_PAGE).get_page(min(int(number), MAX_PAGE) if number.isdecimal() else 1)
    context = {
        "page": found,
        "words": words,
        "fill": fill,
        "tabs": [
            ("", pgettext("places", "All")),
            ("vides", pgettext("places", "Empty")),
            ("pleines", pgettext("places", "Full")),
            ("boites", _("Boxes and trolleys")),
        ],
        "numbers": queries.numbers(organisation),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/place_list.html", context, partial="results")


def _detail(request: HttpRequest, place: Place, **more: Any) -> dict[str, Any]:
    return {
        "place": place,
        "tiles": queries.way_to(place),
        "units": queries.units_in(place),
        "holdings": queries.contents(place),
        "inside": queries.standing_in(place),
        "form": PlaceForm(initial={"capacity": place.capacity, "goods": place.goods_id}),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        **more,
    }


@requires(VIEW)
@require_GET
def place_detail(request: HttpRequest, place: str) -> HttpResponse:
    found = load_place(request, place)
    return page(request, "warehouse/desk/place_detail.html", _detail(request, found))


@requires(VIEW)
@require_GET
def place_short(request: HttpRequest, place: str) -> HttpResponse:
    """What a phone's camera opens from a place's label."""
    return redirect("warehouse-desk:place-detail", load_place(request, place).code.lower())


@requires(CHANGE)
@require_POST
def place_change(request: HttpRequest, place: str) -> HttpResponse:
    found = load_place(request, place)
    form = PlaceForm(request.POST)
    if form.is_valid():
        goods = form.cleaned_data["goods"]
        try:
            actions.change_place(
                place=found, capacity=form.cleaned_data["capacity"], goods=goods.key if goods else "", by=request.user
            )
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("%(name)s: it is saved.") % {"name": found})
            return redirect("warehouse-desk:place-detail", found.code.lower())
    return page(request, "warehouse/desk/place_detail.html", _detail(request, found, form=form), status=422)


@requires(CHANGE)
@require_POST
def place_close(request: HttpRequest, place: str) -> HttpResponse:
    found = load_place(request, place)
    try:
        actions.close_place(place=found, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse-desk:place-detail", found.code.lower())
    messages.success(request, _("%(name)s is closed. Its label opens nothing any more.") % {"name": found})
    return redirect("warehouse-desk:place-list")


@requires(VIEW)
@require_GET
def place_labels(request: HttpRequest, place: str) -> HttpResponse:
    """The labels of a place and of all that stands in it, in the order of a walk (240 at most)."""
    found = load_place(request, place)
    rows = label_rows(found)
    shape = request.GET.get("format", "rouleau")
    shape = shape if shape in FORMATS else "rouleau"
    if len(rows) > MOST:
        messages.error(request, _("More than 240 labels: print aisle by aisle."))
        return redirect("warehouse-desk:place-detail", found.code.lower())
    data = render_pdf(f"warehouse/{FORMATS[shape]}", {"title": _("Labels"), "labels": rows})
    name = f"places-{found.code.lower()}-{shape}.pdf"
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@requires(MOVE)
@require_POST
def item_move(request: HttpRequest, code: str) -> HttpResponse:
    """From the object's page: all of it to the place that was named."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    here = Q(site__isnull=True) | Q(site__organisation=organisation)  # at another's place its people move it
    rows = Item.objects.visible_to(request.user).filter(here, seller=organisation)
    item = get_object_or_404(rows.select_related("seller", "site"), code=code.upper())
    form = MoveForm(request.POST)
    place = queries.named_place(request.POST.get("place", ""), site=item.site) if form.is_valid() else None
    if place is None:
        messages.error(request, _("No place has this name at this site."))
        return redirect("catalogue:item-detail", item.code.lower())
    try:
        done = move_item(item=item, place=place, by=request.user, operation_id=operation_of(request))
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        said = _("It is at %(place)s.") if done.is_new else _("It is there already: %(place)s.")
        messages.success(request, said % {"place": done.place})
    return redirect("catalogue:item-detail", item.code.lower())
