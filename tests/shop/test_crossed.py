"""A withdrawal and a courier that cross each other: what left is given back first, what came back is there."""

import datetime
import uuid

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.rating import ask_ratings
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.returning import note_arrival, refund_return
from rebond.shop.actions.stray import Seen, note_stray
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import ReturnStateForbidsError
from rebond.shop.models import Conversation, Order, OrderLine, Return, SellerOrder, StrayParcel, Withdrawal
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.models import Packing, Parcel, PickLine, Shipment
from tests.factories.carriers import CAMILLE, account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def chair(seller, operator, index, folders):
    account_of(seller)
    site = SiteFactory(organisation=seller, name="L’entrepôt")
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", price_cents=2500, weight_g=3000)


@pytest.fixture
def lamp(chair):
    return ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Lampe", price_cents=700, weight_g=500)


def announced(*items, **more):
    order = paid_order(*items, **more)
    Order.objects.filter(pk=order.pk).update(**CAMILLE, language="en")
    announce_parcels(order_id=order.pk)
    PickLine.objects.update(state="picked")
    Parcel.objects.update(state="picked")
    return SellerOrder.objects.select_related("order", "seller").filter(order=order).order_by("pk")


def tell(shipment, *steps):
    for step in steps:
        take_events(shipment=shipment, events=[Event(step, step, timezone.now())])


def withdraw(part, *titles):
    keys = set(OrderLine.objects.filter(part__order=part.order_id, title__in=titles).values_list("pk", flat=True))
    order = Order.objects.get(pk=part.order_id)
    return declare_withdrawal(order=order, said=Declaration(keys, "Ana", "ana@example.org", uuid.uuid4()))


def returns():
    """Of each what it is, its cents, and its objects."""
    rows = Return.objects.order_by("pk")
    return [(row.state, row.cents, sorted(row.lines.values_list("line__title", flat=True))) for row in rows]


def told(kind="shop.withdrawal"):
    return list(OutgoingMail.objects.filter(kind=kind, key__contains="crossed").order_by("pk"))


def test_what_left_all_the_same_is_given_back_before_its_refund(chair, owner):
    part = announced(chair, shipping=490).get()
    shipment = labelled(part)
    withdraw(part, "Chaise")
    assert returns() == [("unsent", 2990, ["Chaise"])]
    tell(shipment, Step.TAKEN, Step.MOVING, Step.DELIVERED)
    part.refresh_from_db()
    back = Return.objects.get()
    assert (part.state, returns()) == ("delivered", [("awaited", 2990, ["Chaise"])])
    assert back.due_on > timezone.localdate() + datetime.timedelta(days=13)
    with pytest.raises(ReturnStateForbidsError):
        refund_return(back=back, by=owner, operation=uuid.uuid4())
    (mail,) = told()
    assert (mail.to, "Refuse the parcel" in mail.text, shipment.number in mail.text) == ("ana@example.org", True, True)
    steps = [
        row.args_kwargs["args"][2]
        for row in DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_carried_mail")
    ]
    assert "left" not in steps

    note_arrival(back=back, by=owner)
    refund_return(back=back, by=owner, operation=uuid.uuid4())
    chair.refresh_from_db()
    assert (returns()[0][0], OrderLine.objects.get().state, chair.state) == ("closed", "sold", "sold")
    assert check_ledger().is_right


def test_of_two_parcels_each_is_for_itself_and_the_amounts_stay(chair, lamp, owner):
    part = announced(chair, lamp, parcels=[490, 300]).get()
    first, second = labelled(part, number=1), labelled(part, number=2)
    withdraw(part, "Chaise", "Lampe")
    assert returns() == [("unsent", 2500 + 700 + 790, ["Chaise", "Lampe"])]
    tell(first, Step.TAKEN, Step.MOVING)
    assert returns() == [("unsent", 1000, ["Lampe"]), ("awaited", 2990, ["Chaise"])]
    assert [[row["title"] for row in one.said["lines"]] for one in Withdrawal.objects.order_by("pk")] == [
        ["Chaise", "Lampe"],  # as it was acknowledged
        ["Chaise"],
    ]
    part.refresh_from_db()
    refund_return(back=Return.objects.get(state="unsent"), by=owner, operation=uuid.uuid4())
    assert dict(OrderLine.objects.values_list("title", "state")) == {"Chaise": "sold", "Lampe": "cancelled"}
    tell(second, Step.TAKEN)  # its label was on it still: nobody bought what is inside
    assert (part.state, len(told())) == ("shipped", 1)
    assert withdraw(part, "Chaise") == list(Withdrawal.objects.order_by("-pk")[:1])
    assert check_ledger().is_right


