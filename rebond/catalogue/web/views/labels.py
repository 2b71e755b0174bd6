"""QR labels of items: PDF (a roll of 62 × 29 mm, A4 sheets of 24, 4 × 6 inches) or a file for a label printer."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.actions.item_bulk import AT_ONCE
from rebond.catalogue.actions.labels import note_labels
from rebond.catalogue.label_choice import FORMATS, KEYS, keep_format, kept_format, label_answer
from rebond.catalogue.models import Item
from rebond.catalogue.web.loading import load_item
from rebond.catalogue.web.views.item_list import chosen_ids
from rebond.core.access import requires
from rebond.core.web import page

MOST = 240  # 10 sheets, about 3 s: the page answers while one waits


def _note(request: HttpRequest, items: Sequence[Item]) -> None:
    """Each object's story tells that its label was made."""
    for seller in {item.seller_id: item.seller for item in items}.values():
        note_labels(items=[item for item in items if item.seller_id == seller.pk], by=request.user, organisation=seller)


@requires("catalogue.item.view")
@require_GET
def item_label(request: HttpRequest, code: str) -> HttpResponse:
    """One label, on what `format` says or this device keeps; without a format, the page that asks."""
    item = load_item(request, code)
    shape = request.GET.get("format", "")
    if shape in KEYS:
        answer = label_answer([item], shape)
        _note(request, [item])
        keep_format(request, answer, shape)
        return answer
    context = {"item": item, "formats": FORMATS, "kept": kept_format(request)}
    return page(request, "catalogue/label_choice.html", context)


@requires("catalogue.item.view")
@require_POST
def item_labels(request: HttpRequest) -> HttpResponse:
    """First which paper, then the labels of the chosen items in the order of their codes."""
    ids = chosen_ids(request)
    if not ids:
        messages.warning(request, _("Choose at least one item in the list."))
        return redirect("catalogue:item-list")
    shape = request.POST.get("format", "")
    if shape in KEYS and len(ids) <= MOST:
        rows = list(Item.objects.filter(pk__in=ids).select_related("seller").order_by("code"))
        answer = label_answer(rows, shape)
        _note(request, rows)
        keep_format(request, answer, shape)
        return answer
    context = {
        "number": len(ids),
        "is_too_many": len(ids) > MOST,
        "most": MOST,
        "sheets": -(-len(ids) // 24),
        "ids": [] if request.POST.get("all") else ids[:AT_ONCE],
        "is_all": bool(request.POST.get("all")),
        "query": request.POST.get("query", ""),
        "formats": FORMATS,
        "kept": kept_format(request),
    }
    return page(request, "catalogue/labels.html", context)
