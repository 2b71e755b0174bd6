"""The after-sales desk: by the day of the answer; one conversation, its answer, its decision."""

import contextlib
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.forms import bind_errors
from rebond.core.web import operation_of, page
from rebond.ledger.actions.money_request import Asked
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.network.models import Site
from rebond.shop.actions.asked_money import SETTLE, Settled
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.conversation import Written, answer_buyer, call_conciliator, close_conversation, hand_over
from rebond.shop.actions.repair import repair_of
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.data.answers import ANSWERS, answer_of
from rebond.shop.enums import CONVERSATION_TRANSITIONS, Author, ConversationState, OrderLineState
from rebond.shop.errors import (
    AttachmentRefusedError,
    ConversationStateError,
    LimitError,
    PartStateError,
    RefundInvalidError,
    RefundTooMuchError,
    TooSoonError,
    UnderRepairError,
)
from rebond.shop.models import Attachment, Conversation, Repair, Settlement
from rebond.shop.queries.by_day import page_by_day
from rebond.shop.queries.conversations import conversations_in, conversations_of_order, messages_before, rights_of
from rebond.shop.queries.given import alone_on
from rebond.shop.queries.inside import still_here
from rebond.shop.web.acting import may_give
from rebond.shop.web.aftersales_forms import AnswerForm, CallForm, HandOverForm, JoinForm, RepairEndForm, SettleForm
from rebond.shop.web.serving import send_file

COLUMNS = [
    Column(pgettext_lazy("seller", "Order"), "part.order.public_id"),
    Column(gettext_lazy("Buyer"), "part.order.name"),
    Column(gettext_lazy("Seller"), "part.seller.name"),
    Column(gettext_lazy("About"), "get_reason_display"),
    Column(pgettext_lazy("conversation", "State"), "get_state_display"),
    Column(pgettext_lazy("deadline", "By"), "due_on", "date"),
    Column(gettext_lazy("Opened on"), "opened_at", "datetime"),
    Column(gettext_lazy("First answer"), "answered_at", "datetime"),
    Column(gettext_lazy("Closed on"), "closed_at", "datetime"),
]


def _rows(request: HttpRequest) -> QuerySet[Conversation]:
    """Those of the organisation acted for; for the network's conciliators, those that called them too."""
    access: Any = request.access  # type: ignore[attr-defined]
    rows: QuerySet[Conversation] = Conversation.objects.visible_to(request.user)
    shown = Q(part__seller=access.organisation)
    if access.can("shop.return.view_all"):
        shown |= Q(called_at__isnull=False)
    return rows.filter(shown)


@requires("shop.conversation.view")
@never_cache
@require_safe
def conversation_list(request: HttpRequest) -> HttpResponseBase:
    return _list(request)


def _list(request: HttpRequest, typed: JoinForm | None = None) -> HttpResponseBase:
    """The list; `typed` is the form that was refused, with its words."""
    tab = request.GET.get("etat", "a-traiter")
    rows = conversations_in(_rows(request), tab)
    if (download := wanted_export(request, rows, COLUMNS, _("after-sales"))) is not None:
        return download
    after = request.GET.get("avant", "")
    found, next_key = page_by_day(rows, after)
    context = {
        "conversations": found,
        "tab": tab,
        "tabs": [
            ("a-traiter", pgettext("conversation", "To answer")),
            ("attend-le-client", pgettext("conversation", "Waiting for the buyer")),
            ("conciliation", pgettext("conversation", "With the conciliator")),
            ("a-reparer", pgettext("conversations", "Repairs under way")),
            ("fermees", pgettext("conversations", "Closed")),
        ],
        "today": timezone.localdate(),
        "is_first": not after,
        "next_key": next_key,
        "join_form": typed or (JoinForm() if request.access.can("shop.return.view_all") else None),  # type: ignore[attr-defined]
        "operation": uuid.uuid4(),
    }
    return page(request, "shop/conversation_list.html", context, partial="results", status=422 if typed else 200)


def load_conversation(request: HttpRequest, public_id: str) -> Conversation:
    rows = _rows(request).select_related("part__seller", "part__order", "line__item", "site")
    return get_object_or_404(rows, public_id=public_id)


