"""The lists of a buyer's own account: orders, invoices, returns, conversations."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import signed_in
from rebond.core.paging import key_in
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.shop.queries import buyer_lists as queries


@signed_in
@require_safe
@never_cache
def order_list(request: HttpRequest) -> HttpResponse:
    return _list(request, "shop/order_list.html", _("My orders"), queries.orders_of)


@signed_in
@require_safe
@never_cache
def paper_list(request: HttpRequest) -> HttpResponse:
    return _list(request, "shop/my_papers.html", _("My invoices"), queries.papers_for)


@signed_in
@require_safe
@never_cache
def return_list(request: HttpRequest) -> HttpResponse:
    return _list(request, "shop/my_returns.html", _("My returns"), queries.returns_for)


@signed_in
@require_safe
@never_cache
def conversation_list(request: HttpRequest) -> HttpResponse:
    return _list(request, "shop/my_conversations.html", _("My messages"), queries.conversations_for)


def _list(
    request: HttpRequest, template: str, title: str, rows_of: Callable[[Any, int | None], queries.Shown]
) -> HttpResponse:
    before = request.GET.get("avant", "")
    rows, next_key = rows_of(request.user, key_in(before))
    context = {
        "rows": rows,
        "next_key": next_key,
        "is_first": not before,
        "seo": Seo(title=title, path=request.path, robots="noindex"),
    }
    return page(request, template, context)
