"""Notices at the moderators' desk: the queue, one notice, its decision."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.catalogue.enums import ComplaintState
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Hold
from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.web import page
from rebond.shop.actions.notice import decide_notice
from rebond.shop.actions.removal import answer_contest
from rebond.shop.enums import NoticeState
from rebond.shop.errors import ContestOverError, NoticeDecidedError
from rebond.shop.models import CommentRemoval, Notice
from rebond.shop.queries.cards import item_url
from rebond.shop.web.forms import DecisionForm
from rebond.shop.web.rating_forms import CommentDecisionForm, ContestAnswerForm

COLUMNS = [
    Column(gettext_lazy("Received"), "created_at", "datetime"),
    Column(gettext_lazy("Code"), "item.code"),
    Column(gettext_lazy("Object"), "title"),
    Column(gettext_lazy("Reason"), "get_reason_display"),
    Column(pgettext_lazy("notice", "State"), "get_state_display"),
    Column(gettext_lazy("Decision"), "decision_words"),
    Column(gettext_lazy("Ground"), "get_ground_display"),
    Column(gettext_lazy("Decided on"), "decided_at", "datetime"),
    Column(gettext_lazy("Decided by"), "decided_by"),
]


@requires("shop.notice.view")
@never_cache
@require_safe
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """The oldest first: the law asks for diligence."""
    tab = request.GET.get("etat", "")
    state = NoticeState.DECIDED if tab in {"decides", "contestes"} else NoticeState.RECEIVED
    rows = Notice.objects.visible_to(request.user)
    order = "-decided_at" if state == NoticeState.DECIDED else "created_at"
    listed = rows.filter(state=state).order_by(order, "pk")
    if tab == "contestes":
        listed = listed.filter(removal__complaint_state=ComplaintState.RECEIVED)
    if (download := wanted_export(request, listed.select_related("item"), COLUMNS, _("reports"))) is not None:
        return download
    number = request.GET.get("page", "1")[:6]
    shown = Paginator(listed, 24).get_page(number if number.isascii() and number.isdigit() else 1)
    context = {
        "page": shown,
        "state": "contested" if tab == "contestes" else state,
        "waiting": rows.filter(state=NoticeState.RECEIVED).count(),
    }
    return page(request, "shop/notice_list.html", context)


@requires("shop.notice.decide")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    notice = _load(request, public_id)
    form = _decision_form(notice, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_notice(notice=notice, by=request.user, **form.cleaned_data)
        except (CatalogueError, NoticeDecidedError) as refusal:
            form.add_error(None, str(refusal) or _("Somebody decided this report meanwhile."))
            notice.refresh_from_db()
        else:
            messages.success(request, _("Decided. Both sides get the reasons by mail."))
            return HttpResponseRedirect(reverse("shop:notice-list"))
    return page(request, "shop/notice_detail.html", _context(request, notice, form), status=422 if form.errors else 200)


def _load(request: HttpRequest, public_id: str) -> Notice:
    rows = Notice.objects.visible_to(request.user).select_related("item__seller", "rating__seller")
    return get_object_or_404(rows, public_id=public_id)


def _decision_form(notice: Notice, data: Any) -> DecisionForm:
    return CommentDecisionForm(data) if notice.rating_id else DecisionForm(data)


def _context(
    request: HttpRequest, notice: Notice, form: DecisionForm, contest: ContestAnswerForm | None = None
) -> dict[str, Any]:
    others = Notice.objects.visible_to(request.user).exclude(pk=notice.pk)
    item = notice.item
    return {
        "notice": notice,
        "item_path": item_url(item.slug, item.code) if item is not None else "",
        "others": others.filter(item=item, rating=notice.rating).count(),
        "form": form,
        "hold": Hold.objects.filter(source=notice.public_id).first() if item is not None else None,
        "removal": CommentRemoval.objects.filter(notice=notice).first(),
        "contest": contest or ContestAnswerForm(),
    }


@requires("shop.notice.decide")
@never_cache
@require_http_methods(["POST"])
def notice_contest(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer the author who contests the withdrawal of a comment."""
    notice = _load(request, public_id)
    removal = get_object_or_404(CommentRemoval, notice=notice)
    form = ContestAnswerForm(request.POST)
    if not form.is_valid():
        context = _context(request, notice, _decision_form(notice, None), form)
        return page(request, "shop/notice_detail.html", context, status=422)
    data = form.cleaned_data
    try:
        answer_contest(removal=removal, is_upheld=data["outcome"] == "upheld", answer=data["answer"], by=request.user)
    except ContestOverError:
        messages.error(request, _("Somebody answered already."))
    else:
        messages.success(request, _("Answered. The author gets the reasons by mail."))
    return HttpResponseRedirect(reverse("shop:notice-detail", args=[notice.public_id]))
