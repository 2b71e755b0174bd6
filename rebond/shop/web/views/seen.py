"""What was shown of an object when it was ordered: for its buyer, and for its seller's desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public, requires
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.shop.models import OrderLine
from rebond.shop.queries.desk_parts import SHOWN_STATES
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.queries.seen import read_seen


@public
@require_safe
@never_cache
def order_seen(request: HttpRequest, public_id: str, token: str, code: str) -> HttpResponse:
    """By the signed link of the order, as the order itself."""
    order = find_order(public_id, token)
    if order is None:
        raise Http404
    line = _line(code, part__order=order)
    context = {
        "line": line,
        "seen": read_seen(line),
        "order": order,
        "order_url": order_path(order),
        "seo": Seo(title=_("As it was shown"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/seen.html", context)


@requires("shop.part.view")
@require_safe
@never_cache
def part_seen(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Of an order of the organisation acted for; 404 for any other."""
    seller = request.access.organisation  # type: ignore[attr-defined]
    line = _line(code, part__public_id=public_id, part__seller=seller, part__state__in=SHOWN_STATES)
    return page(request, "shop/seen_desk.html", {"line": line, "seen": read_seen(line), "part": line.part})


def _line(code: str, **where: Any) -> OrderLine:
    rows = OrderLine.objects.select_related("part", "item")
    found: OrderLine = get_object_or_404(rows, item__code=code.upper(), **where)
    return found
