"""A gift card: ordered, sold when its order is paid, given back within the delay to withdraw (decision 37).

Its money is a debt of the issuer (multi-purpose voucher, CGI 256 ter: no VAT before it is used). The caller or the
action itself holds the order; the card's row is moved by conditional updates.
"""

import datetime
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from rebond.core.bulk import insert_unless_there
from rebond.core.codes import ALPHABET
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_gift_card, post_gift_card_back
from rebond.shop import tasks
from rebond.shop.actions.gift_loss import cover_loss, event_of, free_of_bank
from rebond.shop.actions.gift_mail import acknowledge_back
from rebond.shop.actions.refund import payment_of, write_refund
from rebond.shop.enums import RefundReason
from rebond.shop.errors import GiftCardInvalidError, GiftCardOtherWishError, GiftCardStateError
from rebond.shop.models import Dispute, GiftCard, Order, Payment, Refund
from rebond.shop.money_enums import GIFT_CARD_TRANSITIONS, GiftCardState
from rebond.shop.queries.delays import months_after
from rebond.shop.queries.gift_cards import CODE_LENGTH, card_of, hash_of, may_go_back, selling_issuer
from rebond.shop.queries.terms import current_terms

SEND_WITHIN = datetime.timedelta(days=365)
_DRAW = secrets.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the payer chose. Without `recipient_email` the card is sent to the payer; without `send_on`, at once."""

    amount_cents: int
    email: str
    recipient_email: str = ""
    sender_name: str = ""
    message: str = ""
    send_on: datetime.date | None = None


def _kept_of(wish: Wish) -> dict[str, Any]:
    """What the card keeps of it, beside its amount."""
    return {
        "recipient_email": wish.recipient_email.strip(),
        "sender_name": wish.sender_name.strip()[:80],
        "message": " ".join(wish.message.split())[:300],
        "send_on": wish.send_on,
    }


@transaction.atomic
def buy_card(
    *, wish: Wish, user: Any, operation: uuid.UUID, provider: str, now: datetime.datetime | None = None
) -> Payment:
    """An order of one card, that waits for its payment; return the payment. The same `operation` twice is one.

    Raise GiftCardOtherWishError where it ordered something else; GiftCardInvalidError where no issuer sells it:
    nobody, another amount, a day that is over or a year away.
    """
    now = now or timezone.now()
    issuer, today = selling_issuer(), timezone.localdate(now)
    if issuer is None or not issuer.min_cents <= wish.amount_cents <= issuer.max_cents:
        raise GiftCardInvalidError
    if wish.send_on is not None and not today <= wish.send_on <= today + SEND_WITHIN:
        raise GiftCardInvalidError
    order = Order(
        operation=operation,
        user=user,
        email=wish.email.strip(),
        language=translation.get_language() or "fr",
        total_cents=wish.amount_cents,
        terms=current_terms(set()).get(0),
        created_at=now,
    )
    if not insert_unless_there(order):
        return _ordered_before(operation, wish)
    GiftCard.objects.create(
        issuer=issuer, order=order, amount_cents=wish.amount_cents, created_at=now, **_kept_of(wish)
    )
    record("shop.gift_card.ordered", subject=order, by=user, organisation=issuer.organisation, cents=order.total_cents)
    return Payment.objects.create(order=order, provider=provider, amount_cents=order.total_cents, created_at=now)


def move(card: GiftCard, verb: str, **changes: Any) -> bool:
    """Whether it was in a state that `verb` leaves: it is in the next one now, with these changes."""
    from_states, to_state = GIFT_CARD_TRANSITIONS[verb]
    return bool(GiftCard.objects.filter(pk=card.pk, state__in=from_states).update(state=to_state, **changes))


def _ordered_before(operation: uuid.UUID, wish: Wish) -> Payment:
    """What the same form ordered; raise GiftCardOtherWishError where something else is asked for now."""
    order = Order.objects.get(operation=operation)
    card = card_of(order)
    kept = {"amount_cents": wish.amount_cents} | _kept_of(wish)
    if card is None or order.email != wish.email.strip() or any(getattr(card, name) != kept[name] for name in kept):
        raise GiftCardOtherWishError
    return Payment.objects.select_related("order").filter(order=order).order_by("-pk")[0]


def draw_code() -> str:
    """A new code, at random."""
    return "".join(_DRAW.choices(ALPHABET, k=CODE_LENGTH))


def sell_card(*, order: Order, now: datetime.datetime) -> None:
    """Its order is paid: the issuer owes what it holds, and its code leaves by mail. Once; the caller holds the order.

    An issuer that ended meanwhile still sells what was ordered.
    """
    card = card_of(order)
    if card is None:
        return
    code, today = draw_code(), timezone.localdate(now)
    is_sold = move(
        card,
        "sell",
        balance_cents=F("amount_cents"),
        code=code,
        code_hash=hash_of(code),
        sold_at=now,
        expires_on=months_after(max(today, card.send_on or today), card.issuer.months),
    )
    if not is_sold:
        return
    post_gift_card(event=event_of(card, card.amount_cents), now=now)
    who = card.issuer.organisation
    record("shop.gift_card.sold", subject=card, by=order.user, organisation=who, cents=card.amount_cents)
    tasks.write_gift_receipt.enqueue(card.pk)
    tasks.send_gift_card.enqueue(card.pk)


@transaction.atomic
def give_card_back(*, order: Order, by: Any = None, now: datetime.datetime | None = None) -> Refund:
    """The payer withdraws within 14 days (L221-18): all of it goes back by the means that paid it.

    Only a card of which nothing was used. Acknowledged by mail with its content, the day and the hour (rules.md F2).
    Run again, it is one refund. Raise GiftCardStateError.
    """
    now = now or timezone.now()
    lock_row(order)
    operation = uuid.uuid5(order.operation, "gift card back")
    known = Refund.objects.filter(operation=operation).first()
    if known is not None:
        return known
    card = card_of(order)
    if card is None or not may_go_back(card, timezone.localdate(now)):
        raise GiftCardStateError
    there = [GiftCardState.LIVE, GiftCardState.BLOCKED]
    whole = GiftCard.objects.filter(pk=card.pk, state__in=there, balance_cents=F("amount_cents"))
    if not whole.update(state=GiftCardState.BACK, balance_cents=0, code="", back_at=now, is_bank_block=False):
        raise GiftCardStateError
    reason = RefundReason.WITHDRAWN
    paid = payment_of(order)
    refund = write_refund(payment=paid, part=None, backs=[], reason=reason, by=by, operation=operation, now=now)
    post_gift_card_back(event=event_of(card, card.amount_cents, str(reason.label)), now=now)
    record("shop.gift_card.back", subject=card, by=by, organisation=card.issuer.organisation, cents=card.amount_cents)
    acknowledge_back(card=card, refund=refund, now=now)
    tasks.write_refund_mail.enqueue(refund.pk)
    return refund


def follow_dispute(*, dispute: Dispute, verb: str, now: datetime.datetime) -> None:
    """The payer's bank contests a card's payment: `block` until it decides, then `free` again, or `lose`.

    What the desk blocked stays blocked. Lost, what the card holds covers what the bank took: the issuer owes it no
    more. Until all is covered it stays blocked, and what comes back on it covers the rest. In the caller's transaction.
    """
    card = card_of(dispute.payment.order)
    if card is None or Refund.objects.filter(payment=dispute.payment, part=None).exists():
        return
    lock_row(card)
    if verb == "lose":
        GiftCard.objects.filter(pk=card.pk).update(loss_cents=F("loss_cents") + dispute.cents)
        cover_loss(card=card, reason=dispute.reason, now=now)
    elif verb == "free":
        free_of_bank(card=card)
    elif move(card, verb, is_bank_block=True):
        who = card.issuer.organisation
        record("shop.gift_card.blocked", subject=card, by=None, organisation=who, cents=card.balance_cents)
