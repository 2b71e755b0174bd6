"""Handing parcels to a carrier: its list of the day, each parcel scanned, what is missing, the paper to sign."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.pdf import render_pdf
from rebond.core.progress import is_worker_silent
from rebond.core.web import page
from rebond.network.models import Site
from rebond.warehouse.actions import manifest as actions
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import CarrierAccount, Manifest, Shipment
from rebond.warehouse.queries import manifests as queries
from rebond.warehouse.queries.staying import words_of
from rebond.warehouse.web.exports import MANIFESTS

VIEW, CHANGE = "warehouse.shipment.view", "warehouse.shipment.change"


def _load(request: HttpRequest, manifest_id: str) -> Manifest:
    """A list of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Manifest.objects.visible_to(request.user).filter(organisation=organisation)
    rows = rows.select_related("account__organisation", "site", "organisation")
    found: Manifest = get_object_or_404(rows, public_id=manifest_id)
    return found


@requires(VIEW)
@never_cache
@require_safe
def manifest_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = queries.manifests_of(organisation)
    if (download := wanted_export(request, rows, MANIFESTS, _("handed-over"))) is not None:
        return download
    key = key_in(request.GET.get("avant", ""))
    found, next_key = page_before(rows, key, 50)
    numbers = queries.counted(found)
    context = {
        "rows": [(one, numbers[one.pk]) for one in found],
        "next_key": next_key,
        "is_first": key is None,
        "waiting": queries.to_hand_over(organisation),
        "sites": list(Site.objects.filter(organisation=organisation).order_by("-is_main", "name")),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/manifest_list.html", context)


@requires(CHANGE)
@require_POST
def manifest_open(request: HttpRequest) -> HttpResponse:
    """Today's list of an account at a site: the one that is open, or a new one."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    accounts = CarrierAccount.objects.select_related("organisation")
    account = accounts.filter(public_id=request.POST.get("account", "")).first()
    site = Site.objects.filter(organisation=organisation, public_id=request.POST.get("site", "")).first()
    if account is None or site is None or not queries.hands_over(account, site):
        messages.error(request, _("Choose a carrier and a site."))
        return redirect("warehouse-desk:manifest-list")
    try:
        manifest = actions.open_manifest(account=account, site=site, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse-desk:manifest-list")
    return redirect("warehouse-desk:manifest-detail", manifest.public_id)


def _page(request: HttpRequest, manifest: Manifest, *, error: str = "", typed: str = "") -> HttpResponse:
    is_open, waits = manifest.closed_at is None, 0
    if not is_open:
        waits = queries.waiting_in(manifest).count()
    missing = queries.missing_from(manifest) if is_open else Shipment.objects.none()
    kept: list[Any] = list(queries.kept_from(manifest)[: queries.SHOWN]) if is_open else []
    parcels = queries.parcels_in(manifest)
    context = {
        "manifest": manifest,
        "parcels": list(parcels[: queries.SHOWN]),
        "number": manifest.units or parcels.count(),
        "missing": list(missing[: queries.SHOWN]),
        "missing_number": missing.count(),
        "kept": [(one, words_of(one.stays)) for one in kept],
        "waits": waits,
        "handed": max(manifest.units - waits, 0),
        "is_worker_silent": bool(waits) and is_worker_silent(),
        "beside": queries.beside(manifest) if is_open else [],
        "can_change": request.access.can(CHANGE) and is_open,  # type: ignore[attr-defined]
        "has_csv": bool(manifest.account.connect().manifest([], manifest.day)),
        "error": error,
        "typed": typed,
    }
    status = 422 if error else 200
    return page(request, "warehouse/desk/manifest_detail.html", context, partial="handing", status=status)


@requires(VIEW)
@never_cache
@require_safe
def manifest_detail(request: HttpRequest, manifest_id: str) -> HttpResponse:
    return _page(request, _load(request, manifest_id))


@requires(CHANGE)
@never_cache
@require_POST
def manifest_scan(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """One parcel; the page comes back with the field ready for the next."""
    manifest, code = _load(request, manifest_id), request.POST.get("code", "")[:200]
    try:
        shipment = actions.scan_parcel(manifest=manifest, text=code, by=request.user)
    except WarehouseError as refused:
        return _page(request, manifest, error=str(refused), typed=code)
    said = _("%(number)s is in the cage.")
    if shipment.manifest_id != manifest.pk:
        said = _("%(number)s is in the cage, on the list of %(name)s.")
    messages.success(request, said % {"number": shipment, "name": shipment.organisation.name})
    return redirect("warehouse-desk:manifest-detail", manifest_id)


def _done(request: HttpRequest, manifest_id: str, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("warehouse-desk:manifest-detail", manifest_id)


@requires(CHANGE)
@require_POST
def manifest_take_out(request: HttpRequest, manifest_id: str, shipment_id: str) -> HttpResponse:
    manifest = _load(request, manifest_id)
    shipment = get_object_or_404(Shipment.objects.filter(manifest=manifest), public_id=shipment_id)
    said = _("Taken out: it waits here.")
    return _done(
        request, manifest_id, lambda: actions.take_out(manifest=manifest, shipment=shipment, by=request.user), said
    )


@requires(CHANGE)
@require_POST
def manifest_close(request: HttpRequest, manifest_id: str) -> HttpResponse:
    manifest = _load(request, manifest_id)
    said = _("Handed over: the orders leave one after the other, and their buyers are told.")
    return _done(request, manifest_id, lambda: actions.close_manifest(manifest=manifest, by=request.user), said)


@requires(VIEW)
@never_cache
@require_safe
def manifest_paper(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """The paper that the driver signs."""
    manifest = _load(request, manifest_id)
    headers = {"Content-Disposition": f'inline; filename="{manifest.public_id}.pdf"'}
    data = render_pdf("warehouse/manifest", queries.paper_of(manifest))
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@requires(VIEW)
@never_cache
@require_safe
def manifest_csv(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """What the carrier’s own machines read; empty where our paper is enough."""
    manifest = _load(request, manifest_id)
    made = manifest.account.connect().manifest(queries.listed_in(manifest), manifest.day)
    headers = {"Content-Disposition": f'attachment; filename="{manifest.public_id}.csv"'}
    return HttpResponse(made, content_type="text/csv; charset=utf-8", headers=headers)
