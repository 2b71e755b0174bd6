"""Gift cards that a bank contests or the desk blocks: who blocked frees, and a loss is covered before anything else."""

import datetime
import itertools
import uuid
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Account, Entry, MoneyRequest
from rebond.ledger.money_acts import act_named
from rebond.ledger.queries.accounts import balance_now
from rebond.ledger.queries.money_requests import acts_of
from rebond.shop.actions.asked_gift_cards import END, NAME
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.gift_card import Wish, buy_card, give_card_back
from rebond.shop.actions.gift_desk import keep_blocked, move_card, replace_code, waive_loss
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.payment import pay_by_card
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.errors import GiftCardNobodyError, GiftCardOtherWishError, GiftCardStateError
from rebond.shop.models import GiftCard, Order, Refund
from rebond.shop.queries.gift_cards import find_card, is_contested
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.withdrawal import open_orders
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.gift_cards import sold_card
from tests.factories.network import MembershipFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()
SECONDS = itertools.count(1)


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def card(operator):
    return sold_card(operator, 5_000)


def told(card, state, cents=5_000, name="d1", **changes):
    """What the bank says of the card's payment, a second later each time."""
    later = NOW + datetime.timedelta(seconds=next(SECONDS))
    said = {"is_taken": state != "inquiry", "is_back": state == "won"} | changes
    payment = card.order.payments.get()
    return receive_dispute(
        told=Contested(
            provider="test", dispute_id=name, payment=payment, state=state, cents=cents, told_at=later, **said
        )
    )


def lost(card, cents=5_000, name="d1"):
    told(card, "to_answer", cents, name)
    return told(card, "lost", cents, name)


def state_of(card):
    card.refresh_from_db()
    return card.state, card.balance_cents


def used(card, seller, cents):
    """An order that the card paid whole."""
    keeper, item = (
        Keeper(visitor=uuid.uuid4().hex[:20]),
        ItemFactory(seller=seller, on_sale=True, price_cents=cents),
    )
    take_item(keeper=keeper, item=item)
    agreed = Agreed({item.pk: Way(1, "home", 0)}, cents, CONTACT, card=card, card_cents=cents)
    payment = place_order(
        keeper=keeper, email="lou@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed
    )
    pay_by_card(payment=payment)
    return payment.order.parts.get()


def refund(part, cents):
    line = part.lines.get()
    return ask_refund(part=part, lines={line.pk: cents}, reason="gesture", by=None, operation=uuid.uuid4())


def owed(operator, kind):
    account = Account.objects.filter(owner=operator, kind=kind).first()
    return balance_now(account) if account else 0


def books_are_right():
    report = check_ledger()
    return report.is_right or report.told


# Who blocked it


def test_a_won_dispute_leaves_blocked_what_the_desk_blocked(card):
    move_card(card=card, verb="block", by=None)
    told(card, "to_answer")
    told(card, "won")
    assert state_of(card) == ("blocked", 5_000)
    move_card(card=card, verb="free", by=None)
    assert state_of(card) == ("live", 5_000)


def test_a_won_dispute_frees_what_the_bank_blocked_once_none_is_left(card):
    told(card, "to_answer", 2_000, "d1")
    told(card, "to_answer", 3_000, "d2")
    told(card, "won", 2_000, "d1")
    assert state_of(card) == ("blocked", 5_000)
    told(card, "won", 3_000, "d2")
    assert (state_of(card), card.is_bank_block, books_are_right()) == (("live", 5_000), False, True)


def test_an_inquiry_that_closes_contests_no_more(card):
    told(card, "inquiry")
    assert is_contested(card)
    told(card, "closed", is_taken=False)
    assert not is_contested(card)
    move_card(card=card, verb="block", by=None)
    replace_code(card=card, to_payer=True, by=None)
    assert state_of(card) == ("live", 5_000)


def test_who_loses_a_blocked_card_still_withdraws_unless_its_payment_is_contested(card, operator):
    move_card(card=card, verb="block", by=None)
    told(card, "inquiry")
    with pytest.raises(GiftCardStateError):
        give_card_back(order=card.order)
    told(card, "closed", is_taken=False)
    give_card_back(order=card.order)
    assert (state_of(card), Refund.objects.count(), books_are_right()) == (("back", 0), 1, True)


# The loss


def test_a_lost_part_leaves_the_rest_usable(card, operator):
    lost(card, 2_000)
    assert (state_of(card), owed(operator, AccountKind.GIFT_CARD)) == (("live", 3_000), 3_000)
    lost(card, 1_000, "d2")  # another dispute of the same payment
    assert (state_of(card), owed(operator, AccountKind.LOSS), books_are_right()) == (("live", 2_000), 0, True)


