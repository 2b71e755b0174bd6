"""A seller's part from paid to received or cancelled; several at once end in one right state."""

import datetime
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from rebond.catalogue.actions.item import restock_item
from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail, Transition
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.models import Sale
from rebond.shop.actions.order import place_order
from rebond.shop.actions.part import (
    CancelLine,
    CollectInstead,
    LowerPrice,
    change_part,
    deliver_part,
    lapse_orders,
    make_part_ready,
    ship_part,
)
from rebond.shop.actions.part_mail import write_part_mail
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.errors import PartStateError, RefundInvalidError, RefundTooMuchError
from rebond.shop.models import Order, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.queries.keeper import Keeper
from rebond.warehouse.models import Holding
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order
from tests.shop.test_refunds import NOW, buy, held, take_item

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def days(n):
    return NOW + datetime.timedelta(days=n)


@pytest.fixture
def chair(seller, operator, index):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def part(chair, seller):
    """A paid order of a chair (25 €) and a lamp (7 €) in one parcel of 4.90 €."""
    buy(chair, ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=700), shipping=490)
    return SellerOrder.objects.select_related("order", "seller").get()


def line(title):
    return OrderLine.objects.get(title=title).pk


def change(part, *changes, operation=None, by=None, **more):
    return change_part(part=part, changes=changes, by=by, operation=operation or uuid.uuid4(), **more)


def test_a_part_is_sent_then_received_and_its_money_may_leave_after_the_delay(part, owner):
    ship_part(part=part, carrier=" Colissimo ", tracking="6A1", by=owner, now=days(1))
    made = deliver_part(part=part, by=owner, now=days(4))

    assert (made.state, made.carrier, made.tracking) == ("delivered", "Colissimo", "6A1")
    assert (made.shipped_at, made.delivered_at) == (days(1), days(4))
    assert Sale.objects.get().payable_on == timezone.localdate(days(4)) + datetime.timedelta(days=18)
    verbs = Transition.objects.filter(subject_kind="shop.sellerorder").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["confirm", "ship", "deliver"]


def test_a_part_waits_for_its_buyer_then_is_collected(part, owner):
    make_part_ready(part=part, by=owner, now=days(1))
    assert deliver_part(part=part, by=owner, now=days(2)).ready_at == days(1)


@pytest.mark.parametrize(
    ("done", "then"), [("ship", "ship"), ("ship", "make_ready"), ("make_ready", "ship"), (None, "deliver")]
)
def test_a_move_from_elsewhere_is_refused_and_changes_nothing(part, owner, done, then):
    acts = {
        "ship": lambda: ship_part(part=part, carrier="", tracking="", by=owner),
        "make_ready": lambda: make_part_ready(part=part, by=owner),
        "deliver": lambda: deliver_part(part=part, by=owner),
    }
    if done:
        acts[done]()
    before = SellerOrder.objects.values().get()
    with pytest.raises(PartStateError):
        acts[then]()
    assert SellerOrder.objects.values().get() == before


def test_one_line_cancelled_goes_back_and_the_parcel_still_travels(part, owner, chair):
    made = change(part, CancelLine(line("Chaise"), "damaged"), by=owner)

    refund = Refund.objects.get()
    assert (made.state, refund.amount_cents, refund.reason) == ("to_prepare", 2500, "cancelled")
    assert refund.note == "The object was damaged meanwhile"
    assert Item.objects.get(pk=chair.pk).state == "withdrawn"
    assert dict(OrderLine.objects.values_list("title", "state")) == {"Chaise": "cancelled", "Lampe": "sold"}
    assert (held(), check_ledger().is_right) == (1190, True)


def test_the_last_line_cancelled_cancels_the_part_with_its_delivery(part, owner):
    change(part, CancelLine(line("Chaise"), "not_found"), by=owner)
    made = change(part, CancelLine(line("Lampe"), "not_found"), by=owner, note="Nous sommes désolés.", now=days(1))
    assert (made.state, made.cancelled_at, held()) == ("cancelled", days(1), 0)
    assert Payment.objects.get().refunded_cents == 3690
    assert check_ledger().is_right


