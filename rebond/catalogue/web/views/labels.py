"""QR labels of items: a roll of 62 × 29 mm, or A4 sheets of 24 (ui.md, section 13)."""

from collections.abc import Sequence
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.actions.item_bulk import AT_ONCE
from rebond.catalogue.models import Item
from rebond.catalogue.queries.labels import label_of, qr_svg
from rebond.catalogue.web.loading import load_item
from rebond.catalogue.web.views.item_list import chosen_ids
from rebond.core.access import requires
from rebond.core.pdf import render_pdf
from rebond.core.web import page

FORMATS = {"rouleau": "labels_roll", "a4": "labels_sheet"}
MOST = 240  # 10 sheets, about 3 s: the page answers while one waits


def _pdf(items: Sequence[Item], shape: str) -> HttpResponse:
    labels = [label_of(item) for item in items]
    rows = [asdict(label) | {"qr": qr_svg(label.url)} for label in labels]
    data = render_pdf(f"catalogue/{FORMATS[shape]}", {"title": _("Labels"), "labels": rows})
    name = f"etiquettes-{shape}.pdf" if len(items) > 1 else f"etiquette-{items[0].code.lower()}.pdf"
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@requires("catalogue.item.view")
@require_GET
def item_label(request: HttpRequest, code: str) -> HttpResponse:
    shape = request.GET.get("format", "rouleau")
    return _pdf([load_item(request, code)], shape if shape in FORMATS else "rouleau")


@requires("catalogue.item.view")
@require_POST
def item_labels(request: HttpRequest) -> HttpResponse:
    """First which paper, then the PDF of the chosen items in the order of their codes."""
    ids = chosen_ids(request)
    if not ids:
        messages.warning(request, _("Choose at least one item in the list."))
        return redirect("catalogue:item-list")
    shape = request.POST.get("format", "")
    if shape in FORMATS and len(ids) <= MOST:
        return _pdf(list(Item.objects.filter(pk__in=ids).order_by("code")), shape)
    context = {
        "number": len(ids),
        "is_too_many": len(ids) > MOST,
        "most": MOST,
        "sheets": -(-len(ids) // 24),
        "ids": [] if request.POST.get("all") else ids[:AT_ONCE],
        "is_all": bool(request.POST.get("all")),
        "query": request.POST.get("query", ""),
    }
    return page(request, "catalogue/labels.html", context)
