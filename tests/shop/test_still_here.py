"""What a seller still has is not sent once it is given back; what left is not taken back into stock."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.parcel_out import cancel_missing, send_rest
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, LowerPrice, change_part, deliver_part, ship_part
from rebond.shop.actions.part_mail import write_missing_mail
from rebond.shop.actions.part_request import ask_change, grant_change, still_asked
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import PartStateError, RefundInvalidError
from rebond.shop.models import Conversation, OrderLine, PartRequest, Payment, Refund, Return, SellerOrder, Settlement
from rebond.shop.queries.inside import still_here
from rebond.shop.queries.keeper import Keeper
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.models import Parcel, PickLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import CONTACT, paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def chair(seller, operator, index):
    site = SiteFactory(organisation=seller, name="L’entrepôt")
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def lamp(chair):
    return ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Lampe", price_cents=700)


def the_part():
    return SellerOrder.objects.select_related("order", "seller").get()


def announced(*items, **more):
    return announce_parcels(order_id=paid_order(*items, **more).pk)


def leaves(parcel, by):
    PickLine.objects.filter(parcel=parcel, state="to_pick").update(state="picked")
    Parcel.objects.filter(pk=parcel.pk).update(state="picked")
    parcel.refresh_from_db()
    leave_parcel(parcel=parcel, by=by)


def talk(part):
    return Conversation.objects.create(part=part, reason="not_as_said", due_on=timezone.localdate())


def decide(part, item, outcome, by, operation=None, cents=0):
    line = OrderLine.objects.get(part=part, item=item)
    decision = Decision(outcome, line, "Nous sommes désolés.", operation or uuid.uuid4(), cents)
    return settle(conversation=Conversation.objects.first() or talk(part), decision=decision, by=by)


def picks():
    return dict(PickLine.objects.values_list("title", "state"))


def lines():
    return dict(OrderLine.objects.values_list("title", "state"))


def test_what_is_refunded_in_a_conversation_before_it_left_is_not_sent(chair, lamp, owner):
    announced(chair, lamp, shipping=490)
    part, operation = the_part(), uuid.uuid4()
    for _twice in range(2):
        assert decide(part, chair, "refund", owner, operation).cents == 2500
    chair.refresh_from_db()
    assert (lines()["Chaise"], picks(), chair.state) == (
        "cancelled",
        {"Chaise": "dropped", "Lampe": "to_pick"},
        "withdrawn",
    )
    assert decide(part, lamp, "gesture", owner, cents=100).cents == 100
    assert decide(part, lamp, "refund", owner).cents == 600 + 490
    assert (the_part().state, Parcel.objects.get().state, Settlement.objects.count()) == ("cancelled", "cancelled", 3)
    assert check_ledger().is_right


@pytest.mark.parametrize("outcome", ["return", "repair"])
def test_what_never_left_does_not_come_back(chair, as_user, owner, outcome):
    announced(chair)
    part = the_part()
    with pytest.raises(RefundInvalidError):
        decide(part, chair, outcome, owner)
    client, found = as_user(owner), Conversation.objects.get()
    text = client.get(reverse("shop:conversation-detail", args=[found.public_id])).text
    assert ('value="refund"' in text, f'value="{outcome}"' in text) == (True, False)
    form = {"line": OrderLine.objects.get().pk, "outcome": outcome, "words": "Non.", "operation": str(uuid.uuid4())}
    assert client.post(reverse("shop:conversation-settle", args=[found.public_id]), form).status_code == 422
    assert (Return.objects.count(), Settlement.objects.count()) == (0, 0)


def test_of_a_part_that_left_in_part_each_object_is_decided_for_itself(chair, lamp, as_user, owner):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    part, client = the_part(), as_user(owner)
    assert [line.title for line in still_here(OrderLine.objects.select_related("part__order"))] == ["Lampe"]
    found = talk(part)
    form = {"line": OrderLine.objects.get(item=lamp).pk, "outcome": "return", "operation": str(uuid.uuid4())}
    answer = client.post(reverse("shop:conversation-settle", args=[found.public_id]), form)
    assert (answer.status_code, "pas encore parti" in answer.text) == (422, True)
    assert decide(part, chair, "refund", owner).refund.reason == "flawed"
    assert (lines(), picks()) == ({"Chaise": "sold", "Lampe": "sold"}, {"Chaise": "gone", "Lampe": "to_pick"})
    decide(part, lamp, "refund", owner)
    assert (lines()["Lampe"], picks()["Lampe"]) == ("cancelled", "dropped")
    assert check_ledger().is_right


def test_what_its_buyer_withdrew_from_is_refunded_by_its_return(chair, owner):
    announced(chair)
    part = the_part()
    line = OrderLine.objects.get()
    declare_withdrawal(order=part.order, said=Declaration({line.pk}, "Ana", "ana@example.org", uuid.uuid4()))
    with pytest.raises(RefundInvalidError):
        decide(part, chair, "refund", owner)
    assert Refund.objects.count() == 0


def test_where_no_site_was_asked_the_part_says_what_left(seller, operator, index, owner):
    order = paid_order(ItemFactory(seller=seller, on_sale=True, title="Vase"))
    rows = OrderLine.objects.filter(part__order=order).select_related("part__order")
    assert len(still_here(rows.all())) == 1
    ship_part(part=the_part(), carrier="La Poste", tracking="", by=owner)
    assert still_here(rows.all()) == []
    deliver_part(part=the_part(), by=owner)
    assert still_here(rows.all()) == []


def look_again():
    """The tasks that look at a part again, as the worker runs them."""
    rows = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.send_rest").order_by("enqueued_at")
    return [send_rest(part_id=row.args_kwargs["args"][0]) for row in rows]


def mails(state):
    rows = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_part_mail")
    return [row.args_kwargs["args"] for row in rows if row.args_kwargs["args"][1] == state]


def parcel_mails():
    return DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_parcel_mail").count()


def give_up(item, by):
    """The seller does not deliver this object."""
    line = OrderLine.objects.get(item=item)
    change_part(part=the_part(), changes=[CancelLine(line.pk, "other")], by=by, operation=uuid.uuid4())


def test_what_left_without_a_label_is_sent_when_the_rest_is_cancelled(chair, lamp, owner):
    first, second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    part = the_part()
    assert (part.state, send_rest(part_id=part.pk)) == ("to_prepare", False)  # the lamp is still to send
    give_up(lamp, owner)
    assert look_again() == [True]
    part, second = the_part(), Parcel.objects.get(pk=second.pk)
    assert (part.state, part.shipped_at is not None, second.state) == ("shipped", True, "cancelled")
    assert (mails("shipped"), parcel_mails()) == ([], 1)  # its buyer was told when the chair left
    assert look_again() == [False]


def test_it_is_sent_too_when_the_rest_is_not_found_and_waits(chair, lamp, owner, settings):
    settings.REFUND_LIMIT_CENTS = 100
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    PickLine.objects.filter(item=lamp).update(state="missing")
    code = the_part().order.public_id
    assert not cancel_missing(order_code=code, item_id=lamp.pk, state="missing", by_id=owner.pk)
    assert (look_again(), the_part().state) == ([True], "shipped")


def test_what_was_not_found_in_another_parcel_keeps_nothing_here(chair, lamp, owner):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    PickLine.objects.filter(item=lamp).update(state="missing")
    leaves(first, owner)
    assert the_part().state == "shipped"


def test_what_is_collected_is_ready_and_what_its_buyer_withdrew_from_waits(chair, lamp, owner):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    part = the_part()
    lamp_line = OrderLine.objects.get(item=lamp)
    said = Declaration({lamp_line.pk}, "Ana", "ana@example.org", uuid.uuid4())
    declare_withdrawal(order=part.order, said=said)
    assert send_rest(part_id=part.pk) is False
    refund_return(back=Return.objects.get(), by=owner, operation=uuid.uuid4())
    OrderLine.objects.update(delivery_mode="pickup")
    assert (look_again(), the_part().state) == ([True], "ready")


def test_what_left_is_neither_cancelled_nor_taken_back_into_stock(chair, lamp, as_user, owner):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    with pytest.raises(PartStateError):
        give_up(chair, owner)
    assert picks() == {"Chaise": "gone", "Lampe": "to_pick"}
    text = as_user(owner).get(f"/bureau/commandes/{the_part().public_id}/").text
    boxes = {line.title: f'name="cancel_{line.pk}"' in text for line in OrderLine.objects.all()}
    assert boxes == {"Chaise": False, "Lampe": True}


def bank_says(state, cents=None, *, is_taken=True, **more):
    """The buyer's bank contests the payment, then decides; `more` is what it says of the money then."""
    payment, said = Payment.objects.get(state="paid"), timezone.now()
    for n, word in enumerate(dict.fromkeys(["to_answer", state])):
        at, told = said + datetime.timedelta(seconds=n), more if word == state else {}
        receive_dispute(
            told=Contested("test", "d1", payment, word, cents or payment.amount_cents, at, is_taken=is_taken, **told)
        )


