"""Counts at the desk: open one, see how far it is, settle what two people found, undo, download."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.actions import count as actions
from rebond.warehouse.actions.difference import reopen_difference, settle_difference
from rebond.warehouse.enums import BinState, DifferenceReason, DifferenceState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Count, CountBin, CountDifference
from rebond.warehouse.queries import counts as queries
from rebond.warehouse.queries.places import named_place
from rebond.warehouse.web.exports import COUNTS, DIFFERENCES
from rebond.warehouse.web.forms import CountForm
from rebond.workshop.errors import WorkshopError

VIEW = "warehouse.count.view"
CHANGE = "warehouse.count.change"
PER_PAGE = 50
SHOWN_BINS = 200


def load_count(request: HttpRequest, count_id: str) -> Count:
    """A count of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Count.objects.visible_to(request.user).filter(organisation=organisation)
    found: Count = get_object_or_404(rows.select_related("site", "place", "organisation"), public_id=count_id)
    return found


def _list(request: HttpRequest, form: CountForm, status: int = 200) -> HttpResponse:
    number = request.GET.get("page", "1")
    organisation = request.access.organisation  # type: ignore[attr-defined]
    found = Paginator(queries.counts_of(organisation), PER_PAGE).get_page(int(number) if number.isdecimal() else 1)
    progress = queries.progress_of(list(found))
    context = {
        "page": found,
        "rows": [(count, progress[count.pk]) for count in found],
        "form": form,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/count_list.html", context, status=status)


@requires(VIEW)
@require_GET
def count_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = queries.counts_of(organisation)
    if (download := wanted_export(request, queries.with_numbers(rows), COUNTS, _("counts"))) is not None:
        return download
    return _list(request, CountForm(organisation=organisation, initial={"place": request.GET.get("place", "")[:80]}))


@requires(CHANGE)
@require_POST
def count_open(request: HttpRequest) -> HttpResponse:
    """For the place that was named: an aisle, a bay, a bin."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = CountForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return _list(request, form, 422)
    place = named_place(form.cleaned_data["place"], site=form.cleaned_data["site"])
    if place is None:
        form.add_error("place", _("No place has this name at this site."))
        return _list(request, form, 422)
    try:
        count = actions.open_count(place=place, by=request.user)
    except WarehouseError as refused:
        form.add_error("place", str(refused))
        return _list(request, form, 422)
    messages.success(request, _("The count is open. The stations of the shelves show it."))
    return redirect("warehouse-desk:count-detail", count.public_id)


@requires(VIEW)
@require_GET
def count_detail(request: HttpRequest, count_id: str) -> HttpResponseBase:
    count = load_count(request, count_id)
    differences = queries.differences_of(count)
    if (download := wanted_export(request, differences, DIFFERENCES, _("count-differences"))) is not None:
        return download
    rows = list(differences)
    state = request.GET.get("etat", "")
    bins = queries.bins_of(count)
    shown = bins.filter(state=state) if state in BinState.values else bins
    context = {
        "count": count,
        "progress": queries.progress_of([count])[count.pk],
        "to_decide": [row for row in rows if row.state == DifferenceState.OPEN],
        "settled": [row for row in rows if row.state == DifferenceState.SETTLED],
        "reasons": DifferenceReason.choices,
        "bins": list(shown[:SHOWN_BINS]),
        "state": state,
        "tabs": [("", pgettext("places", "All")), *BinState.choices],
        "can_change": request.access.can(CHANGE) and count.state == "open",  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/count_detail.html", context, partial="results")


def _load_difference(request: HttpRequest, count_id: str, difference_id: int) -> CountDifference:
    count = load_count(request, count_id)
    rows = CountDifference.objects.filter(bin__count=count).select_related("bin__place__site")
    return get_object_or_404(rows, pk=difference_id)


@requires(CHANGE)
@require_POST
def difference_settle(request: HttpRequest, count_id: str, difference_id: int) -> HttpResponse:
    """Why it differs; the stock follows at once."""
    difference = _load_difference(request, count_id, difference_id)
    try:
        settle_difference(
            difference=difference,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", "")[:200],
            by=request.user,
        )
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s: the stock says what was found.") % {"name": difference.title})
    return redirect("warehouse-desk:count-detail", count_id)


@requires(CHANGE)
@require_POST
def difference_reopen(request: HttpRequest, count_id: str, difference_id: int) -> HttpResponse:
    difference = _load_difference(request, count_id, difference_id)
    try:
        reopen_difference(difference=difference, by=request.user)
    except (WarehouseError, WorkshopError) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s: undone, as before.") % {"name": difference.title})
    return redirect("warehouse-desk:count-detail", count_id)


@requires(CHANGE)
@require_POST
def bin_again(request: HttpRequest, count_id: str, bin_id: int) -> HttpResponse:
    """Another round, by somebody else than the last one."""
    count = load_count(request, count_id)
    bin_ = get_object_or_404(CountBin.objects.select_related("place"), count=count, pk=bin_id)
    try:
        actions.ask_recount(bin=bin_, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s will be counted again.") % {"name": bin_.place})
    return redirect("warehouse-desk:count-detail", count_id)


@requires(CHANGE)
@require_POST
def count_close(request: HttpRequest, count_id: str) -> HttpResponse:
    count = actions.close_count(count=load_count(request, count_id), by=request.user)
    messages.success(request, _("The count of %(name)s is over.") % {"name": count.name})
    return redirect("warehouse-desk:count-list")
