"""Figures of what left: a day and site, promised against real, what was not sent, carriers' health, what it cost.

Counts of parcels, never of people. Each period is read by an index; the number of queries never changes.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Number
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.warehouse.enums import DEAD_SHIPMENTS, MISSED, ParcelState, PickState, ShipmentState
from rebond.warehouse.models import CarrierAccount, Packing, Parcel, Shipment

DAYS = 28


@dataclass(frozen=True, slots=True)
class Departure:
    """Parcels of a site that left on a day: on the promised day or before, one day after, more than one."""

    day: datetime.date
    site: str
    left: int
    on_time: int
    one_late: int

    @property
    def more_late(self) -> int:
        return self.left - self.on_time - self.one_late

    @property
    def percent(self) -> int:
        return 100 * self.on_time // self.left if self.left else 0


@dataclass(frozen=True, slots=True)
class CarrierFigures:
    """Labels of an account made in the period, and what became of them so far."""

    account: CarrierAccount
    labels: int
    delivered: int
    late: int
    lost: int
    refused: int
    priced: int
    cents: int

    @property
    def mean_cents(self) -> int | None:
        """What a label of it costs; None where no price is known."""
        return mean(self.cents, self.priced)


@dataclass(frozen=True, slots=True)
class Cost:
    """What the parcels that left a site cost: their cartons, and their labels where a carrier told a price."""

    site: str
    packed: int = 0
    carton_cents: int = 0
    labels: int = 0
    label_cents: int = 0

    @property
    def carton_mean(self) -> int | None:
        return mean(self.carton_cents, self.packed)

    @property
    def label_mean(self) -> int | None:
        return mean(self.label_cents, self.labels)

    @property
    def parcel_mean(self) -> int | None:
        """Carton and label of a parcel, in the mean of each; None where one of the two is not known."""
        if self.carton_mean is None or self.label_mean is None:
            return None
        return self.carton_mean + self.label_mean


def mean(cents: int, number: int) -> int | None:
    """To the nearest cent, a half up; None of nothing."""
    return (2 * cents + number) // (2 * number) if number else None


def period(now: datetime.datetime | None = None) -> tuple[datetime.date, datetime.date]:
    """The last four weeks, today included."""
    today = timezone.localdate(now)
    return today - datetime.timedelta(days=DAYS - 1), today


def departures_of(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[Departure]:
    """The latest day first, by site: one query, a row for each day, site and promised day."""
    rows: Any = Parcel.objects.filter(organisation=organisation, state=ParcelState.LEFT, ended_on__range=days)
    rows = rows.order_by().annotate(promised=TruncDate("leave_by"))
    found: dict[tuple[datetime.date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, site, promised, n in rows.values_list("ended_on", "site__name", "promised").annotate(n=Number("pk")):
        one, after = found[day, site], (day - promised).days
        one[0] += n
        one[1] += n if after <= 0 else 0
        one[2] += n if after == 1 else 0
    ordered = sorted(found.items(), key=lambda pair: pair[0][1])
    return [
        Departure(day, site, *one) for (day, site), one in sorted(ordered, key=lambda pair: pair[0][0], reverse=True)
    ]


def by_site(rows: Sequence[Departure]) -> list[Departure]:
    """The whole period of each site, dated by its last departure."""
    found: dict[str, list[Departure]] = defaultdict(list)
    for row in rows:
        found[row.site].append(row)
    return [
        Departure(
            max(one.day for one in some),
            site,
            sum(one.left for one in some),
            sum(one.on_time for one in some),
            sum(one.one_late for one in some),
        )
        for site, some in sorted(found.items())
    ]


def lead_days(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[tuple[int, int]]:
    """[(days from being asked to leaving, parcels)], the shortest first: one query."""
    rows: Any = Parcel.objects.filter(organisation=organisation, state=ParcelState.LEFT, ended_on__range=days)
    rows = rows.order_by().annotate(asked=TruncDate("created_at"))
    found: dict[int, int] = defaultdict(int)
    for asked, day, n in rows.values_list("asked", "ended_on").annotate(n=Number("pk")):
        found[max(0, (day - asked).days)] += n
    return sorted(found.items())


def missed_of(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[tuple[str, int]]:
    """[(why an object of a paid order was not sent, how often)], from the journal, where it stays: one query."""
    starts, ends = (timezone.make_aware(datetime.datetime.combine(day, datetime.time())) for day in days)
    rows = Entry.objects.filter(
        organisation_id=organisation.public_id,
        at__gte=starts,
        at__lt=ends + datetime.timedelta(days=1),
        action="warehouse.pick.missing",
    )
    counted = dict(rows.order_by().values_list("data__reason").annotate(n=Number("pk")))
    return [(str(PickState(reason).label), counted[reason]) for reason in sorted(MISSED) if reason in counted]


def carriers_of(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[CarrierFigures]:
    """Each account with its health: two queries."""
    starts = timezone.make_aware(datetime.datetime.combine(days[0], datetime.time()))
    rows: Any = Shipment.objects.filter(organisation=organisation, created_at__gte=starts).order_by()
    found = rows.values("account_id").annotate(
        labels=Number("pk", filter=Q(labelled_at__isnull=False)),
        delivered=Number("pk", filter=Q(state=ShipmentState.DELIVERED)),
        late=Number("pk", filter=Q(late_at__isnull=False)),
        lost=Number("pk", filter=Q(state=ShipmentState.LOST)),
        refused=Number("pk", filter=Q(state=ShipmentState.REFUSED)),
        priced=Number("pk", filter=Q(labelled_at__isnull=False, cents__isnull=False)),
        cents=Coalesce(Sum("cents", filter=Q(labelled_at__isnull=False)), 0),
    )
    made = {row.pop("account_id"): row for row in found}
    none = dict.fromkeys(("labels", "delivered", "late", "lost", "refused", "priced", "cents"), 0)
    accounts = CarrierAccount.objects.filter(organisation=organisation).order_by("carrier")
    return [CarrierFigures(account, **made.get(account.pk, none)) for account in accounts]


def costs_of(organisation: Any, days: tuple[datetime.date, datetime.date]) -> list[Cost]:
    """By site, of the parcels that left in the period: two queries. Wages and protection are not counted."""
    gone = {
        "parcel__organisation": organisation,
        "parcel__state": ParcelState.LEFT,
        "parcel__ended_on__range": days,
    }
    found: dict[str, dict[str, int]] = defaultdict(dict)
    packings: Any = Packing.objects.filter(**gone, undone_on=None, carton__isnull=False).order_by()
    for site, n, cents in packings.values_list("parcel__site__name").annotate(
        n=Number("pk"), cents=Sum("carton__cost_cents")
    ):
        found[site] |= {"packed": n, "carton_cents": cents}
    labels: Any = Shipment.objects.filter(**gone, cents__isnull=False).exclude(state__in=DEAD_SHIPMENTS).order_by()
    for site, n, cents in labels.values_list("parcel__site__name").annotate(n=Number("pk"), sum=Sum("cents")):
        found[site] |= {"labels": n, "label_cents": cents}
    return [Cost(site, **facts) for site, facts in sorted(found.items())]
