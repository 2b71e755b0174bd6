"""Two orders at once never have the same cent of a gift card; paid twice at once it is sold once. On both databases."""

import uuid

import pytest

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.gift_card import Wish, buy_card, give_card_back
from rebond.shop.actions.gift_desk import move_card
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.part import lapse_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.trial import contest_payment, decide_dispute
from rebond.shop.errors import GiftCardRefusedError, GiftCardStateError
from rebond.shop.models import GiftCard, GiftSpend, Order, Refund
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.gift_cards import issue, paid, sold_card
from tests.factories.shop import CONTACT
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def ordering(seller, card, said, cents=2_000):
    item, keeper = ItemFactory(seller=seller, on_sale=True, price_cents=3_000), Keeper(visitor=uuid.uuid4().hex[:20])
    take_item(keeper=keeper, item=item)
    agreed = Agreed({item.pk: Way(1, "home", 0)}, 3_000, CONTACT, card=card, card_cents=cents)

    def run():
        try:
            place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed)
        except GiftCardRefusedError:
            said.append("refused")

    return run


def state_of(card):
    card.refresh_from_db()
    return card.state, card.balance_cents


def test_six_orders_at_once_and_money_for_two(seller, operator, index):
    card, said = sold_card(operator, 5_000), []
    assert race([ordering(seller, card, said) for _ in range(6)]) == []
    assert (state_of(card), GiftSpend.objects.count(), said) == (("live", 1_000), 2, ["refused"] * 4)
    for order in Order.objects.filter(gift_spend__isnull=False):
        paid(order.payments.get())
    assert check_ledger().told == []


def test_a_card_that_goes_back_while_it_is_used_does_one_of_the_two(seller, operator, index):
    card, said = sold_card(operator, 5_000), []

    def giving_back():
        try:
            give_card_back(order=card.order)
        except GiftCardStateError:
            said.append("stays")

    assert race([giving_back, ordering(seller, card, said)]) == []
    assert (state_of(card), said) in [(("back", 0), ["refused"]), (("live", 3_000), ["stays"])]
    assert check_ledger().told == []


def test_messages_of_one_payment_at_once_sell_one_card(operator, index):
    issue(operator)
    wish = Wish(amount_cents=5_000, email="a@example.org")
    payment = buy_card(wish=wish, user=None, operation=uuid.uuid4(), provider="test")
    told = [Told("test", f"e{n % 2}", "paid", payment.public_id, 5_000) for n in range(4)]
    assert race([lambda one=one: receive_event(told=one) for one in told]) == []
    assert state_of(GiftCard.objects.get()) == ("live", 5_000)
    assert check_ledger().told == []


def test_paid_and_lapsed_at_once_end_in_one_right_state(seller, operator, index):
    card = sold_card(operator, 5_000)
    ordering(seller, card, [])()
    order = Order.objects.get(gift_spend__isnull=False)
    told = Told("test", "e1", "paid", order.payments.get().public_id, 1_000)
    assert race([lambda: receive_event(told=told), lambda: lapse_order(order=order)]) == []
    assert (Order.objects.get(pk=order.pk).state, GiftSpend.objects.get().state) == ("paid", "spent")
    assert (state_of(card), check_ledger().told) == (("live", 3_000), [])


def test_refunds_at_once_put_back_what_was_paid_and_no_more(seller, operator, index):
    card = sold_card(operator, 5_000)
    ordering(seller, card, [])()
    order = Order.objects.get(gift_spend__isnull=False)
    paid(order.payments.get())
    part = order.parts.get()
    line = part.lines.get().pk

    def giving_back():
        ask_refund(part=part, lines={line: 1_000}, reason="gesture", by=None, operation=uuid.uuid4())

    assert race([giving_back] * 3) == []
    assert (state_of(card), sum(row.amount_cents for row in Refund.objects.all())) == (("live", 5_000), 1_000)
    assert check_ledger().told == []


def test_a_bank_that_contests_while_the_desk_frees_leaves_it_blocked(operator):
    card, said = sold_card(operator, 5_000), []
    payment = card.order.payments.get()
    move_card(card=card, verb="block", by=None)

    def freeing():
        try:
            move_card(card=GiftCard.objects.get(pk=card.pk), verb="free", by=None)
        except GiftCardStateError:
            said.append("stays")

    assert race([freeing, lambda: contest_payment(payment=payment)]) == []
    assert (state_of(card), card.is_bank_block) == (("blocked", 5_000), not said)
    assert check_ledger().told == []


def spent(seller, card):
    """A part of 30 € of which the card paid 20."""
    ordering(seller, card, [])()
    order = Order.objects.latest("pk")
    paid(order.payments.get())
    return order.parts.get()


def refunding(part, cents):
    line = part.lines.get().pk
    return lambda: ask_refund(part=part, lines={line: cents}, reason="gesture", by=None, operation=uuid.uuid4())


def taken(card, cents):
    """The bank contests the card's payment; what it decides is told by the function that comes back."""
    dispute = contest_payment(payment=card.order.payments.get(), cents=cents)
    return lambda: decide_dispute(dispute=dispute, is_won=False)


def test_losses_refunds_and_sales_of_one_seller_at_once_never_block_each_other(seller, operator, index):
    """They meet on the balance of the seller and on the accounts of the issuer, in one order (`gift_loss`)."""
    cards = [sold_card(operator, 5_000) for _ in range(3)]
    parts = [spent(seller, card) for card in cards]
    for card in cards:
        taken(card, 4_000)()
    assert [(state_of(card), card.loss_cents) for card in cards] == [(("blocked", 0), 1_000)] * 3
    other = sold_card(operator, 9_000)
    for _ in range(3):
        ordering(seller, other, [])()
    waiting = [spend.order.payments.get() for spend in GiftSpend.objects.filter(card=other).order_by("pk")]
    selling = [lambda payment=payment: paid(payment) for payment in waiting]

    assert race([*(refunding(part, 1_000) for part in parts), *selling]) == []
    assert [(state_of(card), card.loss_cents) for card in cards] == [(("blocked", 0), 0)] * 3
    assert Order.objects.filter(state="paid", gift_spend__card=other).count() == 3
    assert check_ledger().told == []


def test_a_bank_that_decides_while_a_refund_comes_ends_in_one_state(seller, operator, index):
    card = sold_card(operator, 5_000)
    part, decide = spent(seller, card), taken(card, 5_000)
    assert race([decide, refunding(part, 2_500)]) == []
    state = state_of(card)
    assert (state, card.loss_cents, check_ledger().told) == (("blocked", 0), 5_000 - 3_000 - 2_000, [])
