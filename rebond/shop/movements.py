"""What a provider lists of a day, in Rebond's words."""

import datetime
from dataclasses import dataclass

from rebond.core.dates import midnight


@dataclass(frozen=True, slots=True)
class Movement:
    """`kind`: paid, refunded, payout, or other (no concern of the books). `reference` is ours, empty where it has none.

    `cents` are above zero whatever the way; `fee_cents` is what the provider kept of it. `intent` is the provider's own
    name of a payment, where that is another one than the movement's.
    """

    kind: str
    reference: str
    provider_id: str
    cents: int
    fee_cents: int = 0
    intent: str = ""


def hours_of(day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The first moment of a day here, and of the next one."""
    return midnight(day), midnight(day + datetime.timedelta(days=1))
