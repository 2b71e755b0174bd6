"""Packing slips: for each parcel of a seller's order, who sends what to whom. A gift has its words and no price."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.queries.labels import qr_svg
from rebond.core.codes import display_code
from rebond.core.money import format_cents
from rebond.core.pdf import render_pdf
from rebond.core.typography import french
from rebond.network.models import Organisation, Site
from rebond.shop.enums import OPEN_PARTS, OrderLineState, SellerOrderState
from rebond.shop.models import Appointment, OrderLine, OrderParcel, SellerOrder
from rebond.shop.queries.inside import units_inside
from rebond.shop.slot_enums import LIVE_APPOINTMENTS

AT_ONCE = 20  # more is a task's
MOST = 500  # of one file


def to_prepare(seller: Organisation) -> "QuerySet[SellerOrder]":
    """What waits to be prepared, the oldest first."""
    rows: QuerySet[SellerOrder] = SellerOrder.objects.filter(seller=seller, state=SellerOrderState.TO_PREPARE)
    return rows.select_related("order", "seller").order_by("pk")


def slips_pdf(
    parts: Sequence[SellerOrder], now: datetime.datetime | None = None, *, number: int | None = None, at: Any = None
) -> bytes:
    """One PDF, a page for each parcel, in the order of the parts and in each buyer's language. Five queries.

    A part that is over has none: its buyer's address is hidden by then; nor has a parcel of which nothing was found.
    With `number`, that parcel only; `at`, what is in that one of the warehouse. b"" where there is no page.
    """
    wanted = [part for part in parts if part.state in OPEN_PARTS]
    slips = _slips(wanted, number, at)
    if not slips:
        return b""
    first = wanted[0].order.language[:2]
    with translation.override(first):
        title = _("Packing slips") if len(slips) > 1 else _("Packing slip")
        return render_pdf("shop/slip", {"lang": first, "title": title, "slips": slips}, now=now)


def parcel_slips(parcel: Any) -> bytes:
    """The slips of a parcel of the warehouse, one for each seller in it; b"" where all of it is over."""
    rows = SellerOrder.objects.filter(order__public_id=parcel.order_code, state__in=OPEN_PARTS)
    sold = OrderLine.objects.filter(part=OuterRef("pk"), parcel=parcel.number, state=OrderLineState.SOLD)
    parts = list(rows.filter(Exists(sold)).select_related("order", "seller").order_by("pk"))
    return slips_pdf(parts, number=parcel.number, at=parcel)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Units of a bought line that are in the parcel."""

    line: OrderLine
    units: int

    @property
    def cents(self) -> int:
        """Of what the buyer pays for the line, less what goes back for the others (`queries.inside.missed_cents`)."""
        out = self.line.quantity - self.units
        return self.line.cents + -self.line.cents * out // self.line.quantity


def _inside(parts: Sequence[SellerOrder], at: Any) -> dict[tuple[int, int], list[_Inside]]:
    """{(part, number of its parcel): what is in it}."""
    sold = OrderLine.objects.filter(part__in=parts, state=OrderLineState.SOLD)
    lines = list(sold.select_related("item", "part__order").order_by("part_id", "parcel", "pk"))
    units = units_inside(lines, at=at)
    found: dict[tuple[int, int], list[_Inside]] = {}
    for line in lines:
        if line.pk in units:
            found.setdefault((line.part_id, line.parcel), []).append(_Inside(line, units[line.pk]))
    return found


