"""Parcels that came back and that nobody expected, at the desk: look for the order, or say what becomes of it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.shop.actions.stray import end_stray, tie_stray
from rebond.shop.errors import StrayStateError
from rebond.shop.models import SellerOrder, StrayParcel, StrayPhoto
from rebond.shop.queries.again import leaving_again
from rebond.shop.queries.strays import lines_inside, open_strays, orders_like, strays_of
from rebond.shop.stray_enums import StrayState
from rebond.shop.web.serving import send_file
from rebond.shop.web.stray_forms import AgainForm, EndForm, TieForm

VIEW, CHANGE = "shop.return.view", "shop.return.change"
PAGE = 50
COLUMNS = [
    Column(pgettext_lazy("stray parcel", "Parcel"), "public_id"),
    Column(gettext_lazy("Number that was read"), "number"),
    Column(pgettext_lazy("stray parcel", "State"), "get_state_display"),
    Column(gettext_lazy("Noted on"), "noted_on", "date"),
    Column(gettext_lazy("Where it is"), "put_at"),
    Column(pgettext_lazy("return", "Note"), "note"),
    Column(gettext_lazy("Cleared up on"), "closed_on", "date"),
    Column(gettext_lazy("Reason"), "reason"),
]


def load_stray(request: HttpRequest, public_id: str) -> StrayParcel:
    rows = StrayParcel.objects.visible_to(request.user).filter(seller=request.access.organisation)  # type: ignore[attr-defined]
    return get_object_or_404(
        rows.select_related(
            "seller", "site", "part__order", "part__seller", "back", "shipment__account", "again__account"
        ),
        public_id=public_id,
    )


@requires(VIEW)
@never_cache
@require_safe
def stray_list(request: HttpRequest) -> HttpResponseBase:
    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    tab = request.GET.get("etat", "ouverts")
    rows = strays_of(organisation, tab)
    if (download := wanted_export(request, rows, COLUMNS, _("unknown-parcels"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PAGE)
    names = [
        ("ouverts", _("To clear up")),
        ("repartis", pgettext("stray parcels", "Left again")),
        ("rattaches", _("Order found")),
        ("clos", pgettext("stray parcels", "Sent back or sorted")),
    ]
    context = {
        "rows": found,
        "tab": tab if tab in dict(names) else "ouverts",
        "tabs": names,
        "waiting": open_strays(organisation),
        "is_first": not before,
        "next_key": next_key,
    }
    return page(request, "shop/stray_list.html", context, partial="results")


@requires(VIEW)
@never_cache
@require_safe
def stray_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its pictures, the orders that look like it (`q`), and the one that was chosen among them (`commande`)."""
    return stray_page(request, load_stray(request, public_id))


def stray_page(
    request: HttpRequest,
    stray: StrayParcel,
    *,
    tie: TieForm | None = None,
    end: EndForm | None = None,
    again: AgainForm | None = None,
) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    may_change = access.can(CHANGE) and stray.state == StrayState.OPEN
    words = request.GET.get("q", "").strip()[:80]
    part = tie.part if tie else _chosen(stray, request.GET.get("commande", "")) if may_change else None
    if tie is None and part is not None:
        tie = TieForm(part=part, initial={"lines": lines_inside(stray, part)})
    is_ours = stray.part_id is not None and (part is None or part.pk == stray.part_id)  # None: of a seller it keeps
    leaving = leaving_again(stray) if may_change and is_ours else None
    if again is None and leaving is not None and leaving.carried is not None and not leaving.why_not:
        again = AgainForm(stray=stray, part=stray.part, leaving=leaving)  # type: ignore[arg-type]
    context = {
        "leaving": leaving,
        "again_form": again,
        "stray": stray,
        "photos": stray.photos.select_related("stored").order_by("pk"),
        "words": words,
        "found": orders_like(stray.seller, words) if may_change else [],
        "chosen": part,
        "tie_form": tie,
        "end_form": end or EndForm(),
        "may_change": may_change,
    }
    is_refused = end is not None or any(form is not None and form.is_bound for form in (tie, again))
    return page(request, "shop/stray_detail.html", context, status=422 if is_refused else 200)


def _chosen(stray: StrayParcel, public_id: str) -> SellerOrder | None:
    """The order that somebody chose, or that was known from the first day."""
    rows = SellerOrder.objects.filter(seller=stray.seller).select_related("order")
    if public_id:
        return rows.filter(public_id=public_id).first()
    return rows.filter(pk=stray.part_id).first() if stray.part_id else None


@requires(VIEW)
@never_cache
@require_safe
def photo(request: HttpRequest, public_id: str, file_id: str) -> FileResponse:
    stray = load_stray(request, public_id)
    rows = StrayPhoto.objects.filter(stray=stray).select_related("stored")
    stored = get_object_or_404(rows, public_id=file_id).stored
    return send_file(stored, by=request.user, organisation=stray.seller)


@requires(CHANGE)
@require_POST
def stray_tie(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its order is found: the return goes on."""
    stray = load_stray(request, public_id)
    part = get_object_or_404(SellerOrder.objects.filter(seller=stray.seller), public_id=request.POST.get("part", ""))
    form = TieForm(request.POST, part=part)
    if not form.is_valid():
        return stray_page(request, stray, tie=form)
    try:
        back = tie_stray(stray=stray, tie=form.tie(), by=request.user)
    except StrayStateError:
        messages.error(request, _("Not possible: the parcel was cleared up already, or this order never left."))
        return redirect("shop:stray-detail", public_id)
    if back is None:
        messages.success(request, _("It came to be repaired: its buyer knows that it is here."))
        return redirect("shop:conversation-detail", part.conversation.public_id)
    messages.success(request, _("Its order is found. Check what is inside, then refund."))
    return redirect("shop:return-detail", back.public_id)


@requires(CHANGE)
@require_POST
def stray_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """No order: sent back, given to sorting, or noted by mistake."""
    stray = load_stray(request, public_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return stray_page(request, stray, end=form)
    try:
        end_stray(stray=stray, by=request.user, **form.cleaned_data)
    except StrayStateError:
        messages.error(request, _("Somebody else cleared this parcel up meanwhile."))
    else:
        messages.success(request, _("Noted. It is out of the list."))
    return redirect("shop:stray-list")
