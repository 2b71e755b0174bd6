"""A gift card at the desk: a lost one is blocked; its money gets another code, sent to an address that we know."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.shop import tasks
from rebond.shop.actions.gift_card import draw_code, move
from rebond.shop.actions.gift_loss import free_of_bank
from rebond.shop.errors import GiftCardNobodyError, GiftCardStateError
from rebond.shop.models import GiftCard
from rebond.shop.money_enums import GIFT_CARD_TRANSITIONS, GiftCardState
from rebond.shop.queries.delays import months_after
from rebond.shop.queries.gift_cards import hash_of, is_contested, is_loss_final, is_over

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


@transaction.atomic
def keep_blocked(*, card: GiftCard, by: Any) -> GiftCard:
    """What a bank blocked is the desk's own from now on: it stays blocked when the bank gives its money back.

    No money moves. Raise GiftCardStateError where no bank blocks it.
    """
    lock_row(card.order)
    if not GiftCard.objects.filter(pk=card.pk, is_bank_block=True).update(is_bank_block=False):
        raise GiftCardStateError
    card = GiftCard.objects.select_related("issuer__organisation", "order").get(pk=card.pk)
    record("shop.gift_card.taken_over", subject=card, by=by, organisation=card.issuer.organisation)
    return card


def check_waived(card: GiftCard) -> None:
    """Raise GiftCardStateError where nothing is missing, or a bank has not decided yet."""
    if not is_loss_final(card):
        raise GiftCardStateError


@transaction.atomic
def waive_loss(*, card: GiftCard, by: Any) -> GiftCard:
    """The operator bears what a bank took and the card did not cover: nothing is kept from it any more.

    The books have that loss since the bank decided; they stay as they are. A card that only a bank blocked is usable
    again with what it holds. Raise as `check_waived`.
    """
    lock_row(card.order)
    card = lock_row(card)
    check_waived(card)
    cents = card.loss_cents
    GiftCard.objects.filter(pk=card.pk).update(loss_cents=0)
    record("shop.gift_card.waived", subject=card, by=by, organisation=card.issuer.organisation, cents=cents)
    free_of_bank(card=card)
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
