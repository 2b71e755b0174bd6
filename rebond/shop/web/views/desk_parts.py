"""A seller's orders at its desk: list, one order, and what is done with it."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.paging import key_in
from rebond.core.web import operation_of, page
from rebond.ledger.errors import LedgerError
from rebond.shop.actions.part import deliver_part, make_part_ready, ship_part
from rebond.shop.actions.part_request import ask_change, grant_change, refuse_change, still_asked
from rebond.shop.enums import CANCELLABLE_PARTS, PAID_PARTS, OrderLineState, PartRequestState, SellerOrderState
from rebond.shop.errors import (
    ContestedStaysError,
    PartStateError,
    PartStillHereError,
    RefundInvalidError,
    RefundTooMuchError,
    RequestWaitsError,
    SamePersonError,
    ShopError,
    WithdrawnStaysError,
)
from rebond.shop.models import Dispute, PartRequest, SellerOrder
from rebond.shop.queries import desk_parts as queries
from rebond.shop.queries.carried import Carried, parcels_of
from rebond.shop.queries.given import alone_on
from rebond.shop.queries.inside import still_here
from rebond.shop.web.acting import act_and_say
from rebond.shop.web.carried_forms import LabelForm
from rebond.shop.web.part_forms import ChangeForm, ShipForm

VIEW, CHANGE, GRANT = "shop.part.view", "shop.part.change", "shop.part.grant"
WORDS: dict[type[Exception], Any] = {
    PartStateError: gettext_lazy("This order has moved on meanwhile. Look at it again: nothing was changed."),
    PartStillHereError: gettext_lazy(
        "Another parcel of this order has not left yet: the order is received with the last one. Nothing was changed."
    ),
    WithdrawnStaysError: gettext_lazy(
        "The buyer withdrew from objects of this order. Refund them first, in the returns. Nothing was changed."
    ),
    ContestedStaysError: gettext_lazy(
        "The buyer’s bank contests the payment: keep the objects until it decides. Nothing was changed."
    ),
    RefundInvalidError: gettext_lazy("These objects are no longer in the order. Nothing was changed."),
    RefundTooMuchError: gettext_lazy("This is more than what is left of what was paid. Nothing was changed."),
    RequestWaitsError: gettext_lazy("Another change of this order waits for somebody to grant it."),
    SamePersonError: gettext_lazy("Somebody else than the person who asked grants it."),
}
COLUMNS = [
    Column(pgettext_lazy("seller", "Order"), "public_id"),
    Column(gettext_lazy("Paid on"), "order.paid_at", "datetime"),
    Column(pgettext_lazy("seller order", "State"), "get_state_display"),
    Column(gettext_lazy("Buyer"), "order.name"),
    Column(gettext_lazy("Objects"), "objects_n", "number"),
    Column(gettext_lazy("Price of the objects"), "goods_cents", "cents"),
    Column(gettext_lazy("Delivery"), "sent_cents", "cents"),
    Column(pgettext_lazy("seller order", "Sent"), "shipped_at", "datetime"),
    Column(pgettext_lazy("seller order", "Received"), "delivered_at", "datetime"),
    Column(gettext_lazy("Carrier"), "carrier"),
    Column(gettext_lazy("Tracking number"), "tracking"),
]


def load_part(request: HttpRequest, public_id: str) -> SellerOrder:
    """An order of the organisation acted for; 404 for any other."""
    rows = SellerOrder.objects.visible_to(request.user).filter(
        seller=request.access.organisation,  # type: ignore[attr-defined]
        state__in=queries.SHOWN_STATES,
    )
    found: SellerOrder = get_object_or_404(rows.select_related("order", "seller"), public_id=public_id)
    return found


@requires(VIEW)
@never_cache
@require_safe
def part_list(request: HttpRequest) -> HttpResponseBase:
    """What is to prepare first, then what waits, what is on its way, what is over."""
    seller = request.access.organisation  # type: ignore[attr-defined]
    state, words = request.GET.get("etat", SellerOrderState.TO_PREPARE.value), request.GET.get("q", "")[:80]
    rows = queries.parts_of(seller, state=state, words=words)
    if (download := wanted_export(request, queries.with_figures(rows), COLUMNS, _("orders"))) is not None:
        return download
    key = request.GET.get("avant", "")
    found, next_key = queries.part_page(rows, state, key_in(key))
    numbers, today = queries.waiting_numbers(seller), timezone.localdate()
    context = {
        "rows": [(part, queries.ship_by(part)) for part in found],
        "today": today,
        "tabs": [(s.value, s.label, numbers.get(s.value)) for s in queries.SHOWN_STATES]
        + [("toutes", pgettext("orders", "All"), None)],
        "state": state,
        "words": words,
        "next_key": next_key,
        "is_first": not key,
        "is_oldest_first": queries.is_oldest_first(state),
    }
    return page(request, "shop/part_list.html", context, partial="results")


def _change_form(request: HttpRequest, part: SellerOrder, lines: list[Any], data: Any = None) -> ChangeForm | None:
    """What may be changed where the order is now, empty without `data`; None where nothing may."""
    bought = [row.line for row in lines if row.line.state == OrderLineState.SOLD]
    if part.state not in PAID_PARTS or not bought or not request.access.can(CHANGE):  # type: ignore[attr-defined]
        return None
    is_here = part.state in CANCELLABLE_PARTS
    has_delivery = any(line.shipping_left_cents for line in bought)
    return ChangeForm(data, lines=bought, still_here=still_here(bought), may_collect=is_here and has_delivery)


def _asked(part: SellerOrder, lines: list[Any]) -> dict[str, Any]:
    """What waits to be granted: its objects, why, and what it gives back now."""
    asked = part.requests.filter(state=PartRequestState.ASKED).first()
    if asked is None:
        return {"asked": None}
    rows, cents = still_asked(part, asked)
    titles = {row.line.pk: row.line.title for row in lines}
    return {"asked": asked, "asked_words": queries.change_words(rows, titles), "asked_cents": cents}


def _parcels(part: SellerOrder, sent: LabelForm | None) -> list[Carried]:
    """Its parcels, each with the form of its label where an account may carry it; the form that was sent stays."""
    found = parcels_of(part)
    for one in found:
        if sent is not None and sent.parcel.number == one.number:
            one.form = sent
        elif one.accounts:
            one.form = LabelForm(part=part, parcel=one)
    return [one for one in found if one.form or one.shipment or one.refused]


def part_page(request: HttpRequest, part: SellerOrder, **forms: Any) -> HttpResponse:
    shown = queries.part_detail(part)
    asked, form = _asked(part, shown.lines), forms.get("change_form")
    if form is None and asked["asked"] is None:
        form = _change_form(request, part, shown.lines, forms.get("typed"))
    context = asked | {
        "part": part,
        "shown": shown,
        "ship_by": queries.ship_by(part),
        "today": timezone.localdate(),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "can_grant": request.access.can(GRANT),  # type: ignore[attr-defined]
        "me": request.user.public_id,  # type: ignore[union-attr]
        "ship_form": forms.get("ship_form") or ShipForm(initial={"carrier": part.carrier, "tracking": part.tracking}),
        "parcels": _parcels(part, forms.get("label_form")),
        "change_form": form,
        "alone": alone_on(part, request.user, may_grant=request.access.can(GRANT)) if form else None,  # type: ignore[attr-defined]
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "given_back": list(part.refunds.order_by("pk")),
        "disputes": list(Dispute.objects.filter(payment__order=part.order_id).order_by("pk")),
        "history": [(row, queries.verb_words(row.verb)) for row in shown.history],
    }
    return page(request, "shop/part_detail.html", context, status=422 if forms else 200)


@requires(VIEW)
@never_cache
@require_safe
def part_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return part_page(request, load_part(request, public_id))


def _done(request: HttpRequest, part: SellerOrder, act: Callable[[], object], said: str) -> HttpResponse:
    act_and_say(request, act, said, WORDS)
    return redirect("shop:part-detail", part.public_id)


@requires(CHANGE)
@require_POST
def part_ship(request: HttpRequest, public_id: str) -> HttpResponse:
    part, form = load_part(request, public_id), ShipForm(request.POST)
    if not form.is_valid():
        return part_page(request, part, ship_form=form)
    try:
        ship_part(part=part, by=request.user, **form.cleaned_data)
    except (ShopError, LedgerError) as refused:
        messages.error(request, str(WORDS.get(type(refused), refused)))
        return part_page(request, load_part(request, public_id), ship_form=form)
    messages.success(request, _("It is on its way: the buyer gets a mail."))
    return redirect("shop:part-detail", part.public_id)


@requires(CHANGE)
@require_POST
def part_ready(request: HttpRequest, public_id: str) -> HttpResponse:
    part = load_part(request, public_id)
    said = _("It is ready: the buyer gets a mail that says where to come.")
    return _done(request, part, lambda: make_part_ready(part=part, by=request.user), said)


@requires(CHANGE)
@require_POST
def part_deliver(request: HttpRequest, public_id: str) -> HttpResponse:
    part = load_part(request, public_id)
    said = _("It was received. The 14 days to withdraw run from today.")
    return _done(request, part, lambda: deliver_part(part=part, by=request.user), said)


@requires(CHANGE)
@require_POST
def part_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cancelled lines, lower prices, collection: together, or kept for somebody who grants them."""
    part = load_part(request, public_id)
    form = _change_form(request, part, queries.part_detail(part).lines, request.POST)
    if form is None:
        messages.error(request, str(WORDS[PartStateError]))
        return redirect("shop:part-detail", part.public_id)
    if not form.is_valid():
        return part_page(request, part, change_form=form)
    try:
        waits = ask_change(
            part=part,
            changes=form.changes(form.cleaned_data),
            by=request.user,
            operation=operation_of(request),
            may_grant=request.access.can(GRANT),  # type: ignore[attr-defined]
            note=form.cleaned_data["note"],
        )
    except (ShopError, LedgerError) as refused:
        messages.error(request, str(WORDS.get(type(refused), refused)))
        return part_page(request, load_part(request, public_id), typed=request.POST)
    done = _("The order is changed, and the buyer told by a mail.")
    messages.success(request, _("Asked. Somebody else grants it.") if waits is not None else done)
    return redirect("shop:part-detail", part.public_id)


@requires(GRANT)
@require_POST
def part_decide(request: HttpRequest, public_id: str, request_id: str) -> HttpResponse:
    """Grant or refuse what somebody else asked (`decision`: accord or refus)."""
    part = load_part(request, public_id)
    asked: PartRequest = get_object_or_404(
        part.requests.select_related("part__order", "part__seller"), public_id=request_id
    )
    act: Callable[..., object]
    if request.POST.get("decision") == "accord":
        cents = request.POST.get("cents", "")
        act = partial(grant_change, cents=int(cents) if cents.isdecimal() else None)
        said = _("Granted: the order is changed, and the buyer told by a mail.")
    else:
        act, said = refuse_change, _("Refused: the order stays as it is.")
    return _done(request, part, lambda: act(request=asked, by=request.user), said)
