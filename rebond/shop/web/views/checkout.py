"""Order in one page, with or without an account; then the provider's own page."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rebond.catalogue.enums import DeliveryMode
from rebond.core.access import public, same_origin_post
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import operation_of, page
from rebond.shop.actions.address import add_address
from rebond.shop.actions.order import Agreed, Way, forget_unpaid, place_order
from rebond.shop.actions.payment import pay_by_card
from rebond.shop.actions.trial import CARDS, charge_card
from rebond.shop.enums import OrderState, TrialCard
from rebond.shop.errors import (
    AddressesFullError,
    BasketEmptyError,
    GiftCardRefusedError,
    GiftInvalidError,
    OrderChangedError,
    OrderOtherError,
    SlotFullError,
    TermsChangedError,
    VoucherFloorError,
    VoucherRefusedError,
)
from rebond.shop.models import Order, Payment, SavedAddress
from rebond.shop.money_enums import BY_GIFT_CARD, BY_HAND
from rebond.shop.queries.addresses import addresses_of
from rebond.shop.queries.basket import BasketPage, basket_page, kept_for
from rebond.shop.queries.by_hand import ways_for
from rebond.shop.queries.checkout import ParcelWays, parcel_ways
from rebond.shop.queries.keeper import keeper_of
from rebond.shop.queries.ordering import payment_words, takes_orders
from rebond.shop.queries.orders import find_order, last_payment, order_page, order_path, ordered_by
from rebond.shop.queries.projects import proposed_projects
from rebond.shop.queries.terms import current_terms, seal_of
from rebond.shop.web.forms import CheckoutForm, TrialForm
from rebond.shop.web.gift_forms import CardForm, Codes
from rebond.shop.web.slot_forms import chosen_offer, say_taken
from rebond.shop.web.solidarity_forms import GiftForm
from rebond.shop.web.views.pay_by_hand import by_hand_page
from rebond.shop.web.views.pay_hosted import hosted_page
from rebond.shop.web.voucher_forms import CodeForm

OTHER = "other"  # the code of the error of a form that ordered something else before
CONTACT = ("name", "phone", "address", "postal_code", "city")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("basket")
def checkout(request: HttpRequest) -> HttpResponse:
    if not takes_orders():
        raise Http404
    shown = basket_page(keeper_of(request))
    if not shown.parcels:
        return HttpResponseRedirect(_where_it_went(request))
    addresses = list(addresses_of(request.user))
    typed, known = _typed(request, addresses), _known(request, addresses)
    parcels = parcel_ways(shown.parcels, postal_code=postal_code(typed, known))
    form = CheckoutForm(
        typed if request.method == "POST" else None,
        parcels=parcels,
        is_known=request.user.is_authenticated,
        initial=known | _first_ways(parcels),
    )
    codes = Codes(CodeForm(request, shown), CardForm(request))
    if "points" in request.POST:
        form.full_clean()
        form.errors.clear()  # only the list of points, or the code, was asked for: the rest is still being typed
    elif request.method == "POST" and form.is_valid() and codes.is_valid():
        try:
            return _place(request, form, parcels, codes)
        except (TermsChangedError, GiftInvalidError, OrderOtherError) as refused:
            _say_refused(form, refused)
        except SlotFullError as full:
            parcels = parcel_ways(shown.parcels, postal_code=postal_code(typed, known))
            say_taken(form, parcels, full.number)
        except (VoucherRefusedError, VoucherFloorError, GiftCardRefusedError) as refused:
            codes.refuse(refused)
        except (BasketEmptyError, OrderChangedError):
            shown = basket_page(keeper_of(request))
            form.parcels = parcels = parcel_ways(shown.parcels, postal_code=postal_code(typed, known))
            form.add_error(None, _why_not(request, shown, codes))
            codes = codes.again(shown)
    context = _context(request, shown, form, codes) | _chosen(typed, addresses)
    return page(request, "shop/checkout.html", context, status=422 if form.errors or codes.errors else 200)


def _where_it_went(request: HttpRequest) -> str:
    """Nothing is in the basket: the order that this very form placed and a gift card paid (a button pressed twice)."""
    order = ordered_by(keeper_of(request), operation_of(request)) if request.method == "POST" else None
    return order_path(order) if order is not None else reverse("shop:basket")


def _say_refused(form: CheckoutForm, refused: Exception) -> None:
    """Beside what has to be chosen or read again."""
    if isinstance(refused, TermsChangedError):
        text = _("A seller has just published new terms of sale. Nothing was ordered: read them, then order again.")
        form.add_error("has_read", text)
    elif isinstance(refused, GiftInvalidError):
        form.add_error(None, _("Choose the project that receives your gift."))
    else:
        text = _(
            "This form placed the order %(code)s already, with other choices: it stays as it was. "
            "To order what you see now instead, check it and order again; of the two, pay only this one."
        )
        form.add_error(None, ValidationError(text % {"code": refused}, code=OTHER))


def _operation(request: HttpRequest, form: CheckoutForm) -> Any:
    """That of the form that comes back, or a new one where it is another order from now on."""
    is_other = form.is_bound and form.has_error(NON_FIELD_ERRORS, OTHER)
    return uuid.uuid4() if is_other else request.POST.get("operation") or uuid.uuid4()


def _why_not(request: HttpRequest, shown: BasketPage, codes: Codes) -> str:
    """What changed since the page was shown: an object, a price, or the delivery or code only (without JavaScript).

    Only what the form ordered (`kept`, its codes) is looked at: what was lost before is no reason.
    """
    if {lost.item.code for lost in shown.lost} & set(request.POST.get("kept", "").split()):
        return _("Not all of it is kept for you any more: the page says what. Nothing was ordered.")
    if codes.is_new and request.POST.get("objects") == str(shown.cents):
        return _("Your code is counted now. Check the total, then order: nothing is paid yet.")
    if request.POST.get("objects") == str(shown.cents):
        return _(
            "With the delivery you chose the total is another one. Check it below, then order: nothing is paid yet."
        )
    return _("Your basket or its total changed. Nothing was ordered: check the total, then order again.")


def postal_code(typed: QueryDict, known: dict[str, str]) -> str:
    """Where the parcels go, once it is typed: some carriers do not go everywhere."""
    code = typed.get("postal_code", known.get("postal_code", "")).strip()
    return code if re.fullmatch(r"\d{5}", code) else ""


def _typed(request: HttpRequest, addresses: list[SavedAddress]) -> QueryDict:
    """What was sent, with the words of the saved address that was chosen."""
    typed = request.POST.copy()
    saved = next((row for row in addresses if row.public_id == typed.get("saved")), None)
    if saved is not None:
        for name in CONTACT:
            typed[name] = getattr(saved, name)
    return typed


def _chosen(typed: QueryDict, addresses: list[SavedAddress]) -> dict[str, Any]:
    """The saved addresses and the one that is ticked: at first, the one proposed first."""
    first = addresses[0].public_id if addresses else ""
    return {"addresses": addresses, "saved": typed.get("saved", first)}


def _known(request: HttpRequest, addresses: list[SavedAddress]) -> dict[str, str]:
    """What a signed-in buyer need not type again: name, mail, and the address kept, or the one of their last order."""
    if not request.user.is_authenticated:
        return {}
    orders = Order.objects.filter(user=request.user).exclude(address="").order_by("-pk")
    last = addresses[0] if addresses else orders.first()
    address = {name: getattr(last, name) for name in CONTACT} if last is not None else {}
    if request.user.name and not addresses:
        address["name"] = request.user.name
    return address | {"email": request.user.email or ""}


def _first_ways(parcels: list[ParcelWays]) -> dict[str, str]:
    return {parcel.field: parcel.ways[0].mode for parcel in parcels if parcel.ways}


def _context(request: HttpRequest, shown: BasketPage, form: CheckoutForm, codes: Codes) -> dict[str, Any]:
    rows: list[tuple[ParcelWays, str, str, Any, Any]] = []
    shipping = 0
    for parcel in form.parcels:
        chosen = str(form[parcel.field].value() or "") if parcel.field in form.fields else ""
        shipping += next((way.cents for way in parcel.ways if way.mode == chosen), 0)
        point = str(form[parcel.point_field].value() or "")
        rows.append((parcel, chosen, point, form[parcel.gift_field], form.errors.get(parcel.field, [])))
    objects = shown.cents - codes.code.cents
    giving = GiftForm(request.POST or None, projects=proposed_projects(), base_cents=objects + shipping)
    sellers = {seller.pk: seller.name for parcel in shown.parcels for seller in parcel.sellers}
    terms = current_terms(sellers)
    total = giving.base_cents + giving.cents
    by_card = codes.card.cents(total, giving.cents)
    return {
        "terms": [row for _key, row in sorted(terms.items())],
        "terms_seal": seal_of(terms),
        "without_terms": [name for pk, name in sellers.items() if pk not in terms],
        "shown": shown,
        "code": codes.code,
        "card": codes.card,
        "by_card": by_card,
        "left": total - by_card,
        "objects_cents": objects,
        "payment_words": payment_words(),
        "form": form,
        "parcels": rows,
        "is_stuck": any(not parcel.ways for parcel in form.parcels),
        "shipping": shipping,
        "giving": giving,
        "total": total,
        "operation": _operation(request, form),
        "seo": Seo(title=_("Your order"), path=request.path, robots="noindex"),
    }


def _place(request: HttpRequest, form: CheckoutForm, parcels: list[ParcelWays], codes: Codes) -> HttpResponse:
    data = form.cleaned_data
    ways: dict[int, Way] = {}
    total = 0
    for parcel in parcels:
        way = next(way for way in parcel.ways if way.mode == data[parcel.field])
        total += way.cents + parcel.parcel.cents
        extra = way.cents - parcel.standard_cents(way.mode)
        point = _point(parcel, data[parcel.point_field]) if way.mode == DeliveryMode.RELAY else {}
        gift = " ".join(data[parcel.gift_field].split())
        for line in parcel.parcel.lines:
            ways[line.item.pk] = Way(
                parcel.parcel.number, way.mode, way.cents, way.carrier, point, gift, extra,
                slot=chosen_offer(way, data), by=parcel.parcel.carrier,
            )  # fmt: skip
    total -= codes.code.cents
    giving = GiftForm(request.POST, projects=proposed_projects(), base_cents=total)
    if not giving.is_valid():
        raise GiftInvalidError
    total += giving.cents
    card, by_card = codes.card.card, codes.card.cents(total, giving.cents)
    is_shown = card is None or request.POST.get("left") == str(total - by_card)
    if request.POST.get("total") != str(total) or not is_shown:  # the price beside the button (L221-14)
        raise OrderChangedError
    contact, terms = {name: data[name] for name in CONTACT}, request.POST.get("terms", "")
    agreed = Agreed(ways, total, contact, terms, giving.made(), codes.code.voucher, card, by_card)
    there = _order(request, agreed, data["email"])
    if data.get("keeps") and not request.POST.get("saved"):
        _keep_address(request, data)
    return HttpResponseRedirect(there)


def _order(request: HttpRequest, agreed: Agreed, email: str) -> str:
    """Place it; return where it is paid, or the order itself where a gift card paid all of it."""
    keeper, operation = keeper_of(request), operation_of(request)
    if agreed.voucher is not None or agreed.card is not None:
        forget_unpaid(keeper=keeper, voucher=agreed.voucher, card=agreed.card, operation=operation)
    provider = settings.PAYMENT_PROVIDER
    payment = place_order(keeper=keeper, email=email, operation=operation, provider=provider, agreed=agreed)
    if payment.provider == BY_GIFT_CARD:
        pay_by_card(payment=payment)
        return order_path(payment.order)
    return order_path(payment.order, "order-pay")


def _keep_address(request: HttpRequest, data: dict[str, Any]) -> None:
    user: Any = request.user
    try:
        add_address(user=user, fields=data)
    except AddressesFullError:
        messages.info(request, _("Your account keeps 20 addresses, the most it can: this one is not added."))


def _point(parcel: ParcelWays, code: str) -> dict[str, str]:
    """What the order keeps of the point: it may close tomorrow."""
    found = next(near.point for near in parcel.points if near.point.code == code)
    return {name: getattr(found, name) for name in ("code", "name", "address", "postal_code", "city", "hours")}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("basket")
def pay(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The provider's page, or the way there. The embedded one's: a choice of what the bank does; no card is typed."""
    order = find_order(public_id, token)
    payment = last_payment(order) if order is not None else None
    if order is None or payment is None or payment.provider not in {settings.PAYMENT_PROVIDER, *BY_HAND, BY_GIFT_CARD}:
        raise Http404
    if order.state == OrderState.PAID:
        return HttpResponseRedirect(order_path(order))
    if payment.provider != "test":
        other = {BY_GIFT_CARD: _by_card_page} | dict.fromkeys(BY_HAND, by_hand_page)
        return other.get(payment.provider, hosted_page)(request, order, payment)
    form = TrialForm(request.POST or None)
    card = form.card if form.is_valid() else ""
    is_asked = card == TrialCard.STRONG and not request.POST.get("confirmed")
    if request.method == "POST" and card in TrialCard.values and not is_asked:
        charge_card(payment=payment, card=TrialCard(card))
        if card != TrialCard.REFUSED:
            return HttpResponseRedirect(order_path(order))
        messages.error(request, _("The bank refused the card. Nothing was paid: try another one."))
        return HttpResponseRedirect(request.path)
    context = {
        "order": order,
        "payment": payment,
        "shown": order_page(order),
        "first": kept_for(order),
        "form": form,
        "cards": [(card, " ".join(re.findall("....", number))) for number, card in CARDS.items()],
        "is_asked": is_asked,
        "ways": ways_for(order, request.user, request.access.organisation),  # type: ignore[attr-defined]
        "pay_by_url": order_path(order, "order-pay-by"),
        "seo": Seo(title=_("Payment"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/pay.html", context, status=422 if form.errors else 200)


def _by_card_page(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    """A gift card pays it whole, and the process stopped between the order and its payment: one button more."""
    if request.method == "POST":
        pay_by_card(payment=payment)
        return HttpResponseRedirect(order_path(order))
    context = {
        "order": order,
        "shown": order_page(order),
        "seo": Seo(title=_("Payment"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/pay_card.html", context)
