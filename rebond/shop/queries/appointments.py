"""The appointments of an order as its buyer sees them, and what may be chosen for each of its parcels."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.enums import DeliveryMode
from rebond.core.seo import absolute
from rebond.network.models import Organisation
from rebond.shop.enums import OrderLineState, OrderState, SellerOrderState
from rebond.shop.models import Agenda, Appointment, Order, OrderLine, OrderParcel
from rebond.shop.queries.orders import token_of
from rebond.shop.queries.seller_facts import seller_facts
from rebond.shop.queries.slots import Agendas, Offer, agendas_for, collection_site, offers_of, ready_days, serving
from rebond.shop.slot_enums import LIVE_APPOINTMENTS, AppointmentState

OPEN = frozenset(
    {SellerOrderState.PLACED, SellerOrderState.TO_PREPARE, SellerOrderState.READY, SellerOrderState.SHIPPED}
)
MODES = frozenset({DeliveryMode.PICKUP, DeliveryMode.LOCAL})


def slot_path(order: Order, number: int, name: str = "order-slot") -> str:
    """The signed address where the buyer chooses the appointment of a parcel."""
    return reverse(f"shop:{name}", args=[order.public_id, token_of(order), number])


def place_lines(agenda: Agenda) -> str:
    """Where one comes; "" where the seller does."""
    site = agenda.site
    return ", ".join(part for part in (site.name, site.address, site.place) if part) if site is not None else ""


@dataclass(frozen=True, slots=True)
class ShownAppointment:
    """`live` is what is agreed now; `last` says of one that is over why; `may_choose` that the buyer may (another)."""

    number: int
    live: Appointment | None
    last: Appointment | None
    may_choose: bool
    place: str
    url: str
    ics_url: str

    @property
    def is_missed(self) -> bool:
        return self.live is None and self.last is not None and self.last.state == AppointmentState.MISSED


def appointments_of(order: Order, lines: Sequence[OrderLine]) -> list[ShownAppointment]:
    """By parcel, those that were taken and those that may be. `lines` are all of the order's, with item and part.

    No query where nothing is collected or brought by a seller; else two, and what the agendas ask.
    """
    open_lines = [line for line in lines if _is_open(line, order)]
    wanted = {line.parcel for line in lines if line.delivery_mode in MODES}
    if not wanted:
        return []
    rows = Appointment.objects.filter(parcel__order=order, parcel__number__in=wanted).order_by("pk")
    taken: dict[int, list[Appointment]] = {}
    for row in rows.select_related("slot__agenda__site", "parcel"):
        taken.setdefault(row.parcel.number, []).append(row)
    waits = {line.parcel for line in open_lines if line.delivery_mode in MODES}
    _agendas, offered = _agendas_by_parcel(order, [line for line in open_lines if line.parcel in waits])
    today, found = timezone.localdate(), []
    for number in sorted(wanted):
        last = taken.get(number, [None])[-1]
        live = last if last is not None and last.state in LIVE_APPOINTMENTS else None
        may = bool(offered.get(number)) and (live is None or today < live.slot.day)
        if live is None and not may and (last is None or last.state == AppointmentState.FREED):
            continue
        place = place_lines(live.slot.agenda) if live is not None else ""
        url, ics = slot_path(order, number), slot_path(order, number, "order-slot-ics")
        found.append(ShownAppointment(number, live, last, may, place, url, ics))
    return found


def _is_open(line: OrderLine, order: Order) -> bool:
    if line.part.state not in OPEN:
        return False
    if order.state == OrderState.PAID:
        return line.state == OrderLineState.SOLD
    return order.state == OrderState.PLACED and order.pay_by is not None


def _agendas_by_parcel(order: Order, lines: Sequence[OrderLine]) -> tuple[Agendas, dict[int, list[Agenda]]]:
    """The agendas that suit each parcel, by its number: where its objects lie, or the zones of its buyer."""
    if not lines:
        return Agendas([], {}), {}
    first = {line.parcel: line for line in reversed(lines)}
    sites = {number: _site_of(line) for number, line in first.items() if line.delivery_mode == DeliveryMode.PICKUP}
    carriers = {_carrier_of(line).pk for line in first.values() if line.delivery_mode == DeliveryMode.LOCAL}
    found = agendas_for([pk for pk in sites.values() if pk], carriers, timezone.localdate())
    return found, {
        number: found.of_site(sites[number])
        if number in sites
        else serving(found.of_seller(_carrier_of(line).pk), order.postal_code)
        for number, line in first.items()
    }


def _carrier_of(line: OrderLine) -> Organisation:
    """Who carries its parcel (decision 56)."""
    return line.carried_by or line.part.seller


def _site_of(line: OrderLine) -> int | None:
    site = collection_site(line.item.site, seller_facts(_carrier_of(line), timezone.localdate()).sites)
    return site.pk if site is not None else None


def choices_for(parcel: OrderParcel, now: datetime.datetime) -> list[Offer]:
    """What the buyer of a placed order may choose for a parcel that waits; empty where nothing may be."""
    order = parcel.order
    rows = OrderLine.objects.filter(part__order=order, parcel=parcel.number, delivery_mode__in=MODES)
    lines = [
        line
        for line in rows.select_related("part__seller", "carried_by", "item__site").order_by("pk")
        if _is_open(line, order)
    ]
    found, by_parcel = _agendas_by_parcel(order, lines)
    agendas, today = by_parcel.get(parcel.number, []), timezone.localdate(now)
    if not agendas:
        return []
    closures = seller_facts(_carrier_of(lines[0]), today).closures
    is_ready = all(line.part.state == SellerOrderState.READY for line in lines)
    ready = ready_days(agendas, closures, timezone.localdate(order.created_at))
    ready = {pk: today if is_ready else day for pk, day in ready.items()}
    offers = offers_of(agendas, found, ready, now)
    if order.state == OrderState.PAID or order.pay_by is None:
        return offers
    return [offer for offer in offers if offer.ends_at <= order.pay_by]  # its objects are kept no longer


def live_of(parcel: OrderParcel) -> Appointment | None:
    """What is agreed for it now."""
    rows = Appointment.objects.filter(parcel=parcel, state__in=LIVE_APPOINTMENTS)
    return rows.select_related("slot__agenda__site", "slot__agenda__organisation", "parcel__order").first()


def _escaped(text: str) -> str:
    """A text of RFC 5545 (3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line of more than 75 octets (3.1)."""
    found: list[str] = []
    rest = line
    while rest:
        size = len(rest)
        while len(rest[:size].encode()) > (75 if not found else 74):
            size -= 1
        found.append(rest[:size])
        rest = rest[size:]
    return "\r\n ".join(found)


def calendar_of(appointment: Appointment, stamp: datetime.datetime) -> str:
    """One event, with an hour before it as a reminder; its name does not change when the hour does."""
    slot, order = appointment.slot, appointment.parcel.order
    agenda = slot.agenda
    where = place_lines(agenda) or ", ".join(part for part in (order.address, order.postal_code, order.city) if part)
    title = _("Collect my order") if agenda.is_collected else _("My order is brought to me")
    code = _("Code to show: %(code)s") % {"code": appointment.code.upper()}
    moments = [
        value.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ") for value in (stamp, slot.starts_at, slot.ends_at)
    ]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rebond//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{order.public_id}-{appointment.parcel.number}@rebond",
        f"SEQUENCE:{appointment.pk}",
        f"DTSTAMP:{moments[0]}",
        f"DTSTART:{moments[1]}",
        f"DTEND:{moments[2]}",
        f"SUMMARY:{_escaped(f'{title} · {agenda.organisation.name}')}",
        f"LOCATION:{_escaped(where)}",
        f"DESCRIPTION:{_escaped(code)}",
        f"URL:{absolute(slot_path(order, appointment.parcel.number))}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def live_appointments(order: Order) -> list[Appointment]:
    """What is agreed for the order's parcels, the soonest first."""
    rows = Appointment.objects.filter(parcel__order=order, state__in=LIVE_APPOINTMENTS)
    return list(rows.select_related("slot__agenda__site", "parcel").order_by("slot__starts_at"))


def unchosen(order: Order, lines: Sequence[OrderLine]) -> list[int]:
    """The parcels whose hour was lost before the payment came, and may be chosen again."""
    return [row.number for row in appointments_of(order, lines) if row.live is None and row.last and row.may_choose]
