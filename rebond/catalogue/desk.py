"""What the catalogue adds to the desk: entries of the rail, things to do, panels and buttons of the home."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from rebond.catalogue.enums import ItemState
from rebond.core.desk import Action, Panel, Waiting, add_action, add_panel, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry

SALE, CATALOGUE, STOCK = gettext_lazy("Sale"), gettext_lazy("Catalogue"), gettext_lazy("Stock")
RAIL = (
    (SALE, 10, gettext_lazy("Items"), "boxes", "item-list", "catalogue.item.view"),
    (STOCK, 290, gettext_lazy("Kept for others"), "handshake", "hosting-list", "catalogue.hosting.view"),
    (CATALOGUE, 60, gettext_lazy("Categories"), "list-tree", "category-list", "catalogue.category.change"),
    (CATALOGUE, 70, gettext_lazy("Collections"), "layers", "collection-list", "catalogue.collection.change"),
    (CATALOGUE, 80, gettext_lazy("Recalls"), "shield-alert", "recall-list", "catalogue.recall.keep"),
)


def _items_url(query: str) -> str:
    return f"{reverse('catalogue:item-list')}?{query}"


def items_to_do(request: HttpRequest) -> Iterable[Waiting]:
    """Items sent back, to be checked, half written or without photo; for a seller without any, the first one."""
    from rebond.catalogue.queries import desk_home, desk_items  # noqa: PLC0415 -- app registry

    seller = request.access.organisation  # type: ignore[attr-defined]
    if seller.kind == "operator":
        return
    counts = desk_items.state_counts(seller)
    if not sum(counts.values()):
        yield _first_items()
        return
    if back := desk_home.sent_back_items(seller):
        yield Waiting(
            icon="undo-2",
            tint="rose",
            title=ngettext("%(n)s item sent back", "%(n)s items sent back", len(back)) % {"n": len(back)},
            text=_("To be completed: %(title)s") % {"title": back[0].title},
            url=reverse("catalogue:item-detail", args=[back[0].code]),
            action=_("Complete"),
            urgent=True,
        )
    yield from _by_state(seller, counts, drafts=counts[ItemState.DRAFT] - len(back))
    yield from _decisions(seller)
    if bare := desk_home.without_photo(seller):
        yield Waiting(
            icon="camera",
            tint="peche",
            title=ngettext("%(n)s item on sale without photo", "%(n)s items on sale without photo", bare) % {"n": bare},
            text=_("Buyers pass over an item that they cannot see."),
            url=_items_url("etat=on_sale&photo=non"),
            action=_("Photograph"),
        )


def _decisions(seller: Any) -> Iterable[Waiting]:
    """Objects that the moderators withdrew, while the seller may still contest."""
    from rebond.catalogue.models import Hold  # noqa: PLC0415 -- app registry

    rows = list(Hold.objects.open().filter(item__seller=seller, complaint_state="").select_related("item")[:50])
    if rows:
        one = reverse("catalogue:hold-detail", args=[rows[0].public_id])
        yield Waiting(
            icon="gavel",
            tint="rose",
            title=ngettext("%(n)s object withdrawn by decision", "%(n)s objects withdrawn by decision", len(rows))
            % {"n": len(rows)},
            text=_("The reasons, and how to contest: %(title)s") % {"title": rows[0].item.title},
            url=one if len(rows) == 1 else reverse("catalogue:hold-list"),
            action=pgettext("decision", "Read"),
        )


def complaints_to_answer(request: HttpRequest) -> Iterable[Waiting]:
    """Sellers' complaints that nobody answered yet (DSA art. 20: in a timely manner)."""
    from rebond.catalogue.models import Hold  # noqa: PLC0415 -- app registry

    rows = list(Hold.objects.contested().select_related("item").order_by("complained_at", "pk")[:100])
    if rows:
        yield Waiting(
            icon="gavel",
            tint="rose",
            title=ngettext("%(n)s complaint to answer", "%(n)s complaints to answer", len(rows)) % {"n": len(rows)},
            text=_("The oldest: %(name)s") % {"name": rows[0].item.title},
            url=f"{reverse('catalogue:hold-list')}?etat=contestees",
            action=_("Answer"),
            urgent=True,
        )


