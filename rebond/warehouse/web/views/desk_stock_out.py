"""What was missing or broken of paid orders, at the desk: the list, one of them, what became of it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.errors import CatalogueError
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.intake.errors import IntakeError
from rebond.warehouse.actions import stock_out_end as actions
from rebond.warehouse.enums import OPEN_STOCK_OUTS, StockOutState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import StockOut
from rebond.warehouse.orders import order_page
from rebond.warehouse.queries import stock_outs as queries
from rebond.warehouse.queries.waves import last_moves, taken_here
from rebond.warehouse.web.exports import STOCK_OUTS
from rebond.warehouse.web.stock_out_forms import FoundForm, LostForm, RecycleForm

VIEW = "warehouse.stock_out.view"
CHANGE = "warehouse.stock_out.change"
PER_PAGE = 50


def load_stock_out(request: HttpRequest, stock_out_id: str) -> StockOut:
    """One of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = StockOut.objects.visible_to(request.user).filter(organisation=organisation)
    rows = rows.select_related("line__parcel", "line__item", "item__seller", "place", "site", "organisation")
    found: StockOut = get_object_or_404(rows, public_id=stock_out_id)
    return found


@requires(VIEW)
@require_GET
def stock_out_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    state, words = request.GET.get("etat", queries.OPEN), request.GET.get("q", "")[:80]
    number = request.GET.get("page", "1")
    rows = queries.stock_outs_of(organisation, state=state, words=words)
    if (download := wanted_export(request, rows, STOCK_OUTS, _("not-sent"))) is not None:
        return download
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1),
        "state": state,
        "words": words,
        "number": queries.number_open(organisation),
        "tabs": [
            (queries.OPEN, pgettext("stock outs", "To look at")),
            *[(one.value, one.label) for one in StockOutState if one not in OPEN_STOCK_OUTS],
            ("", pgettext("stock outs", "All")),
        ],
    }
    return page(request, "warehouse/desk/stock_out_list.html", context, partial="results")


@requires(VIEW)
@require_GET
def stock_out_detail(request: HttpRequest, stock_out_id: str) -> HttpResponse:
    return _detail(request, load_stock_out(request, stock_out_id))


def _detail(request: HttpRequest, one: StockOut, **forms: Any) -> HttpResponse:
    may = queries.may(one)
    grams = one.item.weight_g
    context = {
        "one": one,
        "may": may,
        "is_mine": one.item.seller_id == one.organisation_id,
        "order_url": order_page(one.line.parcel.order_code, request.access),  # type: ignore[attr-defined]
        "moves": last_moves(one.line),
        "taken": taken_here(one.line),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "found": FoundForm(site=one.site, rejoins=may.rejoin),
        "recycle": RecycleForm(initial={"weight_g": grams and grams * one.units}),
        "lost": LostForm(),
        **forms,
    }
    return page(request, "warehouse/desk/stock_out_detail.html", context, status=422 if forms else 200)


def _done(request: HttpRequest, one: StockOut, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("warehouse-desk:stock-out-detail", one.public_id)


@requires(CHANGE)
@require_POST
def stock_out_find(request: HttpRequest, stock_out_id: str) -> HttpResponse:
    """It is there again, or mended."""
    one = load_stock_out(request, stock_out_id)
    rejoins = queries.may(one).rejoin
    form = FoundForm(request.POST, site=one.site, rejoins=rejoins)
    if form.is_valid():
        asked = {"place": form.cleaned_data["place"], "is_on_sale": form.is_on_sale, "by": request.user}
        errors = (WarehouseError, CatalogueError)
        if bind_errors(form, lambda: actions.find_stock_out(stock_out=one, **asked), errors) is not None:
            back = _("Good news: it goes back into its parcel, and is picked for its buyer.")
            return _done(request, one, back if rejoins else _("Noted: it is there again."))
    return _detail(request, one, found=form)


@requires(CHANGE)
@require_POST
def stock_out_mend(request: HttpRequest, stock_out_id: str) -> HttpResponse:
    one = load_stock_out(request, stock_out_id)
    try:
        actions.mend_stock_out(stock_out=one, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse-desk:stock-out-detail", one.public_id)
    return _done(request, one, _("Noted: somebody mends it. Come back here once it is done."))


@requires(CHANGE)
@require_POST
def stock_out_recycle(request: HttpRequest, stock_out_id: str) -> HttpResponse:
    one, form = load_stock_out(request, stock_out_id), RecycleForm(request.POST)
    if form.is_valid():
        asked = {"weight_g": form.cleaned_data["weight_g"], "by": request.user}
        errors = (WarehouseError, IntakeError)
        if bind_errors(form, lambda: actions.recycle_stock_out(stock_out=one, **asked), errors) is not None:
            return _done(request, one, _("It is out of the stock, and counted in what is recycled."))
    return _detail(request, one, recycle=form)


@requires(CHANGE)
@require_POST
def stock_out_lose(request: HttpRequest, stock_out_id: str) -> HttpResponse:
    one, form = load_stock_out(request, stock_out_id), LostForm(request.POST)
    if form.is_valid():
        asked = {"why": form.cleaned_data["why"], "note": form.cleaned_data["note"], "by": request.user}
        if bind_errors(form, lambda: actions.lose_stock_out(stock_out=one, **asked), WarehouseError) is not None:
            return _done(request, one, _("It is out of the stock, with its reason."))
    return _detail(request, one, lost=form)