def test_a_lost_payment_keeps_what_is_still_here_and_takes_nothing_back_that_left(chair, lamp, owner):
    """The first parcel left from its page, the part is to prepare: its rest alone is cancelled."""
    batch = ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Verres", price_cents=300, quantity=3)
    announced(batch, lamp, parcels=[490, 490])
    leaves(Parcel.objects.get(number=1), owner)
    for _twice in range(2):
        bank_says("lost")
    batch.refresh_from_db()
    lamp.refresh_from_db()
    assert (lines(), picks()) == ({"Verres": "sold", "Lampe": "cancelled"}, {"Verres": "gone", "Lampe": "dropped"})
    assert ((batch.state, batch.quantity), lamp.state) == (("on_sale", 2), "withdrawn")
    assert list(Parcel.objects.order_by("number").values_list("state", flat=True)) == ["left", "cancelled"]
    assert (look_again()[0], the_part().state) == (True, "shipped")  # nothing of it is here any more
    assert check_ledger().is_right


def test_a_bank_that_gives_the_payment_back_lets_the_rest_be_sent(chair, lamp, owner):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    assert parcel_mails() == 1
    bank_says("to_answer", cents=500)
    give_up(lamp, owner)
    assert (look_again(), the_part().state) == ([False], "to_prepare")
    DBTaskResult.objects.all().delete()
    for _twice in range(2):
        bank_says("won", cents=500, is_back=True)
    assert (look_again(), the_part().state) == ([True], "shipped")
    assert (mails("shipped"), parcel_mails()) == ([], 0)  # nothing new left


