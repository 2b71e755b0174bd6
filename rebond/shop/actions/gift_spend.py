"""A gift card in an order: its money is held when the order is placed, spent when it is paid, back where it lapses.

Holding is one conditional update under a CHECK: two orders at once never have the same cent. The caller holds the
order; the card is locked after the items and the voucher, before the balances of the books and the slots.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.ledger.models import Sale
from rebond.ledger.splitting import share_out
from rebond.network.models import Organisation
from rebond.shop.actions.gift_loss import settle_loss
from rebond.shop.errors import GiftCardRefusedError
from rebond.shop.models import GiftCard, GiftSpend, Order, OrderLine, Payment, SellerOrder
from rebond.shop.money_enums import GIFT_SPEND_TRANSITIONS, GiftSpendState
from rebond.shop.queries.delays import months_after
from rebond.shop.queries.gestures import put_on_card_before
from rebond.shop.queries.gift_cards import usable_cards


def take_card(*, order: Order, card: GiftCard | None, cents: int, now: datetime.datetime) -> GiftSpend | None:
    """Hold `cents` of the card for the order; None without a card. Raise GiftCardRefusedError where it holds less.

    In the caller's transaction.
    """
    if card is None or not cents:
        return None
    if not _hold(card, cents, now):
        raise GiftCardRefusedError
    spend = GiftSpend.objects.create(card=card, order=order, cents=cents, created_at=now)
    record("shop.gift_card.held", subject=card, by=order.user, organisation=_issuer(card), cents=cents)
    return spend


def _hold(card: GiftCard, cents: int, now: datetime.datetime) -> bool:
    rows = usable_cards(timezone.localdate(now)).filter(pk=card.pk, balance_cents__gte=cents)
    return bool(rows.update(balance_cents=F("balance_cents") - cents))


def _issuer(card: GiftCard) -> Organisation:
    return card.issuer.organisation


def _spend_of(order: Order, state: str) -> GiftSpend | None:
    rows = GiftSpend.objects.filter(order=order, state=state)
    return rows.select_related("card__issuer__organisation").first()


def _move(spend: GiftSpend, verb: str, **changes: Any) -> bool:
    from_states, to_state = GIFT_SPEND_TRANSITIONS[verb]
    rows = GiftSpend.objects.filter(pk=spend.pk, state__in=from_states)
    return bool(rows.update(state=to_state, **changes))


def put_back(card: GiftCard, cents: int, now: datetime.datetime) -> None:
    """Money comes back on a card: one that is over meanwhile lasts as long again as when it was sold.

    Where a bank took back what paid it, the caller covers that loss once the books have the rest (`settle_loss`).
    """
    today = timezone.localdate(now)
    GiftCard.objects.filter(pk=card.pk).update(balance_cents=F("balance_cents") + cents)
    GiftCard.objects.filter(pk=card.pk, expires_on__lt=today).update(expires_on=months_after(today, card.issuer.months))


def give_balance_back(*, order: Order, now: datetime.datetime) -> bool:
    """The order lapsed: what it held is on the card again, once. In the caller's transaction."""
    spend = _spend_of(order, GiftSpendState.HELD)
    if spend is None or not _move(spend, "give_back", back_at=now):
        return False
    put_back(spend.card, spend.cents, now)
    settle_loss(card=spend.card, now=now)
    record("shop.gift_card.released", subject=spend.card, by=None, organisation=_issuer(spend.card), cents=spend.cents)
    return True


def regain_balance(*, order: Order, now: datetime.datetime) -> bool:
    """A payment came after the order lapsed: hold the money again; False where the card has not enough any more.

    True where the order has no card, or holds it still. In the caller's transaction.
    """
    spend = _spend_of(order, GiftSpendState.BACK)
    if spend is None:
        return True
    if not _hold(spend.card, spend.cents, now):
        return False
    _move(spend, "hold_again", back_at=None)
    record("shop.gift_card.held", subject=spend.card, by=None, organisation=_issuer(spend.card), cents=spend.cents)
    return True


