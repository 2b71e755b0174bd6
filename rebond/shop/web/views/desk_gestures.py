"""The network's gestures at the desk: what was given at its expense, and to give some of one order."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import operation_of, page
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.ledger.queries.money_requests import alone_left, waiting_for_another
from rebond.network.models import Organisation
from rebond.shop.actions.asked_gesture import GESTURE, NetworkGesture
from rebond.shop.queries import gestures as queries
from rebond.shop.queries.gift_cards import spend_of
from rebond.shop.web.gesture_forms import FindOrderForm, GestureForm

VIEW, GIVE = "shop.gesture.view", "shop.gesture.give"
PER_PAGE = 50
COLUMNS = [
    Column(pgettext_lazy("gesture", "Day"), "created_at", "date"),
    Column(pgettext_lazy("seller", "Order"), "part.order.public_id"),
    Column(gettext_lazy("Seller"), "part.seller.name"),
    Column(gettext_lazy("Amount"), "gesture_cents", "cents"),
    Column(pgettext_lazy("gesture", "Words for the buyer"), "note"),
    Column(pgettext_lazy("refund", "State"), "get_state_display"),
]


def _operator(request: HttpRequest) -> Organisation:
    organisation: Organisation | None = request.access.organisation  # type: ignore[attr-defined]
    if organisation is None:
        raise Http404
    return organisation


@requires(VIEW)
@never_cache
@require_safe
def gesture_list(request: HttpRequest) -> HttpResponseBase:
    """What was given, the latest first; an order's code leads to its page."""
    operator = _operator(request)
    rows = queries.gestures_of(operator)
    if (download := wanted_export(request, rows, COLUMNS, _("gestures"))) is not None:
        return download
    form = FindOrderForm(request.GET if "commande" in request.GET else None)
    if form.is_valid() and request.access.can(GIVE):  # type: ignore[attr-defined]
        found = queries.order_of_code(operator, form.cleaned_data["commande"])
        if found:
            return HttpResponseRedirect(reverse("shop:gesture-order", args=[found]))
        form.add_error("commande", _("No paid order of this number is in your books."))
    before = request.GET.get("avant", "")
    shown, next_key = page_before(rows, key_in(before), PER_PAGE)
    since = timezone.localdate().replace(day=1)
    context = {
        "gestures": shown,
        "next_key": next_key,
        "is_first": not before,
        "since": since,
        "month_cents": queries.given_since(operator, since),
        "form": form if request.access.can(GIVE) else None,  # type: ignore[attr-defined]
    }
    return page(request, "shop/gesture_list.html", context)


def _parts(request: HttpRequest, order_id: str) -> list[queries.GesturePart]:
    parts = queries.parts_in_books(_operator(request), order_id)
    if not parts:
        raise Http404
    return parts


def _order(request: HttpRequest, parts: list[queries.GesturePart], form: GestureForm) -> HttpResponse:
    operator, order = _operator(request), parts[0].part.order
    waiting = [waiting_for_another(operator, GESTURE, shown.part.public_id) for shown in parts]
    left = queries.gesture_left(order)
    context: dict[str, Any] = {
        "order": order,
        "parts": parts,
        "payment": queries.paid_by(order),
        "spend": spend_of(order),
        "left_cents": left,
        "waiting": [row for row in waiting if row is not None],
        "form": form if left else None,
        "alone": alone_left(request.user, operator, GESTURE),
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "shop/gesture_order.html", context, status=422 if form.is_bound else 200)


@requires(GIVE)
@never_cache
@require_safe
def gesture_order(request: HttpRequest, order_id: str) -> HttpResponse:
    parts = _parts(request, order_id)
    return _order(request, parts, GestureForm(parts=parts))


@requires(GIVE)
@require_POST
def gesture_give(request: HttpRequest, order_id: str) -> HttpResponse:
    """Within what the person may give alone it is given; else a colleague grants it."""
    parts = _parts(request, order_id)
    form = GestureForm(request.POST, parts=parts)
    if form.is_valid():
        said = form.cleaned_data
        data = NetworkGesture(said["part"], said["amount"], said["words"].strip(), str(operation_of(request)))
        done = _("Given. The buyer is told by mail.")
        operator = _operator(request)
        asked = bind_errors(
            form, lambda: ask_and_say(request, GESTURE, data, organisation=operator, done=done), LedgerError
        )
        if asked is not None:
            return HttpResponseRedirect(reverse("shop:gesture-order", args=[order_id]))
    return _order(request, parts, form)
