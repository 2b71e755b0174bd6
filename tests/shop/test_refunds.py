"""What is paid enters the books, what goes back leaves them; never more than was paid, whoever asks at once."""

import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from rebond.journal.models import Entry as JournalEntry
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Balance, Entry, Posting, Sale
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.errors import RefundInvalidError, RefundTooMuchError
from rebond.shop.models import OrderLine, Payment, Refund, SellerOrder
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()
AMINA = Keeper(visitor="amina")


def buy(*items, keeper=AMINA, shipping=0, fee=0):
    """A paid order of these items in one parcel."""
    for item in items:
        take_item(keeper=keeper, item=item, now=NOW)
    total = sum(item.price_cents for item in items) + shipping
    agreed = Agreed({item.pk: Way(1, "home", shipping) for item in items}, total, {})
    payment = place_order(
        keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, now=NOW
    )
    receive_event(told=Told("test", f"e-{payment.pk}", "paid", payment.public_id, total, fee), now=NOW)
    return payment


@pytest.fixture
def chair(seller, operator, index):
    AgreementFactory(organisation=seller, operator=operator, commission_bp=1_000, solidarity_bp=200)
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def lamp(stranger, operator, index):
    other = stranger.memberships.get().organisation
    return ItemFactory(seller=other, on_sale=True, title="Lampe", price_cents=700)


def owed(organisation):
    return -Balance.objects.get(account__owner=organisation, account__kind="seller").cents


def held():
    """What the provider holds, as the books say."""
    return sum(Posting.objects.filter(account__kind=AccountKind.PROVIDER).values_list("cents", flat=True))


def ask(line, cents, *, shipping=0, operation=None, reason="flawed", by=None, note=""):
    return ask_refund(
        part=line.part,
        lines={line.pk: cents} if cents else {},
        shipping_cents=shipping,
        reason=reason,
        by=by,
        operation=operation or uuid.uuid4(),
        note=note,
    )


def test_a_paid_order_enters_the_books_part_by_part(chair, lamp):
    payment = buy(chair, lamp, shipping=490, fee=74)

    sales = {sale.seller: sale for sale in Sale.objects.order_by("pk")}
    assert {seller: sale.total_cents for seller, sale in sales.items()} == {chair.seller: 2990, lamp.seller: 700}
    assert {sale.key for sale in sales.values()} == set(SellerOrder.objects.values_list("public_id", flat=True))
    assert owed(chair.seller) == 2990 - 250 - 50
    assert owed(lamp.seller) == 700
    assert held() == payment.amount_cents - 74
    assert list(sales[chair.seller].lines.order_by("number").values_list("label", "cents", "category")) == [
        ("Chaise", 2500, chair.category.path),
        ("", 490, ""),
    ]
    assert check_ledger().is_right


def test_the_delivery_of_a_parcel_that_still_travels_stays_with_it(chair, seller):
    """The line that carried the delivery is lost: another of the parcel carries it, and pays it to its seller."""
    first, second = sorted([chair, ItemFactory(seller=seller, on_sale=True, price_cents=700)], key=lambda i: i.pk)
    for item in (first, second):
        take_item(keeper=AMINA, item=item, now=NOW)
    agreed = Agreed({item.pk: Way(1, "home", 490) for item in (first, second)}, 3690, {})
    payment = place_order(
        keeper=AMINA, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, now=NOW
    )
    type(first).objects.filter(pk=first.pk).update(state="withdrawn", reserved=0)
    lines = payment.order.basket.lines.filter(item=first)
    lines.update(state="released", ended_at=NOW)
    receive_event(told=Told("test", "e", "paid", payment.public_id, 3690), now=NOW)

    refund = Refund.objects.get()
    assert (refund.amount_cents, Sale.objects.get().total_cents) == (2500, 1190)
    assert list(OrderLine.objects.order_by("pk").values_list("state", "shipping_cents")) == [("lost", 0), ("sold", 490)]
    kinds = sorted(Entry.objects.values_list("kind", flat=True))
    assert (kinds, held()) == (["excess", "excess_back", "sale"], 1190)
    assert check_ledger().is_right


def test_a_second_payment_goes_back_through_the_books(chair):
    payment = buy(chair)
    again = Payment.objects.create(order=payment.order, provider="test", amount_cents=2500)
    receive_event(told=Told("test", "again", "paid", again.public_id, 2500, 40), now=NOW)
    assert (held(), Refund.objects.get().reason) == (2500 - 40, "twice")
    assert check_ledger().is_right