def _ordered(batch, n, who):
    take_item(keeper=Keeper(visitor=who), item=batch, n=n, now=NOW)
    payment = place_order(
        keeper=Keeper(visitor=who), email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW
    )
    receive_event(told=Told("test", f"e-{payment.pk}", "paid", payment.public_id, payment.amount_cents), now=NOW)
    return SellerOrder.objects.select_related("order", "seller").get(order=payment.order)


def _counted(batch):
    held = sum(Holding.objects.filter(item=batch).values_list("units", flat=True))
    return *Item.objects.values_list("state", "quantity", "reserved").get(pk=batch.pk), held


def test_units_of_a_batch_are_on_sale_again_where_their_line_is_cancelled(seller, operator, index, owner):
    """Three orders of a batch of five, the last one takes all that is left; each is cancelled, in another order."""
    batch = ItemFactory(seller=seller, on_sale=True, quantity=5, price_cents=300)
    first, second = _ordered(batch, 2, "a"), _ordered(batch, 1, "b")
    assert _counted(batch) == ("on_sale", 2, 0, 2)
    for _twice in range(2):
        change(first, CancelLine(first.lines.get().pk, "other"), by=owner, operation=first.order.operation)
    assert _counted(batch) == ("on_sale", 4, 0, 4)

    last = _ordered(batch, 4, "c")
    assert _counted(batch) == ("sold", 4, 4, 0)
    change(second, CancelLine(second.lines.get().pk, "other"), by=owner)
    assert _counted(batch) == ("withdrawn", 1, 0, 1)
    change(last, CancelLine(last.lines.get().pk, "other"), by=owner)
    assert _counted(batch) == ("withdrawn", 5, 0, 5)
    assert check_ledger().is_right


def test_what_somebody_put_back_by_hand_is_not_counted_twice(part, owner, chair):
    restock_item(item=Item.objects.get(pk=chair.pk), by=owner, reason="introuvable, puis retrouvée")
    change(part, CancelLine(line("Chaise"), "not_found"), by=owner)
    assert _counted(chair) == ("withdrawn", 1, 0, 1)


def test_several_changes_are_one_refund_or_none(part, owner):
    """A line is cancelled, the other made cheaper and collected: together; with one wrong, nothing."""
    wrong = (CancelLine(line("Chaise"), "other"), LowerPrice(line("Lampe"), 701))
    with pytest.raises(RefundTooMuchError):
        change(part, *wrong, by=owner)
    assert (Refund.objects.count(), OrderLine.objects.filter(state="sold").count(), held()) == (0, 2, 3690)

    change(part, CancelLine(line("Chaise"), "other"), LowerPrice(line("Lampe"), 200), CollectInstead(), by=owner)

    assert Refund.objects.get().amount_cents == 2500 + 200 + 490
    assert OrderLine.objects.get(title="Lampe").delivery_mode == "pickup"
    assert (held(), check_ledger().is_right) == (500, True)


def test_the_same_change_sent_twice_has_one_effect(part, owner):
    operation = uuid.uuid4()
    for _ in range(2):
        change(part, LowerPrice(line("Lampe"), 100), by=owner, operation=operation)
    assert (Refund.objects.count(), held()) == (1, 3590)


def test_what_left_is_no_longer_cancelled_but_may_cost_less(part, owner):
    ship_part(part=part, carrier="", tracking="", by=owner)
    for wrong in (CancelLine(line("Chaise"), "other"), CollectInstead()):
        with pytest.raises(PartStateError):
            change(part, wrong, by=owner)
    change(part, LowerPrice(line("Chaise"), 500), by=owner)
    assert Refund.objects.get().reason == "gesture"


def test_a_change_that_says_nothing_or_names_another_line_is_refused(part, owner):
    for wrong in ((), (LowerPrice(line("Lampe"), 0),), (CancelLine(0, "other"),)):
        with pytest.raises(RefundInvalidError):
            change(part, *wrong, by=owner)


