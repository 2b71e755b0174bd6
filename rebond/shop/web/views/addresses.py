"""The addresses that a buyer keeps in the account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import same_origin_post, signed_in
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.shop.actions.address import add_address, change_address, prefer_address, remove_address
from rebond.shop.errors import AddressesFullError, AddressKnownError
from rebond.shop.models import SavedAddress
from rebond.shop.queries.addresses import FIELDS, addresses_of
from rebond.shop.web.address_forms import AddressForm


def _load(request: HttpRequest, public_id: str) -> SavedAddress:
    found: SavedAddress = get_object_or_404(addresses_of(request.user), public_id=public_id)
    return found


@signed_in
@require_safe
@never_cache
def address_list(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": list(addresses_of(request.user)),
        "seo": Seo(title=_("My addresses"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/address_list.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def address_add(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            add_address(user=user, fields=form.cleaned_data, is_default=form.cleaned_data["is_default"])
        except AddressesFullError:
            form.add_error(None, _("Your account keeps 20 addresses, the most it can. Take one away first."))
        else:
            messages.success(request, _("The address is kept."))
            return HttpResponseRedirect(reverse("shop:addresses"))
    return _form_page(request, form, _("A new address"))


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def address_change(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    found = _load(request, public_id)
    known = {name: getattr(found, name) for name in (*FIELDS, "is_default")}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_address(address=found, fields=form.cleaned_data, by=user)
        except AddressKnownError:
            form.add_error(None, _("You have this very address already."))
        else:
            messages.success(request, _("The address is changed. Orders of before keep the one they had."))
            return HttpResponseRedirect(reverse("shop:addresses"))
    return _form_page(request, form, _("Change an address"))


def _form_page(request: HttpRequest, form: AddressForm, title: str) -> HttpResponse:
    context = {"form": form, "seo": Seo(title=title, path=request.path, robots="noindex")}
    return page(request, "shop/address_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
@same_origin_post
def address_prefer(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    prefer_address(address=_load(request, public_id), by=user)
    messages.success(request, _("This address is proposed first from now on."))
    return HttpResponseRedirect(reverse("shop:addresses"))


@signed_in
@require_POST
@same_origin_post
def address_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    user: Any = request.user
    remove_address(address=_load(request, public_id), by=user)
    messages.success(request, _("The address is taken away. Orders of before keep theirs."))
    return HttpResponseRedirect(reverse("shop:addresses"))