def context_of(request: HttpRequest, found: Conversation, **forms: Any) -> dict[str, Any]:
    access: Any = request.access  # type: ignore[attr-defined]
    is_own = found.part.seller_id == access.organisation.pk
    rows = found.messages.all() if is_own else found.messages.filter(is_internal=False)
    shown, older = messages_before(rows, request.GET.get("avant", ""))
    lines = found.part.lines.filter(state=OrderLineState.SOLD).select_related("item").order_by("pk")
    return {
        "conversation": found,
        "part": found.part,
        "rows": shown,
        "older": older,
        "is_newest": "avant" not in request.GET,
        "settlements": _settlements(found, forms.get("end_form")),
        "rights": rights_of(found.part),
        "lines": lines,
        "today": timezone.localdate(),
        "answers": ANSWERS,
        "operation": uuid.uuid4(),
        "can_answer": access.can("shop.conversation.answer"),
        "can_decide": is_own and access.can("shop.conversation.decide"),
        "alone": alone_on(found.part, request.user, may_grant=access.can("shop.part.grant")) if is_own else None,
        "can_give": may_give(access, found.part.order_id),
        "is_closed": found.state == ConversationState.CLOSED,
        "call_form": forms.get("call_form")
        or (CallForm() if is_own and found.state in CONVERSATION_TRANSITIONS["call"][0] else None),
        "form": forms.get("form") or AnswerForm(initial={"text": answer_of(request.GET.get("reponse", "")[:20])}),
        "settle_form": forms.get("settle_form")
        or SettleForm(lines=lines, conversation=found, initial={"line": found.line_id}),
        "hand_form": HandOverForm(
            sites=Site.objects.filter(organisation=found.part.seller), initial={"site": found.site_id}
        ),
    }


def _settlements(
    found: Conversation, typed: RepairEndForm | None
) -> list[tuple[Settlement, Repair | None, RepairEndForm | None]]:
    """What was decided, with its repair and the form that ends it; `typed` is the one that was refused."""
    rows: list[tuple[Settlement, Repair | None, RepairEndForm | None]] = []
    for row in found.settlements.select_related("line", "repair__line").order_by("pk"):
        repair = row.under_repair
        if repair is None:
            rows.append((row, None, None))
            continue
        form = typed if typed is not None and typed.repair == repair else RepairEndForm(repair=repair)
        rows.append((row, repair, form))
    return rows


@requires("shop.conversation.view")
@never_cache
@require_safe
def conversation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    found = load_conversation(request, public_id)
    return page(request, "shop/conversation_detail.html", context_of(request, found))


def _back(found: Conversation) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("shop:conversation-detail", args=[found.public_id]))


@requires("shop.conversation.answer")
@require_POST
def conversation_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    found = load_conversation(request, public_id)
    form = AnswerForm(request.POST, request.FILES)
    is_own = found.part.seller_id == request.access.organisation.pk  # type: ignore[attr-defined]
    if form.is_valid():
        data = form.cleaned_data
        try:
            answer_buyer(
                conversation=found,
                written=Written(data["text"], operation_of(request), ready_attachment(upload=data["upload"])),
                by=request.user,
                author=Author.SELLER if is_own else Author.CONCILIATOR,
                is_internal=data["is_internal"] and is_own,
            )
        except AttachmentRefusedError as refusal:
            form.add_error("upload", str(refusal))
        else:
            messages.success(request, _("Noted.") if data["is_internal"] else _("Sent to the buyer."))
            return _back(found)
    return page(request, "shop/conversation_detail.html", context_of(request, found, form=form), status=422)


def _ask(request: HttpRequest, found: Conversation, decision: Decision) -> Asked:
    """It is more than this person gives back alone: a manager grants it, or refuses."""
    data = Settled(
        conversation=found.public_id,
        outcome=decision.outcome,
        line=decision.line.pk,
        words=decision.words,
        cents=decision.cents,
        operation=str(decision.operation),
        is_here=bool(still_here([decision.line])),
        repair=repair_of(decision.line),
    )
    done = _("Decided. The buyer is told by mail.")
    return ask_and_say(request, SETTLE, data, organisation=found.part.seller, done=done)


