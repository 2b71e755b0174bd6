"""Notices at the moderators' desk: the queue, one notice, its decision."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Hold
from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.web import page
from rebond.shop.actions.notice import decide_notice
from rebond.shop.enums import NoticeState
from rebond.shop.errors import NoticeDecidedError
from rebond.shop.models import Notice
from rebond.shop.queries.cards import item_url
from rebond.shop.web.forms import DecisionForm

COLUMNS = [
    Column(gettext_lazy("Received"), "created_at", "datetime"),
    Column(gettext_lazy("Code"), "item.code"),
    Column(gettext_lazy("Object"), "item_title"),
    Column(gettext_lazy("Reason"), "get_reason_display"),
    Column(pgettext_lazy("notice", "State"), "get_state_display"),
    Column(gettext_lazy("Decision"), "get_decision_display"),
    Column(gettext_lazy("Ground"), "get_ground_display"),
    Column(gettext_lazy("Decided on"), "decided_at", "datetime"),
    Column(gettext_lazy("Decided by"), "decided_by"),
]


@requires("shop.notice.view")
@never_cache
@require_safe
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """The oldest first: the law asks for diligence."""
    state = NoticeState.DECIDED if request.GET.get("etat") == "decides" else NoticeState.RECEIVED
    rows = Notice.objects.visible_to(request.user)
    order = "-decided_at" if state == NoticeState.DECIDED else "created_at"
    listed = rows.filter(state=state).order_by(order, "pk")
    if (download := wanted_export(request, listed.select_related("item"), COLUMNS, _("reports"))) is not None:
        return download
    number = request.GET.get("page", "1")[:6]
    shown = Paginator(listed, 24).get_page(number if number.isascii() and number.isdigit() else 1)
    context = {
        "page": shown,
        "state": state,
        "waiting": rows.filter(state=NoticeState.RECEIVED).count(),
    }
    return page(request, "shop/notice_list.html", context)


@requires("shop.notice.decide")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Notice.objects.visible_to(request.user).select_related("item__seller")
    notice = get_object_or_404(rows, public_id=public_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_notice(notice=notice, by=request.user, **form.cleaned_data)
        except (CatalogueError, NoticeDecidedError) as refusal:
            form.add_error(None, str(refusal) or _("Somebody decided this report meanwhile."))
            notice.refresh_from_db()
        else:
            messages.success(request, _("Decided. Both sides get the reasons by mail."))
            return HttpResponseRedirect(reverse("shop:notice-list"))
    context = {
        "notice": notice,
        "item_path": item_url(notice.item.slug, notice.item.code),
        "others": rows.filter(item=notice.item).exclude(pk=notice.pk).count(),
        "form": form,
        "hold": Hold.objects.filter(source=notice.public_id).first(),
    }
    return page(request, "shop/notice_detail.html", context, status=422 if form.errors else 200)
