"""What a buyer says of a parcel that nobody saw arrive: it came another day, or never (rules.md F2, L221-18).

The proof of the delivery is the seller's to give: a presumption gives way to the buyer's word, or to the carrier's that
the buyer does not have it, and the delays with it.
"""

import contextlib
import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.sale import set_payable
from rebond.ledger.errors import UnknownSale
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.part import deliver_part, move_part
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.enums import ConversationReason, SellerOrderState
from rebond.shop.errors import PartStateError
from rebond.shop.models import Conversation, SellerOrder


@transaction.atomic
def say_received_on(
    *, part: SellerOrder, day: datetime.date, by: Any = None, now: datetime.datetime | None = None
) -> SellerOrder:
    """It came on this day: the delay to withdraw counts from it, and the seller's money waits as long.

    Of a parcel on its way, or that was only presumed received. Raise PartStateError for a day before it was sent, to
    come, or not later than the one presumed, and for a reception that was no presumption.
    """
    now = now or timezone.now()
    lock_row(part.order)
    part.refresh_from_db()
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    came_at = min(noon, now)
    if part.shipped_at is None or not timezone.localdate(part.shipped_at) <= day <= timezone.localdate(now):
        raise PartStateError
    if part.state == SellerOrderState.SHIPPED:
        return deliver_part(part=part, by=by, reason="said", now=max(came_at, part.shipped_at))
    if part.presumed_at is None or part.delivered_at is None or day <= timezone.localdate(part.delivered_at):
        raise PartStateError
    rows = SellerOrder.objects.filter(pk=part.pk, state=SellerOrderState.DELIVERED, presumed_at=part.presumed_at)
    if not rows.update(delivered_at=came_at, presumed_at=None):
        raise PartStateError
    part.refresh_from_db()
    hold_for_returns(part=part)
    record("shop.part.delivered", subject=part, by=by, organisation=part.seller, note="said")
    return part


@transaction.atomic
def say_never_came(
    *, part: SellerOrder, operation: uuid.UUID, by: Any = None, now: datetime.datetime | None = None
) -> Conversation:
    """It never came: no delay runs, the seller's money waits, and the seller answers in the conversation.

    A parcel that is said missing is not presumed received any more. The same operation twice is one. Raise
    PartStateError where it was truly received, or never sent.
    """
    now = now or timezone.now()
    lock_row(part.order)
    part.refresh_from_db()
    if part.contested_at is None:
        if part.shipped_at is None or (part.state == SellerOrderState.DELIVERED and part.presumed_at is None):
            raise PartStateError
        part = _wait_again(part, "contest", by, reason="missing", contested_at=now)
        record("shop.part.contested", subject=part, by=by, organisation=part.seller)
    return write_to_seller(
        part=part,
        reason=ConversationReason.NOT_RECEIVED,
        line=None,
        written=Written(_("My parcel has not arrived."), operation),
        name=part.order.name or _("Buyer"),
        by=by,
        now=now,
    )


def end_presumption(*, part: SellerOrder) -> bool:
    """Its carrier lost it or brings it back: no delay runs, and the seller's money waits; whether it was presumed.

    What somebody saw arrive stays received. The caller holds the order.
    """
    if part.state != SellerOrderState.DELIVERED or part.presumed_at is None:
        return False
    part = _wait_again(part, "come_back", None)
    record("shop.part.not_received", subject=part, by=None, organisation=part.seller)
    return True


def _wait_again(part: SellerOrder, verb: str, by: Any, *, reason: str = "", **changes: Any) -> SellerOrder:
    """It is on its way again, its money is nobody's to pay out."""
    part = move_part(part, verb, by, reason=reason, delivered_at=None, presumed_at=None, **changes)
    with contextlib.suppress(UnknownSale):  # sold before the books
        set_payable(sale_key=part.public_id, on=None)
    return part
