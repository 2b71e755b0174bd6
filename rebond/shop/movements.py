"""What a provider lists of a day, in Rebond's words."""

import datetime
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Movement:
    """`kind`: paid, refunded, payout, or other (no concern of the books). `reference` is ours, empty where it has none.

    `cents` are above zero whatever the way; `fee_cents` is what the provider kept of it.
    """

    kind: str
    reference: str
    provider_id: str
    cents: int
    fee_cents: int = 0


def hours_of(day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The first moment of a day here, and of the next one."""
    zone = timezone.get_current_timezone()
    first = datetime.datetime.combine(day, datetime.time(), zone)
    return first, datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), zone)