def test_several_refunds_of_a_line_never_pass_its_price(chair, owner):
    buy(chair, shipping=490)
    line = OrderLine.objects.select_related("part").get()

    first = ask(line, 1000, by=owner, note="Une rayure.")
    second = ask(line, 1500, shipping=490)

    assert (first.amount_cents, second.amount_cents) == (1000, 1990)
    for cents, shipping in ((1, 0), (0, 1)):
        with pytest.raises(RefundTooMuchError):
            ask(line, cents, shipping=shipping)
    line.refresh_from_db()
    assert (line.left_cents, line.shipping_left_cents, held(), owed(chair.seller)) == (0, 0, 0, 0)
    assert Payment.objects.get().refunded_cents == 2990
    assert list(first.lines.values_list("cents", "shipping_cents")) == [(1000, 0)]
    asked = JournalEntry.objects.filter(action="shop.refund.asked").order_by("pk").first()
    assert (asked.actor_label, asked.organisation_label) == ("Olivia Owner", str(chair.seller))
    assert check_ledger().is_right


def test_the_same_act_twice_is_one_refund_asked_once(chair):
    buy(chair)
    line, operation = OrderLine.objects.select_related("part").get(), uuid.uuid4()
    assert ask(line, 1000, operation=operation) == ask(line, 1000, operation=operation)
    refund = Refund.objects.get()
    assert [make_refund(refund_id=refund.pk) for _ in range(2)] == ["made", "made"]
    assert Entry.objects.filter(kind="refund").count() == 1
    assert check_ledger().is_right


def test_a_refund_that_cannot_be_is_refused(chair, lamp):
    buy(chair)
    other = buy(lamp, keeper=Keeper(visitor="ben"))
    line = OrderLine.objects.select_related("part").get(item=chair)
    foreign = OrderLine.objects.get(part__order=other.order)
    for wanted in ({}, {line.pk: 0}, {line.pk: -1}, {foreign.pk: 100}):
        with pytest.raises(RefundInvalidError):
            ask_refund(part=line.part, lines=wanted, reason="flawed", by=None, operation=uuid.uuid4())
    assert Refund.objects.count() == 0


def test_what_was_not_paid_is_not_given_back(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    place_order(keeper=AMINA, email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW)
    with pytest.raises(RefundInvalidError):
        ask(OrderLine.objects.select_related("part").get(), 100)


def test_the_buyer_is_told_once_how_much_and_why(chair):
    buy(chair, shipping=490)
    refund = ask(OrderLine.objects.select_related("part").get(), 1000, shipping=490, note="La rayure est réelle.")
    for _ in range(2):
        write_refund_mail(refund_id=refund.pk)
    mail = OutgoingMail.objects.get(kind="shop.refund")
    assert mail.to == "a@example.org"
    for text in ("14", "Chaise", "La rayure est réelle.", str(chair.seller)):
        assert text in mail.text


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("orders", lambda: OrderLine.objects.filter(state="sold").update(unit_cents=1)),
        ("parts", lambda: OrderLine.objects.filter(state="sold").update(state="lost")),
        ("refunds", lambda: Payment.objects.update(refunded_cents=0)),
        ("refunds", lambda: OrderLine.objects.update(refunded_cents=2)),
        ("provider", lambda: Payment.objects.update(fee_cents=1)),
    ],
)
def test_the_proof_sees_what_differs(chair, name, harm):
    buy(chair, fee=74)
    ask(OrderLine.objects.select_related("part").get(), 1)
    assert check_ledger().is_right
    harm()
    assert check_ledger().wrong[name] > 0


@pytest.mark.django_db(transaction=True)
def test_refunds_asked_at_once_stay_within_what_was_paid(chair):
    """Eight people give back 1,000 of 2,500 at the same moment: two succeed, the books agree."""
    buy(chair)
    key, start, done = OrderLine.objects.get().pk, threading.Barrier(8), []

    def one():
        try:
            line = OrderLine.objects.select_related("part").get(pk=key)
            start.wait(30)
            ask(line, 1000)
            done.append(True)
        except RefundTooMuchError:
            done.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(done) == [False] * 6 + [True] * 2
    line = OrderLine.objects.get()
    assert (line.refunded_cents, Payment.objects.get().refunded_cents, held()) == (2000, 2000, 500)
    assert check_ledger().is_right


@pytest.mark.django_db(transaction=True)
def test_orders_with_the_same_sellers_the_other_way_round_never_block(chair, lamp):
    """Two orders of the same two sellers, their parts in opposite order, paid at the same moment."""
    more = {
        seller: [ItemFactory(seller=seller, on_sale=True) for _ in range(2)] for seller in (chair.seller, lamp.seller)
    }
    payments = []
    for name, sellers in (("ben", [chair.seller, lamp.seller]), ("eva", [lamp.seller, chair.seller])):
        keeper = Keeper(visitor=name)
        for seller in sellers:
            take_item(keeper=keeper, item=more[seller].pop(), now=NOW)
        payments.append(
            place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", now=NOW)
        )
    start, errors = threading.Barrier(2), []

    def pay(payment):
        try:
            start.wait(30)
            told = Told("test", f"e-{payment.pk}", "paid", payment.public_id, payment.amount_cents)
            receive_event(told=told, now=NOW)
        except Exception as error:  # noqa: BLE001 -- told below, whatever it is
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=[payment]) for payment in payments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert Sale.objects.count() == 4
    assert check_ledger().is_right
