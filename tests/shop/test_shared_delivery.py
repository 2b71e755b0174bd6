"""One parcel of two sellers, whose delivery one line pays: it goes back once nothing of it is kept, whoever is first."""

import datetime
import uuid

import pytest
from django.db.models import Sum
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.queries.fees import operator_of
from rebond.ledger.queries.payouts import dues_of
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.delivery_said import end_presumption
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.part import (
    PRESUMED,
    CancelLine,
    CollectInstead,
    cents_of,
    change_part,
    deliver_part,
    ship_part,
)
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.returning import note_arrival, refund_return, tell_sent
from rebond.shop.actions.settlement import Decision, money_of, settle
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import Conversation, OrderLine, Refund, Return, SellerOrder
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory
from tests.factories.shop import CONTACT, paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
FIRST, SECOND = 2500 + 490, 900  # the chair pays the delivery of both


@pytest.fixture
def order(seller, operator, index):
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    chair = ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)
    vase = ItemFactory(seller=other, on_sale=True, title="Vase", price_cents=900)
    keeper = Keeper(visitor=uuid.uuid4().hex)
    for item in (chair, vase):
        take_item(keeper=keeper, item=item)
    ways = {item.pk: Way(1, "home", 490) for item in (chair, vase)}
    payment = place_order(
        keeper=keeper,
        email="a@example.org",
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed(ways, FIRST + SECOND, CONTACT),
    )
    receive_event(told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents))
    payment.order.refresh_from_db()
    return payment.order


def part_of(order, title):
    return order.parts.select_related("order", "seller").get(lines__title=title)


def line(title):
    return OrderLine.objects.get(title=title)


def cancel(order, title, by, operation=None):
    changes = [CancelLine(line(title).pk, "other")]
    change_part(part=part_of(order, title), changes=changes, by=by, operation=operation or uuid.uuid4())


def given_back(order):
    rows = Refund.objects.filter(part__order=order).values_list("part__lines__title").order_by()
    return dict(rows.annotate(n=Sum("amount_cents")))


@pytest.mark.parametrize("titles", [("Chaise", "Vase"), ("Vase", "Chaise")])
def test_the_delivery_goes_back_with_the_last_object_whoever_s_line_had_paid_it(order, owner, titles):
    first, last = titles
    cancel(order, first, owner)
    assert given_back(order) == {first: 2500 if first == "Chaise" else 900}
    operation = uuid.uuid4()
    whole = FIRST + SECOND - Refund.objects.get().amount_cents
    assert cents_of(part_of(order, last), [CancelLine(line(last).pk, "other")]) == whole
    for _twice in range(2):
        cancel(order, last, owner, operation)
    assert given_back(order) == {"Chaise": FIRST, "Vase": SECOND}
    assert check_ledger().is_right


def test_collected_instead_the_delivery_that_a_cancelled_line_paid_goes_back(order, owner):
    cancel(order, "Chaise", owner)
    change_part(part=part_of(order, "Vase"), changes=[CollectInstead()], by=owner, operation=uuid.uuid4())
    assert given_back(order) == {"Chaise": FIRST}
    assert check_ledger().is_right


def withdraw(order):
    said = Declaration({line("Vase").pk}, "Ana", "ana@example.org", uuid.uuid4())
    [made] = declare_withdrawal(order=order, said=said)
    return made.back


def test_withdrawn_before_it_left_the_delivery_goes_back_from_who_had_it(order, owner):
    cancel(order, "Chaise", owner)
    refund_return(back=withdraw(order), by=owner, operation=uuid.uuid4())
    assert given_back(order) == {"Chaise": FIRST, "Vase": SECOND}
    assert check_ledger().is_right


@pytest.mark.parametrize("extra", [0, 100])
def test_sent_back_the_standard_delivery_goes_back_from_who_had_it(order, owner, extra):
    OrderLine.objects.filter(title="Chaise").update(extra_shipping_cents=extra)
    cancel(order, "Chaise", owner)
    ship_part(part=part_of(order, "Vase"), carrier="", tracking="", by=owner)
    deliver_part(part=part_of(order, "Vase"), by=owner)
    back = tell_sent(back=withdraw(order), way="parcel")
    refund_return(back=back, by=owner, operation=uuid.uuid4())
    assert given_back(order) == {"Chaise": FIRST - extra, "Vase": SECOND}
    assert check_ledger().is_right


def test_while_somebody_keeps_an_object_of_it_the_delivery_stays_paid(order, owner):
    other = part_of(order, "Vase")
    OrderLine.objects.create(part=other, item=ItemFactory(seller=other.seller), title="Bol", unit_cents=0, state="sold")
    cancel(order, "Chaise", owner)
    refund_return(back=withdraw(order), by=owner, operation=uuid.uuid4())
    assert given_back(order)["Chaise"] == 2500


def settled(title, by, operation=None):
    """Received, then refunded in a conversation: the buyer need not send it back."""
    found = line(title)
    part = SellerOrder.objects.select_related("order", "seller").get(pk=found.part_id)
    if part.state == "to_prepare":
        ship_part(part=part, carrier="", tracking="", by=by)
        deliver_part(part=part, by=by)
    talk, _new = Conversation.objects.get_or_create(
        part=part, reason="not_as_said", defaults={"due_on": timezone.localdate()}
    )
    decision = Decision("refund", found, "Gardez-le.", operation or uuid.uuid4())
    cents = money_of(decision)
    settle(conversation=talk, decision=decision, by=by)
    return cents


def test_refunded_without_a_return_the_delivery_goes_back_from_who_had_it(order, owner):
    cancel(order, "Chaise", owner)
    operation = uuid.uuid4()
    assert settled("Vase", owner, operation) == SECOND + 490
    settled("Vase", owner, operation)
    assert given_back(order) == {"Chaise": FIRST, "Vase": SECOND}
    assert check_ledger().is_right


