"""The law's delays, in days of Paris (rules.md F2 and F3). Pure functions of dates."""

import datetime

DAY = datetime.timedelta(days=1)
WITHDRAWAL_DAYS = 14  # L221-18; the same number to send back (L221-23) and to refund (L221-24)
FIXED = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})


def easter(year: int) -> datetime.date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return datetime.date(year, month, day + 1)


def is_holiday(day: datetime.date) -> bool:
    """Whether the whole of France rests: the eleven days of the labour code, L3133-1."""
    moving = {easter(day.year) + n * DAY for n in (1, 39, 50)}
    return (day.month, day.day) in FIXED or day in moving


def next_working_day(day: datetime.date) -> datetime.date:
    """`day`, or the next one that is no Saturday, Sunday or public holiday (L221-19)."""
    while day.weekday() >= 5 or is_holiday(day):
        day += DAY
    return day


def withdrawal_end(received_on: datetime.date) -> datetime.date:
    """The last day to withdraw: 14 days, that of the reception not counted, carried to a working day (L221-19)."""
    return next_working_day(received_on + WITHDRAWAL_DAYS * DAY)


def send_back_end(declared_on: datetime.date) -> datetime.date:
    """The last day to send the objects back (L221-23), carried like the delay itself."""
    return next_working_day(declared_on + WITHDRAWAL_DAYS * DAY)


def refund_end(declared_on: datetime.date, back_on: datetime.date | None = None) -> datetime.date:
    """The last day to refund (L221-24): 14 days after the decision, or the day the object or its proof of sending came.

    Not carried: a refund owed on a Saturday is late on the Sunday.
    """
    end = declared_on + WITHDRAWAL_DAYS * DAY
    return max(end, back_on) if back_on else end


def years_after(day: datetime.date, years: int) -> datetime.date:
    """The same day some years later; 1 March for a 29 February that is missing."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later; the first of the next month for a day that is missing."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return datetime.date(day.year + years, month + 1, day.day)
    except ValueError:  # February has no 30th; no month after which the year changes is so short
        return datetime.date(day.year + years, month + 2, 1)


def working_days_after(day: datetime.date, number: int) -> datetime.date:
    """The working day that comes `number` working days after `day`."""
    for _n in range(number):
        day = next_working_day(day + DAY)
    return day
