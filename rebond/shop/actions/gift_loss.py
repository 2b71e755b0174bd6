"""A bank took back what paid a gift card: its money covers that loss before it buys anything (decision 37).

One order of locks wherever a card's money moves: the order, the card, the sale and balances of the books, and only then
what the loss posts (`settle_loss`). Posted before the sale's own entry, it held accounts that another sale waits for
while it waited for a balance of that sale.
"""

import datetime

from django.db.models import F, Q

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_gift_card_back
from rebond.ledger.events import AmountEvent, Subject
from rebond.ledger.models import Entry
from rebond.shop.models import Dispute, GiftCard
from rebond.shop.money_enums import DisputeMoney, GiftCardState

SUBJECT = "shop.giftcard"


def event_of(card: GiftCard, cents: int, reason: str = "", key: str = "") -> AmountEvent:
    """Of the books of its issuer; they keep no buyer's name (decision 16)."""
    owner = card.issuer.organisation
    subject = Subject(SUBJECT, card.public_id, str(card.order))
    told = key or card.public_id
    return AmountEvent(key=told, cents=cents, subject=subject, owner=owner, reason=reason, operator=owner)


def cover_loss(*, card: GiftCard, reason: str = "", now: datetime.datetime) -> None:
    """What the card holds goes to the loss that it has not covered yet; what is left is usable again.

    In the caller's transaction, which holds the card's row.
    """
    fresh = GiftCard.objects.get(pk=card.pk)
    cents = min(fresh.balance_cents, fresh.loss_cents)
    if cents:
        rows = GiftCard.objects.filter(pk=card.pk)
        rows.update(balance_cents=F("balance_cents") - cents, loss_cents=F("loss_cents") - cents)
        # Several losses and returns of one card: each is an event of its own, under the card's lock.
        number = Entry.objects.filter(subject_kind=SUBJECT, subject_id=card.public_id).count()
        event = event_of(card, cents, reason, key=f"{card.public_id}-{number}")
        post_gift_card_back(event=event, is_lost=True, now=now)
        record("shop.gift_card.lost", subject=card, by=None, organisation=card.issuer.organisation, cents=cents)
    free_of_bank(card=card)


def settle_loss(*, card: GiftCard | None, now: datetime.datetime) -> None:
    """Money came back on the card, and the books have what sent it: a loss that is left is covered now.

    In the caller's transaction, after every other entry of it.
    """
    if card is None:
        return
    if GiftCard.objects.filter(Q(is_bank_block=True) | Q(loss_cents__gt=0), pk=card.pk).exists():
        lock_row(card)
        cover_loss(card=card, now=now)


def free_of_bank(*, card: GiftCard) -> bool:
    """Usable again where only a bank had blocked it, none holds its payment any more, and the loss is covered.

    The caller holds the card's row.
    """
    if Dispute.objects.filter(payment__order=card.order_id, money=DisputeMoney.TAKEN).exists():
        return False
    rows = GiftCard.objects.filter(pk=card.pk, is_bank_block=True, loss_cents=0, balance_cents__gt=0)
    is_free = bool(rows.update(state=GiftCardState.LIVE, is_bank_block=False))
    if is_free:
        record("shop.gift_card.freed", subject=card, by=None, organisation=card.issuer.organisation)
    return is_free
