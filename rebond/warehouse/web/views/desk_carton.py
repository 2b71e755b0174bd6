"""Cartons for parcels at the desk: which ones there are, how many are left, what came, what was counted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, operation_of, page
from rebond.warehouse.actions import carton as actions
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Carton
from rebond.warehouse.queries import cartons as queries
from rebond.warehouse.web.carton_forms import CartonAddForm, CartonForm, NumberForm
from rebond.warehouse.web.exports import CARTONS

VIEW = "warehouse.carton.view"
CHANGE = "warehouse.carton.change"
PER_PAGE = 50


def load_carton(request: HttpRequest, carton_id: str) -> Carton:
    """A carton of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Carton.objects.visible_to(request.user).filter(organisation=organisation)
    found: Carton = get_object_or_404(rows.select_related("site", "organisation"), public_id=carton_id)
    return found


@requires(VIEW)
@require_GET
def carton_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    choice, number = request.GET.get("choix", ""), request.GET.get("page", "1")
    rows = queries.cartons_of(organisation, choice=choice)
    if (download := wanted_export(request, rows, CARTONS, _("cartons"))) is not None:
        return download
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1),
        "choice": choice,
        "tabs": [
            ("", pgettext("cartons", "In use")),
            ("rares", pgettext("cartons", "Too few left")),
            ("hors-usage", pgettext("cartons", "Out of use")),
        ],
        "low": queries.number_of_low(organisation),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/carton_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def carton_add(request: HttpRequest) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = CartonAddForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        asked = {"site": form.cleaned_data["site"], "kind": form.kind(), "number": form.cleaned_data["number"]}
        made = bind_errors(
            form,
            lambda: made_once(Carton, act_of(request), lambda: actions.add_carton(by=request.user, **asked)),
            WarehouseError,
        )
        if made is not None:
            messages.success(request, _("The carton %(name)s is there.") % {"name": made})
            return redirect("warehouse-desk:carton-detail", made.public_id)
    return page(request, "warehouse/desk/carton_add.html", {"form": form}, status=422 if form.errors else 200)


@requires(VIEW)
@require_GET
def carton_detail(request: HttpRequest, carton_id: str) -> HttpResponse:
    return _detail(request, load_carton(request, carton_id))


def _detail(request: HttpRequest, carton: Carton, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "carton": carton,
        "moves": queries.moves_of(carton),
        "form": CartonForm(initial=CartonForm.initial_of(carton)),
        "received": NumberForm(auto_id="id_received_%s"),
        "counted": NumberForm(auto_id="id_counted_%s", initial={"number": carton.left}),
        "can_change": request.access.can(CHANGE) and carton.closed_on is None,  # type: ignore[attr-defined]
        **forms,
    }
    return page(request, "warehouse/desk/carton_detail.html", context, status=status)


@requires(CHANGE)
@require_POST
def carton_change(request: HttpRequest, carton_id: str) -> HttpResponse:
    carton = load_carton(request, carton_id)
    form, version = CartonForm(request.POST), request.POST.get("version", "")
    if form.is_valid():
        asked: dict[str, Any] = {"kind": form.kind(), "by": request.user}
        asked["version"] = int(version) if version.isdecimal() else 0
        if bind_errors(form, lambda: actions.change_carton(carton=carton, **asked), WarehouseError):
            messages.success(request, _("%(name)s: it is saved.") % {"name": carton})
            return redirect("warehouse-desk:carton-detail", carton.public_id)
    return _detail(request, carton, 422, form=form)


@requires(CHANGE)
@require_POST
def carton_receive(request: HttpRequest, carton_id: str) -> HttpResponse:
    carton = load_carton(request, carton_id)
    form = NumberForm(request.POST, auto_id="id_received_%s")
    if form.is_valid():
        number = form.cleaned_data["number"]
        asked = {"number": number, "by": request.user, "operation_id": operation_of(request)}
        bind_errors(form, lambda: actions.receive_cartons(carton=carton, **asked), WarehouseError)
        if not form.errors:
            said = ngettext("%(n)s carton is noted.", "%(n)s cartons are noted.", number)
            messages.success(request, said % {"n": number})
            return redirect("warehouse-desk:carton-detail", carton.public_id)
    return _detail(request, carton, 422, received=form)


@requires(CHANGE)
@require_POST
def carton_count(request: HttpRequest, carton_id: str) -> HttpResponse:
    carton = load_carton(request, carton_id)
    form = NumberForm(request.POST, auto_id="id_counted_%s")
    if form.is_valid():
        asked = {"number": form.cleaned_data["number"], "by": request.user}
        if bind_errors(form, lambda: actions.count_cartons(carton=carton, **asked), WarehouseError):
            messages.success(request, _("The count is noted."))
            return redirect("warehouse-desk:carton-detail", carton.public_id)
    return _detail(request, carton, 422, counted=form)


@requires(CHANGE)
@require_POST
def carton_close(request: HttpRequest, carton_id: str) -> HttpResponse:
    carton = actions.close_carton(carton=load_carton(request, carton_id), by=request.user)
    messages.success(request, _("%(name)s is out of use.") % {"name": carton})
    return redirect("warehouse-desk:carton-list")
