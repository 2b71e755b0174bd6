"""Where a day begins, and dates as French writes them: "1er février", and "2 février"."""

import calendar
import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import DateFormat
from django.utils.translation import get_language


def midnight(day: datetime.date) -> datetime.datetime:
    """The beginning of a day in Paris."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day of another month, or the last one where that month is shorter (29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_of(self: DateFormat) -> int | str:
    """Django's format `j`: the day of the month without zero; in French the first one is "1er"."""
    data: Any = self.data
    day = int(data.day)
    return "1er" if day == 1 and (get_language() or "").startswith("fr") else day


def write_french_dates() -> None:
    """Teach Django's own formatter: a filter or a function of ours would miss what it writes by itself."""
    DateFormat.j = day_of  # type: ignore[assignment,method-assign]
