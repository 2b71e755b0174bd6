"""Withdraw online (rules.md F2): two labelled steps, no account needed, then the acknowledgement to keep."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.templatetags.rebond import day
from rebond.core.throttle import throttled
from rebond.core.web import operation_of, page
from rebond.shop.actions.order_link import send_order_link
from rebond.shop.actions.returning import tell_sent
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal, explain_withdrawal
from rebond.shop.enums import ReturnState
from rebond.shop.errors import NothingToWithdrawError, ReturnStateForbidsError, WithdrawalOverError
from rebond.shop.models import Order, Withdrawal
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.gift_cards import card_of
from rebond.shop.queries.ordering import takes_orders
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.queries.withdrawal import (
    chosen_of,
    contracts_of,
    find_withdrawal,
    open_orders,
    place_of,
    withdrawal_path,
)
from rebond.shop.queries.withdrawal_paper import withdrawal_paper
from rebond.shop.web.withdrawal_forms import OrderLinkForm, ReasonForm, SentForm, WithdrawForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("order-link")
def start(request: HttpRequest) -> HttpResponse:
    """The function's place in the footer: one's orders, or the link of one sent again. It never says what exists."""
    form = OrderLinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        send_order_link(**form.cleaned_data)
        messages.success(
            request,
            _("If an order has this number and this address, its link is on its way to you by mail."),
        )
        return HttpResponseRedirect(request.path)
    user: Any = request.user
    orders = open_orders(user) if user.is_authenticated else []
    context = {
        "form": form,
        "orders": [(order, order_path(order, "order-withdraw")) for order in orders],
        "may_order": takes_orders(),
        "seo": Seo(title=_("Withdraw from a purchase"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/withdraw_start.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("withdraw")
def withdraw(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Choose, then confirm: nothing is declared before the second button."""
    order = find_order(public_id, token)
    if order is None:
        raise Http404
    contracts = contracts_of(order)
    if not contracts and card_of(order) is not None:
        return HttpResponseRedirect(order_path(order))  # its own page has the two steps
    form = WithdrawForm(
        request.POST if request.method == "POST" else None,
        contracts=contracts,
        initial={"name": order.name, "email": order.email},
    )
    is_confirmed = request.POST.get("step") == "confirm"
    if request.method == "POST" and form.is_valid():
        if is_confirmed:
            return _declare(request, order, form)
        return _confirm_page(request, order, token, form)
    context = {
        "order": order,
        "order_url": order_path(order),
        "contracts": contracts,
        "chosen": {int(value) for value in request.POST.getlist("lines") if value.isdecimal() and len(value) < 12},
        "may": any(contract.may for contract in contracts),
        "form": form,
        "done": [(w, withdrawal_path(w)) for w in Withdrawal.objects.filter(part__order=order).order_by("pk")],
        "seo": Seo(title=_("Withdraw from a purchase"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/withdraw.html", context, status=422 if form.errors else 200)


def _confirm_page(request: HttpRequest, order: Order, token: str, form: WithdrawForm) -> HttpResponse:
    chosen = chosen_of(form.contracts, form.cleaned_data["lines"])
    context = {
        "order": order,
        "token": token,
        "form": form,
        "chosen": chosen,
        "total_cents": sum(row.cents for row in chosen),
        "operation": uuid.uuid4(),
        "seo": Seo(title=_("Read once more"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/withdraw_confirm.html", context)


def _declare(request: HttpRequest, order: Order, form: WithdrawForm) -> HttpResponse:
    data = form.cleaned_data
    said = Declaration(
        lines=frozenset(data["lines"]), name=data["name"], email=data["email"], operation=operation_of(request)
    )
    by = visitor(request)
    try:
        made = declare_withdrawal(order=order, said=said, by=by)
    except WithdrawalOverError as error:
        messages.error(request, _("The delay of this purchase ended on %(day)s.") % {"day": day(error.last_day)})
    except NothingToWithdrawError:
        messages.error(request, _("Nothing of this can be withdrawn from. The page shows your order as it is now."))
    else:
        target = withdrawal_path(made[0]) if len(made) == 1 else order_path(order, "order-withdraw")
        if len(made) > 1:
            messages.success(request, _("Your withdrawals are declared. Each has its acknowledgement below."))
        return HttpResponseRedirect(target)
    return HttpResponseRedirect(request.path)


@public
@require_safe
@never_cache
def acknowledgement(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    withdrawal = _load(public_id, token)
    return page(request, "shop/withdrawal.html", _context(request, withdrawal))


def _context(request: HttpRequest, withdrawal: Withdrawal) -> dict[str, Any]:
    back = withdrawal.back
    return {
        "withdrawal": withdrawal,
        "said": withdrawal.said,
        "back": back,
        "seller": withdrawal.part.seller,
        "site": place_of(withdrawal.part.seller),
        "order_url": order_path(withdrawal.part.order),
        "paper_url": withdrawal_path(withdrawal, "withdrawal-paper"),
        "label_url": return_path(back, "return-label"),
        "sent_url": withdrawal_path(withdrawal, "withdrawal-sent"),
        "reason_url": withdrawal_path(withdrawal, "withdrawal-reason"),
        "may_tell": back.state == ReturnState.AWAITED,
        "sent_form": SentForm(),
        "reason_form": ReasonForm(initial={"reason": withdrawal.reason, "comment": withdrawal.comment}),
        "seo": Seo(title=_("Your withdrawal is declared"), path=request.path, robots="noindex"),
    }


@public
@require_safe
@never_cache
def paper(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The acknowledgement as a PDF, the same whenever it is made."""
    withdrawal = _load(public_id, token)
    headers = {"Content-Disposition": f'inline; filename="retractation-{withdrawal.public_id}.pdf"'}
    return HttpResponse(withdrawal_paper(withdrawal), content_type="application/pdf", headers=headers)


@public
@require_POST
@same_origin_post
@throttled("withdraw")
def sent(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    withdrawal = _load(public_id, token)
    form = SentForm(request.POST)
    if not form.is_valid():
        context = _context(request, withdrawal) | {"sent_form": form}
        return page(request, "shop/withdrawal.html", context, status=422)
    by = visitor(request)
    try:
        tell_sent(back=withdrawal.back, by=by, **form.cleaned_data)
    except ReturnStateForbidsError:
        messages.error(request, _("This was told already, or the objects are back. The page shows where they are."))
    else:
        messages.success(request, _("Thank you. The seller knows that it is on its way."))
    return HttpResponseRedirect(withdrawal_path(withdrawal))


@public
@require_POST
@same_origin_post
@throttled("withdraw")
def reason(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    withdrawal = _load(public_id, token)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = _context(request, withdrawal) | {"reason_form": form}
        return page(request, "shop/withdrawal.html", context, status=422)
    by = visitor(request)
    explain_withdrawal(withdrawal=withdrawal, by=by, **form.cleaned_data)
    messages.success(request, _("Thank you, this helps the team."))
    return HttpResponseRedirect(withdrawal_path(withdrawal))


def _load(public_id: str, token: str) -> Withdrawal:
    withdrawal = find_withdrawal(public_id, token)
    if withdrawal is None:
        raise Http404
    return withdrawal
