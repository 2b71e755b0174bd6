"""The label of an object, at any station."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from rebond.catalogue.label_choice import FORMATS, KEYS, alone_format, keep_format, kept_format, label_answer
from rebond.catalogue.models import Item
from rebond.catalogue.queries.labels import label_of
from rebond.core.access import requires
from rebond.workshop.kiosk import kiosk_page
from rebond.workshop.labels import note_label
from rebond.workshop.middleware import STATION_PERMISSION


def _back(request: HttpRequest) -> str:
    """The screen it was asked from, where it is one of the stations'."""
    asked = request.GET.get("vers", "")
    home = reverse("workshop:kiosk")
    is_ours = asked.startswith(home) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else home


@requires(STATION_PERMISSION)
@require_GET
def label(request: HttpRequest, code: str) -> HttpResponse:
    """Printed by the browser, or a file that `format` names; what `choix` sends is kept by this tablet.

    Printed again, it is the same object.
    """
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        raise Http404
    here = Q(seller=worker.organisation) | Q(site__organisation=worker.organisation)  # its own, or kept for another
    rows = Item.objects.filter(here).select_related("seller")
    item: Item = get_object_or_404(rows, code=code.upper())
    shape, kept = request.GET.get("format", ""), kept_format(request)
    note_label(request, item)
    if shape in KEYS:
        answer = label_answer([item], shape)
        if "choix" in request.GET:
            keep_format(request, answer, shape, is_alone="seule" in request.GET)
        return answer
    context = {
        "item": item,
        "label": label_of(item),
        "back": _back(request),
        "formats": FORMATS,
        "kept": kept,
        "kept_file": next((one for one in FORMATS if one.key == kept and one.is_file), None),
        "is_alone": alone_format(request) is not None,
    }
    return kiosk_page(request, "workshop/label.html", context)
