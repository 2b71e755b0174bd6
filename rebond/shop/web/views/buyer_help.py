"""The buyer's side of after-sales, by the order's signed link: write, read, call the conciliator."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import operation_of, page
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.conversation import Written, call_conciliator, write_to_seller
from rebond.shop.enums import ConversationReason, ConversationState, OrderLineState, Outcome
from rebond.shop.errors import AttachmentRefusedError, ConversationStateError, TooSoonError
from rebond.shop.models import Attachment, Conversation, Message, ReturnLine, SellerOrder, Settlement
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.conversations import asks_reason, help_path, messages_before, rights_of
from rebond.shop.queries.mediation import mediation_paper
from rebond.shop.queries.orders import find_order, order_path, token_of
from rebond.shop.queries.withdrawal import address_of, place_of
from rebond.shop.web.aftersales_forms import BuyerForm
from rebond.shop.web.serving import send_file


def _part(public_id: str, token: str, part_id: str) -> SellerOrder:
    order = find_order(public_id, token)
    if order is None or order.paid_at is None:
        raise Http404
    rows = SellerOrder.objects.filter(order=order).select_related("seller", "order")
    return get_object_or_404(rows, public_id=part_id)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("message")
def conversation(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    found = Conversation.objects.filter(part=part).first()
    lines = part.lines.filter(state=OrderLineState.SOLD).order_by("pk")
    form = BuyerForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        lines=lines,
        asks_reason=asks_reason(found, part),
    )
    if request.method == "POST" and form.is_valid() and _send(request, part, form):
        messages.success(request, _("Sent. The answer comes by mail, and stays on this page."))
        return HttpResponseRedirect(request.path)
    return page(request, "shop/help.html", _context(request, part, found, form), status=422 if form.errors else 200)


def _send(request: HttpRequest, part: SellerOrder, form: BuyerForm) -> bool:
    data = form.cleaned_data
    by = visitor(request)
    try:
        write_to_seller(
            part=part,
            reason=data.get("reason") or ConversationReason.OTHER,
            line=data.get("line"),
            written=Written(data["text"], operation_of(request), ready_attachment(upload=data.get("upload"))),
            name=part.order.name or _("Buyer"),
            by=by,
        )
    except AttachmentRefusedError as refusal:
        form.add_error("upload", str(refusal))
        return False
    return True


def _context(request: HttpRequest, part: SellerOrder, found: Conversation | None, form: BuyerForm) -> dict[str, Any]:
    rows = found.messages.filter(is_internal=False) if found else Message.objects.none()
    shown, older = messages_before(rows, request.GET.get("avant", ""))
    return {
        "part": part,
        "token": token_of(part.order),
        "conversation": found,
        "rows": shown,
        "older": older,
        "is_newest": "avant" not in request.GET,
        "settlements": _settlements(found) if found else [],
        "rights": rights_of(part),
        "site": address_of(place_of(part.seller)) if found else "",
        "form": form,
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "order_url": order_path(part.order),
        "withdraw_url": order_path(part.order, "order-withdraw"),
        "base": help_path(part),
        "may_call": found is not None and found.state in {ConversationState.TO_ANSWER, ConversationState.WAITING},
        "seo": Seo(title=_("After your purchase"), path=request.path, robots="noindex"),
    }


def _settlements(found: Conversation) -> list[tuple[Settlement, str]]:
    """What was decided, each with the address of the return that it agreed on ("" for any other)."""
    rows = list(found.settlements.select_related("line", "repair").order_by("pk"))
    coming = ReturnLine.objects.filter(line__in=[row.line_id for row in rows if row.line_id]).select_related("back")
    returns: dict[int | None, str] = {row.line_id: return_path(row.back) for row in coming}
    return [(row, returns.get(row.line_id, "") if row.outcome == Outcome.RETURN else "") for row in rows]


@public
@require_POST
@same_origin_post
@throttled("message")
def call(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    found = get_object_or_404(Conversation, part=part)
    by = visitor(request)
    try:
        call_conciliator(conversation=found, by=by)
    except TooSoonError:
        messages.error(request, _("Let the seller answer first: its day is below. Then the conciliator can help."))
    except ConversationStateError:
        messages.error(request, _("The conciliator has it already, or the conversation is closed."))
    else:
        messages.success(request, _("The conciliator of the network will read everything and answer here."))
    return HttpResponseRedirect(help_path(part))


@public
@require_safe
@never_cache
def attachment(request: HttpRequest, public_id: str, token: str, part_id: str, file_id: str) -> FileResponse:
    part = _part(public_id, token, part_id)
    rows = Attachment.objects.filter(message__conversation__part=part, message__is_internal=False)
    found = get_object_or_404(rows.select_related("stored"), public_id=file_id)
    by = visitor(request)
    return send_file(found.stored, by=by, organisation=part.seller)


@public
@require_safe
@never_cache
def mediation(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    rows = Conversation.objects.select_related("part__seller", "part__order")
    found = get_object_or_404(rows, part=part)
    headers = {"Content-Disposition": f'inline; filename="mediation-{found.public_id}.pdf"'}
    return HttpResponse(mediation_paper(found), content_type="application/pdf", headers=headers)
