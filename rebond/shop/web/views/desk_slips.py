"""Packing slips at the seller's desk: one order's, or those of all that waits to be prepared."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.models import Job
from rebond.core.progress import is_worker_silent
from rebond.core.web import page
from rebond.journal.models import StoredFile
from rebond.shop.actions.slips import KIND, start_slips
from rebond.shop.enums import OPEN_PARTS
from rebond.shop.models import SellerOrder
from rebond.shop.queries.slips import AT_ONCE, MOST, slips_pdf, to_prepare

VIEW = "shop.part.view"


def _pdf(body: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@requires(VIEW)
@never_cache
@require_safe
def part_slip(request: HttpRequest, public_id: str) -> HttpResponse:
    """One order's, a page for each of its parcels; none once it is over, or where nothing of it is sent."""
    rows = SellerOrder.objects.visible_to(request.user).filter(
        seller=request.access.organisation,  # type: ignore[attr-defined]
        state__in=OPEN_PARTS,
    )
    part = get_object_or_404(rows.select_related("order", "seller"), public_id=public_id)
    if not (body := slips_pdf([part])):
        raise Http404
    return _pdf(body, part.public_id)


@requires(VIEW)
@never_cache
@require_POST
def slips(request: HttpRequest) -> HttpResponse:
    """Those of all that waits to be prepared: at once for a few, by a task for more."""
    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    parts = list(to_prepare(organisation)[: AT_ONCE + 1])
    if len(parts) > AT_ONCE:
        return redirect("shop:slips-job", start_slips(organisation=organisation, by=request.user).public_id)
    if not (body := slips_pdf(parts)):
        messages.info(request, _("Nothing waits to be prepared."))
        return redirect("shop:part-list")
    return _pdf(body, _("packing-slips"))


@requires(VIEW)
@never_cache
@require_safe
def slips_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far it is; at its end, the file."""
    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    rows = Job.objects.filter(kind=KIND, owner_kind="network.organisation", owner_id=organisation.public_id)
    job = get_object_or_404(rows, public_id=job_id)
    file = StoredFile.objects.filter(public_id=job.result.get("file", "")).first() if job.is_over else None
    context = {
        "job": job,
        "file": file,
        "is_most": job.result.get("number") == MOST,
        "is_worker_silent": not job.is_over and is_worker_silent(),
    }
    return page(request, "shop/slips_job.html", context, partial="job-block")