def test_an_order_that_nobody_pays_lapses_and_a_late_payment_still_counts(chair):
    take_item(keeper=Keeper(visitor="amina"), item=chair, now=NOW)
    payment = place_order(
        keeper=Keeper(visitor="amina"), email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW
    )
    assert lapse_orders(now=NOW + datetime.timedelta(hours=23)) == 0
    assert [lapse_orders(now=days(2)) for _ in range(2)] == [1, 0]
    assert (Order.objects.get().state, SellerOrder.objects.get().state) == ("lapsed", "lapsed")

    receive_event(told=Told("test", "late", "paid", payment.public_id, 2500), now=days(3))

    assert (Order.objects.get().state, SellerOrder.objects.get().state) == ("paid", "to_prepare")
    assert (Item.objects.get(pk=chair.pk).state, check_ledger().is_right) == ("sold", True)


def test_a_parcel_sent_long_ago_counts_as_received(part, owner):
    ship_part(part=part, carrier="", tracking="", by=owner, now=NOW)
    assert [presume_delivered(now=days(n)) for n in (9, 11, 12)] == [0, 1, 0]
    assert SellerOrder.objects.get().delivered_at == days(11)


def test_the_buyer_is_told_once_that_it_left_and_how_to_follow_it(part, owner):
    ship_part(part=part, carrier="Colissimo", tracking="6A123", by=owner)
    for _ in range(2):
        write_part_mail(part_id=part.pk, state="shipped")
    mail = OutgoingMail.objects.get(kind="shop.part")
    assert all(word in mail.text for word in ("Colissimo", "6A123", "Chaise", "Lampe"))


def test_parts_that_are_refused_do_not_starve_the_others(part, owner, seller, monkeypatch):
    """Two places at once, and the two oldest parcels are not in the books: the third is received all the same."""
    monkeypatch.setattr("rebond.shop.actions.presumed.AT_ONCE", 2)
    others = [paid_order(ItemFactory(seller=seller, on_sale=True), now=NOW).parts.get() for _n in range(2)]
    for n, one in enumerate([part, *others]):
        ship_part(part=one, carrier="", tracking="", by=owner, now=days(1) + datetime.timedelta(hours=n))
    keys = [part.public_id, others[0].public_id]
    for key in keys:
        Sale.objects.filter(key=key).update(key=f"before-{key}")
    assert [presume_delivered(now=days(20)) for _n in range(2)] == [0, 1]
    for key in keys:  # mended: they are tried again a day later
        Sale.objects.filter(key=f"before-{key}").update(key=key)
    assert [presume_delivered(now=days(20)), presume_delivered(now=days(21))] == [0, 2]
    assert set(SellerOrder.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.django_db(transaction=True)
def test_cancel_withdraw_and_refund_at_once_end_in_one_right_state(part, owner):
    """The seller cancels and ships, the buyer's chair is refunded, the provider answers: all at the same moment.

    Whoever is first, each cent goes back once, and the part is either cancelled or on its way.
    """
    chair_line, lamp_line = line("Chaise"), line("Lampe")
    early = ask_refund(part=part, lines={lamp_line: 100}, reason="gesture", by=None, operation=uuid.uuid4())
    acts = [
        lambda own: change(own, CancelLine(chair_line, "other"), CancelLine(lamp_line, "other"), by=owner),
        lambda own: ship_part(part=own, carrier="", tracking="", by=owner),
        lambda own: ask_refund(part=own, lines={chair_line: 2500}, reason="withdrawn", by=None, operation=uuid.uuid4()),
        lambda own: make_refund(refund_id=early.pk),
        lambda own: change(own, LowerPrice(lamp_line, 300), by=owner),
    ]
    start, errors = threading.Barrier(len(acts)), []

    def run(act):
        try:
            own = SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)
            start.wait(30)
            act(own)
        except (PartStateError, RefundInvalidError, RefundTooMuchError):
            pass
        except Exception as error:  # noqa: BLE001 -- told below, whatever it is
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    part.refresh_from_db()
    states = set(OrderLine.objects.values_list("state", flat=True))
    assert (part.state, states) in (("cancelled", {"cancelled"}), ("shipped", {"sold"}))
    back = sum(Refund.objects.values_list("amount_cents", flat=True))
    assert (held(), Payment.objects.get().refunded_cents) == (3690 - back, back)
    if part.state == "cancelled":
        assert back == 3690
    assert check_ledger().is_right