def test_refunds_cover_the_loss_first_then_the_card_lives_again(card, operator, seller):
    part = used(card, seller, 4_000)
    lost(card, 3_000)
    assert (state_of(card), card.loss_cents, is_contested(card)) == (("blocked", 0), 2_000, True)
    with pytest.raises(GiftCardStateError):
        move_card(card=card, verb="free", by=None)
    refund(part, 1_500)
    assert (state_of(card), card.loss_cents, books_are_right()) == (("blocked", 0), 500, True)
    last = Entry.objects.order_by("-pk").values_list("kind", "subject_kind")[:2]
    assert list(last) == [("gift_card", "shop.giftcard"), ("refund", "shop.sellerorder")]  # the sale's entry first
    refund(part, 1_500)
    assert (state_of(card), card.loss_cents) == (("live", 1_000), 0)
    assert (owed(operator, AccountKind.GIFT_CARD), owed(operator, AccountKind.LOSS)) == (1_000, 0)
    assert books_are_right() is True
    refund(part, 1_000)
    assert (state_of(card), books_are_right()) == (("live", 2_000), True)


def test_two_people_have_the_operator_bear_what_is_missing(card, operator, seller, as_user):
    used(card, seller, 4_000)
    lost(card, 3_000)
    asks = MembershipFactory(organisation=operator, role="finance").user
    grants = MembershipFactory(organisation=operator, role="coordinator").user
    client, page = as_user(asks), reverse("shop:gift-detail", args=[card.public_id])
    waive = reverse("shop:gift-waive", args=[card.public_id])
    assert "20,00" in client.get(page).text
    client.post(waive, {"operation": str(uuid.uuid4())})
    card.refresh_from_db()
    assert card.loss_cents == 2_000  # always two
    assert waive not in client.get(page).text
    grant_money(request=MoneyRequest.objects.get(), by=grants)
    assert (state_of(card), card.loss_cents, owed(operator, AccountKind.LOSS)) == (("blocked", 0), 0, -2_000)
    with pytest.raises(GiftCardStateError):
        waive_loss(card=card, by=grants)
    part = card.spends.get().order.parts.get()
    refund(part, 1_000)
    assert (state_of(card), books_are_right()) == (("live", 1_000), True)


def test_nobody_bears_what_a_bank_has_not_decided(card):
    told(card, "to_answer")
    with pytest.raises(GiftCardStateError):
        waive_loss(card=card, by=None)


def test_the_desk_keeps_blocked_what_the_bank_frees(card, operator, as_user):
    with pytest.raises(GiftCardStateError):
        keep_blocked(card=card, by=None)
    told(card, "to_answer")
    client = as_user(MembershipFactory(organisation=operator, role="finance").user)
    client.post(reverse("shop:gift-move", args=[card.public_id]), {"verb": "keep"})
    told(card, "won", is_taken=True, is_back=True)
    assert (state_of(card), books_are_right()) == (("blocked", 5_000), True)
    move_card(card=card, verb="free", by=None)
    assert state_of(card) == ("live", 5_000)


def test_a_lost_dispute_frees_nothing_that_the_desk_blocked(card):
    move_card(card=card, verb="block", by=None)
    lost(card, 2_000)
    assert (state_of(card), is_contested(card)) == (("blocked", 3_000), False)


# Another code


@pytest.mark.parametrize(("email", "to_payer"), [("", True), ("camille@example.org", False)])
def test_a_code_that_nobody_would_receive_is_not_replaced(card, email, to_payer):
    Order.objects.filter(pk=card.order_id).update(email=email)
    with pytest.raises(GiftCardNobodyError):
        replace_code(card=card, to_payer=to_payer, by=None)
    assert find_card(card.plain) == card


def test_nobody_changes_the_two_people_of_the_issuer(operator):
    assert not {NAME, END} & {act.key for act in acts_of(operator)}
    assert act_named(NAME).is_fixed
    assert act_named(END).is_fixed


# The form, the withdrawal


def test_a_form_that_changed_orders_nothing_by_the_same_operation(card):
    operation = uuid.uuid4()
    wish = Wish(amount_cents=2_000, email="a@example.org", recipient_email="b@example.org")
    first = buy_card(wish=wish, user=None, operation=operation, provider="test")
    assert buy_card(wish=wish, user=None, operation=operation, provider="test") == first
    for changes in (
        {"amount_cents": 3_000},
        {"recipient_email": "c@example.org"},
        {"message": "x"},
        {"email": "d@e.fr"},
    ):
        with pytest.raises(GiftCardOtherWishError):
            buy_card(wish=replace(wish, **changes), user=None, operation=operation, provider="test")
    assert GiftCard.objects.exclude(pk=card.pk).count() == 1


def test_the_withdrawal_is_found_and_acknowledged_with_its_hour(card):
    user = UserFactory()
    Order.objects.filter(pk=card.order_id).update(user=user)
    assert open_orders(user) == [card.order]
    now = timezone.make_aware(datetime.datetime.combine(timezone.localdate(), datetime.time(14, 5)))
    for _twice in range(2):
        give_card_back(order=card.order, now=now)
    mail = OutgoingMail.objects.get(kind="shop.gift_card.withdrawal")
    assert mail.to == "camille@example.org"
    for said in (card.public_id, card.order.public_id, "2:05 PM", "50,00"):
        assert said in mail.text
    assert open_orders(user) == []


def test_the_mail_of_a_refund_says_that_the_card_is_blocked(card, seller):
    part = used(card, seller, 4_000)
    lost(card, 3_000)
    write_refund_mail(refund_id=refund(part, 500).pk)
    assert "blocked" in OutgoingMail.objects.get(kind="shop.refund").text
