"""The seller's items: list, and the same change on many of them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.actions import item as actions
from rebond.catalogue.actions.item_bulk import AT_ONCE, BulkResult
from rebond.catalogue.enums import Condition, ItemState
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.desk_export import COLUMNS, export_rows
from rebond.catalogue.queries.desk_items import MAX_PAGE, desk_items, desk_page, known_total, state_counts
from rebond.catalogue.web.forms.listing import BULK_FORMS, ItemFilterForm, NetworkFilterForm
from rebond.catalogue.web.loading import is_staff, list_scope
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import count_chosen
from rebond.core.models import Job
from rebond.core.progress import is_worker_silent
from rebond.core.web import operation_of, page

BULK_MOST = 100_000


@requires("catalogue.item.view")
@require_GET
def item_list(request: HttpRequest) -> HttpResponseBase:
    form = _filter_form(request, request.GET)
    asked = form.asked()
    rows = desk_items(list_scope(request), asked)
    export = wanted_export(request, export_rows(rows), COLUMNS, _("items"))
    if export is not None:
        return export
    number = request.GET.get("page", "1")
    staff = is_staff(request)
    counts = None if staff else state_counts(request.access.organisation)  # type: ignore[attr-defined]
    known = known_total(counts, asked)
    found = desk_page(rows, int(number) if number.isdecimal() and len(number) < 6 else 1, known_total=known)
    access = request.access  # type: ignore[attr-defined]
    context = {
        "form": form,
        "asked": asked,
        "chosen": count_chosen(form, but=("q", "tri", "etat")),
        "page": found,
        "max_page": MAX_PAGE,
        "rows": [(row, categories.get(row.category_id)) for row in found.rows],
        "conditions": {str(key): str(label) for key, label in Condition.choices},
        "states": {str(key): str(label) for key, label in ItemState.choices},
        "tabs": _tabs(request, counts),
        "is_staff": staff,
        "can_change": access.can("catalogue.item.change"),
        "can_withdraw": access.can("catalogue.item.change"),  # the network decides one by one, with reasons
        "at_once": AT_ONCE,
    }
    return page(request, "catalogue/item_list.html", context, partial="results")


def _filter_form(request: HttpRequest, data: QueryDict) -> ItemFilterForm:
    return (NetworkFilterForm if is_staff(request) else ItemFilterForm)(data)


def _tabs(request: HttpRequest, counts: dict[str, int] | None) -> list[dict[str, Any]]:
    """One tab per state, the other filters kept."""
    current = request.GET.get("etat", "")
    tabs = []
    for state, label in [("", pgettext("items", "All")), *ItemState.choices]:
        query = request.GET.copy()
        for name in ("etat", "page"):
            query.pop(name, None)
        if state:
            query["etat"] = state
        number = None if counts is None else sum(counts.values()) if not state else counts[state]
        tabs.append({"label": label, "query": query.urlencode(), "is_current": state == current, "number": number})
    return tabs


def chosen_ids(request: HttpRequest, permission: str = "catalogue.item.view") -> list[int]:
    """Ticked items, or all that the list's filter keeps where `all` is ticked; only those `permission` is held on.

    `last` is the highest key that the question counted: what was added meanwhile is not changed unasked.
    """
    scope = list_scope(request, permission)
    if request.POST.get("all"):
        form = _filter_form(request, QueryDict(request.POST.get("query", "")[:2_000]))
        rows = desk_items(scope, form.asked())
        last = request.POST.get("last", "")
        if last.isdecimal() and len(last) < 18:
            rows = rows.filter(pk__lte=int(last))
        return list(rows.values_list("pk", flat=True)[:BULK_MOST])
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 18]
    return list(scope.filter(pk__in=ids[:AT_ONCE]).order_by("pk").values_list("pk", flat=True))


@requires("catalogue.item.view")
@require_POST
def item_bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """First the question about the chosen items, then (with `do`) the change; above 200 as a job."""
    if verb not in BULK_FORMS:
        raise Http404
    permission = "catalogue.item.change"
    if not request.access.can(permission):  # type: ignore[attr-defined]
        raise PermissionDenied
    ids = chosen_ids(request, permission)
    if not ids:
        messages.warning(request, _("Choose at least one item in the list."))
        return redirect("catalogue:item-list")
    is_sent = "do" in request.POST
    form = BULK_FORMS[verb](request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            return _do(request, verb, ids, form.params())
        except CatalogueError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "verb": verb,
        "operation": operation_of(request),
        "number": len(ids),
        "last": max(ids),
        "ids": ids if not request.POST.get("all") else [],
        "query": request.POST.get("query", ""),
        "is_all": bool(request.POST.get("all")),
        "states": _states(ids),
        "sample": list(Item.objects.filter(pk__in=ids[:6]).order_by("pk")),
    }
    return page(request, "catalogue/item_bulk.html", context, status=422 if is_sent else 200)


def _states(ids: Sequence[int]) -> list[tuple[str, int]]:
    rows = Item.objects.filter(pk__in=ids[:10_000]).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(rows)
    return [(str(label), found[state]) for state, label in ItemState.choices if state in found]


def _do(request: HttpRequest, verb: str, ids: list[int], params: dict[str, Any]) -> HttpResponse:
    act: dict[str, Any] = {
        "verb": verb,
        "ids": ids,
        "params": params,
        "organisation": request.access.organisation,  # type: ignore[attr-defined]
        "by": request.user,
        "operation_id": operation_of(request),
    }
    if len(ids) > AT_ONCE:
        return redirect("catalogue:item-job", actions.start_bulk(**act).public_id)
    result = actions.bulk_now(**act)
    _tell(request, result)
    query = request.POST.get("query", "")[:2_000]
    return redirect(f"{reverse('catalogue:item-list')}{'?' + query if query else ''}")


def _tell(request: HttpRequest, result: BulkResult) -> None:
    if result.done:
        text = ngettext("%(n)s item changed.", "%(n)s items changed.", result.done)
        messages.success(request, text % {"n": result.done})
    for code, title, reason in result.reasons[:10]:
        messages.error(
            request, _("%(title)s (%(code)s): %(reason)s") % {"title": title, "code": code, "reason": reason}
        )
    if result.refused > 10:
        text = ngettext("And %(n)s other refused.", "And %(n)s others refused.", result.refused - 10)
        messages.error(request, text % {"n": result.refused - 10})


@requires("catalogue.item.view")
@require_GET
def item_job(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a change of many items is; only for those who act for its organisation."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    job = get_object_or_404(
        Job,
        public_id=public_id,
        kind__startswith="catalogue.items.",
        owner_kind="network.organisation",
        owner_id=organisation.public_id,
    )
    context = {
        "job": job,
        "url": request.path,
        "title": _("Changing your items"),
        "is_worker_silent": not job.is_over and is_worker_silent(),
        "result": BulkResult(**job.result) if job.result else BulkResult(),
    }
    return page(request, "catalogue/item_job.html", context, partial="job-block")
