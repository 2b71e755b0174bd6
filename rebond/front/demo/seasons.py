"""When the demo's objects were sold: over twelve months, with the seasons of a shop of second-hand things that grows."""

import datetime
import random
from dataclasses import dataclass, field
from itertools import accumulate

MONTHS = (95, 85, 95, 100, 105, 95, 75, 70, 115, 110, 120, 150)  # January first, 100 as a mean: invented
AT_START, AT_END = 80, 125  # in percent: the shop sells more at the end than a year before
THIS_WEEK, LAST_DAYS = 4, 5  # times more, so that there are parcels to prepare and on their way


@dataclass(slots=True)
class Seasons:
    """The days of this month and of the eleven before it, each with its share of the sales."""

    today: datetime.date
    days: int = 0
    _shares: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        year, month = divmod(self.today.year * 12 + self.today.month - 1 - 11, 12)
        self.days = (self.today - datetime.date(year, month + 1, 1)).days or 1
        self._shares = list(accumulate(self._share(day) for day in range(1, self.days + 1)))

    def _share(self, ago: int) -> float:
        on = self.today - datetime.timedelta(days=ago)
        grown = AT_END - (AT_END - AT_START) * ago / self.days
        return MONTHS[on.month - 1] * grown * (THIS_WEEK if ago <= LAST_DAYS else 1)

    def draw(self, rng: random.Random) -> float:
        """Days before now; as many calls of `rng` whatever the day."""
        ago = rng.choices(range(1, self.days + 1), cum_weights=self._shares)[0]
        return round(max(0.02, ago - rng.random()), 3)
