"""The list of recalled and forbidden products, for those who keep it (rules.md F6)."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.actions import recall as actions
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Recall
from rebond.catalogue.models.recall import code_key
from rebond.catalogue.queries.recalls import stop_of, things_on_sale
from rebond.catalogue.validators import plain
from rebond.catalogue.web.exports import RECALLS
from rebond.catalogue.web.forms.recall import EndRecallForm, RecallFileForm, RecallForm, RecallSearch
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.paging import key_in, page_before
from rebond.core.web import act_of, page

KEEP = "catalogue.recall.keep"
SHOWN = 24


@requires(KEEP)
@require_safe
def recall_list(request: HttpRequest) -> HttpResponseBase:
    """Newest first, by key: as fast with 100,000 rows."""
    form = RecallSearch(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = _found(str(asked.get("q", ""))).filter(ended_at__isnull=asked.get("etat") != "terminees").order_by("-pk")
    if (download := wanted_export(request, rows, RECALLS, _("recalls"))) is not None:
        return download
    before = key_in(request.GET.get("avant", "")[:12])
    found, next_key = page_before(rows, before, SHOWN)
    context = {
        "form": form,
        "recalls": found,
        "next_key": next_key,
        "is_first": before is None,
        "words": asked.get("q", ""),
        "group": asked.get("etat", ""),
        "tabs": [("", pgettext("recalls", "In force")), ("terminees", pgettext("recalls", "Ended"))],
        "file_form": RecallFileForm(),
    }
    return page(request, "catalogue/recall_list.html", context, partial="results")


def _found(words: str) -> Any:
    """A barcode whole, a notice's number whole, or a brand by its beginning."""
    words = words.strip()
    if not words:
        return Recall.objects.all()
    by = Q(reference=words)
    if words.isdecimal() and len(words) <= 14:
        by |= Q(gtin=code_key(words))
    if brand := plain(words):
        by |= Q(brand_key__startswith=brand)
    return Recall.objects.filter(by)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def recall_add(request: HttpRequest) -> HttpResponse:
    form = RecallForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = bind_errors(
            form,
            lambda: made_once(
                Recall, act_of(request), lambda: actions.add_recall(fields=form.cleaned_data, by=request.user)
            ),
            CatalogueError,
        )
        if made is not None:
            messages.success(request, _("It stops from now on. What is on sale is looked through."))
            return redirect("catalogue:recall-change", made.public_id)
    return page(request, "catalogue/recall_add.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def recall_change(request: HttpRequest, public_id: str) -> HttpResponse:
    recall = get_object_or_404(Recall, public_id=public_id)
    form = RecallForm(request.POST or None, initial=_written(recall))
    if form.is_bound and form.is_valid():
        changed = bind_errors(
            form,
            lambda: actions.change_recall(recall=recall, fields=form.cleaned_data, by=request.user),
            CatalogueError,
        )
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("catalogue:recall-change", recall.public_id)
    return _editor(request, recall, form=form, status=422 if form.is_bound else 200)


def _written(recall: Recall) -> dict[str, Any]:
    """What the form shows of it."""
    return {name: getattr(recall, name) for name in RecallForm.base_fields} | {"gtin": recall.shown_gtin}


def _editor(request: HttpRequest, recall: Recall, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "recall": recall,
        "still_on_sale": things_on_sale([stop_of(recall)])[:SHOWN] if recall.is_in_force else [],
        "end_form": EndRecallForm(),
        **forms,
    }
    return page(request, "catalogue/recall_detail.html", context, status=status)


@requires(KEEP)
@require_POST
def recall_end(request: HttpRequest, public_id: str) -> HttpResponse:
    recall = get_object_or_404(Recall, public_id=public_id)
    form = EndRecallForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        ended = bind_errors(
            form, lambda: actions.end_recall(recall=recall, reason=reason, by=request.user), CatalogueError
        )
        if ended is not None:
            messages.success(request, _("It stops nothing any more. Sellers may put their objects on sale again."))
            return redirect("catalogue:recall-change", recall.public_id)
    return _editor(request, recall, status=422, form=RecallForm(initial=_written(recall)), end_form=form)


@requires(KEEP)
@require_POST
def recall_import(request: HttpRequest) -> HttpResponse:
    """The file that RappelConso publishes; given again, it adds what is new."""
    form = RecallFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose the file first."))
        return redirect("catalogue:recall-list")
    try:
        found = actions.import_recalls(data=form.cleaned_data["file"].read(), by=request.user)
    except CatalogueError as refused:
        messages.error(request, str(refused))
        return redirect("catalogue:recall-list")
    said = ngettext("%(n)s product added.", "%(n)s products added.", found.added) % {"n": found.added}
    facts = {"known": found.known, "food": found.food, "unusable": found.unusable}
    left = _("%(known)s were on the list, %(food)s are food, %(unusable)s name neither a barcode nor a model.") % facts
    messages.success(request, f"{said} {left}")
    return redirect("catalogue:recall-list")
