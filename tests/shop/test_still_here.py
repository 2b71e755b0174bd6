"""What a seller still has is not sent once it is given back; what left is not taken back into stock."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.parcel_out import cancel_missing, send_rest
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, change_part, deliver_part, ship_part
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import PartStateError, RefundInvalidError
from rebond.shop.models import Conversation, OrderLine, Refund, Return, SellerOrder, Settlement
from rebond.shop.queries.inside import still_here
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.models import Parcel, PickLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

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
    assert mails("shipped") == [[part.pk, "shipped"]]
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