def test_refunded_without_a_return_while_somebody_keeps_an_object_it_stays_paid(order, owner):
    bowl = ItemFactory(seller=part_of(order, "Vase").seller)
    part = part_of(order, "Vase")
    OrderLine.objects.create(part=part, item=bowl, title="Bol", unit_cents=0, state="sold", parcel=1)
    cancel(order, "Chaise", owner)
    assert settled("Vase", owner) == SECOND
    assert given_back(order)["Chaise"] == 2500


def test_of_one_seller_s_parcel_the_delivery_goes_back_with_the_last_refund_without_a_return(seller, index, owner):
    cup, bowl = (ItemFactory(seller=seller, on_sale=True, title=title, price_cents=300) for title in ("Tasse", "Bol"))
    paid_order(cup, bowl, shipping=490)
    assert [settled("Tasse", owner), settled("Bol", owner)] == [300, 790]
    assert check_ledger().is_right


def decide_return(title, by):
    """Not as it was said: the buyer sends it back (rules.md F3)."""
    talk, _new = Conversation.objects.get_or_create(
        part=line(title).part, reason="not_as_said", defaults={"due_on": timezone.localdate()}
    )
    decision = Decision("return", line(title), "Renvoyez-le.", uuid.uuid4())
    cents = money_of(decision)
    settle(conversation=talk, decision=decision, by=by)
    assert Return.objects.get(lines__line__title=title).cents == cents


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("return", "return"),
        ("return", "withdraw"),
        ("withdraw", "return"),
        ("withdraw", "withdraw"),
        ("refund", "withdraw"),
        ("refund", "return"),
        ("cancel", "withdraw"),
        ("cancel", "return"),
    ],
)
@pytest.mark.parametrize("payer", ["first", "last"])
def test_all_of_a_parcel_given_back_in_two_times_gives_its_delivery_back_once(seller, index, owner, first, last, payer):
    cup, bowl = (ItemFactory(seller=seller, on_sale=True, title=title, price_cents=300) for title in ("Tasse", "Bol"))
    order = paid_order(cup, bowl, shipping=490)
    titles = list(OrderLine.objects.order_by("-shipping_cents").values_list("title", flat=True))
    ways = dict(zip(titles if payer == "first" else titles[::-1], (first, last), strict=True))
    for title, way in ways.items():
        if way == "cancel":
            cancel(order, title, owner)
    part = SellerOrder.objects.select_related("order", "seller").get()
    ship_part(part=part, carrier="", tracking="", by=owner)
    deliver_part(part=part, by=owner)
    for title, way in ways.items():
        if way == "refund":
            settled(title, owner)
        elif way == "return":
            decide_return(title, owner)
        elif way == "withdraw":
            said = Declaration({line(title).pk}, "Ana", "ana@example.org", uuid.uuid4())
            declare_withdrawal(order=order, said=said)
    for back in Return.objects.select_related("part__order", "part__seller").order_by("pk"):
        note_arrival(back=back, by=owner)
        refund_return(back=back, by=owner, operation=uuid.uuid4())
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 2 * 300 + 490
    assert check_ledger().is_right


def test_a_delivery_stays_paid_while_a_third_object_of_its_parcel_is_kept(seller, index, owner):
    items = [
        ItemFactory(seller=seller, on_sale=True, title=title, price_cents=300) for title in ("Tasse", "Bol", "Pot")
    ]
    paid_order(*items, shipping=490)
    part = SellerOrder.objects.select_related("order", "seller").get()
    ship_part(part=part, carrier="", tracking="", by=owner)
    deliver_part(part=part, by=owner)
    for title in ("Tasse", "Bol"):
        decide_return(title, owner)
    assert [back.cents for back in Return.objects.order_by("pk")] == [300, 300]


def dues(order, days):
    """What the seller of the chair is owed, and what of it may leave after so many days."""
    day = timezone.localdate() + datetime.timedelta(days=days)
    seller = part_of(order, "Chaise").seller_id
    [due] = [row for row in dues_of(operator_of(None), day=day) if row.account.owner_id == seller]
    return due.owed_cents, due.cents


def receive(title, by, order, reason=""):
    ship_part(part=part_of(order, title), carrier="", tracking="", by=by)
    deliver_part(part=part_of(order, title), by=by, reason=reason)


@pytest.mark.parametrize("first", ["cancel", "receive"])
def test_the_delivery_a_cancelled_part_keeps_is_paid_out_once_the_parcel_is_received(order, owner, first):
    if first == "receive":
        receive("Vase", owner, order)
    cancel(order, "Chaise", owner)
    if first != "receive":
        assert dues(order, 400) == (490, 0), "nobody has it yet"
        receive("Vase", owner, order)
    assert part_of(order, "Chaise").state == "cancelled"
    assert [dues(order, days) for days in (17, 18)] == [(490, 0), (490, 490)]
    assert check_ledger().is_right


def test_it_waits_again_where_the_parcel_was_only_presumed_received(order, owner):
    cancel(order, "Chaise", owner)
    receive("Vase", owner, order, PRESUMED)
    assert dues(order, 18) == (490, 490)
    assert end_presumption(part=part_of(order, "Vase"))
    assert dues(order, 400) == (490, 0)


def test_it_waits_with_what_is_sent_back(order, owner):
    cancel(order, "Chaise", owner)
    receive("Vase", owner, order)
    due_on = withdraw(order).due_on
    assert dues(order, 18) == (490, 0)
    assert dues(order, (due_on - timezone.localdate()).days + 14) == (490, 490)
