"""Paying on the provider's own page, and the address where it tells what happened."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rebond.core.access import public
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.shop.actions.message import apply_message, keep_message
from rebond.shop.actions.stripe_payment import pay_page
from rebond.shop.errors import ProviderError, SignatureError
from rebond.shop.models import Order, Payment
from rebond.shop.queries.basket import kept_for
from rebond.shop.queries.by_hand import ways_for
from rebond.shop.queries.orders import order_page, order_path
from rebond.shop.stripe_api import NAME, read_signed

MAX_BODY = 262_144  # bytes; Stripe's own events are some thousands
# Its form alone may lead to Stripe's page: nothing of Stripe is loaded here (docs/decisions/0025).
FORM_CSP: dict[str, Any] = settings.SECURE_CSP | {"form-action": [CSP.SELF, "https://checkout.stripe.com"]}


@csp_override(FORM_CSP)
def hosted_page(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    """Says where the button leads; the button leads there."""
    if request.method == "POST":
        try:
            target = pay_page(payment=payment)
        except ProviderError:
            messages.error(
                request,
                _("The payment page does not answer. Nothing was paid: try again in a minute, your order is kept."),
            )
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(target or order_path(order))
    context = {
        "order": order,
        "payment": payment,
        "shown": order_page(order),
        "first": kept_for(order),
        "ways": ways_for(order, request.user, request.access.organisation),  # type: ignore[attr-defined]
        "pay_by_url": order_path(order, "order-pay-by"),
        "seo": Seo(title=_("Payment"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/pay_hosted.html", context)


@public
@csrf_exempt  # no browser comes here: the signature proves who speaks
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """A message of Stripe: kept, then applied. Answers 200 once it is kept: what waits is tried again here."""
    if not settings.STRIPE_WEBHOOK_SECRETS:
        return JsonResponse({"error": "not set"}, status=404)
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MAX_BODY or len(request.body) > MAX_BODY:
        return JsonResponse({"error": "too big"}, status=413)
    try:
        envelope = read_signed(request.body, request.headers.get("Stripe-Signature", ""))
        message = keep_message(provider=NAME, envelope=envelope)
    except SignatureError:
        return JsonResponse({"error": "signature"}, status=400)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, not an event
        return JsonResponse({"error": "malformed"}, status=400)
    return JsonResponse({"kept": message.event_id, "state": apply_message(message=message).state})
