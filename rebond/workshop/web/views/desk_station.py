"""Stations and their tablets, at the supervisor's desk."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.workshop.actions import station as actions
from rebond.workshop.errors import FieldInvalid
from rebond.workshop.models import Device, SiteOptions, Station
from rebond.workshop.queries.desk import devices_at, stations_of
from rebond.workshop.web.exports import STATIONS
from rebond.workshop.web.forms import DeviceForm, OptionsForm, StationForm
from rebond.workshop.web.sites import sites_of
from rebond.workshop.web.views.desk_board import tabs_for

CHANGE = "workshop.station.change"


def load_station(request: HttpRequest, public_id: str) -> Station:
    """An open station of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Station.objects.open().visible_to(request.user).filter(site__organisation=organisation)
    found: Station = get_object_or_404(rows.select_related("site__organisation"), public_id=public_id)
    return found


@requires(CHANGE)
@require_GET
def station_list(request: HttpRequest) -> HttpResponseBase:
    stations = stations_of(request.access.organisation)  # type: ignore[attr-defined]
    if (download := wanted_export(request, stations, STATIONS, _("stations"))) is not None:
        return download
    context = tabs_for(request, "stations") | {"stations": stations, "sites": sites_of(request)}
    return page(request, "workshop/desk/station_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def station_add(request: HttpRequest) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = StationForm(request.POST or None, organisation=organisation, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = made_once(
                Station,
                act_of(request),
                lambda: actions.create_station(by=request.user, **form.cleaned_data),
            )
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The station %(name)s is open.") % {"name": made.name})
            return redirect("workshop-desk:station-detail", made.public_id)
    context = {"form": form, "station": None}
    return page(request, "workshop/desk/station_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def station_change(request: HttpRequest, public_id: str) -> HttpResponse:
    station = load_station(request, public_id)
    initial = {"name": station.name, "hint": station.hint, "limit": station.limit, "reach": station.reach}
    is_remote = any(kind.remote for kind in station.step_kinds)
    organisation = station.site.organisation
    form = StationForm(
        request.POST or None, initial=initial, organisation=organisation, is_new=False, is_remote=is_remote
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_station(station=station, by=request.user, **form.cleaned_data)
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": station.name})
            return redirect("workshop-desk:station-detail", station.public_id)
    context = {"form": form, "station": station}
    return page(request, "workshop/desk/station_form.html", context, status=422 if form.is_bound else 200)


def _detail(request: HttpRequest, station: Station, **more: Any) -> dict[str, Any]:
    options = SiteOptions.objects.filter(site=station.site).first() or SiteOptions()
    return {
        "station": station,
        "devices": devices_at(station),
        "device_form": DeviceForm(),
        "options_form": OptionsForm(
            initial={"is_pin_asked": options.is_pin_asked, "idle_minutes": options.idle_minutes}
        ),
        "invitation": None,
        **more,
    }


@requires(CHANGE)
@require_GET
def station_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    station = load_station(request, public_id)
    return page(request, "workshop/desk/station_detail.html", _detail(request, station))


@requires(CHANGE)
@require_POST
def station_close(request: HttpRequest, public_id: str) -> HttpResponse:
    station = actions.close_station(station=load_station(request, public_id), by=request.user)
    messages.success(request, _("The station %(name)s is closed.") % {"name": station.name})
    return redirect("workshop-desk:station-list")


@requires(CHANGE)
@require_POST
def device_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Shows the QR that the tablet scans; it is shown once and works for ten minutes."""
    station = load_station(request, public_id)
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return page(
            request, "workshop/desk/station_detail.html", _detail(request, station, device_form=form), status=422
        )
    made = actions.start_enrolment(station=station, name=form.cleaned_data["device_name"], by=request.user)
    url = settings.SITE_URL + reverse("workshop:enrol", args=[made.code])
    context = _detail(request, station, invitation={"url": url, "name": made.name, "expires_at": made.expires_at})
    response = page(request, "workshop/desk/station_detail.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(CHANGE)
@require_POST
def options_change(request: HttpRequest, public_id: str) -> HttpResponse:
    station = load_station(request, public_id)
    form = OptionsForm(request.POST)
    if not form.is_valid():
        context = _detail(request, station, options_form=form)
        return page(request, "workshop/desk/station_detail.html", context, status=422)
    actions.set_site_options(site=station.site, by=request.user, **form.cleaned_data)
    messages.success(request, _("The choices of %(name)s are saved.") % {"name": station.site.name})
    return redirect("workshop-desk:station-detail", station.public_id)


@requires(CHANGE)
@require_POST
def device_revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Device.objects.visible_to(request.user).filter(organisation=organisation).select_related("station")
    device = get_object_or_404(rows, public_id=public_id)
    actions.revoke_device(device=device, by=request.user)
    messages.success(request, _("%(name)s opens nothing any more.") % {"name": device.name})
    return redirect("workshop-desk:station-detail", device.station.public_id)
