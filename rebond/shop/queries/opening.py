"""What a seller's closing days change: objects hidden, parcels that leave later."""

import datetime
from collections.abc import Iterable

from rebond.network.models import Closure
from rebond.shop.queries.delays import next_working_day

DAY = datetime.timedelta(days=1)


def closed_until(closures: Iterable[Closure], today: datetime.date) -> datetime.date | None:
    """The last of the closed days that `today` is one of, closures that follow each other counted as one."""
    last: datetime.date | None = None
    for closure in sorted(closures, key=lambda c: c.starts_on):
        if closure.starts_on <= (last + DAY if last else today) and closure.ends_on >= (last or today):
            last = closure.ends_on
    return last


def leaves_by(closures: Iterable[Closure], days: int, today: datetime.date) -> datetime.date:
    """When a parcel ordered today leaves at the latest: `days` of preparation, closed days not counted."""
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
    """The day that closing days push a parcel to; None where the usual delay of `days` holds."""
    day = leaves_by(closures, days, today)
    return day if day > today + datetime.timedelta(days=days) else None


def open_days_after(closures: Iterable[Closure], day: datetime.date, number: int) -> datetime.date:
    """The `number`th day after `day` that is a working day of France and none of the closed ones."""
    rows = list(closures)
    for _n in range(number):
        day = next_working_day(day + DAY)
        while until := closed_until(rows, day):
            day = next_working_day(until + DAY)
    return day
