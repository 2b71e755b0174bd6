"""Delivered against the day that the buyer was told: by carrier and site. Counts of parcels, never of people."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Number
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from rebond.warehouse.carriers.contract import Step
from rebond.warehouse.enums import FOLLOWED_SHIPMENTS, ShipmentState
from rebond.warehouse.models import CarrierAccount, Shipment, TrackingEvent


@dataclass(frozen=True, slots=True)
class Arrival:
    """Parcels of a site that a carrier brought in the period: on the last day promised or before, one day after, more.

    `waited` are those still on their way today whose promised day is over.
    """

    carrier: str
    site: str
    came: int = 0
    on_time: int = 0
    one_late: int = 0
    waited: int = 0

    @property
    def more_late(self) -> int:
        return self.came - self.on_time - self.one_late

    @property
    def percent(self) -> int | None:
        """Of those that came, on time; None of none."""
        return 100 * self.on_time // self.came if self.came else None


def arrivals_of(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[Arrival]:
    """By carrier, then site: three queries.

    What goes to a pick-up point came when it was there to be fetched: its buyer's days are not its carrier's.
    """
    starts, ends = (timezone.make_aware(datetime.datetime.combine(day, datetime.time())) for day in days)
    mine: Any = Shipment.objects.filter(organisation=organisation, parcel__promised_on__isnull=False).order_by()
    rows = mine.filter(delivered_at__gte=starts, delivered_at__lt=ends + datetime.timedelta(days=1))
    there = TrackingEvent.objects.filter(shipment=OuterRef("pk"), step=Step.AT_POINT).order_by("at").values("at")[:1]
    rows = rows.filter(state=ShipmentState.DELIVERED).annotate(
        came_on=TruncDate(Coalesce(Subquery(there), "delivered_at"))
    )
    by = ("account_id", "parcel__site__name")
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account, site, promised, came_on, n in rows.values_list(*by, "parcel__promised_on", "came_on").annotate(
        n=Number("pk")
    ):
        after = (came_on - promised).days
        found[account, site]["came"] += n
        found[account, site]["on_time"] += n if after <= 0 else 0
        found[account, site]["one_late"] += n if after == 1 else 0
    on_way = FOLLOWED_SHIPMENTS - {ShipmentState.AT_POINT}
    late = mine.filter(state__in=on_way, parcel__promised_on__lt=days[1])
    for account, site, n in late.values_list(*by).annotate(n=Number("pk")):
        found[account, site]["waited"] += n
    names = {account.pk: str(account) for account in CarrierAccount.objects.filter(organisation=organisation)}
    made = [Arrival(names[account], site, **numbers) for (account, site), numbers in found.items()]
    return sorted(made, key=lambda one: (one.carrier, one.site))
