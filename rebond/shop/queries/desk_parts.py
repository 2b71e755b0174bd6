"""A seller's orders at its desk: what is to prepare, what left, one order with all that is needed, and no more."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.core.codes import parse_code
from rebond.core.money import format_cents
from rebond.journal.models import Transition
from rebond.ledger.models import Sale
from rebond.ledger.queries.shares import Share, refunds_of, shares_of
from rebond.network.models import Organisation
from rebond.shop.enums import OPEN_PARTS, CancelReason, OrderLineState, SellerOrderState
from rebond.shop.models import Appointment, OrderLine, OrderParcel, SellerOrder
from rebond.shop.queries.delays import working_days_after
from rebond.shop.queries.desk_slots import appointment_of_part
from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models import Movement

PAGE = 50
LINE_CENTS = F("lines__unit_cents") * F("lines__quantity") - F("lines__discount_cents") + F("lines__network_cents")
BOUGHT = (OrderLineState.SOLD, OrderLineState.CANCELLED)
SHOWN_STATES = (
    SellerOrderState.TO_PREPARE,
    SellerOrderState.READY,
    SellerOrderState.SHIPPED,
    SellerOrderState.DELIVERED,
    SellerOrderState.CANCELLED,
)


def parts_of(seller: Organisation, *, state: str, words: str = "") -> "QuerySet[SellerOrder]":
    """A seller's paid orders in one state ("": all), found by their code, an object's code, or the buyer's name.

    What is still to do comes the oldest first, the rest the newest.
    """
    rows = SellerOrder.objects.filter(seller=seller)
    rows = rows.filter(state=state) if state in SHOWN_STATES else rows.filter(state__in=SHOWN_STATES)
    if (text := words.strip()) and (code := parse_code(text)):
        items = Item.objects.filter(seller=seller, code=code)
        rows = rows.filter(pk__in=OrderLine.objects.filter(item__in=items).values("part"))
    elif text:
        named = Q(order__name__icontains=text)
        rows = rows.filter(Q(public_id=text.lower()) | Q(order__public_id=text.lower()) | named)
    return rows.order_by("pk" if is_oldest_first(state) else "-pk")


def with_figures(rows: "QuerySet[SellerOrder]") -> "QuerySet[SellerOrder]":
    """With what each is worth and how many lines it has: for a page of them, or a download."""
    bought = Q(lines__state__in=BOUGHT)
    return rows.select_related("order", "seller").annotate(
        objects_n=Count("lines", filter=bought),
        goods_cents=Coalesce(Sum(LINE_CENTS, filter=bought), 0),
        sent_cents=Coalesce(Sum("lines__shipping_cents", filter=bought), 0),
        is_sent=Count("lines", filter=bought & ~Q(lines__delivery_mode=DeliveryMode.PICKUP)),
    )


def is_oldest_first(state: str) -> bool:
    """What is still to do is done in its order; what is over is read backwards."""
    return state in OPEN_PARTS


def part_page(
    rows: "QuerySet[SellerOrder]", state: str, key: int | None, size: int = PAGE
) -> tuple[list[SellerOrder], int | None]:
    """One page after the order of this key, and the key of the next page."""
    if key is not None:
        rows = rows.filter(pk__gt=key) if is_oldest_first(state) else rows.filter(pk__lt=key)
    keys = list(rows.values_list("pk", flat=True)[: size + 1])
    found = with_figures(SellerOrder.objects.filter(pk__in=keys[:size]))
    shown = list(found.order_by("pk" if is_oldest_first(state) else "-pk"))
    return shown, keys[size - 1] if len(keys) > size else None


def waiting_numbers(seller: Organisation) -> dict[str, int]:
    """How many orders are in each state that is still to do: over an index of the seller and the state."""
    rows = SellerOrder.objects.filter(seller=seller, state__in=OPEN_PARTS).order_by().values("state")
    return {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def ship_by(part: SellerOrder) -> datetime.date:
    """The day by which it should leave: the seller's working days after the payment (public holidays rest too)."""
    return working_days_after(timezone.localdate(part.order.paid_at or part.created_at), part.seller.ships_in_days)


@dataclass(frozen=True, slots=True)
class ShownLine:
    line: OrderLine
    place: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class PartPage:
    """`address` is what a delivery needs, and only while it does; `shares` say where the money of the sale went."""

    lines: list[ShownLine]
    address: list[str]
    modes: list[str]
    is_sent: bool
    goods_cents: int
    shipping_cents: int
    back_cents: int
    shares: list[Share]
    refunds: list[tuple[str, int]]
    history: list[Transition]
    parcels: list[OrderParcel]  # with a pick-up point or a gift's words, while it is to be prepared or on its way
    appointments: list[Appointment]  # when they are collected or brought, while they are


