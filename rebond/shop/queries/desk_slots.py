"""The day of a place that hands parcels over, and the round of a van or a bike: who, when, what."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db.models import QuerySet, Sum
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.core.dates import midnight
from rebond.network.models import Closure, Organisation
from rebond.shop.enums import OPEN_PARTS, OrderLineState, OrderState
from rebond.shop.models import Agenda, Appointment, OrderLine, SellerOrder, Slot
from rebond.shop.queries.delays import DAY, is_holiday
from rebond.shop.slot_enums import LIVE_APPOINTMENTS, AppointmentState

SHOWN_DAYS = 7
BATCH = 100


@dataclass(frozen=True, slots=True)
class DeskAppointment:
    """`parts` are of the sellers whose objects are in the parcel; those of others have no link."""

    row: Appointment
    lines: list[OrderLine]
    parts: list[SellerOrder]
    is_paid: bool
    is_due: bool  # its day has come
    has_begun: bool

    @property
    def is_open(self) -> bool:
        return self.row.state in LIVE_APPOINTMENTS

    @property
    def is_ready(self) -> bool:
        """Every part waits for its buyer, or left already."""
        return bool(self.parts) and all(part.ready_at or part.shipped_at for part in self.parts)

    @property
    def objects(self) -> int:
        return sum(line.quantity for line in self.lines)


def _rows(agendas: Collection[Agenda]) -> "list[int]":
    return [agenda.pk for agenda in agendas]


def described(rows: Sequence[Appointment], now: datetime.datetime) -> list[DeskAppointment]:
    """With the lines of their parcels: one query, whatever the number of appointments."""
    bought: dict[tuple[int, int], list[OrderLine]] = {}
    lines = OrderLine.objects.filter(
        part__order__in=[row.parcel.order_id for row in rows], state__in=[OrderLineState.SOLD, OrderLineState.PLACED]
    )
    for line in lines.select_related("part__seller", "item").order_by("pk"):
        bought.setdefault((line.part.order_id, line.parcel), []).append(line)
    today, found = timezone.localdate(now), []
    for row in rows:
        mine = bought.get((row.parcel.order_id, row.parcel.number), [])
        parts = list({line.part_id: line.part for line in mine}.values())
        is_paid = row.parcel.order.state == OrderState.PAID
        found.append(DeskAppointment(row, mine, parts, is_paid, row.slot.day <= today, row.slot.starts_at <= now))
    return found


def rows_of_day(agendas: Collection[Agenda], day: datetime.date) -> QuerySet[Appointment]:
    """The appointments of one day, by hour: awaited, handed over, missed."""
    rows = Appointment.objects.exclude(state=AppointmentState.FREED).filter(
        slot__agenda__in=_rows(agendas), slot__starts_at__gte=midnight(day), slot__starts_at__lt=midnight(day + DAY)
    )
    return rows.select_related("slot__agenda__site", "parcel__order").order_by("slot__starts_at", "pk")


def described_in_turn(rows: QuerySet[Appointment], now: datetime.datetime) -> Iterator[DeskAppointment]:
    """All of them, a hundred at a time, for a file."""
    for some in batched(rows.iterator(chunk_size=BATCH), BATCH):
        yield from described(some, now)


def named_by(agendas: Collection[Agenda], text: str, now: datetime.datetime) -> list[DeskAppointment]:
    """The appointment whose code a buyer shows, on any day; an order's code finds its own too."""
    code = "".join(text.split()).lower()
    rows = Appointment.objects.exclude(state=AppointmentState.FREED).filter(slot__agenda__in=_rows(agendas))
    rows = rows.filter(code=code) if len(code) == 6 else rows.filter(parcel__order__public_id=code)
    shown = rows.select_related("slot__agenda__site", "parcel__order").order_by("-pk")
    return described(list(shown[:20]), now)


def days_ahead(agendas: Collection[Agenda], first: datetime.date) -> list[tuple[datetime.date, int]]:
    """A week from `first`, with the places taken each day: one query over the slots."""
    rows = Slot.objects.filter(
        agenda__in=_rows(agendas),
        starts_at__gte=midnight(first),
        starts_at__lt=midnight(first + SHOWN_DAYS * DAY),
        taken__gt=0,
    )
    taken: dict[datetime.date, int] = {}
    for starts_at, n in rows.order_by().values_list("starts_at").annotate(n=Sum("taken")):
        taken[timezone.localdate(starts_at)] = taken.get(timezone.localdate(starts_at), 0) + n
    return [(day, taken.get(day, 0)) for day in (first + n * DAY for n in range(SHOWN_DAYS))]


def is_closed_on(organisation: Organisation, day: datetime.date) -> bool:
    """Days off that were announced, or a public holiday."""
    rows = Closure.objects.filter(organisation=organisation, starts_on__lte=day, ends_on__gte=day)
    return is_holiday(day) or rows.exists()


def awaited_today(organisation: Organisation, now: datetime.datetime) -> tuple[int, int]:
    """How many places of today are taken: collected, brought. One query."""
    day = timezone.localdate(now)
    rows = Slot.objects.filter(
        agenda__organisation=organisation, starts_at__gte=midnight(day), starts_at__lt=midnight(day + DAY)
    )
    found = dict(rows.order_by().values_list("agenda__mode").annotate(n=Sum("taken")))
    return found.get(DeliveryMode.PICKUP.value, 0), found.get(DeliveryMode.LOCAL.value, 0)


def appointment_of_part(part: SellerOrder, parcels: Collection[int]) -> list[Appointment]:
    """When its parcels are collected or brought; none once it is over."""
    if part.state not in OPEN_PARTS:
        return []
    rows = Appointment.objects.filter(
        parcel__order=part.order_id, parcel__number__in=set(parcels), state__in=LIVE_APPOINTMENTS
    )
    return list(rows.select_related("slot__agenda__site", "parcel").order_by("slot__starts_at"))
