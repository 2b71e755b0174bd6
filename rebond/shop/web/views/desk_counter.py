"""The seller's counter: orders that are paid when they are collected, and who may pay so."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.web import page
from rebond.ledger.queries.money_requests import alone_left
from rebond.shop.actions.asked_money import GIVEN_COUNTER, GivenBack
from rebond.shop.actions.by_hand import give_up, set_pay_option, take_at_collection
from rebond.shop.errors import CashLimitError, OrderChangedError, PartStateError
from rebond.shop.models import Refund, SellerOrder, SellerPayOption
from rebond.shop.money_enums import COLLECTION, WhoPaysThere
from rebond.shop.queries.by_hand import refunds_at_counter, to_collect
from rebond.shop.web.acting import act_and_say, ask_and_tell
from rebond.shop.web.bank_forms import MeansForm, PayOptionForm

VIEW, TAKE, OPTION = "shop.counter.view", "shop.counter.take", "shop.counter.option"
WORDS: dict[type[Exception], Any] = {
    PartStateError: gettext_lazy("This order has moved on meanwhile. Look at it again: nothing was changed."),
    OrderChangedError: gettext_lazy("Its objects are no longer kept for this buyer: take no money for it."),
    CashLimitError: gettext_lazy("The law lets 1,000 € be paid in cash at most: ask for a card or a cheque."),
}


@requires(VIEW)
@never_cache
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    option = SellerPayOption.objects.filter(organisation=access.organisation).first()
    chosen = option.at_collection if option is not None else WhoPaysThere.NOBODY.value
    refunds = refunds_at_counter(access.organisation)
    must_know = refunds and access.can(TAKE)
    context = {
        "rows": to_collect(access.organisation),
        "refunds": refunds,
        "alone": alone_left(request.user, access.organisation, GIVEN_COUNTER) if must_know else None,
        "means_form": MeansForm(initial={"means": "card"}),
        "can_take": access.can(TAKE),
        "chosen": WhoPaysThere(chosen).label,
        "is_closed": chosen == WhoPaysThere.NOBODY,
        "option_form": PayOptionForm(initial={"at_collection": chosen}) if access.can(OPTION) else None,
    }
    return page(request, "shop/counter.html", context)


def _load(request: HttpRequest, public_id: str) -> SellerOrder:
    """An order of the organisation acted for, paid at its counter; 404 for any other."""
    rows = SellerOrder.objects.visible_to(request.user).filter(
        seller=request.access.organisation,  # type: ignore[attr-defined]
        order__payments__provider=COLLECTION,
    )
    found: SellerOrder = get_object_or_404(rows.select_related("order", "seller").distinct(), public_id=public_id)
    return found


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    act_and_say(request, act, said, WORDS)
    return HttpResponseRedirect(reverse("shop:counter"))


@requires(TAKE)
@require_POST
def counter_take(request: HttpRequest, public_id: str) -> HttpResponse:
    """The buyer paid and left with the objects."""
    part, means = _load(request, public_id), request.POST.get("means", "")
    said = _("Paid and handed over. Fees are taken from your next sales, and the invoice follows.")
    return _done(request, lambda: take_at_collection(part=part, means=means, by=request.user), said)


@requires(TAKE)
@require_POST
def counter_free(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody came: the objects are free again."""
    part = _load(request, public_id)
    said = _("The order is over, its objects are on sale again.")
    return _done(request, lambda: give_up(order=part.order, by=request.user, reason=str(_("Nobody came"))), said)


@requires(TAKE)
@require_POST
def counter_refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """Money went back over the counter."""
    rows = Refund.objects.filter(
        payment__provider=COLLECTION,
        payment__order__parts__seller=request.access.organisation,  # type: ignore[attr-defined]
    )
    refund = get_object_or_404(rows.distinct(), public_id=public_id)
    ask_and_tell(request, GIVEN_COUNTER, GivenBack(refund.public_id), done=_("Noted: it went back."))
    return HttpResponseRedirect(reverse("shop:counter"))


@requires(OPTION)
@require_POST
def counter_option(request: HttpRequest) -> HttpResponse:
    form = PayOptionForm(request.POST)
    if form.is_valid():
        seller = request.access.organisation  # type: ignore[attr-defined]
        set_pay_option(organisation=seller, by=request.user, **form.cleaned_data)
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Choose one of the answers."))
    return HttpResponseRedirect(reverse("shop:counter"))
