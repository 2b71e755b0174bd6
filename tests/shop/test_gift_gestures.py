"""Gestures of the network for orders that a gift card paid: on that card, at the operator's expense, counted once."""

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from rebond.journal.models import OutgoingMail
from rebond.ledger.enums import AccountKind
from rebond.shop.actions.gesture import give_gesture
from rebond.shop.actions.gift_desk import move_card
from rebond.shop.actions.payment import pay_by_card
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import TrialCard
from rebond.shop.errors import RefundTooMuchError
from rebond.shop.models import Refund
from rebond.shop.queries.gestures import gesture_left
from tests.factories.gift_cards import sold_card
from tests.factories.network import MembershipFactory
from tests.racing import race
from tests.shop.test_gift_spends import back, balance, books_are_right, debt, owed, placed, things

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def card(operator):
    return sold_card(operator, 5_000)


@pytest.fixture
def whole(card, seller):
    """An order of 30 € that the card paid whole."""
    payment = placed(*things(seller, 3_000), card=card)
    pay_by_card(payment=payment)
    return payment


def give(payment, cents, operation=None):
    part = payment.order.parts.get()
    return give_gesture(part=part, cents=cents, words="pardon", by=None, operation=operation or uuid.uuid4())


def expense(operator):
    return -owed(operator, AccountKind.GESTURE)


def test_a_gesture_goes_on_the_card_that_paid_and_costs_the_operator(whole, card, operator, seller):
    before, operation = owed(seller, AccountKind.SELLER), uuid.uuid4()
    gesture, again = (give(whole, 500, operation) for _twice in range(2))
    assert gesture == again
    assert (balance(card), debt(operator), expense(operator)) == (2_500, 2_500, 500)
    assert (gesture.amount_cents, gesture.card_cents, gesture.state) == (0, 500, "made")
    assert owed(seller, AccountKind.SELLER) == before
    write_refund_mail(refund_id=gesture.pk)
    (mail,) = OutgoingMail.objects.filter(kind="shop.refund")
    assert "5,00" in mail.text
    assert books_are_right() is True


def test_it_counts_when_all_comes_back(whole, card, operator):
    give(whole, 500)
    assert back(whole, cents=2_000).card_cents == 2_000
    assert (balance(card), gesture_left(whole.order)) == (4_500, 500)
    rest = back(whole)
    assert (rest.card_cents, rest.card_before_cents, rest.cents) == (500, 500, 1_000)
    assert (balance(card), debt(operator), expense(operator)) == (5_000, 5_000, 0)
    assert books_are_right() is True
    with pytest.raises(RefundTooMuchError):
        give(whole, 1)


def test_what_was_given_and_spent_elsewhere_counts_too(whole, card, seller, operator):
    give(whole, 3_000)
    other = placed(*things(seller, 5_000), card=card)
    pay_by_card(payment=other)
    assert balance(card) == 0
    rest = back(whole)
    assert (rest.card_cents, rest.card_before_cents, balance(card), expense(operator)) == (0, 3_000, 0, 0)
    assert books_are_right() is True


def test_what_a_provider_was_paid_goes_back_there_first(card, seller, operator):
    payment = placed(*things(seller, 8_000), card=card)
    charge_card(payment=payment, card=TrialCard.ACCEPTED)
    gesture = give(payment, 4_000)
    assert (gesture.amount_cents, gesture.card_cents, balance(card)) == (3_000, 1_000, 1_000)
    rest = back(payment)
    assert (rest.card_cents, rest.card_before_cents, rest.amount_cents, rest.before_cents) == (4_000, 1_000, 0, 3_000)
    assert (balance(card), expense(operator)) == (5_000, 0)
    assert books_are_right() is True


def test_a_blocked_card_gets_none_and_never_more_than_it_paid(whole, card, operator):
    with pytest.raises(RefundTooMuchError):
        give(whole, 3_001)
    move_card(card=card, verb="block", by=None)
    with pytest.raises(RefundTooMuchError):
        give(whole, 100)
    assert (Refund.objects.count(), books_are_right()) == (0, True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_no_more_than_was_paid(whole, card):
    raised = race([lambda: give(whole, 2_000)] * 3)
    assert [type(error) for error in raised] == [RefundTooMuchError] * 2
    assert (balance(card), books_are_right()) == (4_000, True)


def test_the_desk_gives_it(whole, card, operator, as_user):
    client = as_user(MembershipFactory(organisation=operator, role="finance").user)
    page = reverse("shop:gesture-order", args=[whole.order.public_id])
    assert "30,00" in client.get(page).text
    part = whole.order.parts.get()
    data = {"part": part.public_id, "amount": "5,00", "words": "pardon", "operation": str(uuid.uuid4())}
    assert client.post(reverse("shop:gesture-give", args=[whole.order.public_id]), data).status_code in {302, 303}
    assert balance(card) == 2_500
    assert "5,00" in client.get(page).text


def test_the_desk_says_what_the_card_paid_and_why_nothing_can_be_given(whole, card, operator, as_user):
    client = as_user(MembershipFactory(organisation=operator, role="finance").user)
    page = reverse("shop:gesture-order", args=[whole.order.public_id])
    back(whole, cents=500)
    with translation.override("fr"):
        text = client.get(page).text
        assert "Payé avec une carte cadeau" in text
        assert "30,00" in text
        assert 'name="amount"' in text
        move_card(card=card, verb="block", by=None)
        text = client.get(page).text
    assert 'name="amount"' not in text
    assert "elle est bloquée" in text
    assert "récupéré tout" not in text