@dataclass(slots=True)
class CardShare:
    """What a card pays of one order: `by_part` of what each part sold, `back_cents` for what it could not have."""

    spend: GiftSpend | None = None
    by_part: dict[int, int] = field(default_factory=dict)
    back_cents: int = 0

    @property
    def issuer(self) -> Organisation | None:
        return _issuer(self.spend.card) if self.spend is not None else None

    def take_back(self, cents: int) -> int:
        """Of `cents` that were paid for nothing, those that go back on the card: counted once."""
        taken = min(self.back_cents, cents)
        self.back_cents -= taken
        return taken


def spend_card(
    *,
    payment: Payment,
    kept: Sequence[OrderLine],
    lost: Sequence[OrderLine],
    parts: Sequence[SellerOrder],
    now: datetime.datetime,
) -> CardShare:
    """The order is paid: its card paid this much of each part. What was lost goes back on the card first.

    No query where the payment is of the whole price. The rest is split over the parts in the proportion of what each
    sold, by the largest remainder. In the caller's transaction.
    """
    order = payment.order
    if payment.amount_cents == order.total_cents:
        return CardShare()
    spend = _spend_of(order, GiftSpendState.HELD)
    if spend is None or not _move(spend, "spend"):
        return CardShare()
    back = min(spend.cents, sum(line.cents + line.shipping_cents for line in lost))
    if back:
        GiftSpend.objects.filter(pk=spend.pk).update(back_cents=back)
        put_back(spend.card, back, now)
    sold = [sum(line.cents + line.shipping_cents for line in kept if line.part_id == part.pk) for part in parts]
    used = spend.cents - back
    shares = share_out(used, sold) if used else [0] * len(parts)
    record("shop.gift_card.used", subject=spend.card, by=order.user, organisation=_issuer(spend.card), cents=used)
    return CardShare(spend, {part.pk: n for part, n in zip(parts, shares, strict=True)}, back)


def card_share_of(part: SellerOrder, payment: Payment, cents: int) -> int:
    """Of `cents` that go back of a part, those that go back on its card: first of all, while it paid some.

    No query where the payment is of the whole price.
    """
    if payment.amount_cents == payment.order.total_cents:
        return 0
    sale = Sale.objects.filter(key=part.public_id).only("gift_cents", "gift_refunded_cents").first()
    return min(cents, sale.gift_cents - sale.gift_refunded_cents) if sale is not None else 0


def given_on_card(payment: Payment, cents: int) -> int:
    """Of `cents` of a refund that go back on its card, those that a gesture of the network put there before.

    As with a payment (decision 34): once nothing else is left of what the card paid.
    """
    given = put_on_card_before(payment) if cents else 0
    spend = _spend_of(payment.order, GiftSpendState.SPENT) if given else None
    return min(max(cents + given - spend.left_cents, 0), given, cents) if spend is not None else 0


def give_to_card(*, order: Order, cents: int, by: Any, now: datetime.datetime) -> GiftCard | None:
    """A gesture of the network puts these cents on the card that paid; the card. In the caller's transaction."""
    spend = _spend_of(order, GiftSpendState.SPENT) if cents else None
    if spend is None:
        return None
    put_back(spend.card, cents, now)
    record("shop.gift_card.given", subject=spend.card, by=by, organisation=_issuer(spend.card), cents=cents)
    return spend.card


def refund_to_card(*, order: Order, cents: int, given: int = 0, by: Any, now: datetime.datetime) -> GiftCard | None:
    """These cents of a refund are on the card again, less what a gesture had `given`; the card. Nothing is no query.

    In the caller's transaction.
    """
    if not cents:
        return None
    spend = _spend_of(order, GiftSpendState.SPENT)
    assert spend is not None  # noqa: S101 -- the books have a sale that it paid
    GiftSpend.objects.filter(pk=spend.pk).update(back_cents=F("back_cents") + cents)
    if cents > given:
        put_back(spend.card, cents - given, now)
    who = _issuer(spend.card)
    record("shop.gift_card.refunded", subject=spend.card, by=by, organisation=who, cents=cents - given)
    return spend.card
