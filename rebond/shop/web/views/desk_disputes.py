"""The treasurer's desk: payments that banks contest; an answer is prepared by one person and sent by another."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.web import operation_of, page
from rebond.shop.actions.dispute_answer import ask_answer, grant_answer, may_send_alone, refuse_answer
from rebond.shop.errors import (
    AnswerWaitsError,
    AttachmentRefusedError,
    DisputeStateError,
    SamePersonError,
)
from rebond.shop.models import Dispute, DisputeAnswer, DisputeProof
from rebond.shop.money_enums import ANSWERABLE, OPEN_ANSWERS
from rebond.shop.queries.disputes import dispute_page, disputes_in, facts_of
from rebond.shop.web.acting import act_and_say, may_give
from rebond.shop.web.dispute_forms import DisputeAnswerForm
from rebond.shop.web.serving import send_file

VIEW, ANSWER, GRANT = "shop.dispute.view", "shop.dispute.answer", "shop.dispute.grant"
PER_PAGE = 50
WORDS: dict[type[Exception], Any] = {
    DisputeStateError: gettext_lazy("This dispute has moved on meanwhile. Look at it again: nothing was sent."),
    AnswerWaitsError: gettext_lazy("Another answer waits already: send or refuse it first."),
    SamePersonError: gettext_lazy("Somebody else than the person who prepared it sends it."),
    AttachmentRefusedError: gettext_lazy("A file is not a PDF, JPEG or PNG of 5 MB at most."),
}
COLUMNS = [
    Column(gettext_lazy("Dispute"), "public_id"),
    Column(pgettext_lazy("seller", "Order"), "payment.order.public_id"),
    Column(pgettext_lazy("dispute", "State"), "get_state_display"),
    Column(pgettext_lazy("dispute", "Where the money is"), "get_money_display"),
    Column(gettext_lazy("Amount contested"), "cents", "cents"),
    Column(gettext_lazy("Fees of the provider"), "fee_cents", "cents"),
    Column(pgettext_lazy("deadline", "By"), "due_at", "datetime"),
    Column(gettext_lazy("Opened on"), "opened_at", "datetime"),
    Column(gettext_lazy("Closed on"), "closed_at", "datetime"),
    Column(gettext_lazy("Name at the provider"), "provider_id"),
]


@requires(VIEW)
@never_cache
@require_safe
def dispute_list(request: HttpRequest) -> HttpResponseBase:
    tab = request.GET.get("etat", "a-traiter")
    rows = disputes_in(request.user, tab)
    if (download := wanted_export(request, rows, COLUMNS, _("disputes"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "disputes": found,
        "tab": tab,
        "tabs": [
            ("a-traiter", pgettext("dispute", "To answer")),
            ("la-banque-decide", pgettext("dispute", "The bank decides")),
            ("fermees", pgettext("disputes", "Closed")),
            ("toutes", pgettext("disputes", "All")),
        ],
        "next_key": next_key,
        "is_first": not before,
        "now": timezone.now(),
    }
    return page(request, "shop/dispute_list.html", context, partial="results")


def _load(request: HttpRequest, public_id: str) -> Dispute:
    rows: Any = Dispute.objects.visible_to(request.user).select_related("payment__order")
    found: Dispute = get_object_or_404(rows, public_id=public_id)
    return found


def _page(request: HttpRequest, dispute: Dispute, form: DisputeAnswerForm | None = None) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    shown = dispute_page(dispute)
    waiting = next((answer for answer in shown.answers if answer.state in OPEN_ANSWERS), None)
    may_answer = dispute.state in ANSWERABLE and waiting is None and access.can(ANSWER)
    facts = {"text": facts_of(dispute, shown), "choice": "defend"}
    context = {
        "dispute": dispute,
        "shown": shown,
        "waiting": waiting,
        "form": (form or DisputeAnswerForm(initial=facts)) if may_answer else None,
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "may_grant": waiting is not None
        and access.can(GRANT)
        and (waiting.asked_by_id != request.user.public_id or may_send_alone(request.user)),  # type: ignore[union-attr]
        "can_give": may_give(access, dispute.payment.order_id),
        "now": timezone.now(),
    }
    return page(request, "shop/dispute_detail.html", context, status=422 if form else 200)


@requires(VIEW)
@never_cache
@require_safe
def dispute_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return _page(request, _load(request, public_id))


@requires(ANSWER)
@require_POST
def dispute_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Prepare an answer: somebody else sends it."""
    dispute, form = _load(request, public_id), DisputeAnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, dispute, form)
    data = form.cleaned_data
    act = partial(
        ask_answer,
        dispute=dispute,
        choice=data["choice"],
        text=data["text"],
        files=form.proofs(),
        by=request.user,
        operation=operation_of(request),
    )
    try:
        return _done(request, dispute, act, _("Prepared. Somebody else reads it and sends it."))
    except AttachmentRefusedError as refused:  # its text is the kind of the file; what was written stays in the form
        form.add_error(f"file_{refused}", WORDS[AttachmentRefusedError])
        return _page(request, dispute, form)


@requires(GRANT)
@require_POST
def dispute_decide(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """Send or refuse what somebody else prepared (`decision`: envoi or refus)."""
    dispute = _load(request, public_id)
    answer: DisputeAnswer = get_object_or_404(dispute.answers.select_related("dispute"), public_id=answer_id)
    act: Callable[..., object] = grant_answer if request.POST.get("decision") == "envoi" else refuse_answer
    said = _("It leaves for the bank.") if act is grant_answer else _("Refused: another answer may be prepared.")
    return _done(request, dispute, lambda: act(answer=answer, by=request.user), said)


def _done(request: HttpRequest, dispute: Dispute, act: Callable[[], object], said: str) -> HttpResponse:
    act_and_say(request, act, said, WORDS, unless=AttachmentRefusedError)
    return HttpResponseRedirect(reverse("shop:dispute-detail", args=[dispute.public_id]))


@requires(VIEW)
@never_cache
@require_safe
def dispute_file(request: HttpRequest, public_id: str, file_id: str) -> FileResponse:
    rows = DisputeProof.objects.filter(answer__dispute=_load(request, public_id)).select_related("stored")
    return send_file(get_object_or_404(rows, public_id=file_id).stored, by=request.user, organisation=None)
