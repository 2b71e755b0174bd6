"""The plan of a site: drawn by tables and by pointer, checked, saved as a version that waves walk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires
from rebond.core.web import page
from rebond.network.models import Site
from rebond.warehouse.actions.layout import save_layout
from rebond.warehouse.errors import LayoutChanged, LayoutWrong
from rebond.warehouse.models import SiteLayout
from rebond.warehouse.queries import layouts as queries
from rebond.warehouse.queries.sketching import plan_picture
from rebond.warehouse.web.layout_forms import PlanForms

VIEW, CHANGE = "warehouse.place.view", "warehouse.place.change"


def _sites(request: HttpRequest) -> Any:
    return request.access.organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]


@requires(VIEW)
@require_GET
def layout_home(request: HttpRequest) -> HttpResponse:
    """The plan of the main site."""
    site = _sites(request).first()
    if site is None:
        raise Http404
    return redirect("warehouse-desk:layout", site.public_id)


@requires(VIEW)
@require_GET
def layout(request: HttpRequest, site_id: str) -> HttpResponse:
    """The last version, or the one that is asked (`version`) to begin again from it."""
    site = get_object_or_404(_sites(request), public_id=site_id)
    asked, last = request.GET.get("version", ""), queries.current_layout(site)
    shown = last
    if asked.isdecimal() and len(asked) < 9:
        shown = get_object_or_404(SiteLayout.objects.filter(site=site), number=int(asked))
    aisles = queries.aisles_of(site)
    plan = shown.plan if shown is not None else queries.proposed(aisles)
    return _page(request, site, PlanForms(plan, aisles), plan, last=last, shown=shown)


@requires(CHANGE)
@require_POST
def layout_save(request: HttpRequest, site_id: str) -> HttpResponse:
    """Check what was drawn (`verifier`), or save it as a new version."""
    site = get_object_or_404(_sites(request), public_id=site_id)
    aisles, last = queries.aisles_of(site), queries.current_layout(site)
    known = last.plan if last is not None else queries.proposed(aisles)
    forms = PlanForms(known, aisles, request.POST)
    if not forms.is_valid():
        return _page(request, site, forms, known, last=last, shown=last, status=422)
    plan, number = forms.plan(), request.POST.get("version", "")
    checked = queries.check_plan(plan, aisles, queries.outside_of(site))
    if "verifier" not in request.POST and not checked.wrong:
        try:
            based_on = int(number) if number.isdecimal() and len(number) < 9 else 0
            made = save_layout(site=site, plan=plan, based_on=based_on, by=request.user)
        except (LayoutChanged, LayoutWrong) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Version %(n)s is saved. The next wave is laid on it.") % {"n": made.number})
            return redirect("warehouse-desk:layout", site.public_id)
    status = 422 if checked.wrong else 200
    return _page(request, site, forms, plan, last=last, shown=last, checked=checked, status=status)


def _page(
    request: HttpRequest,
    site: Site,
    forms: PlanForms,
    plan: Any,
    *,
    last: SiteLayout | None,
    shown: SiteLayout | None,
    checked: queries.Checked | None = None,
    status: int = 200,
) -> HttpResponse:
    aisles = list(forms.aisles.values())
    found = checked or queries.check_plan(plan, aisles, queries.outside_of(site))
    context = {
        "site": site,
        "sites": list(_sites(request)),
        "forms": forms,
        "tables": forms.tables,
        "picture": plan_picture(plan, found.spots),
        "checked": found,
        "is_checked": checked is not None,
        "last": last,
        "version": last.number if last is not None else 0,
        "shown_number": shown.number if shown is not None else 0,
        "versions": queries.versions_of(site),
        "names": [one["name"] for one in plan["aisles"]],
        "bays": sum(len(one.bays) for one in aisles),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/layout.html", context, status=status)
