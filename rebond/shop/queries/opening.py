"""What a seller's closing days change: objects hidden, parcels that leave later."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rebond.network.models import Closure, Organisation
from rebond.shop.queries.delays import next_working_day, working_days_after

DAY = datetime.timedelta(days=1)


def closed_until(closures: Iterable[Closure], today: datetime.date) -> datetime.date | None:
    """The last of the closed days that `today` is one of, closures that follow each other counted as one."""
    last: datetime.date | None = None
    for closure in sorted(closures, key=lambda c: c.starts_on):
        if closure.starts_on <= (last + DAY if last else today) and closure.ends_on >= (last or today):
            last = closure.ends_on
    return last


def leaves_by(closures: Iterable[Closure], days: int, today: datetime.date) -> datetime.date:
    """When what is ordered today is ready to be collected or brought: `days` of any kind, but the closed ones."""
    rows = list(closures)
    day = today
    while days or closed_until(rows, day):
        if until := closed_until(rows, day):
            day = until
        else:
            days -= 1
        day += DAY
    return day


def delayed_to(closures: Iterable[Closure], days: int, today: datetime.date) -> datetime.date | None:
    """The day that closing days push a parcel to; None where the usual delay of `days` working days holds."""
    day = open_days_after(closures, today, days)
    return day if day > working_days_after(today, days) else None


def closures_of(organisations: Iterable[int], from_day: datetime.date) -> dict[int, list[Closure]]:
    """Those that are not over, by organisation. One query, none without organisations."""
    found: dict[int, list[Closure]] = {pk: [] for pk in organisations}
    if found:
        for row in Closure.objects.filter(organisation__in=found, ends_on__gte=from_day):
            found[row.organisation_id].append(row)
    return found


def open_days_after(closures: Iterable[Closure], day: datetime.date, number: int) -> datetime.date:
    """The `number`th day after `day` that is a working day of France and none of the closed ones."""
    rows = list(closures)
    for _n in range(number):
        day = next_working_day(day + DAY)
        while until := closed_until(rows, day):
            day = next_working_day(until + DAY)
    return day


@dataclass(frozen=True, slots=True)
class Departure:
    """The last day on which a parcel leaves; `days` are the working days that it usually takes."""

    day: datetime.date
    days: int
    is_delayed: bool  # by closing days: the day is told, the number of days would be false

    @property
    def told_on(self) -> datetime.date | None:
        """The day, where it is told in place of the number of days."""
        return self.day if self.is_delayed else None


def departure(
    carrier: Organisation,
    sellers: Iterable[Organisation],
    closures: Mapping[int, Iterable[Closure]],
    from_day: datetime.date,
) -> Departure:
    """When a parcel of these sellers, prepared at `carrier`'s, leaves: what is told before the order (L221-5), kept
    with it, and promised (L216-1).

    The working days of the slowest, but the closing days of each seller and of the carrier; `closures` by organisation.
    """
    found = []
    for seller in sellers:
        closed = [row for pk in {carrier.pk, seller.pk} for row in closures.get(pk, ())]
        days = max(carrier.ships_in_days, seller.ships_in_days)
        found.append((open_days_after(closed, from_day, days), days))
    day, days = max(day for day, _days in found), max(days for _day, days in found)
    return Departure(day, days, is_delayed=day > working_days_after(from_day, days))