@requires("shop.conversation.decide")
@require_POST
def conversation_settle(request: HttpRequest, public_id: str) -> HttpResponse:
    found = load_conversation(request, public_id)
    lines = found.part.lines.filter(state=OrderLineState.SOLD)
    form = SettleForm(request.POST, lines=lines, conversation=found)
    if form.is_valid():
        data = form.cleaned_data
        decision = Decision(
            outcome=data["outcome"],
            line=data["line"],
            words=data["words"],
            operation=operation_of(request),
            cents=data["amount"] or 0,
        )
        try:
            may_grant = request.access.can("shop.part.grant")  # type: ignore[attr-defined]
            settle(conversation=found, decision=decision, by=request.user, may_grant=may_grant)
        except LimitError:
            if bind_errors(form, lambda: _ask(request, found, decision), LedgerError) is not None:
                return _back(found)
        except UnderRepairError:
            form.add_error("outcome", _("It is here to be repaired: take it back, then its money goes."))
        except (PartStateError, RefundInvalidError, RefundTooMuchError):
            form.add_error(None, _("This cannot be decided for this object: look at what was given back already."))
        except LedgerError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided. The buyer is told by mail."))
            return _back(found)
    return page(request, "shop/conversation_detail.html", context_of(request, found, settle_form=form), status=422)


@requires("shop.conversation.answer")
@require_POST
def conversation_call(request: HttpRequest, public_id: str) -> HttpResponse:
    """The seller asks the network's conciliator, with its reason."""
    found = load_conversation(request, public_id)
    form = CallForm(request.POST)
    is_own = found.part.seller_id == request.access.organisation.pk  # type: ignore[attr-defined]
    if form.is_valid() and is_own:
        written = Written(form.cleaned_data["why"], operation_of(request))
        try:
            call_conciliator(conversation=found, by=request.user, author=Author.SELLER, written=written)
        except TooSoonError:
            form.add_error(None, _("Answer the buyer first. Then the conciliator can help."))
        except ConversationStateError:
            form.add_error(None, _("The conciliator has it already, or the conversation is closed."))
        else:
            messages.success(request, _("Called. The buyer and the conciliator are told by mail."))
            return _back(found)
    if not is_own:
        form.add_error(None, _("The seller calls the conciliator."))
    return page(request, "shop/conversation_detail.html", context_of(request, found, call_form=form), status=422)


@requires("shop.return.view_all")
@require_POST
def conversation_join(request: HttpRequest) -> HttpResponseBase:
    """The conciliator comes of its own accord (somebody telephoned), by the order's number, with the reason told."""
    form = JoinForm(request.POST)
    found = form.is_valid() and conversations_of_order(form.cleaned_data["order"])
    if not found or not request.access.can("shop.conversation.answer"):  # type: ignore[attr-defined]
        if not form.errors:
            form.add_error("order", _("No open conversation has this order number."))
        return _list(request, form)
    operation = operation_of(request)
    for one in found:
        written = Written(form.cleaned_data["why"], uuid.uuid5(operation, one.public_id))
        with contextlib.suppress(ConversationStateError):  # somebody called meanwhile: it is there
            call_conciliator(conversation=one, by=request.user, author=Author.CONCILIATOR, written=written)
    messages.success(request, _("You are in. The buyer and the seller are told by mail."))
    return _back(found[0])


@requires("shop.conversation.answer")
@require_POST
def conversation_close(request: HttpRequest, public_id: str) -> HttpResponse:
    found = load_conversation(request, public_id)
    try:
        close_conversation(conversation=found, by=request.user)
    except ConversationStateError:
        messages.error(request, _("It is closed already."))
    else:
        messages.success(request, _("Closed. A message of the buyer opens it again."))
    return _back(found)


@requires("shop.conversation.decide")
@require_http_methods(["POST"])
def conversation_hand(request: HttpRequest, public_id: str) -> HttpResponse:
    found = load_conversation(request, public_id)
    form = HandOverForm(request.POST, sites=Site.objects.filter(organisation=found.part.seller))
    if form.is_valid():
        hand_over(conversation=found, site=form.cleaned_data["site"], by=request.user)
        messages.success(request, _("Handed over."))
    else:
        messages.error(request, _("Choose one of your places."))
    return _back(found)


@requires("shop.conversation.view")
@never_cache
@require_safe
def conversation_file(request: HttpRequest, public_id: str, file_id: str) -> FileResponse:
    found = load_conversation(request, public_id)
    rows = Attachment.objects.filter(message__conversation=found).select_related("stored")
    if found.part.seller_id != request.access.organisation.pk:  # type: ignore[attr-defined]
        rows = rows.filter(message__is_internal=False)
    stored = get_object_or_404(rows, public_id=file_id).stored
    return send_file(stored, by=request.user, organisation=found.part.seller)
