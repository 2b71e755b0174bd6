"""What is taken from sales: the rules in force, a new one, the end of one."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.ledger.actions.asked_books import RULE_SET, RULE_STOP, RuleEnd, rule_terms
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import FeeRule
from rebond.ledger.queries.sheets import RULES
from rebond.ledger.web.forms import RuleForm
from rebond.ledger.web.loading import books_kept, load_rule

CHANGE = "ledger.rule.change"
SHOWN = 200


@requires("ledger.rule.view")
@require_safe
def rule_list(request: HttpRequest) -> HttpResponseBase:
    operator = books_kept(request)
    rows = FeeRule.objects.filter(operator=operator).select_related("agreement__organisation", "payee")
    rows = rows.order_by("part", "-priority", "-pk")
    if (download := wanted_export(request, rows, RULES, _("rules"))) is not None:
        return download
    today = timezone.localdate()
    shown = list(rows[:SHOWN])
    context = {
        "current": [rule for rule in shown if rule.valid_to is None or rule.valid_to >= today],
        "past": [rule for rule in shown if rule.valid_to is not None and rule.valid_to < today],
        "today": today,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/rule_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def rule_set(request: HttpRequest) -> HttpResponse:
    operator = books_kept(request)
    form = RuleForm(request.POST or None, operator=operator)
    if request.method == "POST" and form.is_valid():
        data = rule_terms(form.rule_fields())
        done = _("The rule is set. It counts for the sales from its first day on.")
        asked = bind_errors(
            form, lambda: ask_and_say(request, RULE_SET, data, organisation=operator, done=done), LedgerError
        )
        if asked is not None:
            return redirect("ledger:rule-list")
    context = {"form": form, "operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "ledger/rule_set.html", context, status=422 if request.method == "POST" else 200)


@requires(CHANGE)
@require_POST
def rule_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    rule, done = load_rule(request, public_id), _("Today is its last day. Past sales keep what was taken.")
    try:
        ask_and_say(request, RULE_STOP, RuleEnd(rule.public_id), organisation=rule.operator, done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return redirect("ledger:rule-list")
