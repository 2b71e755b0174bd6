"""What stays unsold: the rule agreed, its effect before it is set, what it proposed and did, undone where wished."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.actions import markdown as actions
from rebond.warehouse.enums import MarkdownState
from rebond.warehouse.errors import FieldInvalid, WarehouseError
from rebond.warehouse.models import Carton, Markdown, MarkdownRule
from rebond.warehouse.queries import markdowns as queries
from rebond.warehouse.queries.night import found_for
from rebond.warehouse.web.exports import MARKDOWNS
from rebond.warehouse.web.forms import MarkdownForm

VIEW = "warehouse.markdown.view"
CHANGE = "warehouse.markdown.change"
PER_PAGE = 50
VERBS = {
    "confirmation": actions.apply_markdown,
    "refus": actions.put_off_markdown,
    "annulation": actions.undo_markdown,
}


@requires(VIEW)
@require_GET
def markdown_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    state, number = request.GET.get("etat", ""), request.GET.get("page", "1")
    rows = queries.markdowns_of(organisation, state)
    if (download := wanted_export(request, rows, MARKDOWNS, _("unsold"))) is not None:
        return download
    context = {
        "rules": queries.rules_of(organisation),
        "page": Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1),
        "state": state,
        "tabs": [("", pgettext("transports", "All")), *MarkdownState.choices],
        "proposed": queries.proposed_count(organisation),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/markdown_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def rule_set(request: HttpRequest) -> HttpResponse:
    """The first button shows what the rule would change today; the second one, with `do`, sets it."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = MarkdownForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "effect": None}
    if request.method != "POST":
        return page(request, "warehouse/desk/markdown_set.html", context)
    if form.is_valid():
        fields = {**form.cleaned_data, "category": form.cleaned_data["category"]}
        try:
            if "do" in request.POST:
                actions.set_rule(organisation=organisation, by=request.user, **fields)
                messages.success(request, _("The rule is set. It acts from tonight on."))
                return redirect("warehouse-desk:markdown-list")
            rule = MarkdownRule(organisation=organisation, **fields)
            actions.check_rule(rule)
            context["effect"] = queries.effect_of(rule)
            return page(request, "warehouse/desk/markdown_set.html", context)
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
    return page(request, "warehouse/desk/markdown_set.html", context, status=422)


def _load_rule(request: HttpRequest, rule_id: str) -> MarkdownRule:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = MarkdownRule.objects.visible_to(request.user).filter(organisation=organisation)
    found: MarkdownRule = get_object_or_404(rows.select_related("category", "organisation"), public_id=rule_id)
    return found


@requires(CHANGE)
@require_POST
def rule_stop(request: HttpRequest, rule_id: str) -> HttpResponse:
    actions.stop_rule(rule=_load_rule(request, rule_id), by=request.user)
    messages.success(request, _("The rule is stopped. Prices stay as they are."))
    return redirect("warehouse-desk:markdown-list")


@requires(CHANGE)
@require_POST
def rule_apply(request: HttpRequest, rule_id: str) -> HttpResponse:
    """All that is proposed under one rule."""
    done = actions.apply_all(rule=_load_rule(request, rule_id), by=request.user)
    said = ngettext("%(n)s is done.", "%(n)s are done.", done)
    messages.success(request, said % {"n": done})
    return redirect("warehouse-desk:markdown-list")


@requires(CHANGE)
@require_POST
def markdown_verb(request: HttpRequest, markdown_id: int, verb: str) -> HttpResponse:
    """Confirm one, keep its price, undo it."""
    if verb not in VERBS:
        raise Http404
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Markdown.objects.filter(rule__organisation=organisation).select_related("rule__organisation")
    markdown = get_object_or_404(rows, pk=markdown_id)
    try:
        VERBS[verb](markdown=markdown, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s: it is saved.") % {"name": markdown.title})
    return redirect("warehouse-desk:markdown-list")


@requires("warehouse.count.view")
@require_GET
def stock_alert(request: HttpRequest) -> HttpResponse:
    """What the last nightly check found, object by object."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    found = found_for(organisation)
    rows = Item.objects.filter(seller=organisation, code__in=found.items).order_by("code")
    cartons = Carton.objects.filter(organisation=organisation, public_id__in=found.cartons)
    context = {"check": found.check, "items": list(rows), "cartons": list(cartons.select_related("site"))}
    return page(request, "warehouse/desk/stock_alert.html", context)
