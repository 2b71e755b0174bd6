"""An order as its buyer reads it: by the signed link of the confirmation."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.ledger.actions.invoice_file import file_of_invoice
from rebond.shop.queries.appointments import appointments_of
from rebond.shop.queries.gift_cards import card_of
from rebond.shop.queries.orders import came_back, find_order, is_refused, order_page, order_path
from rebond.shop.queries.papers import find_paper, paper_path, papers_of, waited_for
from rebond.shop.queries.similar import similar_cards
from rebond.shop.queries.terms import terms_of_order
from rebond.shop.web.rating_forms import ScoreForm
from rebond.shop.web.views.gift_cards import card_page


@public
@require_safe
@never_cache
def order_detail(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    order = find_order(public_id, token)
    if order is None:
        raise Http404
    shown = order_page(order)
    if not shown.parts and (card := card_of(order)) is not None:
        return card_page(request, card)
    parts = [part.part for part in shown.parts]
    lines = [line for part in shown.parts for line in part.lines]
    context = {
        "order": order,
        "shown": shown,
        "came_back": came_back(order),
        "is_refused": is_refused(order),
        "score_form": ScoreForm(),
        "appointments": appointments_of(order, lines),
        "papers": [(paper, paper_path(order, paper)) for paper in papers_of(order, parts)],
        "waited_for": waited_for(order, lines),
        "terms": terms_of_order(order, parts),
        "pay_url": order_path(order, "order-pay"),
        "token": token,
        "operation": uuid.uuid4(),
        "withdraw_url": order_path(order, "order-withdraw"),
        "near": similar_cards(shown.lost[0].item, 5) if shown.lost else [],
        "seo": Seo(title=_("Your order %(code)s") % {"code": order.public_id}, path=request.path, robots="noindex"),
    }
    return page(request, "shop/order_detail.html", context)


@public
@require_safe
@never_cache
def order_paper(request: HttpRequest, public_id: str, token: str, paper_id: str) -> HttpResponse:
    """An invoice or a credit note of the order, as the file that was first handed out."""
    order = find_order(public_id, token)
    paper = find_paper(order, paper_id) if order is not None else None
    if paper is None:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{paper.number}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(file_of_invoice(invoice=paper), content_type="application/pdf", headers=headers)
