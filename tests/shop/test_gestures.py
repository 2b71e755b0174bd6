"""Gestures of the network: at the operator's own expense, never above what was paid, told, and right in the books."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import AboveLimit, LedgerError, NotReversible
from rebond.ledger.models import Entry, Invoice, MoneyRequest, Posting
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.gesture import give_gesture
from rebond.shop.actions.part import CancelLine, LowerPrice, change_part
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.errors import GesturePaidThereError, RefundInvalidError, RefundTooMuchError, ShopError
from rebond.shop.models import Order, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.queries.gestures import gesture_left
from rebond.shop.queries.given import given_alone, given_today
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.racing import race
from tests.shop.test_refunds import NOW, buy, held, owed

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def bursar(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Boris Bourse").user


@pytest.fixture
def part(seller, operator, index):
    """A paid order of a chair (25 €) and a lamp (7 €) in one parcel of 4.90 €."""
    chair = ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)
    buy(chair, ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=700), shipping=490)
    return SellerOrder.objects.select_related("order", "seller").get()


def give(part, cents, *, by=None, operation=None, words="Pardon pour le retard.", now=None):
    return give_gesture(part=part, cents=cents, words=words, by=by, operation=operation or uuid.uuid4(), now=now)


def cancel(part, title):
    line = OrderLine.objects.get(part=part, title=title)
    return change_part(part=part, changes=[CancelLine(line.pk, "other")], by=None, operation=uuid.uuid4())


def expense():
    """What gestures cost the operator, as the books say."""
    return sum(Posting.objects.filter(account__kind=AccountKind.GESTURE).values_list("cents", flat=True))


def test_a_gesture_costs_the_operator_and_nothing_to_the_seller(part, seller, treasurer):
    before = owed(seller)
    operation = uuid.uuid4()
    for _twice in range(2):
        refund = give(part, 500, by=treasurer, operation=operation)

    assert (refund.reason, refund.amount_cents, refund.gesture_cents, refund.lines.count()) == ("network", 500, 500, 0)
    assert (Refund.objects.count(), Payment.objects.get().refunded_cents) == (1, 500)
    assert (expense(), held(), owed(seller)) == (500, 3190, before)
    assert make_refund(refund_id=refund.pk) == "made"
    assert (check_ledger().is_right, Invoice.objects.filter(kind="credit_note").count()) == (True, 0)
    assert reconcile_day(day=NOW.date(), provider="test").gaps.filter(reference=refund.public_id).count() == 0


@pytest.mark.parametrize("cents", [0, -1, 3691])
def test_never_nothing_and_never_more_than_was_paid(part, cents):
    with pytest.raises((RefundInvalidError, RefundTooMuchError)):
        give(part, cents)
    assert (Refund.objects.count(), expense(), held()) == (0, 0, 3690)


def test_what_was_given_back_already_is_not_given_twice(part):
    cancel(part, "Chaise")
    give(part, 1000)
    assert gesture_left(part.order) == 190
    with pytest.raises(RefundTooMuchError):
        give(part, 191)
    assert (expense(), held()) == (1000, 190)


def test_a_gesture_without_words_for_an_order_that_nobody_paid_or_paid_there_is_refused(part):
    with pytest.raises(RefundInvalidError):
        give(part, 100, words="  ")
    Payment.objects.update(provider="collection")
    with pytest.raises(GesturePaidThereError):
        give(part, 100)
    Payment.objects.update(provider="test", state="refused", paid_at=None)
    with pytest.raises(RefundInvalidError):
        give(part, 100)
    assert (Refund.objects.count(), gesture_left(part.order)) == (0, 0)


def test_who_returns_everything_later_has_what_they_paid_and_no_more(part, seller):
    """The gesture counts in the refund that would pass the payment: the operator's expense comes back."""
    give(part, 500)
    cancel(part, "Chaise")
    cancel(part, "Lampe")

    backs = list(Refund.objects.order_by("pk").values_list("amount_cents", "before_cents"))
    assert backs == [(500, 0), (2500, 0), (690, 500)]
    assert Payment.objects.get().refunded_cents == 3690
    assert (expense(), held(), owed(seller)) == (0, 0, 0)
    for refund in Refund.objects.all():
        make_refund(refund_id=refund.pk)
    assert check_ledger().is_right


def test_a_refund_whose_money_was_all_given_before_asks_nobody(part, seller):
    give(part, 1000)
    give(part, 2690)
    cancel(part, "Lampe")
    last = Refund.objects.order_by("pk").last()
    assert (last.amount_cents, last.before_cents, last.state) == (0, 700, "made")
    assert make_refund(refund_id=last.pk) == "made"
    cancel(part, "Chaise")
    assert (expense(), held(), owed(seller)) == (0, 0, 0)
    for refund in Refund.objects.all():
        make_refund(refund_id=refund.pk)
    assert check_ledger().is_right
    assert not reconcile_day(day=datetime.date.today(), provider="test").gaps.exclude(what="paid").exists()