@pytest.mark.parametrize(("end", "is_taken"), [("closed", False), ("lost", True)])
def test_so_does_an_inquiry_that_took_nothing_and_a_loss_of_some_cents(chair, lamp, owner, end, is_taken):
    first, _second = announced(chair, lamp, parcels=[490, 490])
    leaves(first, owner)
    bank_says("to_answer", cents=100, is_taken=is_taken)
    give_up(lamp, owner)
    assert look_again() == [False]
    DBTaskResult.objects.all().delete()
    bank_says(end, cents=100, is_taken=is_taken)
    assert (look_again(), the_part().state) == ([True], "shipped")


@pytest.fixture
def glasses(chair, owner):
    """Two of a batch of five are bought; one of them is picked, the other is not where it should be."""
    batch = ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Verres", price_cents=300, quantity=5)
    keeper = Keeper(visitor=uuid.uuid4().hex)
    take_item(keeper=keeper, item=batch, n=2)
    agreed = Agreed({batch.pk: Way(1, "home", 490)}, 2 * 300 + 490, CONTACT)
    payment = place_order(
        keeper=keeper, email="ana@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed
    )
    receive_event(told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents))
    announce_parcels(order_id=payment.order_id)
    found = PickLine.objects.get()
    PickLine.objects.update(units=1, state="picked")
    PickLine.objects.create(
        parcel=found.parcel, item=batch, item_code=batch.code, owner=batch.seller, title="Verres", state="missing"
    )
    return batch


def not_found(item, by):
    code = the_part().order.public_id
    return cancel_missing(order_code=code, item_id=item.pk, state="missing", by_id=by.pk)


def stock(item):
    item.refresh_from_db()
    units = sorted(PickLine.objects.filter(item=item).values_list("state", "units"))
    return item.quantity, units, Parcel.objects.get().state, the_part().state


@pytest.mark.parametrize("asked", ["before it left", "after", "with another request"])
def test_of_a_batch_the_missing_unit_is_refunded_and_the_one_that_left_stays(
    glasses, owner, colleague, settings, asked
):
    """Granted after the rest left, both were refunded, and the one that left was on sale again."""
    settings.REFUND_LIMIT_CENTS, part = 100, the_part()
    if asked == "before it left":
        assert not not_found(glasses, owner)
        write_missing_mail(line_id=OrderLine.objects.get().pk, reason="not_found")
        assert "Verres (1 of 2)." in OutgoingMail.objects.get(kind="shop.missing").text
    leaves(Parcel.objects.get(), owner)
    assert still_here(OrderLine.objects.select_related("part__order")) == []
    if asked == "with another request":
        lower = LowerPrice(OrderLine.objects.get().pk, 150)
        ask_change(part=part, changes=[lower], by=owner, operation=uuid.uuid4(), may_grant=False)
    if asked != "before it left":
        assert [not_found(glasses, owner), not_found(glasses, owner)] == [False, False]
    request = PartRequest.objects.get()
    assert still_asked(the_part(), request)[1] == 300
    grant_change(request=request, by=colleague, cents=300)
    assert stock(glasses) == (3, [("gone", 1), ("missing", 1)], "left", "shipped")
    assert (Refund.objects.get().amount_cents, Refund.objects.get().note) == (300, "The object cannot be found")
    assert not_found(glasses, owner) is False
    assert (Refund.objects.count(), lines(), check_ledger().is_right) == (1, {"Verres": "sold"}, True)


def test_before_it_left_a_line_of_a_batch_goes_as_a_whole(glasses, owner):
    assert [not_found(glasses, owner), not_found(glasses, owner)] == [True, False]
    assert (Refund.objects.get().amount_cents, the_part().state) == (2 * 300 + 490, "cancelled")
    assert set(PickLine.objects.values_list("state", flat=True)) == {"dropped"}
