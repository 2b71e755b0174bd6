"""When news are asked of somebody who left, and which days they must describe (rules.md B7, C2, C3; vector L27)."""

import datetime

from rebond.core.dates import add_months
from rebond.insertion.enums import Moment
from rebond.insertion.pass_dates import Window

FOUR_WEEKS = datetime.timedelta(weeks=4)
IMMEDIATE = frozenset({Moment.END, Moment.WEEKS4})  # what the ESF+ calls upon leaving
AGAIN_DAYS = 7  # after a call that reached nobody
Day = datetime.date


def days_of(left_on: Day) -> dict[Moment, Day]:
    """The day of each: months by the calendar, the last day of a shorter month (31 August: 28 or 29 February)."""
    return {
        Moment.END: left_on,
        Moment.WEEKS4: left_on + FOUR_WEEKS,
        Moment.MONTHS3: add_months(left_on, 3),
        Moment.MONTHS6: add_months(left_on, 6),
    }


def immediate_window(left_on: Day) -> Window:
    """L27: what the ESF+ counts upon leaving describes a day of the four weeks after, the first and last included."""
    return Window(left_on, left_on + FOUR_WEEKS)