def test_more_than_price_and_gesture_is_refused_whole(part):
    give(part, 500)
    cancel(part, "Chaise")
    line = OrderLine.objects.get(title="Lampe")
    with pytest.raises(RefundTooMuchError):
        change_part(part=part, changes=[LowerPrice(line.pk, 701)], by=None, operation=uuid.uuid4())
    assert (expense(), held()) == (500, 690)


def test_a_bank_takes_what_is_left_and_the_gesture_stays_the_operators_cost(part):
    give(part, 500)
    told = {"provider": "test", "dispute_id": "d1", "payment": Payment.objects.get(), "told_at": NOW}
    receive_dispute(told=Contested(state="to_answer", cents=3690, is_taken=True, **told))
    assert (gesture_left(part.order), held()) == (0, -500)
    with pytest.raises(RefundTooMuchError):
        give(part, 1)
    receive_dispute(told=Contested(state="lost", cents=3690, is_taken=True, **told | {"told_at": NOW}))

    assert (Payment.objects.get().refunded_cents, held(), expense()) == (3690, -500, 500)
    make_refund(refund_id=Refund.objects.order_by("pk").first().pk)
    assert check_ledger().is_right


def test_a_refund_leaves_alone_what_a_bank_holds(part):
    """Of 36.90: 5 given, 20 with the bank, the chair's 25 asked: 16.90 of the sale are free, so nothing is refunded."""
    give(part, 500)
    told = {"provider": "test", "dispute_id": "d1", "payment": Payment.objects.get(), "told_at": NOW}
    receive_dispute(told=Contested(state="to_answer", cents=2000, is_taken=True, **told))
    with pytest.raises((ShopError, LedgerError)):
        cancel(part, "Chaise")
    change_part(
        part=part,
        changes=[LowerPrice(OrderLine.objects.get(title="Lampe").pk, 700)],
        by=None,
        operation=uuid.uuid4(),
    )
    receive_dispute(told=Contested(state="lost", cents=2000, is_taken=True, **told))
    for refund in Refund.objects.filter(state="asked"):
        make_refund(refund_id=refund.pk)
    assert (held(), check_ledger().is_right) == (3690 - 500 - 2000 - 700, True)


def test_nobody_undoes_a_gesture_in_the_books_alone(part, treasurer):
    give(part, 500)
    with pytest.raises(NotReversible):
        reverse_entry(entry=Entry.objects.get(kind="gesture"), reason="x", by=treasurer)


def test_it_is_no_refund_of_the_sellers_people(part, treasurer):
    give(part, 500, by=treasurer)
    assert (given_alone(part), given_today(treasurer)) == (0, 0)


def test_the_database_refuses_a_gesture_with_lines(part):
    refund = give(part, 500)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(amount_cents=600)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(part=None)


acts = st.tuples(st.sampled_from(["gesture", "Chaise", "Lampe", "lower", "take", "lose", "win"]), st.integers(1, 3000))


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(acts, max_size=8))
def test_whatever_is_given_taken_and_refunded_the_buyer_never_has_more_than_they_paid(part, plan):
    """In any order: no more goes back than was paid; the proofs of the books and of the shop agree."""
    save = transaction.savepoint_create()
    told = {"provider": "test", "dispute_id": "d1", "payment": Payment.objects.get(), "cents": 1500}
    for n, (verb, cents) in enumerate(plan):
        at = NOW + datetime.timedelta(minutes=n)
        try:
            with transaction.atomic():
                if verb == "gesture":
                    give(part, cents)
                elif verb == "lower":
                    line = OrderLine.objects.get(title="Chaise").pk
                    change_part(part=part, changes=[LowerPrice(line, cents)], by=None, operation=uuid.uuid4())
                elif verb in {"take", "lose", "win"}:
                    state = {"take": "to_answer", "lose": "lost", "win": "won"}[verb]
                    told["told_at"] = at
                    receive_dispute(told=Contested(state=state, is_taken=True, is_back=verb == "win", **told))
                else:
                    cancel(part, verb)
        except (ShopError, LedgerError):
            pass
    for refund in Refund.objects.filter(state="asked"):
        make_refund(refund_id=refund.pk)
    payment = Payment.objects.get()
    assert 0 <= payment.refunded_cents <= payment.amount_cents
    assert expense() >= 0
    assert check_ledger().is_right, plan
    transaction.savepoint_rollback(save)


@pytest.mark.django_db(transaction=True)
def test_two_gestures_at_once_never_pass_the_payment(part):
    raised = race([lambda: give(SellerOrder.objects.get(), 2000) for _n in range(3)])
    assert [type(one) for one in raised] == [RefundTooMuchError] * 2
    assert (Payment.objects.get().refunded_cents, expense()) == (2000, 2000)
    assert check_ledger().is_right


