"""From a basket to a paid order: any event, in any order, any number of times, ends in one right state."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.journal.models import Entry, OutgoingMail, Transition
from rebond.shop.actions import basket as holding
from rebond.shop.actions.basket import merge_baskets, remove_line, take_item
from rebond.shop.actions.basket_ends import sweep_ended
from rebond.shop.actions.order import place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.trial import CARDS, charge_card, outcome_of, tell_due
from rebond.shop.enums import TrialCard
from rebond.shop.errors import BasketEmptyError
from rebond.shop.models import (
    Basket,
    BasketLine,
    Order,
    OrderLine,
    Payment,
    PaymentEvent,
    Refund,
    SellerOrder,
    TrialCharge,
)
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db, pytest.mark.usefixtures("operator")]
NOW = timezone.now()
AMINA, BEN = Keeper(visitor="amina"), Keeper(visitor="ben")


def after(minutes):
    return NOW + datetime.timedelta(minutes=minutes)


@pytest.fixture
def chair(seller, index):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


def place(keeper, *items, now=None, operation=None):
    now = now or NOW
    for item in items:
        take_item(keeper=keeper, item=item, now=now)
    return place_order(
        keeper=keeper, email="a@example.org", operation=operation or uuid.uuid4(), provider="test", now=now
    )


def told(payment, event_id="e1", kind="paid", **changes):
    facts = {"provider": "test", "reference": payment.public_id, "amount_cents": payment.amount_cents}
    return Told(**(facts | {"event_id": event_id, "kind": kind} | changes))


def sold(item):
    return Item.objects.values_list("state", "reserved").get(pk=item.pk) == ("sold", 1)


def test_an_order_has_a_part_for_each_seller_and_keeps_what_was_seen(chair, stranger):
    other = ItemFactory(seller=stranger.memberships.get().organisation, on_sale=True, price_cents=400)
    second = ItemFactory(seller=chair.seller, on_sale=True, price_cents=100)

    payment = place(AMINA, chair, other, second)
    Item.objects.filter(pk=chair.pk).update(title="Autre", price_cents=9900)

    assert (payment.amount_cents, payment.state, payment.order.state) == (3000, "started", "placed")
    assert SellerOrder.objects.count() == 2
    line = OrderLine.objects.get(item=chair)
    assert (line.title, line.unit_cents, line.seen["title"], line.seen["price_cents"]) == (
        "Chaise",
        2500,
        "Chaise",
        2500,
    )
    assert Item.objects.get(pk=chair.pk).state == "on_sale"


def test_the_same_form_twice_is_one_order(chair):
    operation = uuid.uuid4()
    first = place(AMINA, chair, operation=operation)
    assert place(AMINA, chair, operation=operation) == first
    assert Order.objects.count() == 1


def test_an_empty_or_ended_basket_orders_nothing(chair):
    with pytest.raises(BasketEmptyError):
        place(AMINA)
    take_item(keeper=AMINA, item=chair, now=after(-21))
    with pytest.raises(BasketEmptyError):
        place(AMINA)
    assert Order.objects.count() == 0


def test_a_paid_order_sells_what_its_basket_keeps(chair):
    payment = place(AMINA, chair)

    event = receive_event(told=told(payment), now=after(2))

    assert (sold(chair), OrderLine.objects.get().state, event.applied_at) == (True, "sold", after(2))
    assert (Order.objects.get().state, SellerOrder.objects.get().state) == ("paid", "to_prepare")
    assert BasketLine.objects.get().state == "sold"
    assert Refund.objects.count() == 0
    verbs = Transition.objects.filter(subject_kind__startswith="shop.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["pay", "pay", "confirm"]


def test_the_same_event_ten_times_has_one_effect(chair):
    payment = place(AMINA, chair)
    for _ in range(10):
        receive_event(told=told(payment), now=after(2))
    receive_event(told=told(payment, "e2"), now=after(3))  # another message that says the same
    assert PaymentEvent.objects.count() == 2
    assert Entry.objects.filter(action="shop.order.paid").count() == 1
    assert Refund.objects.count() == 0


def test_a_refusal_before_or_after_the_payment_changes_nothing_of_it(chair):
    payment = place(AMINA, chair)
    receive_event(told=told(payment, "no", "refused"), now=after(1))
    assert (Payment.objects.get().state, Order.objects.get().state) == ("refused", "placed")
    receive_event(told=told(payment, "yes"), now=after(2))
    receive_event(told=told(payment, "late-no", "refused"), now=after(3))
    assert (Payment.objects.get().state, Order.objects.get().state, sold(chair)) == ("paid", "paid", True)


@pytest.mark.parametrize("change", [{"amount_cents": 1}, {"reference": "unknown"}, {"provider": "other"}])
def test_an_event_that_does_not_fit_is_kept_without_effect(chair, change):
    payment = place(AMINA, chair)
    event = receive_event(told=told(payment, **change), now=after(2))
    assert event.applied_at is None
    assert (Order.objects.get().state, Item.objects.get(pk=chair.pk).state) == ("placed", "on_sale")


def test_a_payment_after_the_hour_takes_what_is_still_free(chair, seller):
    swept = ItemFactory(seller=seller, on_sale=True)
    payment = place(AMINA, chair, swept)
    remove_line(keeper=AMINA, item=swept, now=after(5))

    receive_event(told=told(payment), now=after(90))

    assert (sold(chair), sold(swept), Refund.objects.count()) == (True, True, 0)


def test_a_payment_after_somebody_else_took_it_refunds_that_line_once(chair, seller):
    mine = ItemFactory(seller=seller, on_sale=True, price_cents=700)
    payment = place(AMINA, chair, mine)
    rival = place(BEN, chair, now=after(25))
    receive_event(told=told(rival, "b"), now=after(26))

    for _ in range(2):
        receive_event(told=told(payment), now=after(30))

    assert list(OrderLine.objects.filter(part__order=payment.order).order_by("unit_cents").values_list("state")) == [
        ("sold",),
        ("lost",),
    ]
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.lines.get().line.item, refund.reason, refund.state) == (
        2500,
        chair,
        "taken",
        "asked",
    )
    assert [make_refund(refund_id=refund.pk) for _ in range(2)] == ["made", "made"]
    assert TrialCharge.objects.filter(kind="refunded").count() == 1
    assert OrderLine.objects.get(part__order=rival.order).state == "sold"


def test_an_order_that_lost_everything_is_dropped_at_its_seller(chair):
    payment = place(AMINA, chair)
    Item.objects.filter(pk=chair.pk).update(state="withdrawn", reserved=0)
    BasketLine.objects.update(state="released", ended_at=NOW)
    receive_event(told=told(payment), now=after(30))
    assert (SellerOrder.objects.get().state, Refund.objects.get().amount_cents) == ("dropped", 2500)


def test_of_an_order_that_lost_everything_neither_page_nor_mail_says_that_it_is_confirmed(chair, client):
    payment = place(AMINA, chair)
    Item.objects.filter(pk=chair.pk).update(state="withdrawn", reserved=0)
    receive_event(told=told(payment), now=after(30))
    order = Order.objects.get()

    text = BeautifulSoup(client.get(order_path(order)).content, "html.parser").main.get_text(" ", strip=True)
    write_order_mail(order_id=order.pk)

    assert "Merci" not in text
    assert "est confirmée" not in text
    assert "25,00\u00a0€ reviennent sur votre moyen de paiement" in text
    mail = OutgoingMail.objects.get(kind="shop.order").text
    assert mail.startswith("Your payment came, but nothing of your order was free any more.")
    assert "Thank you" not in mail


def test_an_order_paid_twice_gives_the_second_payment_back(chair):
    payment = place(AMINA, chair)
    again = Payment.objects.create(order=payment.order, provider="test", amount_cents=2500)
    receive_event(told=told(payment), now=after(1))
    receive_event(told=told(again, "e2"), now=after(2))
    refund = Refund.objects.get()
    assert (refund.payment, refund.part, refund.amount_cents, refund.reason) == (again, None, 2500, "twice")


def test_a_guest_who_signs_in_while_paying_loses_nothing(chair):
    payment = place(AMINA, chair)
    merge_baskets(visitor="amina", user=UserFactory(), now=after(1))
    receive_event(told=told(payment), now=after(2))
    assert (sold(chair), Refund.objects.count(), BasketLine.objects.get().state) == (True, 0, "sold")


def test_signing_in_locks_as_a_payment_does(chair, monkeypatch):
    """The order, then its objects: the other way round, each would wait for the other."""
    payment = place(AMINA, chair)
    locked, real = [], holding.lock_rows
    monkeypatch.setattr(holding, "lock_rows", lambda rows, **kwargs: locked.append(rows.model) or real(rows, **kwargs))

    merge_baskets(visitor="amina", user=UserFactory(), now=after(1))

    assert locked == [Basket, Order, Item]
    assert Order.objects.get(pk=payment.order_id).basket.visitor == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_a_guest_may_sign_in_while_the_payment_is_confirmed(chair, seed):
    payment, user = place(AMINA, chair), UserFactory()
    acts = [
        lambda: receive_event(told=told(payment), now=after(2)),
        lambda: merge_baskets(visitor="amina", user=user, now=after(2)),
        lambda: receive_event(told=told(payment), now=after(2)),
    ]

    assert race(acts[seed:] + acts[:seed]) == []
    assert (sold(chair), Refund.objects.count(), BasketLine.objects.held().count()) == (True, 0, 0)


def test_part_of_a_batch_is_sold_and_the_rest_stays(seller, index):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=5)
    take_item(keeper=AMINA, item=batch, n=2, now=NOW)
    payment = place_order(keeper=AMINA, email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW)
    take_item(keeper=AMINA, item=batch, n=3, now=after(1))
    receive_event(told=told(payment), now=after(2))
    assert Item.objects.values_list("quantity", "reserved").get(pk=batch.pk) == (3, 1)
    assert BasketLine.objects.values_list("state", "quantity").get() == ("held", 1)


@pytest.mark.parametrize(("quantity", "at"), [(3, 2), (5, 2), (3, 30), (5, 30)])
def test_a_batch_is_sold_whole_though_the_basket_keeps_fewer_than_were_ordered(seller, index, quantity, at):
    """The number was lowered after the order: what is still kept counts, before its hour and after."""
    batch = ItemFactory(seller=seller, on_sale=True, quantity=quantity)
    take_item(keeper=AMINA, item=batch, n=3, now=NOW)
    payment = place_order(keeper=AMINA, email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW)
    take_item(keeper=AMINA, item=batch, n=2, now=after(1))

    receive_event(told=told(payment), now=after(at))

    assert (OrderLine.objects.get().state, Refund.objects.count()) == ("sold", 0)
    sweep_ended(now=after(60))
    left = Item.objects.values_list("state", "quantity", "reserved").get(pk=batch.pk)
    assert left == (("sold", 3, 3) if quantity == 3 else ("on_sale", 2, 0))


def test_a_batch_of_which_another_took_the_rest_is_given_back_and_the_own_hold_stays(seller, index):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=3)
    take_item(keeper=AMINA, item=batch, n=3, now=NOW)
    payment = place_order(keeper=AMINA, email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW)
    take_item(keeper=AMINA, item=batch, n=2, now=after(1))
    take_item(keeper=BEN, item=batch, n=1, now=after(1))

    receive_event(told=told(payment), now=after(2))

    assert (OrderLine.objects.get().state, Refund.objects.get().amount_cents) == ("lost", payment.amount_cents)
    assert Item.objects.values_list("quantity", "reserved").get(pk=batch.pk) == (3, 3)
    assert sorted(BasketLine.objects.values_list("state", "quantity")) == [("held", 1), ("held", 2)]


# --- the embedded provider


@pytest.mark.parametrize("number", sorted(CARDS))
def test_each_card_of_the_trial_ends_in_one_right_state(chair, number):
    payment = place(AMINA, chair)
    card = outcome_of(number)

    charge_card(payment=payment, card=card, now=after(1))
    charge_card(payment=payment, card=card, now=after(1))  # the form sent twice
    tell_due(now=after(60))
    tell_due(now=after(60), with_lost=True)

    is_paid = card != TrialCard.REFUSED
    assert (Order.objects.get().state == "paid", sold(chair)) == (is_paid, is_paid)
    assert (Refund.objects.count(), tell_due(now=after(99), with_lost=True)) == (0, 0)


def test_slow_late_and_lost_are_told_when_they_would_be(chair):
    payment = place(AMINA, chair)
    charge_card(payment=payment, card=TrialCard.LOST, now=NOW)
    assert tell_due(now=after(9_999)) == 0
    assert tell_due(now=after(9_999), with_lost=True) == 1


def test_a_real_card_has_no_place_in_the_trial():
    assert outcome_of("4970 1000 0000 0154") is None
    assert outcome_of("4242 4242 4242 4242") == TrialCard.ACCEPTED


def test_the_mail_is_one_and_tells_what_was_lost(chair, seller):
    mine = ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=700)
    payment = place(AMINA, chair, mine)
    rival = place(BEN, chair, now=after(25))
    receive_event(told=told(rival, "b"), now=after(26))
    receive_event(told=told(payment), now=after(30))

    for _ in range(2):
        write_order_mail(order_id=payment.order_id)

    mail = OutgoingMail.objects.get(kind="shop.order")
    assert mail.to == "a@example.org"
    assert "We are sorry" in mail.text
    assert "25.00" in mail.text or "25,00" in mail.text
    assert "Lampe" in mail.text