def test_the_second_parcel_that_leaves_takes_the_rest_of_the_withdrawal(chair, lamp):
    part = announced(chair, lamp, parcels=[490, 300]).get()
    first, second = labelled(part, number=1), labelled(part, number=2)
    withdraw(part, "Chaise", "Lampe")
    tell(first, Step.TAKEN)
    tell(second, Step.TAKEN)
    assert returns() == [("awaited", 1000, ["Lampe"]), ("awaited", 2990, ["Chaise"])]
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("labelled_before", "packed_anew", "state"),
    [(True, False, "awaited"), (False, False, "unsent"), (True, True, "unsent")],
)
def test_beside_something_that_is_kept_it_left_where_it_was_inside(chair, lamp, labelled_before, packed_anew, state):
    part = announced(chair, lamp, shipping=490).get()
    if labelled_before:
        shipment = labelled(part)
    withdraw(part, "Lampe")
    if not labelled_before:
        shipment = labelled(part)
    if packed_anew:
        Packing.objects.create(parcel=Parcel.objects.get())
    tell(shipment, Step.TAKEN)
    part.refresh_from_db()
    assert (part.state, returns()) == ("shipped", [(state, 700, ["Lampe"])])
    assert dict(PickLine.objects.values_list("title", "state")) == {"Chaise": "gone", "Lampe": "dropped"}


def test_another_seller_s_objects_of_the_parcel_left_as_they_should(chair, seller):
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    vase = ItemFactory(seller=other, site=chair.site, on_sale=True, title="Vase", price_cents=900)
    order = paid_order(chair, vase)
    OrderLine.objects.update(parcel=1)
    announce_parcels(order_id=order.pk)
    part = SellerOrder.objects.select_related("order", "seller").get(seller=seller)
    shipment = labelled(part)
    withdraw(part, "Chaise")
    tell(shipment, Step.DELIVERED)
    assert set(order.parts.values_list("state", flat=True)) == {"delivered"}
    assert returns() == [("awaited", 2500, ["Chaise"])]
    (mail,) = told()
    assert ("Chaise" in mail.text, "Vase" in mail.text) == (True, False)


def test_refused_at_the_door_it_arrives_with_its_carrier_and_opens_no_case(chair, owner):
    part = announced(chair, shipping=490).get()
    shipment = labelled(part)
    withdraw(part, "Chaise")
    tell(shipment, Step.TAKEN, Step.REFUSED)
    assert returns()[0][0] == "awaited"
    stray = note_stray(
        seller=part.seller, site=chair.site, seen=Seen("", shipment, part), by=owner, operation=uuid.uuid4()
    )
    tell(shipment, Step.RETURNED)
    stray.refresh_from_db()
    back = Return.objects.get()
    assert (back.state, stray.state, stray.back, Conversation.objects.count()) == ("arrived", "tied", back, 0)
    refund_return(back=back, by=owner, operation=uuid.uuid4())
    assert check_ledger().is_right


def test_what_is_lost_on_its_way_opens_its_case(chair):
    part = announced(chair).get()
    shipment = labelled(part)
    withdraw(part, "Chaise")
    tell(shipment, Step.LOST)
    assert (returns()[0][0], told(), Conversation.objects.count()) == ("awaited", [], 1)


# --- withdrawn from once its carrier brought it back ---


def brought_back(part, *, noted_by=None):
    shipment = labelled(part)
    tell(shipment, Step.TAKEN, Step.RETURNING, Step.RETURNED)
    part.refresh_from_db()
    if noted_by is None:
        return None
    seen = Seen("", Shipment.objects.get(pk=shipment.pk), part)
    return note_stray(seller=part.seller, site=None, seen=seen, by=noted_by, operation=uuid.uuid4())


