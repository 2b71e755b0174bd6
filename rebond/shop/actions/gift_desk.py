"""A gift card at the desk: a lost one is blocked; its money gets another code, sent to an address that we know."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.shop import tasks
from rebond.shop.actions.gift_card import draw_code, move
from rebond.shop.errors import GiftCardNobodyError, GiftCardStateError
from rebond.shop.models import GiftCard
from rebond.shop.money_enums import GIFT_CARD_TRANSITIONS, GiftCardState
from rebond.shop.queries.delays import months_after
from rebond.shop.queries.gift_cards import hash_of, is_contested, is_over

SAID = {"block": "shop.gift_card.blocked", "free": "shop.gift_card.freed"}


@transaction.atomic
def move_card(*, card: GiftCard, verb: str, by: Any) -> GiftCard:
    """`block` it, or `free` it again; what orders hold of it stays theirs. No money moves.

    Raise GiftCardStateError where it is elsewhere, or where its payment is contested.
    """
    lock_row(card.order)  # as a bank's message does: it contests before, or after
    card = GiftCard.objects.select_related("issuer__organisation", "order").get(pk=card.pk)
    if verb == "free" and is_contested(card):
        raise GiftCardStateError
    old, who = card.state, card.issuer.organisation
    if not move(card, verb, is_bank_block=False):
        raise GiftCardStateError
    record_transition(
        subject=card, verb=verb, from_state=old, to_state=GIFT_CARD_TRANSITIONS[verb][1], by=by, organisation=who
    )
    record(SAID[verb], subject=card, by=by, organisation=who, cents=card.balance_cents)
    card.refresh_from_db()
    return card


def check_replaced(card: GiftCard, *, to_payer: bool) -> None:
    """Raise GiftCardStateError where it holds nothing, went back, or its payment is contested.

    GiftCardNobodyError where nobody would receive the code: the address that is asked for was erased, or never given.
    """
    is_there = card.state in {GiftCardState.LIVE, GiftCardState.BLOCKED} and card.balance_cents > 0
    if not is_there or is_contested(card):
        raise GiftCardStateError
    if not (card.order.email if to_payer else card.recipient_email):
        raise GiftCardNobodyError


@transaction.atomic
def replace_code(*, card: GiftCard, to_payer: bool, by: Any, now: datetime.datetime | None = None) -> GiftCard:
    """Another code for the same money: the former one buys nothing any more, the new one leaves by mail.

    To the payer, or to whom the card was sent: never to an address that is typed now. One that is over lasts as long
    again. Raise as `check_replaced`.
    """
    now = now or timezone.now()
    lock_row(card.order)
    card = GiftCard.objects.select_related("issuer__organisation", "order").get(pk=card.pk)
    check_replaced(card, to_payer=to_payer)
    today = timezone.localdate(now)
    code = draw_code()
    GiftCard.objects.filter(pk=card.pk).update(
        state=GiftCardState.LIVE,
        is_bank_block=False,
        code=code,
        code_hash=hash_of(code),
        recipient_email="" if to_payer else card.recipient_email,
        sent_at=None,
        expires_on=months_after(today, card.issuer.months) if is_over(card, today) else card.expires_on,
    )
    who = card.issuer.organisation
    record("shop.gift_card.replaced", subject=card, by=by, organisation=who, cents=card.balance_cents)
    tasks.send_gift_card.enqueue(card.pk)
    card.refresh_from_db()
    return card
