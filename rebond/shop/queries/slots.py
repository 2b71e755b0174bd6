"""The slots that a buyer may choose: openings of the week, cut, without closed days, with the places left.

Nobody writes them ahead: a slot has a row once somebody took it. Days and hours are those of Paris.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.network.models import Closure, Site
from rebond.shop.models import Agenda, Slot
from rebond.shop.queries.delays import DAY, is_holiday
from rebond.shop.queries.opening import closed_until, leaves_by
from rebond.shop.slot_enums import AppointmentState

NOTICE = datetime.timedelta(hours=2)  # nobody is told that a buyer comes in ten minutes


@dataclass(frozen=True, slots=True)
class Offer:
    """One slot that may be taken, with `left` places when it was read."""

    agenda: Agenda
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    left: int

    @property
    def key(self) -> str:
        """What a form sends: the agenda and the hour of Paris."""
        return f"{self.agenda.public_id}-{timezone.localtime(self.starts_at):%Y%m%d%H%M}"


@dataclass(frozen=True, slots=True)
class SlotDay:
    day: datetime.date
    offers: list[Offer]

    @property
    def left(self) -> int:
        return sum(offer.left for offer in self.offers)


@dataclass(frozen=True, slots=True)
class Agendas:
    """Those of some sites and sellers, with the closed days of who runs them."""

    rows: list[Agenda]
    closures: Mapping[int, list[Closure]]

    def of_site(self, site_id: int | None) -> list[Agenda]:
        return [row for row in self.rows if row.site_id is not None and row.site_id == site_id]

    def of_seller(self, seller_id: int) -> list[Agenda]:
        """Its own zones of delivery."""
        return [row for row in self.rows if row.mode == DeliveryMode.LOCAL and row.organisation_id == seller_id]


def collection_site(of_item: Site | None, sites: Sequence[Site]) -> Site | None:
    """Where an object is collected: where it lies, else the seller's first place for that."""
    return of_item or next((site for site in sites if site.is_pickup_point), None) or next(iter(sites), None)


def serving(agendas: Iterable[Agenda], postal_code: str) -> list[Agenda]:
    """The zones that a postal code is in."""
    return [row for row in agendas if postal_code and postal_code.startswith(tuple(row.zone))]


def agendas_for(sites: Collection[int], sellers: Collection[int], today: datetime.date) -> Agendas:
    """Open ones of these sites, and zones of these sellers: one query where there is none, three in all."""
    asked = Q(site__in=sites) | Q(organisation__in=sellers, mode=DeliveryMode.LOCAL)
    found = Agenda.objects.open().filter(asked).select_related("site", "organisation").prefetch_related("windows")
    rows = list(found.order_by("pk"))
    closures: dict[int, list[Closure]] = {row.organisation_id: [] for row in rows}
    if rows:
        for closure in Closure.objects.filter(organisation__in=closures, ends_on__gte=today):
            closures[closure.organisation_id].append(closure)
    return Agendas(rows, closures)


def _hours(agenda: Agenda, day: datetime.date) -> Iterable[tuple[datetime.datetime, datetime.datetime]]:
    """The slots of one day, whoever took them; a rest of an opening shorter than a slot is none."""
    for window in agenda.windows.all():
        if window.weekday != day.weekday():
            continue
        starts, last = (
            timezone.make_aware(datetime.datetime.combine(day, hour)) for hour in (window.starts, window.ends)
        )
        step = datetime.timedelta(minutes=agenda.slot_min) if agenda.slot_min else last - starts
        while starts + step <= last:
            yield starts, starts + step
            starts += step


def offers_of(
    agendas: Sequence[Agenda], found: Agendas, ready: Mapping[int, datetime.date], now: datetime.datetime
) -> list[Offer]:
    """What may still be taken, the soonest first. `ready` gives the first possible day by agenda. Two queries."""
    today = timezone.localdate(now)
    wanted: list[tuple[Agenda, datetime.datetime, datetime.datetime]] = []
    for agenda in agendas:
        day, last = max(today, ready[agenda.pk]), today + agenda.ahead_days * DAY
        while day <= last:
            if not is_holiday(day) and closed_until(found.closures[agenda.organisation_id], day) is None:
                wanted += [(agenda, *hours) for hours in _hours(agenda, day) if hours[0] >= now + NOTICE]
            day += DAY
    if not wanted:
        return []
    rows = Slot.objects.filter(agenda__in=agendas, starts_at__gte=now)
    lapsed = Count(
        "appointments",
        filter=Q(appointments__state=AppointmentState.HELD, appointments__held_until__lte=now),
    )
    taken = {(row.agenda_id, row.starts_at): row.taken - row.lapsed for row in rows.annotate(lapsed=lapsed)}
    offers = [
        Offer(agenda, starts, ends, max(0, agenda.capacity - taken.get((agenda.pk, starts), 0)))
        for agenda, starts, ends in wanted
    ]
    return sorted((offer for offer in offers if offer.left), key=lambda offer: (offer.starts_at, offer.agenda.pk))


def by_day(offers: Iterable[Offer]) -> list[SlotDay]:
    """The same, by day of Paris, in their order."""
    days: dict[datetime.date, list[Offer]] = {}
    for offer in offers:
        days.setdefault(timezone.localdate(offer.starts_at), []).append(offer)
    return [SlotDay(day, rows) for day, rows in days.items()]


def ready_days(
    agendas: Iterable[Agenda], closures: Iterable[Closure], from_day: datetime.date
) -> dict[int, datetime.date]:
    """By agenda, the first day that what is ordered on `from_day` is ready; `closures` are the seller's."""
    rows = list(closures)
    return {agenda.pk: leaves_by(rows, agenda.lead_days, from_day) for agenda in agendas}
