"""Parcels that came back unannounced: those that a carrier brings back, those that wait at the desk, their orders."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from rebond.core.codes import parse_code
from rebond.shop.enums import OrderLineState, ReturnState
from rebond.shop.models import OrderLine, ReturnLine, SellerOrder, StrayParcel
from rebond.shop.queries.carried import read_reference
from rebond.shop.queries.desk_parts import parts_of
from rebond.shop.stray_enums import StrayPicture, StrayState
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment

SHOWN = 6
FOUND = 10
COMING = (ShipmentState.RETURNING, ShipmentState.RETURNED)


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Our own parcel that its carrier could not hand over: its order with us, and the objects in it."""

    shipment: Shipment
    part: SellerOrder
    lines: list[OrderLine]


def unclaimed(organisation: Any) -> list[Unclaimed]:
    """Those on their way back that nobody noted yet, the first to come back first; two queries."""
    noted = StrayParcel.objects.filter(shipment=OuterRef("pk")).exclude(state=StrayState.MISTAKE)
    rows = Shipment.objects.filter(organisation=organisation, state__in=COMING).filter(~Exists(noted))
    return _with_orders(list(rows.select_related("account").order_by("moved_at", "pk")[:SHOWN]), organisation)


def unclaimed_of(text: str, organisation: Any, *, order: str = "", item: str = "") -> Unclaimed | None:
    """By its tracking number (`text`), its order's number, or the code of an object inside; None for any other.

    Noted before or not: whoever scans it again is told so.
    """
    rows = Shipment.objects.filter(organisation=organisation, state__in=COMING)
    if item:
        codes = OrderLine.objects.filter(item__code=item, part__seller=organisation, state=OrderLineState.SOLD)
        rows = rows.filter(subject__in=list(codes.values_list("part__order__public_id", flat=True)[:FOUND]))
    else:
        rows = rows.filter(subject=order) if order else rows.filter(number=text.strip().upper(), number__gt="")
    found = _with_orders(list(rows.select_related("account").order_by("-pk")[:FOUND]), organisation)
    inside = [one for one in found if not item or any(line.item.code == item for line in one.lines)]
    return inside[0] if inside else None


def _with_orders(shipments: list[Shipment], organisation: Any) -> list[Unclaimed]:
    """Those whose order is known, with what was sold in them, less what comes back otherwise.

    What the organisation sold comes first; of a parcel in which it sold nothing and that it carried for its seller
    (decision 56) what the first of its sellers sold.
    """
    known = {row.pk: read for row in shipments if (read := read_reference(row.reference)) is not None}
    codes = {code for code, _number in known.values()}
    rows = OrderLine.objects.filter(part__order__public_id__in=codes, state=OrderLineState.SOLD, coming_back=None)
    mine = rows.filter(Q(part__seller=organisation) | Q(carried_by=organisation))
    inside: dict[tuple[str, int], dict[int, list[OrderLine]]] = {}
    for line in mine.select_related("item", "part__order", "part__seller").order_by("part_id", "pk") if known else ():
        inside.setdefault((line.part.order.public_id, line.parcel), {}).setdefault(line.part_id, []).append(line)
    found = []
    for row in shipments:
        parts = list(inside.get(known.get(row.pk, ("", 0)), {}).values())
        if parts:
            lines = min(parts, key=lambda some: some[0].part.seller_id != organisation.pk)
            found.append(Unclaimed(row, lines[0].part, lines))
    return found


def lines_of_number(text: str, organisation: Any) -> "QuerySet[ReturnLine]":
    """Objects whose buyer gave this tracking number, or whose parcel was noted under it and tied since."""
    number = text.strip()
    if not number:
        return ReturnLine.objects.none()
    tied = StrayParcel.objects.filter(seller=organisation, number=number, state=StrayState.TIED)
    rows = ReturnLine.objects.filter(back__part__seller=organisation).exclude(back__state=ReturnState.UNSENT)
    return rows.filter(Q(back__tracking__iexact=number) | Q(back__in=tied.values("back")))


def strays_of(organisation: Any, tab: str) -> "QuerySet[StrayParcel]":
    """The organisation's: `ouverts`, `repartis`, `rattaches` or `clos`, the latest first."""
    states = {
        "rattaches": (StrayState.TIED,),
        "repartis": (StrayState.AGAIN,),
        "clos": (StrayState.REPAIR, StrayState.SENT_BACK, StrayState.SORTING, StrayState.MISTAKE),
    }.get(tab, (StrayState.OPEN,))
    rows = StrayParcel.objects.filter(seller=organisation, state__in=states)
    return rows.select_related("site", "part__order", "back", "shipment__account").order_by("-pk")


def begun_stray(organisation: Any, code: str) -> StrayParcel | None:
    """The one that its page began and nobody put away yet, by its own code or by the number that was read on it."""
    if not code:
        return None
    rows = StrayParcel.objects.filter(seller=organisation, state=StrayState.OPEN, put_at="")
    found: StrayParcel | None = rows.filter(Q(public_id=code) | Q(number=code)).order_by("-pk").first()
    return found


def open_strays(organisation: Any) -> int:
    """How many wait for somebody at the desk."""
    return StrayParcel.objects.filter(seller=organisation, state=StrayState.OPEN).count()


def missing_picture(stray: StrayParcel) -> str:
    """Which picture is still to take, "" for none."""
    taken = set(stray.photos.values_list("kind", flat=True))
    return next((str(kind) for kind in StrayPicture if kind not in taken), "")


def lines_inside(stray: StrayParcel, part: SellerOrder) -> list[int]:
    """The keys of what left in this parcel, where it is ours; none where somebody has to look."""
    known = read_reference(stray.shipment.reference) if stray.shipment and part.pk == stray.part_id else None
    if known is None:
        return []
    rows = OrderLine.objects.filter(part=part, parcel=known[1], state=OrderLineState.SOLD)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def orders_like(organisation: Any, words: str) -> list[SellerOrder]:
    """Orders that left, for who looks for the one of a parcel: by number, object's code, buyer's name or town."""
    text = words.strip()[:80]
    if not text:
        return []
    rows = parts_of(organisation, state="", words=text)
    if not parse_code(text):
        town = Q(order__city__icontains=text) | Q(tracking__icontains=text)
        rows = rows | SellerOrder.objects.filter(town, seller=organisation)
    rows = rows.filter(Q(shipped_at__isnull=False) | Q(delivered_at__isnull=False))
    return list(rows.select_related("order").prefetch_related("lines").order_by("-pk")[:FOUND])
