"""What buyers send back, at the seller's desk: by the day of the refund."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.web import page
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.ledger.queries.money_requests import AloneLeft, alone_left, waiting_for_another
from rebond.shop.actions.asked_money import RETURN_REFUND, SURCHARGE_PAID, BackRefund, SurchargePaid
from rebond.shop.actions.returning import note_arrival
from rebond.shop.enums import RETURN_TRANSITIONS, OrderLineState, PartRequestState, ReturnState
from rebond.shop.errors import ReturnStateForbidsError
from rebond.shop.models import OrderLine, Return
from rebond.shop.queries.arrivals import arrivals_of
from rebond.shop.queries.by_day import page_by_day
from rebond.shop.queries.inside import is_asked, under_label
from rebond.shop.queries.returns import left_of, returns_in, surcharge_of
from rebond.shop.queries.strays import open_strays
from rebond.shop.web.arrival_forms import LossForm, SurchargeForm

COLUMNS = [
    Column(gettext_lazy("Return"), "public_id"),
    Column(pgettext_lazy("seller", "Order"), "part.order.public_id"),
    Column(gettext_lazy("Seller"), "part.seller.name"),
    Column(pgettext_lazy("return", "State"), "get_state_display"),
    Column(pgettext_lazy("deadline", "By"), "due_on", "date"),
    Column(gettext_lazy("Objects"), "objects_cents", "cents"),
    Column(gettext_lazy("Delivery"), "shipping_cents", "cents"),
    Column(gettext_lazy("Opened on"), "created_at", "datetime"),
    Column(gettext_lazy("Arrived on"), "arrived_at", "datetime"),
    Column(gettext_lazy("Refunded on"), "closed_at", "datetime"),
]


def _rows(request: HttpRequest) -> QuerySet[Return]:
    """Those of the organisation acted for; all of them for a conciliator of the network."""
    access: Any = request.access  # type: ignore[attr-defined]
    rows: QuerySet[Return] = Return.objects.visible_to(request.user)
    return rows if access.can("shop.return.view_all") else rows.filter(part__seller=access.organisation)


@requires("shop.return.view")
@never_cache
@require_safe
def return_list(request: HttpRequest) -> HttpResponseBase:
    tab = request.GET.get("etat", "a-rembourser")
    rows = returns_in(_rows(request), tab)
    if (download := wanted_export(request, rows, COLUMNS, _("returns"))) is not None:
        return download
    after = request.GET.get("avant", "")
    found, next_key = page_by_day(rows, after)
    context = {
        "returns": found,
        "tab": tab,
        "tabs": [("a-rembourser", _("To refund")), ("attendus", _("Awaited")), ("rembourses", _("Refunded"))],
        "today": timezone.localdate(),
        "is_first": not after,
        "next_key": next_key,
        "strays": open_strays(request.access.organisation),  # type: ignore[attr-defined]
    }
    return page(request, "shop/return_list.html", context, partial="results")


@requires("shop.return.view")
@never_cache
@require_safe
def return_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = _rows(request).select_related("part__seller", "part__order", "withdrawal")
    return detail_page(request, get_object_or_404(rows, public_id=public_id))


def detail_page(
    request: HttpRequest, back: Return, *, surcharge_form: Any = None, typed_loss: Any = None, loss_of: str = ""
) -> HttpResponse:
    """The page of a return; with a form that was refused, what was typed in it is still there.

    `typed_loss` is the form of the object whose code is `loss_of`.
    """
    access: Any = request.access  # type: ignore[attr-defined]
    can_change = access.can("shop.return.change")
    lines = arrivals_of(back)
    owed = left_of(back) if back.state != ReturnState.CLOSED else back.cents
    may_refund = can_change and owed and back.state in RETURN_TRANSITIONS["close"][0]
    context = {
        "back": back,
        "never_alone": AloneLeft(0, is_sole=False),
        "alone": alone_left(request.user, back.part.seller, RETURN_REFUND) if may_refund else None,
        "refund_waits": waiting_for_another(back.part.seller, RETURN_REFUND, back.public_id),
        "waits": any(loss.state == PartRequestState.ASKED for one in lines for loss in one.losses),
        "late": surcharge_of(back, timezone.localdate()),
        "operation": uuid.uuid4(),
        "lines": lines,
        "has_label": bool(under_label(_unsent(back))),
        "is_asked": is_asked(back.part),
        "loss_form": LossForm(),
        "typed_loss": typed_loss,
        "loss_of": loss_of,
        "surcharge_form": surcharge_form or SurchargeForm(initial={"on": timezone.localdate()}),
        "may_pay": can_change and back.part.seller_id == access.organisation.pk,
        "may_ask": can_change and back.withdrawal_id and back.state != ReturnState.CLOSED,
        "may_grant": access.can("shop.return.grant"),
        "me": request.user.public_id,  # type: ignore[union-attr]
        "owed_cents": owed,
        "is_over": can_change and back.state != ReturnState.CLOSED and not owed,
        "today": timezone.localdate(),
        "may_check": can_change and back.part.seller_id == access.organisation.pk and back.state != ReturnState.UNSENT,
        "may_arrive": can_change and back.state in RETURN_TRANSITIONS["arrive"][0],
        "may_refund": may_refund,
    }
    is_refused = surcharge_form is not None or typed_loss is not None
    return page(request, "shop/return_detail.html", context, status=422 if is_refused else 200)


def _unsent(back: Return) -> list[OrderLine]:
    """What is owed at once, as it has not left."""
    rows = OrderLine.objects.filter(coming_back__back=back, coming_back__back__state=ReturnState.UNSENT)
    return list(rows.filter(state=OrderLineState.SOLD).select_related("part__order"))


@requires("shop.return.change")
@require_POST
def return_arrive(request: HttpRequest, public_id: str) -> HttpResponse:
    back = get_object_or_404(_rows(request).select_related("part__seller"), public_id=public_id)
    try:
        note_arrival(back=back, by=request.user)
    except ReturnStateForbidsError:
        messages.error(request, _("This return is no longer waited for. The page shows where it is."))
    else:
        messages.success(request, _("Noted. Check the objects, then refund."))
    return HttpResponseRedirect(reverse("shop:return-detail", args=[back.public_id]))


@requires("shop.return.change")
@require_POST
def return_refund(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = _rows(request).select_related("part__seller", "part__order", "withdrawal")
    back = get_object_or_404(rows, public_id=public_id)
    done = _("Refunded. The buyer is told by mail.")
    try:
        ask_and_say(request, RETURN_REFUND, BackRefund(back.public_id), organisation=back.part.seller, done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:return-detail", args=[back.public_id]))


@requires("shop.return.change")
@require_POST
def return_surcharge(request: HttpRequest, public_id: str) -> HttpResponse:
    """The seller says that it paid what the law added to a late refund."""
    rows = _rows(request).filter(part__seller=request.access.organisation)  # type: ignore[attr-defined]
    back = get_object_or_404(rows.select_related("part__seller", "part__order"), public_id=public_id)
    form = SurchargeForm(request.POST)
    if not form.is_valid():
        return detail_page(request, back, surcharge_form=form)
    data = SurchargePaid(back.public_id, form.cleaned_data["reference"], form.cleaned_data["on"].isoformat())
    done = _("Noted: the surcharge is paid.")
    try:
        ask_and_say(request, SURCHARGE_PAID, data, organisation=back.part.seller, done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:return-detail", args=[back.public_id]))
