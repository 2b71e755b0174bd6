"""When carriers come, by site and carrier."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.web import page
from rebond.warehouse.actions import cut_off as actions
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import CutOff
from rebond.warehouse.queries import cut_offs as queries
from rebond.warehouse.web.cut_off_forms import CutOffForm

VIEW, CHANGE = "warehouse.wave.view", "warehouse.wave.change"


@requires(VIEW)
@require_http_methods(["GET"])
def cut_offs(request: HttpRequest) -> HttpResponse:
    return _shown(request, CutOffForm(organisation=request.access.organisation))  # type: ignore[attr-defined]


def _shown(request: HttpRequest, form: CutOffForm, status: int = 200) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    context = {
        "rows": queries.cut_offs_of(organisation),
        "carriers": queries.carriers_known(organisation),
        "form": form,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/cut_offs.html", context, status=status)


@requires(CHANGE)
@require_POST
def cut_off_set(request: HttpRequest) -> HttpResponse:
    """Said, or said anew, for a site and a carrier."""
    form = CutOffForm(request.POST, organisation=request.access.organisation)  # type: ignore[attr-defined]
    if not form.is_valid():
        return _shown(request, form, status=422)
    try:
        actions.set_cut_off(**form.cleaned_data, by=request.user)
    except FieldInvalid as refused:
        form.add_error(refused.field, str(refused))
        return _shown(request, form, status=422)
    messages.success(request, _("Noted. Parcels that have not left follow."))
    return redirect("warehouse-desk:cut-offs")


@requires(CHANGE)
@require_POST
def cut_off_remove(request: HttpRequest, cut_off_id: str) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = CutOff.objects.visible_to(request.user).filter(organisation=organisation)
    actions.remove_cut_off(cut_off=get_object_or_404(rows, public_id=cut_off_id), by=request.user)
    messages.success(request, _("Removed. Its parcels follow the hour of the others."))
    return redirect("warehouse-desk:cut-offs")
