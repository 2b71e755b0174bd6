"""The network's gesture: the operator gives a buyer an amount at its own expense, nothing is taken from the seller.

A lower price that the seller agrees is another thing (`actions.part.LowerPrice`). Decision 34.
"""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.shop import tasks
from rebond.shop.actions.books import post_network_gesture
from rebond.shop.actions.gift_loss import settle_loss
from rebond.shop.actions.gift_spend import give_to_card
from rebond.shop.actions.refund import payment_of, write_refund
from rebond.shop.enums import RefundReason
from rebond.shop.errors import GesturePaidThereError, RefundInvalidError, RefundTooMuchError
from rebond.shop.models import Order, Refund, SellerOrder
from rebond.shop.money_enums import COLLECTION
from rebond.shop.queries.gestures import gesture_left, provider_left


@transaction.atomic
def give_gesture(
    *,
    part: SellerOrder,
    cents: int,
    words: str,
    by: Any,
    operation: uuid.UUID,
    now: datetime.datetime | None = None,
) -> Refund:
    """Give these cents back to the buyer of a paid part, by the means that paid; tell them in these words by a mail.

    Back by the provider while something of its payment is left, the rest on the gift card that paid (decision 37).

    Never more than the buyer paid, less what they have again: all decided refunds, what a bank took. The same
    `operation` twice is one gesture. Raise RefundInvalidError (not paid, nothing given, no words),
    GesturePaidThereError (the seller took the money itself), RefundTooMuchError.
    """
    known = Refund.objects.filter(operation=operation).first()
    if known is not None:
        return known
    now = now or timezone.now()
    order = lock_row(part.order)
    known = Refund.objects.filter(operation=operation).first()  # the same form at once, in another process
    if known is not None:
        return known
    check_gesture(order=order, cents=cents, words=words)
    payment = payment_of(order)
    card_cents = max(cents - provider_left(payment), 0)
    refund = write_refund(
        payment=payment,
        part=part,
        backs=[],
        reason=RefundReason.NETWORK,
        by=by,
        operation=operation,
        note=words,
        now=now,
        gesture_cents=cents,
        card_cents=card_cents,
    )
    card = give_to_card(order=order, cents=card_cents, by=by, now=now)
    post_network_gesture(gesture=refund, card=card, by=by, now=now)
    settle_loss(card=card, now=now)
    tasks.write_refund_mail.enqueue(refund.pk)
    return refund


def check_gesture(*, order: Order, cents: int, words: str) -> None:
    """Raise as `give_gesture` where this may not be given now."""
    if payment_of(order).provider == COLLECTION:
        raise GesturePaidThereError
    if cents <= 0 or not words.strip():
        raise RefundInvalidError
    if cents > gesture_left(order):
        raise RefundTooMuchError
