"""Vouchers at the desk: a seller's own, or the network's; made, paused, ended, and the orders that used them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.once import made_once
from rebond.core.paging import key_in, page_before
from rebond.core.web import act_of, page
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.shop.actions.asked_vouchers import VOUCHER, plain
from rebond.shop.actions.voucher_desk import Terms, create_voucher, move_voucher
from rebond.shop.errors import VoucherInvalidError, VoucherStateError
from rebond.shop.models import Voucher
from rebond.shop.money_enums import VOUCHER_TRANSITIONS
from rebond.shop.queries.vouchers import display_voucher, is_over, says, uses_page, vouchers_of
from rebond.shop.web.acting import act_and_say
from rebond.shop.web.voucher_forms import VoucherForm

VIEW, CHANGE, NETWORK = "shop.voucher.view", "shop.voucher.change", "shop.voucher.network"
PER_PAGE = 50
SAID = {
    "pause": gettext_lazy("The voucher is paused: its code gives nothing until you resume it."),
    "resume": gettext_lazy("The voucher is usable again."),
    "end": gettext_lazy("The voucher is ended. Orders that have it keep it."),
}
MOVED = gettext_lazy("This voucher has moved on meanwhile. Look at it again.")
COLUMNS = [
    Column(gettext_lazy("Name"), "name"),
    Column(gettext_lazy("Code"), "code"),
    Column(gettext_lazy("First day"), "starts_on", "date"),
    Column(gettext_lazy("Last day"), "ends_on", "date"),
    Column(gettext_lazy("Uses"), "used"),
    Column(gettext_lazy("Uses in all"), "uses_max"),
    Column(gettext_lazy("Given to buyers"), "used_cents", "cents"),
]


def _owner(request: HttpRequest) -> Any:
    """Whose vouchers this person keeps here: the network's (None), or those of the organisation acted for."""
    access: Any = request.access  # type: ignore[attr-defined]
    return None if access.can(NETWORK) else access.organisation


@requires(VIEW)
@never_cache
@require_safe
def voucher_list(request: HttpRequest) -> HttpResponseBase:
    if (download := wanted_export(request, vouchers_of(_owner(request)), COLUMNS, _("vouchers"))) is not None:
        return download
    return _list(request, VoucherForm(is_network=_owner(request) is None))


def _list(request: HttpRequest, form: VoucherForm) -> HttpResponse:
    before, owner = request.GET.get("avant", ""), _owner(request)
    found, next_key = page_before(vouchers_of(owner), key_in(before), PER_PAGE)
    context = {
        "vouchers": [(row, display_voucher(row.code), says(row), is_over(row)) for row in found],
        "next_key": next_key,
        "is_first": not before,
        "is_network": owner is None,
        "form": form if request.access.can(CHANGE) else None,  # type: ignore[attr-defined]
    }
    return page(request, "shop/voucher_list.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
def voucher_create(request: HttpRequest) -> HttpResponse:
    owner: Any = _owner(request)
    form = VoucherForm(request.POST, is_network=owner is None)
    if form.is_valid():
        try:
            return HttpResponseRedirect(_make(request, form.terms(), owner))
        except (VoucherInvalidError, LedgerError) as refused:
            form.add_error(None, str(refused) or _("This voucher makes no sense: look at its amounts and its days."))
    return _list(request, form)


def _make(request: HttpRequest, terms: Terms, owner: Any) -> str:
    """Where to go next: a seller's is there at once, the network's may wait for another person."""
    if owner is not None:
        made = made_once(Voucher, act_of(request), lambda: create_voucher(seller=owner, terms=terms, by=request.user))
        messages.success(request, _("The voucher is made. Here is its code, for those whom you choose."))
        return reverse("shop:voucher-detail", args=[made.public_id])
    organisation = request.access.organisation  # type: ignore[attr-defined]
    done = _("The voucher is made. Here is its code, for those whom you choose.")
    asked = ask_and_say(request, VOUCHER, plain(terms), organisation=organisation, done=done)
    made_now: Any = asked.made
    if made_now is None:
        return reverse("shop:voucher-list")
    return reverse("shop:voucher-detail", args=[made_now.public_id])


def _load(request: HttpRequest, public_id: str) -> Voucher:
    """One of those that this person sees, acting for this organisation."""
    owner = _owner(request)
    rows = Voucher.objects.visible_to(request.user).select_related("seller", "category")
    found: Voucher = get_object_or_404(rows if owner is None else rows.filter(seller=owner), public_id=public_id)
    return found


@requires(VIEW)
@never_cache
@require_safe
def voucher_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    voucher, before = _load(request, public_id), request.GET.get("avant", "")
    found, next_key = page_before(uses_page(voucher), key_in(before), PER_PAGE)
    may = request.access.can(CHANGE) and voucher.seller == _owner(request)  # type: ignore[attr-defined]
    context = {
        "voucher": voucher,
        "code": display_voucher(voucher.code),
        "says": says(voucher),
        "is_over": is_over(voucher, timezone.localdate()),
        "uses": found,
        "next_key": next_key,
        "is_first": not before,
        "verbs": [verb for verb, (states, _to) in VOUCHER_TRANSITIONS.items() if may and voucher.state in states],
    }
    return page(request, "shop/voucher_detail.html", context)


@requires(CHANGE)
@require_POST
def voucher_move(request: HttpRequest, public_id: str) -> HttpResponse:
    voucher, verb = _load(request, public_id), request.POST.get("verb", "")
    if voucher.seller != _owner(request):
        raise Http404
    if verb not in VOUCHER_TRANSITIONS:
        messages.error(request, str(MOVED))
        return HttpResponseRedirect(reverse("shop:voucher-detail", args=[voucher.public_id]))
    act_and_say(
        request,
        lambda: move_voucher(voucher=voucher, verb=verb, by=request.user),
        str(SAID[verb]),
        {VoucherStateError: MOVED},
    )
    return HttpResponseRedirect(reverse("shop:voucher-detail", args=[voucher.public_id]))
