"""The desk's view of what comes in: the day's donations, one donation, the containers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.intake.actions.donation import add_container, end_container, set_note
from rebond.intake.actions.origin import Origin, set_origin
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Container, Donation
from rebond.intake.queries.donations import by_flow, donations_of, photo_of, sorted_g, weighed_g
from rebond.intake.queries.register import lots_of
from rebond.intake.web.exports import DONATIONS
from rebond.intake.web.forms import ContainerForm, DonationFilter, NoteForm, OriginForm
from rebond.intake.web.loading import slip_of

VIEW, CHANGE = "intake.donation.view", "intake.donation.change"


@requires(VIEW)
@require_GET
def donation_list(request: HttpRequest) -> HttpResponseBase:
    """What came in on a day (today first), with its kilograms by flow."""
    form = DonationFilter(request.GET or None)
    chosen: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = chosen.get("day") or timezone.localdate()
    rows = donations_of(request.access.organisation).filter(day=day)  # type: ignore[attr-defined]
    if chosen.get("source"):
        rows = rows.filter(source=chosen["source"])
    if (download := wanted_export(request, rows, DONATIONS, _("arrivals"))) is not None:
        return download
    donations = list(rows)
    context = {
        "form": form if form.is_bound else DonationFilter(initial={"day": day}),
        "day": day,
        "may_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "sees_register": request.access.can("intake.register.view"),  # type: ignore[attr-defined]
        "donations": donations,
        "weights": by_flow(donations),
        "total_g": sum(donation.net_g for donation in donations),  # type: ignore[attr-defined]
    }
    return page(request, "intake/desk/donation_list.html", context)


def load_donation(request: HttpRequest, public_id: str) -> Donation:
    """A donation of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Donation.objects.visible_to(request.user).filter(organisation=organisation)
    found: Donation = get_object_or_404(rows.select_related("site", "organisation"), public_id=public_id)
    return found


@requires(VIEW)
@require_GET
def donation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its weighings and what became of it."""
    donation = load_donation(request, public_id)
    return _detail(request, donation, NoteForm(initial={"note": donation.note}))


def _detail(request: HttpRequest, donation: Donation, form: NoteForm, origin: OriginForm | None = None) -> HttpResponse:
    kept = request.access.organisation.is_register_kept  # type: ignore[attr-defined]
    context = {
        "form": form,
        "origin": origin or OriginForm(source=donation.source, initial=vars(donation)),
        "lots": lots_of(donation) if kept else [],
        "may_register": kept and request.access.can("intake.register.change"),  # type: ignore[attr-defined]
        "is_register_kept": kept,
        "may_note": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "photo": photo_of(donation),
        "donation": donation,
        "weighings": donation.weighings.select_related("container"),
        "sortings": donation.sortings.kept().select_related("item"),
        "weights": by_flow([donation]),
        "total_g": weighed_g(donation),
        "sorted_g": sorted_g(donation),
    }
    return page(request, "intake/desk/donation_detail.html", context, status=422 if form.is_bound or origin else 200)


@requires(CHANGE)
@require_POST
def donation_origin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which shop, which slip, which postcode."""
    donation = load_donation(request, public_id)
    form = OriginForm(request.POST, source=donation.source)
    if form.is_valid():
        facts = Origin(**form.cleaned_data)
        if bind_errors(form, lambda: set_origin(donation=donation, origin=facts, by=request.user), FieldInvalid):
            messages.success(request, _("It is noted."))
            return redirect("intake-desk:donation-detail", public_id)
    return _detail(request, donation, NoteForm(initial={"note": donation.note}), form)


@requires(CHANGE)
@require_POST
def donation_note(request: HttpRequest, public_id: str) -> HttpResponse:
    """A few words about the things."""
    donation = load_donation(request, public_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _detail(request, donation, form)
    set_note(donation=donation, note=form.cleaned_data["note"], by=request.user)
    messages.success(request, _("It is noted."))
    return redirect("intake-desk:donation-detail", public_id)


@requires(VIEW)
@require_GET
def donation_slip(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt slip, printed at the desk."""
    back = reverse("intake-desk:donation-detail", args=[public_id])
    return page(request, "intake/slip.html", slip_of(load_donation(request, public_id), back))


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def containers(request: HttpRequest) -> HttpResponse:
    """Trolleys and crates with their own weight."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = ContainerForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            made = made_once(Container, act_of(request), lambda: add_container(by=request.user, **form.cleaned_data))
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("%(name)s is proposed at the scale.") % {"name": made.name})
            return redirect("intake-desk:containers")
    rows = Container.objects.visible_to(request.user).filter(organisation=organisation, ended_on=None)
    context = {"form": form, "containers": rows.select_related("site")}
    return page(request, "intake/desk/containers.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_POST
def container_end(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Container.objects.visible_to(request.user).filter(organisation=organisation)
    container = end_container(container=get_object_or_404(rows, public_id=public_id), by=request.user)
    messages.success(request, _("%(name)s is put away.") % {"name": container.name})
    return redirect("intake-desk:containers")
