"""What the warehouse adds to the desk: an entry of the rail, an object's place on its page."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from rebond.catalogue.panels import ItemPanel, add_item_panel
from rebond.core.desk import Waiting, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry

STOCK = gettext_lazy("Stock")


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
        and request.access.organisation.pk == item.seller_id  # type: ignore[attr-defined]
        and (item.site is None or item.site.organisation_id == item.seller_id),  # at another's place its people move it
    }


def waiting_differences(request: HttpRequest) -> Iterable[Waiting]:
    """What counts found and nobody has settled yet."""
    from rebond.warehouse.queries.counts import to_decide  # noqa: PLC0415 -- app registry

    number = to_decide(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s difference found by a count", "%(n)s differences found by a count", number)
        yield Waiting(
            icon="clipboard-check",
            tint="menthe",
            title=said % {"n": number},
            text=_("Two people found the same. Say why: the stock follows."),
            url=reverse("warehouse-desk:count-list"),
            action=_("Settle them"),
        )


def waiting_markdowns(request: HttpRequest) -> Iterable[Waiting]:
    """Agreed reductions that wait for somebody to confirm them."""
    from rebond.warehouse.queries.markdowns import proposed_count  # noqa: PLC0415 -- app registry

    number = proposed_count(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s reduction is proposed", "%(n)s reductions are proposed", number)
        yield Waiting(
            icon="percent",
            tint="sable",
            title=said % {"n": number},
            text=_("For what stays unsold, as you agreed. You confirm, or keep the price."),
            url=reverse("warehouse-desk:markdown-list"),
            action=_("Look at them"),
        )


def waiting_alert(request: HttpRequest) -> Iterable[Waiting]:
    """The last nightly check of the stock found something of this organisation."""
    from rebond.warehouse.queries.night import found_for  # noqa: PLC0415 -- app registry

    found = found_for(request.access.organisation)  # type: ignore[attr-defined]
    number, cartons = len(found.items), len(found.cartons)
    if number:
        said = ngettext(
            "The stock of %(n)s object is not what it should be",
            "The stock of %(n)s objects is not what it should be",
            number,
        )
        yield Waiting(
            icon="octagon-alert",
            tint="peche",
            title=said % {"n": number},
            text=_("Found by the nightly check. Count these objects, or call whoever runs the site."),
            url=reverse("warehouse-desk:stock-alert"),
            action=_("See which ones"),
            urgent=True,
        )
    if cartons:
        said = ngettext(
            "The count of %(n)s kind of carton is wrong", "The counts of %(n)s kinds of cartons are wrong", cartons
        )
        yield Waiting(
            icon="octagon-alert",
            tint="peche",
            title=said % {"n": cartons},
            text=_("Found by the nightly check. Count them, or call whoever runs the site."),
            url=reverse("warehouse-desk:stock-alert"),
            action=_("See which ones"),
        )


def waiting_cartons(request: HttpRequest) -> Iterable[Waiting]:
    """Kinds of cartons of which too few are left."""
    from rebond.warehouse.queries.cartons import number_of_low  # noqa: PLC0415 -- app registry

    number = number_of_low(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s kind of carton runs out", "%(n)s kinds of cartons run out", number)
        yield Waiting(
            icon="package-open",
            tint="sable",
            title=said % {"n": number},
            text=_("Keep those that arrive with donations, or order some."),
            url=f"{reverse('warehouse-desk:carton-list')}?choix=rares",
            action=_("See which ones"),
        )


def waiting_labels(request: HttpRequest) -> Iterable[Waiting]:
    """Packed parcels that a carrier refused."""
    from rebond.warehouse.queries.packed import number_refused  # noqa: PLC0415 -- app registry

    number = number_refused(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext(
            "%(n)s packed parcel is refused by its carrier", "%(n)s packed parcels are refused by their carrier", number
        )
        yield Waiting(
            icon="circle-alert",
            tint="peche",
            title=said % {"n": number},
            text=_("Put the address, the weight or the pick-up point right on the page of the order."),
            url=f"{reverse('warehouse-desk:parcel-list')}?etat=refused",
            action=_("See which ones"),
            urgent=True,
        )


def waiting_stock_outs(request: HttpRequest) -> Iterable[Waiting]:
    """Objects of paid orders that were not found, or broken, and nobody said what became of them."""
    from rebond.warehouse.queries.stock_outs import number_open  # noqa: PLC0415 -- app registry

    number = number_open(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s paid object is missing or broken", "%(n)s paid objects are missing or broken", number)
        yield Waiting(
            icon="search-x",
            tint="sable",
            title=said % {"n": number},
            text=_("Found again, mended, recycled or lost: say what became of each."),
            url=reverse("warehouse-desk:stock-out-list"),
            action=_("Look at them"),
        )


def waiting_kept(request: HttpRequest) -> Iterable[Waiting]:
    """Parcels that have their label and must not leave."""
    from rebond.warehouse.queries.shipments import STAYS  # noqa: PLC0415 -- app registry
    from rebond.warehouse.queries.staying import labels_to_take_off  # noqa: PLC0415 -- app registry

    number = labels_to_take_off(request.access.organisation).count()  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s parcel has a label and must stay", "%(n)s parcels have a label and must stay", number)
        yield Waiting(
            icon="package-x",
            tint="peche",
            title=said % {"n": number},
            text=_("Do not give them to the carrier. The list says why, and which labels to take off."),
            url=f"{reverse('warehouse-desk:shipment-list')}?etat={STAYS}",
            action=_("See which ones"),
            urgent=True,
        )


RAIL = (
    (13, pgettext_lazy("stock", "Waves"), "route", "wave"),
    (14, pgettext_lazy("stock", "Parcels that leave"), "package", "parcel"),
    (15, pgettext_lazy("stock", "Places"), "warehouse", "place"),
    (16, pgettext_lazy("stock", "Counts"), "clipboard-check", "count"),
    (17, pgettext_lazy("stock", "Transports"), "truck", "transport"),
    (19, pgettext_lazy("stock", "Cartons"), "package-open", "carton"),
    (18, pgettext_lazy("stock", "Unsold"), "percent", "markdown"),
)


DELIVERY = gettext_lazy("Delivery")
CARRIERS = (
    (19, pgettext_lazy("shipment", "Parcels at carriers"), "package", "shipment"),
    (20, gettext_lazy("Carriers"), "truck", "carrier"),
)
HANDING = RailEntry(
    DELIVERY,
    19,
    pgettext_lazy("manifest", "Handing over"),
    "package-check",
    "warehouse-desk:manifest-list",
    "warehouse.shipment.view",
)


def register() -> None:
    """Called when the app is ready."""
    for order, label, icon, noun in CARRIERS:
        add_rail_entry(RailEntry(DELIVERY, order, label, icon, f"warehouse-desk:{noun}-list", f"warehouse.{noun}.view"))
    for order, label, icon, noun in RAIL:
        entry = RailEntry(STOCK, order, label, icon, f"warehouse-desk:{noun}-list", f"warehouse.{noun}.view")
        add_rail_entry(entry)
    add_rail_entry(HANDING)
    add_waiting(5, "warehouse.count.change", waiting_alert)
    add_waiting(30, "warehouse.count.change", waiting_differences)
    add_waiting(45, "warehouse.carton.change", waiting_cartons)
    add_waiting(6, "warehouse.shipment.change", waiting_labels)
    add_waiting(7, "warehouse.shipment.change", waiting_kept)
    add_waiting(31, "warehouse.stock_out.change", waiting_stock_outs)
    add_waiting(40, "warehouse.markdown.change", waiting_markdowns)
    add_item_panel(ItemPanel(10, "warehouse.place.view", "warehouse/desk/panel_item.html", place_of_item))
