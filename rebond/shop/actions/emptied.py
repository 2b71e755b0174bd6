"""The delivery of a parcel of which nothing is left goes back where another seller's line had paid it (L221-24).

One refund for each part. Locks: the order by the caller, a gift card, then all the balances that the refunds move.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from rebond.core.locks import lock_rows
from rebond.ledger.actions.refund import lock_sales
from rebond.shop.actions.refund import ask_refund
from rebond.shop.enums import RefundReason
from rebond.shop.models import GiftCard, GiftSpend, OrderLine, SellerOrder


def hold_sales(*, part: SellerOrder, others: Sequence[OrderLine]) -> None:
    """Before the first of several refunds: what they move is locked in one order. Nothing where there is one only."""
    if others:
        spends = GiftSpend.objects.filter(order=part.order_id)
        lock_rows(GiftCard.objects.filter(pk__in=spends.values("card")), no_key=True)
        lock_sales([part.public_id, *{line.part.public_id for line in others}])


def refund_delivery(
    *,
    lines: Sequence[OrderLine],
    by: Any,
    operation: uuid.UUID,
    note: str = "",
    now: datetime.datetime | None = None,
    is_extra_kept: bool = False,
) -> None:
    """What is left of the delivery that these lines paid, of parts that were cancelled before, in the caller's refund.

    `is_extra_kept`: see `queries.withdrawal.shipping_back`. The same `operation` twice is one. Raise as `ask_refund`.
    """
    parts = {line.part_id: line.part for line in lines}
    for key, part in sorted(parts.items()):
        mine = [line for line in lines if line.part_id == key]
        cents = sum(line.standard_left_cents if is_extra_kept else line.shipping_left_cents for line in mine)
        if cents:
            ask_refund(
                part=part,
                lines={},
                shipping_cents=cents,
                parcels={line.parcel for line in mine},
                reason=RefundReason.CANCELLED,
                by=by,
                operation=uuid.uuid5(operation, f"delivery {part.public_id}"),
                note=note,
                now=now,
            )