# --- the mail, the order, the desk


def test_the_buyer_is_told_in_the_words_that_were_written(part, client):
    Order.objects.update(language="fr")
    refund = give(part, 500)
    for _twice in range(2):
        write_refund_mail(refund_id=refund.pk)
    mail = OutgoingMail.objects.get(kind="shop.refund")
    assert "geste" in mail.subject
    assert all(word in mail.text for word in ("5,00", "Pardon pour le retard.", part.order.public_id))
    shown = client.get(order_path(part.order)).text
    assert "Pardon pour le retard." in shown
    assert "Un geste du réseau" in shown


def test_the_mail_of_a_refund_says_what_counted(part):
    give(part, 500)
    cancel(part, "Chaise")
    cancel(part, "Lampe")
    last = Refund.objects.order_by("pk").last()
    write_refund_mail(refund_id=last.pk)
    text = OutgoingMail.objects.get(kind="shop.refund").text
    assert "6,90" in text
    assert "5,00" in text


def form_of(part, amount, **more):
    return {
        "part": part.public_id,
        "amount": amount,
        "words": "Pardon pour le retard.",
        "operation": str(uuid.uuid4()),
    } | more


@pytest.mark.page
def test_a_small_gesture_is_given_at_once_and_the_limit_of_the_day_is_said(as_user, part, treasurer, bursar):
    page = reverse("shop:gesture-order", args=[part.order.public_id])
    assert "50,00" in as_user(treasurer).get(page).text
    form = form_of(part, "12,50")
    for _twice in range(2):
        answer = as_user(treasurer).post(f"{page}don/", form, follow=True)
    assert "La personne est prévenue par mail" in answer.text
    assert (Refund.objects.get().amount_cents, MoneyRequest.objects.get().alone) == (1250, "limit")
    assert "37,50" in as_user(treasurer).get(page).text
    assert "12,50" in as_user(treasurer).get(reverse("shop:gesture-list")).text


@pytest.mark.page
def test_above_the_limit_a_colleague_grants(as_user, part, treasurer, bursar):
    moderator = MembershipFactory(
        organisation=part.seller.__class__.objects.get(kind="operator"), role="moderator"
    ).user
    page = reverse("shop:gesture-order", args=[part.order.public_id])
    as_user(moderator).post(f"{page}don/", form_of(part, "20,01"))
    row = MoneyRequest.objects.get()
    assert (row.state, row.cents, Refund.objects.count()) == ("asked", 2001, 0)
    assert reverse("ledger:request-detail", args=[row.public_id]) in as_user(treasurer).get(page).text
    with pytest.raises(AboveLimit):
        other = MembershipFactory(organisation=row.organisation, role="moderator").user
        grant_money(request=row, by=other)
    grant_money(request=MoneyRequest.objects.get(), by=bursar)
    assert Refund.objects.get().gesture_cents == 2001


@pytest.mark.page
def test_what_is_wrong_is_said_beside_its_field_and_kept(as_user, part, treasurer):
    page = reverse("shop:gesture-order", args=[part.order.public_id])
    answer = as_user(treasurer).post(f"{page}don/", form_of(part, "zéro"))
    assert answer.status_code == 422
    assert "Pardon pour le retard." in answer.text
    too_much = as_user(treasurer).post(f"{page}don/", form_of(part, "36,91"))
    assert too_much.status_code == 422
    assert (Refund.objects.count(), MoneyRequest.objects.count()) == (0, 0)


@pytest.mark.page
def test_an_order_is_found_by_its_code_and_of_other_books_nobody_finds_it(as_user, part, treasurer, stranger):
    url = reverse("shop:gesture-list")
    page = reverse("shop:gesture-order", args=[part.order.public_id])
    for code in (part.order.public_id.upper(), f" {part.public_id} "):
        assert as_user(treasurer).get(url, {"commande": code}).headers["Location"] == page
    assert "commande" in as_user(treasurer).get(url, {"commande": "abcdefghijkl"}).text
    assert as_user(treasurer).get(reverse("shop:gesture-order", args=["abcdefghijkl"])).status_code == 404
    assert as_user(stranger).get(page).status_code in {403, 404}


@pytest.mark.page
def test_the_seller_reads_that_nothing_is_taken(as_user, part, owner):
    give(part, 500)
    assert "à ses propres frais" in as_user(owner).get(reverse("shop:part-detail", args=[part.public_id])).text


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_whatever_the_number(number, part, as_user, treasurer, django_assert_num_queries):
    for _n in range(number):
        give(part, 100)
    client = as_user(treasurer)
    client.get(reverse("shop:gesture-list"))
    with django_assert_num_queries(5):
        client.get(reverse("shop:gesture-list"))
