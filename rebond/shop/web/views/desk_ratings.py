"""Opinions at the seller's desk: the list, one opinion, the one public reply."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.shop.actions.rating import reply_to_rating
from rebond.shop.errors import RepliedError
from rebond.shop.models import Rating
from rebond.shop.web.rating_forms import ReplyForm

SIZE = 50
COLUMNS = [
    Column(pgettext_lazy("rating", "Answered on"), "answered_at", "datetime"),
    Column(gettext_lazy("Received on"), "experienced_on", "date"),
    Column(gettext_lazy("Seller"), "seller.name"),
    Column(pgettext_lazy("seller", "Order"), "part.public_id"),
    Column(gettext_lazy("Note out of 10"), "score", "number"),
    Column(gettext_lazy("Comment"), "comment"),
    Column(gettext_lazy("Withdrawn on"), "removed_at", "datetime"),
    Column(gettext_lazy("Reply"), "reply"),
]


def _rows(request: HttpRequest) -> QuerySet[Rating]:
    """Those on the organisation acted for; for the network's people, on every seller."""
    access: Any = request.access  # type: ignore[attr-defined]
    rows = Rating.objects.visible_to(request.user).select_related("seller", "part__order")
    return rows if access.can("shop.return.view_all") else rows.filter(seller=access.organisation)


@requires("shop.rating.view")
@never_cache
@require_safe
def rating_list(request: HttpRequest) -> HttpResponseBase:
    tab = request.GET.get("etat", "tous")
    rows = _rows(request).order_by("-pk")
    if tab == "sans-reponse":
        rows = rows.exclude(comment="").filter(replied_at__isnull=True, removed_at__isnull=True)
    if (download := wanted_export(request, rows, COLUMNS, _("opinions"))) is not None:
        return download
    before = key_in(request.GET.get("avant", ""))
    found, next_key = page_before(rows, before, SIZE)
    context = {
        "ratings": found,
        "tab": tab,
        "tabs": [("tous", _("All opinions")), ("sans-reponse", _("Comments without a reply"))],
        "is_first": before is None,
        "next_key": next_key,
    }
    return page(request, "shop/rating_list.html", context, partial="results")


@requires("shop.rating.view")
@never_cache
@require_safe
def rating_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(_rows(request), public_id=public_id)
    return page(request, "shop/rating_detail.html", _context(request, found, ReplyForm()))


def _context(request: HttpRequest, found: Rating, form: ReplyForm) -> dict[str, Any]:
    access: Any = request.access  # type: ignore[attr-defined]
    is_own = found.seller_id == access.organisation.pk
    return {
        "rating": found,
        "lines": found.part.lines.filter(state="sold").order_by("pk"),
        "form": form,
        "can_reply": is_own and found.replied_at is None and access.can("shop.rating.reply"),
    }


@requires("shop.rating.reply")
@never_cache
@require_http_methods(["POST"])
def rating_reply(request: HttpRequest, public_id: str) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    found = get_object_or_404(_rows(request).filter(seller=access.organisation), public_id=public_id)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return page(request, "shop/rating_detail.html", _context(request, found, form), status=422)
    try:
        reply_to_rating(rating=found, text=form.cleaned_data["reply"], by=request.user)
    except RepliedError:
        messages.error(request, _("Somebody replied already: once, publicly."))
    else:
        messages.success(request, _("Published. The buyer is told by mail."))
    return HttpResponseRedirect(request.path.removesuffix("reponse/"))
