"""Places made in bulk at the desk: first how many, then they are there; boxes and trolleys."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.models import Job
from rebond.core.once import made_once
from rebond.core.progress import is_worker_silent
from rebond.core.web import act_of, page
from rebond.warehouse.actions import places as actions
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import Place
from rebond.warehouse.web.forms import BoxesForm, PlacesForm

CHANGE = "warehouse.place.change"


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    context = {
        "form": PlacesForm(organisation=organisation),
        "boxes_form": BoxesForm(organisation=organisation),
        "plan": None,
        "examples": [],
        **more,
    }
    return page(request, "warehouse/desk/places_make.html", context, status=status)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def places_make(request: HttpRequest) -> HttpResponse:
    """The first button counts and shows examples; the second, with `do`, makes the places."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = PlacesForm(request.POST or None, organisation=organisation)
    if request.method != "POST":
        return _page(request)
    if not form.is_valid():
        return _page(request, 422, form=form)
    plan, site = form.plan(), form.cleaned_data["site"]
    try:
        if "do" not in request.POST:
            actions.check_plan(site=site, plan=plan)
            return _page(request, form=form, plan=plan, examples=plan.examples())
        job = actions.make_places(site=site, plan=plan, by=request.user)
    except FieldInvalid as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, 422, form=form)
    if job is not None:
        return redirect("warehouse-desk:places-job", job.public_id)
    said = ngettext(
        "%(n)s place is ready. Print its label.", "%(n)s places are ready. Print their labels.", plan.stored
    )
    messages.success(request, said % {"n": plan.stored})
    return redirect("warehouse-desk:place-list")


@requires(CHANGE)
@require_GET
def places_job(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far the making of places is; only for those who act for its organisation."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Job.objects.filter(kind="warehouse.places", owner_kind="network.organisation")
    job = get_object_or_404(rows, public_id=public_id, owner_id=organisation.public_id)
    context = {"job": job, "url": request.path, "is_worker_silent": not job.is_over and is_worker_silent()}
    return page(request, "warehouse/desk/places_job.html", context, partial="job-block")


@requires(CHANGE)
@require_POST
def boxes_make(request: HttpRequest) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = BoxesForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return _page(request, 422, boxes_form=form)
    data = form.cleaned_data
    asked = {"site": data["box_site"], "kind": data["box_kind"], "number": data["number"]}
    first = made_once(Place, act_of(request), lambda: actions.make_boxes(by=request.user, **asked)[0])
    numbered = Place.objects.filter(organisation=first.organisation_id, kind=first.kind, pk__gte=first.pk)
    made = list(numbered.order_by("pk")[: data["number"]])
    said = ngettext("%(n)s is ready: %(first)s.", "%(n)s are ready, from %(first)s to %(last)s.", len(made))
    messages.success(request, said % {"n": len(made), "first": made[0].label, "last": made[-1].label})
    return redirect("warehouse-desk:place-list")
