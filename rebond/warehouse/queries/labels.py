"""What a place's label says: aisle, bay and level large, the code small (ui.md, section 13)."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from rebond.catalogue.queries.labels import qr_svg
from rebond.warehouse.codes import slot_code
from rebond.warehouse.models import Place

MOST = 240  # 10 sheets


def label_rows(place: Place) -> list[dict[str, Any]]:
    """The labels of the places that hold things, in `place` and below, by label; 241 at most (one too many)."""
    rows: list[Place] = list(Place.objects.storage().under(place).order_by("label", "pk")[: MOST + 1])
    if place.is_storage:
        rows.insert(0, place)
    return [_label(row) for row in rows]


def slot_rows(number: int, site: str) -> list[dict[str, Any]]:
    """The labels of a cart's slots, from 1 on."""
    return [
        {
            "url": slot_code(n),
            "qr": qr_svg(slot_code(n)),
            "place": _("Slot %(slot)s") % {"slot": n},
            "parts": [str(n)],
            "code": slot_code(n),
            "site": site,
        }
        for n in range(1, number + 1)
    ]


def _label(place: Place) -> dict[str, Any]:
    url = f"{settings.SITE_URL}/l/{place.code.lower()}/"
    return {
        "url": url,
        "qr": qr_svg(url),
        "place": str(place),
        "parts": str(place).split("-") if not place.is_waiting and not place.is_container else [str(place)],
        "code": place.display_code,
        "site": place.site.name if place.site else "",
    }
