"""Storing agreements: the list, the offer, one with its answer and its end (decision 56)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.actions import hosting as actions
from rebond.catalogue.enums import HostingState
from rebond.catalogue.errors import CatalogueError, FieldInvalid
from rebond.catalogue.models import Hosting
from rebond.catalogue.queries.hosting import with_number
from rebond.catalogue.web.exports import HOSTINGS
from rebond.catalogue.web.forms.hosting import EndForm, OfferForm
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.models import Organisation

VIEW, CHANGE = "catalogue.hosting.view", "catalogue.hosting.change"


def _own(request: HttpRequest) -> Organisation:
    return request.access.organisation  # type: ignore[attr-defined, no-any-return]


def _rows(request: HttpRequest) -> Any:
    """Those of the organisation acted for, with both parties."""
    rows = Hosting.objects.visible_to(request.user).of(_own(request))
    return rows.select_related("seller", "site__organisation")


@requires(VIEW)
@require_safe
def hosting_list(request: HttpRequest) -> HttpResponseBase:
    """Both ways: kept at its sites, and kept for it elsewhere; those that begin last first."""
    own, side = _own(request), request.GET.get("cote", "")
    rows = _rows(request).order_by("-starts_on", "-pk")
    if side == "chez-nous":
        rows = rows.filter(site__organisation=own)
    elif side == "ailleurs":
        rows = rows.filter(seller=own)
    if (download := wanted_export(request, rows, HOSTINGS, _("storing agreements"))) is not None:
        return download
    shown: Any = Paginator(rows, 24).get_page(request.GET.get("page"))
    today = timezone.localdate()
    for row in with_number(list(shown)):
        row.now = row.state_on(today)
    tabs = [
        ("", pgettext("storing agreements", "All")),
        ("chez-nous", _("At our places")),
        ("ailleurs", _("At others’ places")),
    ]
    context = {"page": shown, "tabs": tabs, "side": side, "can_offer": request.access.can(CHANGE)}  # type: ignore[attr-defined]
    return page(request, "catalogue/hosting_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def hosting_offer(request: HttpRequest) -> HttpResponse:
    form: Any = OfferForm(request.POST or None, host=_own(request), initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():

        def offer() -> Hosting:
            return actions.offer_hosting(**form.cleaned_data, by=request.user)

        made = bind_errors(form, lambda: made_once(Hosting, act_of(request), offer), CatalogueError)
        if made:
            said = _("The offer is at %(name)s’s desk. Nothing comes in before it accepts.")
            messages.success(request, said % {"name": made.seller.name})
            return redirect("catalogue:hosting-detail", made.public_id)
    return page(request, "catalogue/hosting_form.html", {"form": form}, status=422 if form.errors else 200)


def _load(request: HttpRequest, public_id: str) -> Hosting:
    found: Hosting = get_object_or_404(_rows(request), public_id=public_id)
    return found


def _answer(request: HttpRequest, hosting: Hosting, form: Any = None) -> HttpResponse:
    own, now = _own(request), hosting.state_on(timezone.localdate())
    may = request.access.can(CHANGE)  # type: ignore[attr-defined]
    is_seller = hosting.seller_id == own.pk
    context = {
        "hosting": with_number([hosting])[0],
        "now": now,
        "label": HostingState(now).label,
        "is_seller": is_seller,
        "may_answer": may and is_seller and now == HostingState.OFFERED,
        "may_take_back": may and not is_seller and hosting.accepted_at is None and hosting.refused_at is None,
        "may_end": may and now in {HostingState.COMING, HostingState.CURRENT},
        "end_form": form or EndForm(initial={"on": max(timezone.localdate(), hosting.starts_on)}),
    }
    return page(request, "catalogue/hosting_detail.html", context, status=422 if form else 200)


@requires(VIEW)
@require_safe
def hosting_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return _answer(request, _load(request, public_id))


def _do(request: HttpRequest, hosting: Hosting, act: Callable[..., Any], said: str) -> HttpResponse:
    try:
        act(hosting=hosting, by=request.user)
        messages.success(request, said)
    except CatalogueError as refused:
        messages.error(request, str(refused))
    return redirect("catalogue:hosting-detail", hosting.public_id)


@requires(CHANGE)
@require_POST
def hosting_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The seller says yes or no; its organisation takes the offer back."""
    hosting, verb = _load(request, public_id), request.POST.get("verb", "")
    is_seller = hosting.seller_id == _own(request).pk
    if is_seller and verb == "accept":
        said = _("Accepted. Your objects may lie there: choose the place on each object’s page.")
        return _do(request, hosting, actions.accept_hosting, said)
    if is_seller and verb == "refuse":
        return _do(request, hosting, actions.refuse_hosting, _("Refused. Nothing comes in."))
    if not is_seller and verb == "take-back":
        return _do(request, hosting, actions.take_back_hosting, _("The offer is taken back."))
    raise Http404


@requires(CHANGE)
@require_POST
def hosting_end(request: HttpRequest, public_id: str) -> HttpResponse:
    hosting, form = _load(request, public_id), EndForm(request.POST)
    if form.is_valid():
        on = form.cleaned_data["on"]
        try:
            actions.end_hosting(hosting=hosting, on=on, organisation=_own(request), by=request.user)
        except FieldInvalid as refused:
            form.add_error("on", str(refused))
        except CatalogueError as refused:
            messages.error(request, str(refused))
            return redirect("catalogue:hosting-detail", hosting.public_id)
        else:
            messages.success(request, _("The last day is set. What lies there stays until it is sold or moved."))
            return redirect("catalogue:hosting-detail", hosting.public_id)
    return _answer(request, hosting, form)