def _first_items() -> Waiting:
    return Waiting(
        icon="package-open",
        tint="menthe",
        title=_("Put your first items on sale"),
        text=_("Write one, or bring your whole catalogue in a spreadsheet."),
        url=reverse("catalogue:item-create"),
        action=_("Begin"),
        urgent=True,
    )


def _by_state(seller: Any, counts: dict[str, int], *, drafts: int) -> Iterable[Waiting]:
    from rebond.catalogue.queries.desk_home import oldest_in  # noqa: PLC0415 -- app registry

    checked = counts[ItemState.IN_REVIEW]
    oldest = oldest_in(seller, ItemState.IN_REVIEW) if checked else None
    if oldest:
        yield Waiting(
            icon="search-check",
            tint="anis",
            title=ngettext("%(n)s item to check", "%(n)s items to check", checked) % {"n": checked},
            text=_("The oldest: %(name)s") % {"name": oldest.title},
            url=_items_url("etat=in_review&tri=oldest"),
            action=_("Check"),
            urgent=True,
        )
    oldest = oldest_in(seller, ItemState.DRAFT) if drafts > 0 else None
    if oldest:
        yield Waiting(
            icon="pencil-line",
            tint="ciel",
            title=ngettext("%(n)s draft to finish", "%(n)s drafts to finish", drafts) % {"n": drafts},
            text=_("The oldest: %(name)s") % {"name": oldest.title},
            url=_items_url("etat=draft&tri=oldest"),
            action=_("Finish"),
        )


def hostings_to_answer(request: HttpRequest) -> Iterable[Waiting]:
    """Who offers to keep objects of the organisation, and waits for its answer."""
    from rebond.catalogue.queries.hosting import to_answer  # noqa: PLC0415 -- app registry

    rows = to_answer(request.access.organisation)  # type: ignore[attr-defined]
    if rows:
        one = reverse("catalogue:hosting-detail", args=[rows[0].public_id])
        number = ngettext("%(n)s offer to keep your objects", "%(n)s offers to keep your objects", len(rows))
        yield Waiting(
            icon="handshake",
            tint="menthe",
            title=number % {"n": len(rows)},
            text=_("Since longest: %(name)s") % {"name": rows[0].site.organisation.name},
            url=one if len(rows) == 1 else reverse("catalogue:hosting-list"),
            action=_("Answer"),
        )


def own_items(request: HttpRequest) -> dict[str, Any] | None:
    """The seller's items by state; for the network's staff, everybody's."""
    from rebond.catalogue.queries import desk_home, desk_items  # noqa: PLC0415 -- app registry

    seller = request.access.organisation  # type: ignore[attr-defined]
    if seller.kind == "operator":
        return {"counts": desk_home.network_counts(), "aging": None, "is_staff": True}
    counts = desk_items.state_counts(seller)
    if not sum(counts.values()):
        return None
    return {"counts": counts, "aging": desk_home.aging(seller), "is_staff": False}


def week_sales(request: HttpRequest) -> dict[str, Any] | None:
    """What the seller sold in the last seven days; nothing for who never sold."""
    from rebond.catalogue.queries.desk_home import sold_by_day  # noqa: PLC0415 -- app registry

    seller = request.access.organisation  # type: ignore[attr-defined]
    chart = None if seller.kind == "operator" else sold_by_day(seller)
    return {"chart": chart} if chart else None


def register() -> None:
    """Called once, by the app's `ready`."""
    for section, order, label, icon, name, permission in RAIL:
        add_rail_entry(RailEntry(section, order, label, icon, f"catalogue:{name}", permission))
    change = "catalogue.item.change"
    add_action(Action(20, change, "plus", gettext_lazy("Add an item"), "catalogue:item-create", primary=True))
    add_waiting(140, "catalogue.hold.decide", complaints_to_answer)
    add_waiting(400, change, items_to_do)
    add_waiting(720, "catalogue.hosting.change", hostings_to_answer)
    add_panel(Panel(100, "catalogue.item.view", "catalogue/panel_sales.html", week_sales, "main"))
    add_panel(Panel(50, "catalogue.item.view", "catalogue/panel_items.html", own_items, "side"))