def part_detail(part: SellerOrder) -> PartPage:
    """A fixed number of queries, whatever the number of lines."""
    found = part.lines.filter(state__in=BOUGHT).select_related("item__category", "item__site", "withdrawn")
    rows = list(found.order_by("pk"))
    places = _places(rows)
    modes = list(dict.fromkeys(line.delivery_mode for line in rows if line.state == OrderLineState.SOLD))
    sale = Sale.objects.filter(key=part.public_id).select_related("seller").first()
    return PartPage(
        lines=[ShownLine(line, places.get(line.item_id, ""), hasattr(line, "withdrawn")) for line in rows],
        address=_address(part, modes),
        modes=[str(DeliveryMode(mode).label) for mode in modes if mode],
        is_sent=any(mode != DeliveryMode.PICKUP for mode in modes),
        goods_cents=sum(line.seller_cents for line in rows),
        shipping_cents=sum(line.shipping_cents for line in rows),
        back_cents=sum(line.refunded_cents + line.shipping_refunded_cents for line in rows),
        shares=shares_of(sale) if sale is not None else [],
        refunds=refunds_of(sale) if sale is not None else [],
        history=list(
            Transition.objects.filter(subject_kind="shop.sellerorder", subject_id=part.public_id).order_by("at", "pk")
        ),
        parcels=_parcels(part, rows),
        appointments=appointment_of_part(part, {line.parcel for line in rows}),
    )


def change_words(rows: Sequence[dict[str, Any]], titles: dict[int, str]) -> list[str]:
    """What a request asks, an object each, with why; `titles` by the key of the line."""
    found = []
    for row in rows:
        said = {"title": titles.get(row.get("line", 0), "")}
        if row["kind"] == "CancelLine":
            said["reason"] = str(CancelReason(row["reason"]).label)
            found.append(_("%(title)s: cancelled. %(reason)s") % said)
        elif row["kind"] == "LowerPrice":
            said["sum"] = format_cents(row["cents"])
            text = _("%(title)s: %(sum)s given back") % said
            found.append(f"{text}. {CancelReason(row['reason']).label}" if row.get("reason") else text)
        else:
            found.append(_("The buyer comes for it: the delivery is given back"))
    return found


def _parcels(part: SellerOrder, lines: Sequence[OrderLine]) -> list[OrderParcel]:
    """Where a parcel is handed over and what goes in it; nothing once the order is over."""
    if part.state not in OPEN_PARTS:
        return []
    rows = OrderParcel.objects.filter(order_id=part.order_id, number__in={line.parcel for line in lines})
    return [row for row in rows if row.point or row.gift]


def _places(lines: Sequence[OrderLine]) -> dict[int, str]:
    """Where each sold object was when it was sold: it waits there to be picked."""
    rows = Movement.objects.filter(item__in=[line.item_id for line in lines], reason=MoveReason.SOLD)
    rows = rows.exclude(from_place=None).select_related("from_place")
    return {row.item_id: str(row.from_place) for row in rows.order_by("pk")}


def _address(part: SellerOrder, modes: Sequence[str]) -> list[str]:
    """An address to send to, a name and a telephone to hand over; once it is over the town only."""
    order = part.order
    town = f"{order.postal_code} {order.city}".strip()
    if part.state not in OPEN_PARTS:
        return [line for line in (order.name, town) if line]
    where = [order.address, town] if any(mode != DeliveryMode.PICKUP for mode in modes) else []
    return [line for line in (order.name, *where, order.phone) if line]


def page_of_order(number: str, access: Any) -> str:
    """The page of the organisation's part of this order, "" where it sells nothing in it, or the person may not see."""
    if not access.can("shop.part.view"):
        return ""
    rows = SellerOrder.objects.filter(seller=access.organisation, order__public_id=number).order_by("pk")
    found = rows.values_list("public_id", flat=True).first()
    return reverse("shop:part-detail", args=[found]) if found else ""


def verb_words(verb: str) -> str:
    """What happened to a part, in words; a verb of later is told as it is."""
    words: dict[str, Any] = {
        "confirm": pgettext("order", "Paid"),
        "ship": pgettext("order", "Sent"),
        "carry": pgettext("order", "Sent"),
        "make_ready": pgettext("order", "Ready to collect"),
        "deliver": pgettext("order", "Received"),
        "hand_over": pgettext("order", "Handed over"),
        "cancel": pgettext("order", "Cancelled"),
        "come_back": _("Its carrier lost it, or brings it back"),
        "contest": _("The buyer says that it never came"),
        "drop": _("Everything was taken before the payment came"),
        "lapse": pgettext("order", "Never paid"),
    }
    return str(words.get(verb, verb))