def _slips(parts: Sequence[SellerOrder], only: int | None = None, at: Any = None) -> list[dict[str, Any]]:
    orders = [part.order_id for part in parts]
    lines = _inside(parts, at)
    parcels = {(row.order_id, row.number): row for row in OrderParcel.objects.filter(order__in=orders)}
    live = Appointment.objects.filter(parcel__order__in=orders, state__in=LIVE_APPOINTMENTS)
    hours = {(one.parcel.order_id, one.parcel.number): one for one in live.select_related("slot__agenda", "parcel")}
    places: dict[int, Site] = {}
    for site in Site.objects.filter(organisation__in={part.seller_id for part in parts}).order_by("is_main", "pk"):
        places[site.organisation_id] = site  # the main one last
    found = []
    for part in parts:
        here = places.get(part.seller_id)
        with translation.override(part.order.language):
            for number in sorted(n for part_id, n in lines if part_id == part.pk and only in {None, n}):
                key = (part.order_id, number)
                found.append(_slip(part, number, lines[part.pk, number], parcels.get(key), hours.get(key), here))
    return found


def _slip(
    part: SellerOrder,
    number: int,
    inside: Sequence[_Inside],
    parcel: OrderParcel | None,
    appointment: Appointment | None,
    site: Site | None,
) -> dict[str, Any]:
    lines = [one.line for one in inside]
    order, gift = part.order, parcel.gift if parcel is not None else ""
    head = [_("Object"), _("Code"), _("Quantity")]
    paid = timezone.localdate(order.paid_at or order.created_at)
    return {
        "title": _("Packing slip"),
        "number": _("Order %(code)s, parcel %(n)s") % {"code": order.public_id, "n": number},
        "dated": _("Ordered on %(day)s") % {"day": date_format(paid, "j F Y")},
        "qr": qr_svg(part.public_id),
        "code": part.public_id,
        "ends": [[_("From"), _sender(part.seller, site)], [_("For"), _receiver(part, lines, parcel)]],
        "way": _way(lines, parcel, appointment),
        "gift": french(gift),
        "gift_title": _("A word for you"),
        "has_prices": not gift,
        "head": head if gift else [*head, _("Price")],
        "rows": [_row(one, is_gift=bool(gift)) for one in inside],
        "total": format_cents(sum(one.cents for one in inside)),
        "total_label": _("Objects"),
        "words": [
            _("Something wrong? Write to %(seller)s from the page of your order: somebody answers.")
            % {"seller": part.seller.name},
            _("You may change your mind for 14 days after you received it: %(url)s")
            % {"url": f"{settings.SITE_URL}{reverse('shop:withdraw')}"},
        ],
    }


def _row(one: _Inside, *, is_gift: bool) -> list[str]:
    line, units = one.line, str(one.units)
    if one.units < line.quantity:  # its others were not found, or travel in another one
        units = _("%(n)s of %(number)s") % {"n": one.units, "number": line.quantity}
    row = [french(line.title), display_code(line.item.code), units]
    return row if is_gift else [*row, format_cents(one.cents)]


def _sender(seller: Organisation, site: Site | None) -> list[str]:
    where = [site.address, f"{site.postal_code} {site.city}"] if site is not None else []
    return [line for line in (seller.name, *where, seller.phone) if line]


def _receiver(part: SellerOrder, lines: Sequence[OrderLine], parcel: OrderParcel | None) -> list[str]:
    """A name and where it goes: the pick-up point's address where there is one."""
    order = part.order
    if lines[0].delivery_mode == DeliveryMode.PICKUP:
        where = []
    elif parcel is not None and parcel.point:
        point = parcel.point
        where = [point["name"], point["address"], f"{point['postal_code']} {point['city']}"]
    else:
        where = [order.address, f"{order.postal_code} {order.city}".strip()]
    return [line for line in (order.name, *where, order.phone) if line] or [order.public_id]


def _way(lines: Sequence[OrderLine], parcel: OrderParcel | None, appointment: Appointment | None) -> str:
    """How it leaves, and when where that was chosen."""
    mode = str(lines[0].get_delivery_mode_display()) if lines[0].delivery_mode else ""
    if appointment is not None:
        starts = timezone.localtime(appointment.slot.starts_at)
        when = date_format(starts, "l j F, G \\h i")
        return f"{mode} · {when} · {appointment.slot.agenda} · {appointment.code.upper()}"
    return " · ".join(part for part in (mode, parcel.carrier if parcel is not None else "") if part)