def test_what_came_back_is_not_asked_from_its_buyer(chair, owner):
    part = announced(chair, shipping=490).get()
    stray = brought_back(part, noted_by=owner)
    withdraw(part, "Chaise")
    back = Return.objects.get()
    stray.refresh_from_db()
    assert (returns(), back.arrived_at is not None) == ([("arrived", 2990, ["Chaise"])], True)
    assert back.due_on == timezone.localdate(back.created_at) + datetime.timedelta(days=14)
    assert (stray.state, stray.back) == ("tied", back)
    text = OutgoingMail.objects.get(kind="shop.withdrawal").text
    assert ("nothing to send back" in text, "Send the objects back" in text) == (True, False)
    refund_return(back=back, by=owner, operation=uuid.uuid4())
    assert (Return.objects.get().state, check_ledger().is_right) == ("closed", True)


def test_it_is_not_tied_while_something_in_it_may_leave_again(chair, lamp, owner):
    part = announced(chair, lamp, shipping=490).get()
    stray = brought_back(part, noted_by=owner)
    withdraw(part, "Chaise")
    stray.refresh_from_db()
    assert (returns(), stray.state) == ([("arrived", 2500, ["Chaise"])], "open")
    withdraw(part, "Lampe")
    stray.refresh_from_db()
    assert (returns()[1], stray.state, StrayParcel.objects.count()) == (("arrived", 1190, ["Lampe"]), "tied", 1)


def test_here_away_and_brought_back_are_three_returns(chair, lamp):
    vase = ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Vase", price_cents=900, weight_g=500)
    part = announced(chair, lamp, vase, parcels=[100, 200, 300]).get()
    tell(labelled(part, number=1), Step.TAKEN)
    part.refresh_from_db()
    tell(labelled(part, number=2), Step.TAKEN, Step.RETURNED)
    PickLine.objects.filter(title="Vase").update(state="to_pick")
    withdraw(part, "Chaise", "Lampe", "Vase")
    assert returns() == [("unsent", 1200, ["Vase"]), ("arrived", 900, ["Lampe"]), ("awaited", 2600, ["Chaise"])]


# --- refunded whole, and never handed over ---


@pytest.mark.parametrize("step", [Step.LOST, Step.RETURNED])
def test_what_was_refunded_and_never_came_is_not_received_by_itself(chair, lamp, owner, step):
    part = announced(chair, lamp, parcels=[490, 490]).get()
    first, second = labelled(part, number=1), labelled(part, number=2)
    tell(first, Step.TAKEN)
    tell(second, Step.TAKEN, step)
    tell(first, step)
    part.refresh_from_db()
    later = timezone.now() + datetime.timedelta(days=12)
    lines = {line.pk: line.cents for line in part.lines.all()}
    ask_refund(part=part, lines=lines, shipping_cents=0, reason="flawed", by=owner, operation=uuid.uuid4())
    assert presume_delivered(now=later) == 0
    part.refresh_from_db()
    assert (part.state, ask_ratings(now=later + datetime.timedelta(days=7))) == ("shipped", 0)


def test_of_two_parcels_the_one_that_is_not_refunded_is_received_by_itself(chair, lamp, owner):
    part = announced(chair, lamp, parcels=[490, 490]).get()
    first, second = labelled(part, number=1), labelled(part, number=2)
    tell(first, Step.TAKEN)
    tell(second, Step.TAKEN, Step.LOST)
    lamp_line = OrderLine.objects.get(item=lamp)
    part.refresh_from_db()
    refund = {lamp_line.pk: lamp_line.cents}
    ask_refund(part=part, lines=refund, shipping_cents=0, reason="flawed", by=owner, operation=uuid.uuid4())
    Parcel.objects.update(ended_on=timezone.localdate() - datetime.timedelta(days=1))
    assert presume_delivered(now=timezone.now() + datetime.timedelta(days=12)) == 1
