"""Alerts: kept searches and "tell me"; list for an account, signed links for everybody."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.access import public, same_origin_post, signed_in, visitor
from rebond.core.codes import parse_code
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.journal.queries.mail import refusal_of
from rebond.shop.actions.alert import confirm_alert, create_alert, delete_alert, resume_alert, stop_alert
from rebond.shop.actions.alert_address import retry_address
from rebond.shop.enums import AlertKind, AlertState, Frequency
from rebond.shop.errors import AlertsFullError
from rebond.shop.models import Alert
from rebond.shop.queries.alerts import alert_path, find_alert, item_label, label_of
from rebond.shop.queries.item_page import find_item
from rebond.shop.queries.params import Params, read_params
from rebond.shop.web.forms import AlertForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("alert")
def create(request: HttpRequest) -> HttpResponse:
    """Keep the search whose parameters are in the address."""
    params = read_params(request.GET)
    return _create(request, params=params, label=label_of(params), back=params.url())


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("alert")
def create_similar(request: HttpRequest, code: str) -> HttpResponse:
    """Tell me about objects like this one."""
    parsed = parse_code(code)
    item = find_item(parsed) if parsed else None
    if item is None:
        raise Http404
    return _create(request, item=item, label=item_label(AlertKind.SIMILAR, item), back=f"/o/{item.code}")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("alert")
def create_freed(request: HttpRequest, code: str) -> HttpResponse:
    """Tell me when this very object leaves the basket that keeps it."""
    parsed = parse_code(code)
    item = find_item(parsed) if parsed else None
    if item is None or item.state != ItemState.ON_SALE:
        raise Http404
    label = item_label(AlertKind.FREED, item)
    return _create(request, item=item, kind=AlertKind.FREED, label=label, back=f"/o/{item.code}")


def _create(
    request: HttpRequest,
    *,
    label: str,
    back: str,
    params: Params | None = None,
    item: Item | None = None,
    kind: str = "",
) -> HttpResponse:
    is_once = kind == AlertKind.FREED
    form = AlertForm(request.POST if request.method == "POST" else None, user=request.user, is_once=is_once)
    if request.method == "POST" and form.is_valid():
        user = visitor(request)
        email = form.cleaned_data.get("email") or (user.email if user else "")
        try:
            frequency = form.cleaned_data.get("frequency") or Frequency.AT_ONCE
            alert = create_alert(email=email or "", by=user, params=params, item=item, frequency=frequency, kind=kind)
        except AlertsFullError:
            form.add_error(None, _("This address has 100 alerts already: take one out first."))
        else:
            return _created(request, alert)
    title = _("Tell me when it is free") if is_once else _("Tell me when it arrives")
    context = {
        "form": form,
        "label": label,
        "back": back,
        "seo": Seo(title=title, path=request.path, robots="noindex"),
    }
    return page(request, "shop/alert_form.html", context, status=422 if form.errors else 200)


def _created(request: HttpRequest, alert: Alert) -> HttpResponse:
    if alert.user_id and request.user.is_authenticated:
        messages.success(request, _("The alert is on: %(label)s.") % {"label": alert.label})
        return HttpResponseRedirect(reverse("shop:alerts"))
    return HttpResponseRedirect(reverse("shop:alert-sent"))


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    title = _("One last step, in your mailbox")
    return page(request, "shop/alert_sent.html", {"seo": Seo(title=title, path=request.path, robots="noindex")})


@public
@require_safe
@never_cache
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts of an account; without one, what they are and how a mail's links manage them."""
    rows, refused = Alert.objects.none(), False
    if request.user.is_authenticated:
        refused = refusal_of(request.user.email or "") is not None
        rows = Alert.objects.filter(user=request.user).select_related("item").order_by("-pk")
    context = {
        "rows": [(alert, alert_path(alert)) for alert in rows.annotate(found=Count("hits"))],
        "refused": refused,
        "seo": Seo(title=_("My alerts"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/alerts.html", context)


@signed_in
@require_POST
@same_origin_post
@throttled("alert")
def retry(request: HttpRequest) -> HttpResponse:
    """The mailbox of the account works again: write there."""
    user: Any = request.user
    if retry_address(user=user):
        messages.success(request, _("We write to %(email)s again.") % {"email": user.email})
    return HttpResponseRedirect(reverse("shop:alerts"))


@signed_in
@require_POST
@same_origin_post
def change(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Stop, resume or delete an alert of one's own."""
    alert = get_object_or_404(Alert, public_id=public_id, user=request.user)
    if verb == "arret":
        stop_alert(alert=alert, by=request.user)
        messages.success(request, _("The alert is off: %(label)s.") % {"label": alert.label})
    elif verb == "reprise":
        resume_alert(alert=alert, by=request.user)
        messages.success(request, _("The alert is on: %(label)s.") % {"label": alert.label})
    elif verb == "suppression":
        delete_alert(alert=alert, by=request.user)
        messages.success(request, _("The alert is deleted: %(label)s.") % {"label": alert.label})
    else:
        raise Http404
    return HttpResponseRedirect(reverse("shop:alerts"))


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The link of the first mail: a button, so that no mail scanner confirms by itself."""
    return _signed(request, public_id, token, "confirm")


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """One click to stop. A mail program posts here by itself (RFC 8058): the token is the proof."""
    return _signed(request, public_id, token, "stop")


def _signed(request: HttpRequest, public_id: str, token: str, verb: str) -> HttpResponse:
    alert = find_alert(public_id, token)
    if alert is None:
        raise Http404
    if request.method == "POST":
        if verb == "confirm":
            confirm_alert(alert=alert)
        else:
            stop_alert(alert=alert)
        alert.refresh_from_db()
    title = _("Confirm the alert") if verb == "confirm" else _("Stop the alert")
    context = {
        "alert": alert,
        "verb": verb,
        "is_done": alert.state == (AlertState.ACTIVE if verb == "confirm" else AlertState.PAUSED),
        "path": alert_path(alert),
        "seo": Seo(title=title, path=request.path, robots="noindex"),
    }
    return page(request, "shop/alert_signed.html", context)
