"""Waves at the desk: made from what leaves, how far each round is, stopped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.once import made_once
from rebond.core.progress import is_worker_silent
from rebond.core.web import act_of, page
from rebond.warehouse.actions import wave as actions
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Wave
from rebond.warehouse.queries import waves as queries
from rebond.warehouse.queries.overview import overview_of
from rebond.warehouse.queries.parcels import contents_of, risk_of
from rebond.warehouse.queries.sizes import waiting_by_size
from rebond.warehouse.queries.sketching import picture_of
from rebond.warehouse.queries.zones import waiting_by_zone
from rebond.warehouse.web.exports import WAVES
from rebond.warehouse.web.forms import WaveForm

VIEW = "warehouse.wave.view"
CHANGE = "warehouse.wave.change"
PER_PAGE = 50


def load_wave(request: HttpRequest, wave_id: str) -> Wave:
    """A wave of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Wave.objects.visible_to(request.user).filter(organisation=organisation)
    found: Wave = get_object_or_404(rows.select_related("site", "organisation", "layout"), public_id=wave_id)
    return found


@requires(VIEW)
@require_GET
def wave_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    number = request.GET.get("page", "1")
    rows = queries.waves_of(organisation)
    if (download := wanted_export(request, queries.with_numbers(rows), WAVES, _("waves"))) is not None:
        return download
    found = Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1)
    progress = queries.progress_of(list(found))
    context = {
        "page": found,
        "rows": [(wave, progress[wave.pk]) for wave in found],
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/wave_list.html", context)


@requires(VIEW)
@require_GET
def wave_map(request: HttpRequest) -> HttpResponse:
    """The waves under way at a site (`site`; else its main one) on one plan."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    sites = list(organisation.sites.order_by("-is_main", "name"))
    asked = request.GET.get("site", "")
    site = next((one for one in sites if one.public_id == asked or not asked), None)
    if site is None:
        raise Http404
    context = {"site": site, "sites": sites, "seen": overview_of(site)}
    return page(request, "warehouse/desk/wave_map.html", context, partial="map-block")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def wave_make(request: HttpRequest) -> HttpResponse:
    """Which site, which departure, which cart."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    sites = list(organisation.sites.order_by("-is_main", "name"))
    waits = waiting_by_zone([site.pk for site in sites])
    form = WaveForm(request.POST or None, organisation=organisation, waits=waits)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        try:
            wave = made_once(Wave, act_of(request), lambda: actions.make_wave(**form.cleaned_data, by=request.user))
        except WarehouseError as refused:
            form.add_error("leave_by", str(refused))
        else:
            messages.success(request, _("The wave is made. Its rounds come at the stations by themselves."))
            return redirect("warehouse-desk:wave-detail", wave.public_id)
    numbers = queries.waiting_numbers([site.pk for site in sites])
    zones = {site.pk: [one for one in waits if one.site_id == site.pk] for site in sites}
    sizes = waiting_by_size([site.pk for site in sites])
    by_size = {site.pk: [one for one in sizes if one.site_id == site.pk] for site in sites}
    waiting = [(site, numbers[site.pk], zones[site.pk], by_size[site.pk]) for site in sites if site.pk in numbers]
    context = {"form": form, "waiting": waiting}
    return page(request, "warehouse/desk/wave_make.html", context, status=422 if is_sent else 200)


@requires(VIEW)
@require_GET
def wave_detail(request: HttpRequest, wave_id: str) -> HttpResponse:
    wave = load_wave(request, wave_id)
    rounds = list(wave.rounds.select_related("wave"))
    progress, tasks = queries.progress_of_rounds(rounds), queries.tasks_of(rounds)
    rows = wave.parcels.select_related("site", "round")
    parcels = list(rows.order_by(F("round__number").asc(nulls_last=True), "slot", "pk"))
    contents = contents_of(parcels)
    picture = picture_of(rounds, wave.layout)
    looks = {walk.round.pk: walk.look for walk in picture.walks} if picture else {}
    context = {
        "wave": wave,
        "is_late": queries.is_late(wave),
        "rounds": [(one, progress[one.pk], tasks.get(one.public_id), looks.get(one.pk)) for one in rounds],
        "picture": picture,
        "progress": queries.progress_of([wave])[wave.pk],
        "parcels": [(parcel, contents[parcel.pk], risk_of(parcel)) for parcel in parcels],
        "is_worker_silent": wave.state == "planning" and is_worker_silent(),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/wave_detail.html", context, partial="wave-block")


@requires(CHANGE)
@require_POST
def wave_stop(request: HttpRequest, wave_id: str) -> HttpResponse:
    wave = load_wave(request, wave_id)
    try:
        actions.stop_wave(wave=wave, by=request.user)
        said = _("The wave is stopped. Its parcels wait for another one. What is on carts goes to the packing table.")
        messages.success(request, said)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse-desk:wave-detail", wave.public_id)
