"""Orders paid with a gift card: to the cent, never a cent twice; what goes back goes on the card first."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import NotReversible
from rebond.ledger.models import Account, Sale
from rebond.ledger.queries.accounts import balance_now
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.by_hand import pay_later
from rebond.shop.actions.gift_card import give_card_back
from rebond.shop.actions.order import Agreed, Way, forget_unpaid, place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.part import lapse_order
from rebond.shop.actions.payment import pay_by_card
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.round_up import Gift
from rebond.shop.actions.trial import contest_payment, decide_dispute
from rebond.shop.errors import (
    GiftCardRefusedError,
    GiftCardStateError,
    OrderChangedError,
    RefundTooMuchError,
)
from rebond.shop.models import BasketLine, GiftCard, GiftSpend, Order, OrderLine, Payment, Refund, SolidarityProject
from rebond.shop.queries.by_hand import ways_for
from rebond.shop.queries.gift_cards import card_cents
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.gift_cards import paid, sold_card
from tests.factories.network import OrganisationFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def card(operator):
    return sold_card(operator, 5_000)


def things(seller, *prices):
    return [ItemFactory(seller=seller, on_sale=True, price_cents=cents) for cents in prices]


def placed(*items, card, cents=None, shipping=0, keeper=None, gift=None, operation=None):
    """One parcel of each seller."""
    keeper = keeper or Keeper(visitor=uuid.uuid4().hex[:20])
    for item in items:
        take_item(keeper=keeper, item=item)
    sellers = {item.seller_id: n for n, item in reversed(list(enumerate(items, 1)))}
    ways = {item.pk: Way(sellers[item.seller_id], "home", shipping) for item in items}
    given_cents = gift.cents if gift else 0
    total = sum(item.price_cents for item in items) + shipping * len(sellers) + given_cents
    fresh = GiftCard.objects.get(pk=card.pk)
    cents = card_cents(fresh.balance_cents, total, given_cents) if cents is None else cents
    agreed = Agreed(ways, total, CONTACT, gift=gift, card=card, card_cents=cents)
    return place_order(
        keeper=keeper, email="lou@example.org", operation=operation or uuid.uuid4(), provider="test", agreed=agreed
    )


def lose(item):
    """Somebody else has it before the payment comes."""
    Item.objects.filter(pk=item.pk).update(state="withdrawn", reserved=0)
    BasketLine.objects.filter(item=item).delete()


def balance(card):
    card.refresh_from_db()
    return card.balance_cents


def owed(owner, kind):
    account = Account.objects.filter(owner=owner, kind=kind).first()
    return balance_now(account) if account else 0


def debt(operator):
    return owed(operator, AccountKind.GIFT_CARD)


def books_are_right():
    report = check_ledger()
    return report.is_right or report.told


def back(payment, part=None, cents=None, shipping=0):
    part = part or payment.order.parts.get()
    lines = {line.pk: cents or line.left_cents for line in part.lines.order_by("pk")[: 1 if cents else None]}
    return ask_refund(
        part=part, lines=lines, shipping_cents=shipping, reason="cancelled", by=None, operation=uuid.uuid4()
    )


# What is told


def test_what_goes_back_on_the_card_is_not_told_to_go_to_the_bank(seller, operator, card, client):
    chair, lamp = things(seller, 4_000, 3_000)
    payment = placed(chair, lamp, card=card)
    lose(chair)
    order = paid(payment).order
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.card_cents) == (0, 4_000)

    text = BeautifulSoup(client.get(order_path(order)).content, "html.parser").main.get_text(" ", strip=True)
    write_order_mail(order_id=order.pk)
    mail = OutgoingMail.objects.get(kind="shop.order").text

    assert "40,00\u00a0€ sont de nouveau sur la carte cadeau" in text
    assert "moyen de paiement" not in text
    assert "are back on the gift card that paid" in mail
    assert "means of payment" not in mail


# What it pays


@pytest.mark.parametrize(
    ("holds", "total", "gift", "pays"),
    [
        (5_000, 3_000, 0, 3_000),
        (3_000, 5_000, 0, 3_000),
        (5_000, 5_050, 0, 4_950),  # one euro is left at least
        (5_000, 3_060, 60, 2_960),  # never the gift to a project, nor less than a euro beside it
        (5_000, 3_200, 200, 3_000),
        (30, 60, 0, 0),
        (0, 3_000, 0, 0),
    ],
)
def test_it_pays_all_that_it_can_and_leaves_nothing_or_a_euro(holds, total, gift, pays):
    assert card_cents(holds, total, gift) == pays


@given(st.integers(0, 20_000), st.integers(1, 20_000), st.integers(0, 500))
def test_what_is_left_is_nothing_or_payable(holds, total, gift):
    gift = min(gift, total)
    pays = card_cents(holds, total, gift)
    assert 0 <= pays <= min(holds, total - gift)
    assert total - pays == 0 or total - pays >= min(100, total)


def test_a_card_pays_a_part_and_the_bank_the_rest(seller, operator, card):
    payment = placed(*things(seller, 7_000), card=card, shipping=500)
    assert (payment.amount_cents, payment.provider, balance(card), debt(operator)) == (2_500, "test", 0, 5_000)
    assert books_are_right() is True
    paid(payment)
    sale = Sale.objects.get()
    assert (sale.total_cents, sale.gift_cents, sale.issuer) == (7_500, 5_000, operator)
    assert owed(seller, AccountKind.SELLER) == 7_500  # its whole price
    assert (debt(operator), owed(operator, AccountKind.PROVIDER)) == (0, -7_500)
    assert (GiftSpend.objects.get().state, books_are_right()) == ("spent", True)


def test_a_card_pays_all_without_a_provider(seller, operator, card):
    payment = placed(*things(seller, 2_000), card=card)
    assert (payment.amount_cents, payment.provider) == (0, "gift_card")
    pay_by_card(payment=payment)
    pay_by_card(payment=payment)
    order = Order.objects.get(pk=payment.order_id)
    assert (order.state, order.parts.get().state, balance(card), debt(operator)) == ("paid", "to_prepare", 3_000, 3_000)
    assert (Sale.objects.count(), books_are_right()) == (1, True)


def test_it_is_split_over_sellers_in_proportion_to_the_cent(seller, operator, card):
    other = OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")
    items = [*things(seller, 1_000), *things(other, 2_000, 3_001)]
    payment = placed(*items, card=card, cents=1_000)
    paid(payment)
    assert sorted(Sale.objects.values_list("total_cents", "gift_cents")) == [(1_000, 167), (5_001, 833)]
    assert (balance(card), debt(operator), books_are_right()) == (4_000, 4_000, True)


def test_a_round_up_is_never_paid_by_the_card(seller, operator, card):
    fund = OrganisationFactory(kind="association")
    project = SolidarityProject.objects.create(name="P", sentence="S", receiver=fund, opens_on=localdate())
    payment = placed(*things(seller, 2_000), card=card, gift=Gift(project, 200))
    assert (payment.amount_cents, balance(card)) == (200, 3_000)
    paid(payment)
    assert (owed(fund, AccountKind.ROUND_UP), books_are_right()) == (200, True)
    back(payment)
    assert (balance(card), Refund.objects.get().amount_cents) == (5_000, 200)
    assert (owed(fund, AccountKind.ROUND_UP), books_are_right()) == (0, True)


# What it cannot pay


def test_more_than_it_holds_or_an_amount_that_leaves_cents_is_refused(seller, operator, card):
    for cents, error in ((5_001, GiftCardRefusedError), (6_950, OrderChangedError), (7_001, OrderChangedError)):
        with pytest.raises(error):
            placed(*things(seller, 7_000), card=card, cents=cents)
    assert not GiftSpend.objects.exists()
    assert balance(card) == 5_000


@pytest.mark.parametrize("wrong", [{"state": "blocked"}, {"expires_on": localdate() - datetime.timedelta(days=1)}])
def test_a_blocked_or_old_card_pays_nothing(seller, operator, card, wrong):
    GiftCard.objects.update(**wrong)
    with pytest.raises(GiftCardRefusedError):
        placed(*things(seller, 7_000), card=card)


def test_a_second_order_has_only_what_is_left(seller, operator, card):
    placed(*things(seller, 4_000), card=card)
    with pytest.raises(GiftCardRefusedError):
        placed(*things(seller, 4_000), card=card, cents=4_000)
    with pytest.raises(GiftCardStateError):
        give_card_back(order=card.order)  # an order holds some of it
    assert balance(card) == 1_000


def test_the_rest_of_a_card_is_paid_at_once(seller, operator, card, owner):
    payment = placed(*things(seller, 7_000), card=card)
    assert ways_for(payment.order, owner, seller) == []
    with pytest.raises(OrderChangedError):
        pay_later(order=payment.order, provider="transfer", by=owner, organisation=seller)


def test_the_books_do_not_undo_a_sale_that_a_card_paid(seller, operator, card):
    paid(placed(*things(seller, 7_000), card=card))
    with pytest.raises(NotReversible):
        reverse_entry(entry=Sale.objects.get().entry, reason="x", by=None)


# Orders that are not paid, or late


def test_an_order_that_lapses_gives_it_back_once(seller, operator, card):
    payment = placed(*things(seller, 4_000), card=card, cents=2_000)
    assert balance(card) == 3_000
    lapse_order(order=payment.order)
    lapse_order(order=payment.order)
    assert (balance(card), GiftSpend.objects.get().state, books_are_right()) == (5_000, "back", True)


def test_a_late_payment_holds_it_again(seller, operator, card):
    payment = placed(*things(seller, 7_000), card=card)
    lapse_order(order=payment.order)
    paid(payment)
    assert (balance(card), Sale.objects.get().gift_cents, books_are_right()) == (0, 5_000, True)


def test_a_late_payment_goes_back_whole_where_the_card_was_used_meanwhile(seller, operator, card):
    payment = placed(*things(seller, 7_000), card=card)
    lapse_order(order=payment.order)
    pay_by_card(payment=placed(*things(seller, 2_000), card=card))
    paid(payment)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_cents, refund.card_cents) == ("card", 2_000, 0)
    assert (balance(card), debt(operator), books_are_right()) == (3_000, 3_000, True)


def test_who_begins_again_from_the_same_basket_has_the_card_again(seller, operator, card):
    keeper = Keeper(visitor=uuid.uuid4().hex[:20])
    item = things(seller, 4_000)[0]
    first = placed(item, card=card, keeper=keeper)
    assert forget_unpaid(keeper=keeper, card=card, operation=first.order.operation) == 0
    assert forget_unpaid(keeper=keeper, card=card, operation=uuid.uuid4()) == 1
    placed(item, card=card, keeper=keeper)
    assert balance(card) == 1_000


def test_an_object_that_was_lost_goes_back_on_the_card_first(seller, operator, card):
    items = things(seller, 4_000, 3_000)
    payment = placed(*items, card=card)
    lose(items[0])
    paid(payment)
    refund = Refund.objects.get()
    assert (refund.card_cents, refund.amount_cents) == (4_000, 0)
    assert (balance(card), Sale.objects.get().gift_cents, debt(operator)) == (4_000, 1_000, 4_000)
    assert books_are_right() is True


def test_an_order_of_which_all_was_lost_gives_all_back(seller, operator, card):
    item = things(seller, 7_000)[0]
    payment = placed(item, card=card)
    lose(item)
    paid(payment)
    refund = Refund.objects.get()
    assert (refund.card_cents, refund.amount_cents, balance(card)) == (5_000, 2_000, 5_000)
    assert (debt(operator), Sale.objects.count(), books_are_right()) == (5_000, 0, True)


# Refunds


def test_refunds_go_on_the_card_first_then_to_the_bank(seller, operator, card):
    payment = paid(placed(*things(seller, 7_000), card=card, shipping=500))
    first = back(payment, cents=4_000)
    assert (first.card_cents, first.amount_cents, first.state, balance(card)) == (4_000, 0, "made", 4_000)
    second = back(payment, cents=2_000)
    assert (second.card_cents, second.amount_cents, second.state) == (1_000, 1_000, "asked")
    third = back(payment, cents=1_000, shipping=500)
    assert (third.card_cents, third.amount_cents, balance(card)) == (0, 1_500, 5_000)
    with pytest.raises(RefundTooMuchError):
        back(payment, cents=1)
    assert (debt(operator), owed(seller, AccountKind.SELLER), books_are_right()) == (5_000, 0, True)


def test_the_same_refund_twice_is_one(seller, operator, card):
    payment = placed(*things(seller, 2_000), card=card)
    pay_by_card(payment=payment)
    part, operation = payment.order.parts.get(), uuid.uuid4()
    asked = {"part": part, "lines": {part.lines.get().pk: 500}, "reason": "gesture", "by": None, "operation": operation}
    assert ask_refund(**asked) == ask_refund(**asked)
    assert (balance(card), GiftSpend.objects.get().back_cents, books_are_right()) == (3_500, 500, True)


def test_a_card_that_is_over_meanwhile_lives_again(seller, operator, card):
    payment = placed(*things(seller, 2_000), card=card)
    pay_by_card(payment=payment)
    GiftCard.objects.update(expires_on=localdate() - datetime.timedelta(days=1))
    back(payment)
    card.refresh_from_db()
    assert card.expires_on > localdate() + datetime.timedelta(days=700)


def test_a_bank_takes_only_what_it_paid_and_the_rest_goes_on_the_card(seller, operator, card):
    other = OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")
    payment = paid(placed(*things(seller, 4_000), *things(other, 6_000), card=card))
    part = payment.order.parts.get(seller=seller)
    back(payment, part, cents=1_500)
    dispute = contest_payment(payment=payment)
    assert books_are_right() is True
    decide_dispute(dispute=dispute, is_won=False)
    assert (Refund.objects.filter(reason="disputed").count(), balance(card), books_are_right()) == (2, 1_500, True)
    for one in payment.order.parts.order_by("pk"):
        left = sum(line.left_cents for line in OrderLine.objects.filter(part=one))
        if left:
            ask_refund(
                part=one,
                lines={line.pk: line.left_cents for line in one.lines.all() if line.left_cents},
                reason="cancelled",
                by=None,
                operation=uuid.uuid4(),
            )
    assert (balance(card), debt(operator), books_are_right()) == (5_000, 5_000, True)


# What the database refuses


@pytest.mark.parametrize("wrong", [{"cents": 0}, {"back_cents": 5_001}, {"state": "back"}])
def test_the_database_refuses_what_cannot_be(seller, operator, card, wrong):
    paid(placed(*things(seller, 7_000), card=card))
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftSpend.objects.update(**wrong)


@pytest.mark.parametrize(
    ("model", "wrong"),
    [(GiftSpend, {"cents": 4_000}), (GiftSpend, {"back_cents": 10}), (Sale, {"gift_refunded_cents": 10}),
     (Payment, {"amount_cents": 6_000})],
)  # fmt: skip
def test_check_ledger_finds_what_differs(seller, operator, card, model, wrong):
    payment = paid(placed(*things(seller, 7_000), card=card))
    rows = model.objects.filter(pk=payment.pk) if model is Payment else model.objects.all()
    rows.update(**wrong)
    assert check_ledger().wrong["gift-cards"]
