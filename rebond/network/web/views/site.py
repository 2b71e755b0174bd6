"""Places of an organisation, and its days off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.actions.site import FIELDS, add_closure, remove_closure, remove_site, save_site
from rebond.network.errors import NetworkError
from rebond.network.models import Closure, Organisation, Site
from rebond.network.web.forms import ClosureForm, SiteForm, in_conflict
from rebond.network.web.loading import load_organisation

CHANGE = "network.organisation.change"


def _edit(request: HttpRequest, organisation: Organisation, site: Site | None) -> HttpResponse:
    initial = {name: getattr(site, name) for name in (*FIELDS, "version")} if site else {}
    form: Any = SiteForm(request.POST or None, initial=initial, organisation=organisation)
    conflict: dict[str, Any] = {}
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        fields: dict[str, Any] = {name: form.cleaned_data[name] for name in FIELDS}
        version = form.cleaned_data["version"] or 0

        def save() -> Site:
            return save_site(organisation=organisation, site=site, fields=fields, version=version, by=request.user)

        saved = bind_errors(form, save if site else lambda: made_once(Site, act_of(request), save), NetworkError)
        if not saved and site is not None and form.has_error("__all__"):
            conflict = in_conflict(form, site, fields)
        if saved:
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("network:organisation-detail", organisation.public_id)
    if "find" in request.POST:
        form.errors.clear()  # only the list of communes was asked for: the rest is still being typed
    context = {"form": form, "organisation": organisation, "site": site, "conflict": conflict}
    failed = form.is_bound and bool(form.errors)
    return page(request, "network/site_form.html", context, status=422 if failed else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def site_add(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edit(request, load_organisation(request, public_id, CHANGE), None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def site_change(request: HttpRequest, public_id: str, site_id: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    return _edit(request, organisation, get_object_or_404(organisation.sites, public_id=site_id))


@requires(CHANGE)
@require_POST
def site_remove(request: HttpRequest, public_id: str, site_id: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    site = get_object_or_404(organisation.sites, public_id=site_id)
    try:
        remove_site(site=site, by=request.user)
        messages.success(request, _("%(name)s is removed.") % {"name": site.name})
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:organisation-detail", organisation.public_id)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def closure_add(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    form = ClosureForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        made = bind_errors(
            form,
            lambda: made_once(
                Closure,
                act_of(request),
                lambda: add_closure(organisation=organisation, by=request.user, **fields),
            ),
            NetworkError,
        )
        if made:
            messages.success(request, _("The days off are announced."))
            return redirect("network:organisation-detail", organisation.public_id)
    context = {"form": form, "organisation": organisation}
    return page(request, "network/closure_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_POST
def closure_remove(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    remove_closure(closure=get_object_or_404(organisation.closures, pk=pk), by=request.user)
    messages.success(request, _("These days off are taken back."))
    return redirect("network:organisation-detail", organisation.public_id)
