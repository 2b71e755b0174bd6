"""What one person asked and another grants: the list, one request, yes or no; the limits of each role."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger.actions import money_request as actions
from rebond.ledger.actions.money_limits import LIMIT_SET, LimitTerms, limit_words
from rebond.ledger.asking import ask_and_say
from rebond.ledger.enums import RequestState
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import MoneyRequest
from rebond.ledger.money_acts import MoneyAct, Plan, act_named
from rebond.ledger.queries import money_requests as queries
from rebond.ledger.queries.other_waits import others_waiting
from rebond.ledger.web.forms import RefusalForm
from rebond.ledger.web.limit_forms import LimitForm
from rebond.ledger.web.loading import books_kept, load_request
from rebond.network.enums import Role

PER_PAGE = 50


def words_of(row: MoneyRequest) -> str:
    """What the act is, for people."""
    return str(act_named(row.act).words)


VIEW, DECIDE, CHANGE = "ledger.request.view", "ledger.request.decide", "ledger.limit.change"
COLUMNS = [
    Column(gettext_lazy("Asked on"), "asked_at", "date"),
    Column(pgettext_lazy("money request", "What"), words_of),
    Column(pgettext_lazy("money request", "Of what"), "label"),
    Column(gettext_lazy("Amount"), "cents", "cents"),
    Column(gettext_lazy("Asked by"), "asked_by"),
    Column(pgettext_lazy("money request", "State"), "get_state_display"),
    Column(pgettext_lazy("money request", "Decided by"), "decided_by"),
    Column(pgettext_lazy("money request", "Alone because"), "get_alone_display"),
    Column(gettext_lazy("Reason"), "reason"),
]


@requires(VIEW)
@require_safe
def request_list(request: HttpRequest) -> HttpResponseBase:
    """What waits for me first; what I asked; all that waits; all that is decided, alone too."""
    organisation, tab = books_kept(request), request.GET.get("etat", "")
    rows = queries.requests_of(request.user, organisation, request.access.roles, tab)  # type: ignore[attr-defined]
    if (download := wanted_export(request, rows, COLUMNS, _("requests"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    access = request.access  # type: ignore[attr-defined]
    others = others_waiting(access, request.user) if not tab and not before else []
    context = {
        "rows": [(row, words_of(row)) for row in found],
        "others": [(source.words, row, reverse(row.page[0], args=row.page[1])) for source, row in others],
        "next_key": next_key,
        "is_first": not before,
        "tab": tab,
        "tabs": [
            ("", pgettext("money request", "Waits for me")),
            ("les-miennes", pgettext("money request", "I asked")),
            ("en-attente", pgettext("money request", "All that waits")),
            ("decidees", pgettext("money request", "Decided")),
        ],
        "can_limit": request.access.can("ledger.limit.view"),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/request_list.html", context, partial="results")


@requires(VIEW)
@require_safe
def request_detail(request: HttpRequest, request_id: str) -> HttpResponse:
    return _detail(request, load_request(request, request_id), RefusalForm())


def _detail(request: HttpRequest, asked: MoneyRequest, form: RefusalForm, status: int = 200) -> HttpResponse:
    act = act_named(asked.act)
    is_open = asked.state == RequestState.ASKED
    rights = queries.rights_of(request.user, asked.organisation, act)
    is_own = asked.asked_by_id == request.user.public_id  # type: ignore[union-attr]
    plan, refused = _plan(asked, act)
    within = rights.is_sole or act.covers(rights.grant, max(asked.cents, plan.cents if plan else 0))
    context = {
        "asked": asked,
        "words": act.words,
        "plan": plan,
        "target": reverse(plan.page[0], args=plan.page[1]) if plan and plan.page[0] else "",
        "refused": refused if is_open else "",
        "has_amount": act.has_amount,
        "is_own": is_own,
        "is_open": is_open,
        "can_grant": is_open and within and not refused and (not is_own or rights.is_sole),
        "can_refuse": is_open and not is_own and rights.grant != 0,
        "is_above": is_open and not is_own and not within,
        "is_sole": rights.is_sole,
        "form": form,
    }
    return page(request, "ledger/request_detail.html", context, status=status)


def _plan(asked: MoneyRequest, act: MoneyAct) -> tuple[Plan | None, str]:
    """What it would do now, or why it can be done no more."""
    try:
        return act.plan(act.read(asked.data), asked.organisation), ""
    except LedgerError as refused:
        return None, str(refused)


def _decide(request: HttpRequest, request_id: str, decide: Callable[[MoneyRequest], object], said: str) -> HttpResponse:
    asked = load_request(request, request_id)
    try:
        decide(asked)
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("ledger:request-detail", asked.public_id)


@requires(DECIDE)
@require_POST
def request_grant(request: HttpRequest, request_id: str) -> HttpResponse:
    return _decide(
        request, request_id, lambda asked: actions.grant_money(request=asked, by=request.user), _("Granted, and done.")
    )


@requires(DECIDE)
@require_POST
def request_refuse(request: HttpRequest, request_id: str) -> HttpResponse:
    asked, form = load_request(request, request_id), RefusalForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done = bind_errors(
            form, lambda: actions.refuse_money(request=asked, reason=reason, by=request.user), LedgerError
        )
        if done is not None:
            messages.success(request, _("Refused: nothing is done. Who asked reads why."))
            return redirect("ledger:request-detail", asked.public_id)
    return _detail(request, asked, form, status=422)


@requires(VIEW)
@require_POST
def request_withdraw(request: HttpRequest, request_id: str) -> HttpResponse:
    return _decide(
        request,
        request_id,
        lambda asked: actions.withdraw_money(request=asked, by=request.user),
        _("Taken back: nothing is done."),
    )


@requires("ledger.limit.view")
@require_safe
def limit_list(request: HttpRequest) -> HttpResponse:
    """For each act, how much each role does alone in a day, and grants."""
    organisation = books_kept(request)
    acts = queries.acts_of(organisation)
    limits = queries.limits_of(organisation, acts)
    rows = [
        (act, [(Role(role).label, limit_words(act, limit)) for role, limit in limits[act.key].items()]) for act in acts
    ]
    context = {"rows": rows, "can_change": request.access.can(CHANGE)}  # type: ignore[attr-defined]
    return page(request, "ledger/limit_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def limit_change(request: HttpRequest, act: str) -> HttpResponse:
    """Ask for other limits of one act: always two people, where there are two."""
    organisation = books_kept(request)
    one = next((found for found in queries.acts_of(organisation) if found.slug == act), None)
    if one is None:
        raise Http404
    form = LimitForm(request.POST or None, act=one, limits=queries.limits_of(organisation, [one])[one.key])
    if request.method == "POST" and form.is_valid():
        data = LimitTerms(act=one.key, limits=form.limits())
        asked = bind_errors(
            form,
            lambda: ask_and_say(request, LIMIT_SET, data, organisation=organisation, done=_("The limits are set.")),
            LedgerError,
        )
        if asked is not None:
            return redirect("ledger:limits")
    context = {"act": one, "form": form, "operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "ledger/limit_change.html", context, status=422 if request.method == "POST" else 200)
