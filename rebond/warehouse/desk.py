"""What the warehouse adds to the desk: an entry of the rail, an object's place on its page."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.panels import ItemPanel, add_item_panel
from rebond.core.rail import RailEntry, add_rail_entry

STOCK = _("Stock")


def place_of_item(request: HttpRequest, item: Any) -> dict[str, Any] | None:
    """Where the units of an object lie, and the form that moves them."""
    from rebond.warehouse.queries.places import lying, way_to  # noqa: PLC0415 -- app registry

    found = lying(item)
    if not found:
        return None
    return {
        "lying": [(one, way_to(one.place)) for one in found[:5]],
        "code": item.code.lower(),
        "operation": uuid.uuid4(),
        "can_move": request.access.can("warehouse.item.move")  # type: ignore[attr-defined]
        and request.access.organisation.pk == item.seller_id,  # type: ignore[attr-defined]
    }


def register() -> None:
    """Called when the app is ready."""
    add_rail_entry(
        RailEntry(
            STOCK,
            15,
            pgettext_lazy("stock", "Places"),
            "warehouse",
            "warehouse-desk:place-list",
            "warehouse.place.view",
        )
    )
    add_item_panel(ItemPanel(10, "warehouse.place.view", "warehouse/desk/panel_item.html", place_of_item))
