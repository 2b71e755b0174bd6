"""A seller with two sites: each parcel leaves by its own, and the order is received with the last one."""

import datetime
import io
import uuid

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.carried_mail import write_carried_mail
from rebond.shop.actions.delivery_said import say_never_came, say_received_on
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.packed import ask_packed
from rebond.shop.actions.parcel_mail import write_parcel_mail
from rebond.shop.actions.parcel_out import send_rest
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, change_part, deliver_part, ship_part
from rebond.shop.actions.part_mail import write_part_mail
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import PartStateError, PartStillHereError
from rebond.shop.models import Conversation, Order, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.queries.slips import parcel_slips, slips_pdf
from rebond.warehouse.actions.label import cancel_label
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import Parcel, PickLine, Shipment
from tests.factories.carriers import CAMILLE, account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.factories.warehouse import PickLineFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def chair(seller, operator, index):
    account_of(seller)
    site = SiteFactory(organisation=seller, name="L’entrepôt", address="3 quai Nord", city="Agen")
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", weight_g=4_000)


@pytest.fixture
def lamp(seller):
    site = SiteFactory(organisation=seller, name="La boutique", address="7 place Basse", city="Agen", is_main=False)
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Lampe", weight_g=500)


@pytest.fixture
def parcels(chair, lamp, folders):
    order = paid_order(chair, lamp, parcels=[490, 490])
    Order.objects.filter(pk=order.pk).update(**CAMILLE)
    return announce_parcels(order_id=order.pk)


@pytest.fixture
def part(parcels):
    """Its first parcel was taken by its carrier; nobody picked the second."""
    part = SellerOrder.objects.select_related("order", "seller").get()
    tell(labelled(part, number=1), Step.TAKEN)
    part.refresh_from_db()
    return part


def tell(shipment, step):
    event = Event(step, step, timezone.now())
    take_events(shipment=shipment, events=[event], now=event.at)


def shelves():
    lines = dict(PickLine.objects.values_list("title", "state"))
    return dict(Parcel.objects.values_list("number", "state")), lines


def prepared(parcel):
    PickLine.objects.filter(parcel=parcel).update(state="picked")
    Parcel.objects.filter(pk=parcel.pk).update(state="picked")
    parcel.refresh_from_db()
    return parcel


def days(number):
    return timezone.now() + datetime.timedelta(days=number)


def test_the_parcel_that_nobody_picked_stays_to_prepare(part):
    assert part.state == "shipped"
    assert shelves() == ({1: "left", 2: "asked"}, {"Chaise": "gone", "Lampe": "to_pick"})


def test_the_second_parcel_gets_its_label_and_leaves_by_its_own(part, parcels):
    first = Shipment.objects.get()
    second = ask_packed(parcel=prepared(parcels[1]), grams=700, by=None)
    assert second == labelled(part, number=2)
    part.refresh_from_db()
    second.refresh_from_db()
    assert part.tracking == f"{first.number}, {second.number}"
    assert shelves()[0] == {1: "left", 2: "picked"}
    tell(second, Step.TAKEN)
    assert shelves() == ({1: "left", 2: "left"}, {"Chaise": "gone", "Lampe": "gone"})
    for shipment in (first, second):
        tell(shipment, Step.DELIVERED)
    part.refresh_from_db()
    assert part.state == "delivered"


def test_a_label_cancelled_after_the_first_left_takes_its_number_away(part):
    first, second = Shipment.objects.get(), labelled(part, number=2)
    cancel_label(shipment=second, by=None)
    part.refresh_from_db()
    assert (part.tracking, shelves()[0][2]) == (first.number, "asked")


def test_the_desk_offers_the_second_label_only(part, as_user, owner):
    client = as_user(owner)
    page = client.get(f"/bureau/commandes/{part.public_id}/").text
    assert ("/colis/2/etiquette/" in page, "/colis/1/etiquette/" in page) == (True, False)
    leave_parcel(parcel=prepared(Parcel.objects.get(number=2)), by=owner)
    assert "/colis/2/etiquette/" not in client.get(f"/bureau/commandes/{part.public_id}/").text
    with pytest.raises(PartStateError):
        labelled(part, number=2)


def test_it_is_not_received_before_its_last_parcel_left(part, parcels, as_user, owner):
    with pytest.raises(PartStillHereError):
        deliver_part(part=part, by=owner)
    with pytest.raises(PartStillHereError):
        say_received_on(part=part, day=timezone.localdate())
    answer = as_user(owner).post(f"/bureau/commandes/{part.public_id}/reception/", follow=True)
    assert "Un autre colis de cette commande" in answer.text
    assert presume_delivered(now=days(30)) == 0
    leave_parcel(parcel=prepared(parcels[1]), by=owner)
    Parcel.objects.filter(number=2).update(ended_on=timezone.localdate(days(20)))
    assert [presume_delivered(now=days(29)), presume_delivered(now=days(32))] == [0, 1]


def withdrawn(order, lines):
    said = Declaration({line.pk for line in lines}, "Ana", "ana@example.org", uuid.uuid4())
    found = declare_withdrawal(order=order, said=said)
    assert declare_withdrawal(order=order, said=said) == found
    return [
        (one.back.state, one.back.shipping_cents, [row.line.title for row in one.back.lines.order_by("pk")])
        for one in found
    ], [one.back for one in found]


@pytest.mark.parametrize("state", ["to_pick", "picked", "missing"])
def test_what_is_still_here_is_kept_and_refunded_though_the_rest_left(part, owner, state):
    """It was sent all the same, and the buyer asked to send back what had not come (L221-24: refunded in 14 days)."""
    PickLine.objects.filter(title="Lampe").update(state=state)
    found, (here, _away) = withdrawn(part.order, part.lines.all())
    assert found == [("unsent", 490, ["Lampe"]), ("awaited", 490, ["Chaise"])]
    over = ({1: "left", 2: "cancelled"}, {"Chaise": "gone", "Lampe": "dropped"})
    waits = ({1: "left", 2: "asked"}, {"Chaise": "gone", "Lampe": "missing"})  # until its refund takes it off the sale
    assert shelves() == (waits if state == "missing" else over)
    lamp = part.lines.get(title="Lampe")
    with pytest.raises(PartStateError):  # the other one left
        change_part(
            part=part,
            changes=[CancelLine(part.lines.get(title="Chaise").pk, "other")],
            by=owner,
            operation=uuid.uuid4(),
        )
    refund_return(back=here, by=owner, operation=uuid.uuid4())
    part.refresh_from_db()
    assert shelves() == over
    assert (part.state, Refund.objects.get().amount_cents) == ("shipped", lamp.cents + 490)
    assert dict(part.lines.values_list("title", "state")) == {"Chaise": "sold", "Lampe": "cancelled"}
    assert check_ledger().is_right
    tell(Shipment.objects.get(), Step.DELIVERED)
    part.refresh_from_db()
    assert part.state == "delivered"


def test_without_a_site_what_no_carrier_took_is_not_sent_back(seller, operator, index, folders):
    account_of(seller)
    things = [ItemFactory(seller=seller, on_sale=True, title=title) for title in ("Bol", "Vase")]
    part = paid_order(*things, parcels=[490, 490]).parts.select_related("order", "seller").get()
    first, _second = labelled(part, number=1), labelled(part, number=2)
    tell(first, Step.TAKEN)
    part.refresh_from_db()
    taken, found = part.lines.get(parcel=1).title, part.lines.get(parcel=2).title
    assert withdrawn(part.order, part.lines.all())[0] == [("unsent", 490, [found]), ("awaited", 490, [taken])]


def test_without_a_site_what_its_seller_sent_is_sent_back_whole(seller, operator, index, folders, owner):
    account_of(seller)
    things = [ItemFactory(seller=seller, on_sale=True, title=title) for title in ("Bol", "Vase")]
    part = paid_order(*things, parcels=[490, 490]).parts.select_related("order", "seller").get()
    first, _second = labelled(part, number=1), labelled(part, number=2)
    ship_part(part=part, carrier="", tracking="", by=owner)
    tell(first, Step.TAKEN)
    [(state, shipping, titles)], _backs = withdrawn(part.order, part.lines.all())
    assert (state, shipping, sorted(titles)) == ("awaited", 980, ["Bol", "Vase"])


def test_what_left_from_its_page_is_sent_back_though_the_rest_is_prepared(chair, lamp, owner):
    order = paid_order(chair, lamp, parcels=[490, 490])
    first, _second = announce_parcels(order_id=order.pk)
    leave_parcel(parcel=prepared(first), by=owner)
    part = order.parts.get()
    assert part.state == "to_prepare"
    assert withdrawn(order, part.lines.filter(title="Chaise"))[0] == [("awaited", 490, ["Chaise"])]
    assert shelves()[1] == {"Chaise": "gone", "Lampe": "to_pick"}


def test_what_never_came_leaves_the_other_parcel_where_it_is(part):
    say_never_came(part=part, operation=uuid.uuid4())
    assert shelves()[0] == {1: "left", 2: "asked"}


def test_the_mail_of_what_is_ready_names_each_place_with_its_objects(chair, lamp):
    part = paid_order(chair, lamp).parts.get()
    write_part_mail(part_id=part.pk, state="ready")
    told = [line.strip() for line in OutgoingMail.objects.get(kind="shop.part").text.splitlines()]
    first, second = (
        next(n for n, line in enumerate(told) if street in line) for street in ("3 quai Nord", "7 place Basse")
    )
    assert (told[first + 1], told[second + 1]) == ("- Chaise", "- Lampe")
    assert told.count("Chaise") == 0


def test_the_mail_names_the_place_where_the_object_lies_and_not_the_first_of_its_seller(chair, lamp):
    lamp.site.organisation.sites.update(is_pickup_point=False)
    lamp.site.organisation.sites.filter(is_main=True).update(is_pickup_point=True)
    write_part_mail(part_id=paid_order(lamp).parts.get().pk, state="ready")
    text = OutgoingMail.objects.get(kind="shop.part").text
    assert ("7 place Basse" in text, "3 quai Nord" in text) == (True, False)


def mails():
    """What the buyer got: the tasks run, in the order in which they were queued."""
    for task in DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_carried_mail").order_by("enqueued_at"):
        part_id, shipment_id, step = task.args_kwargs["args"]
        write_carried_mail(part_id=part_id, shipment_id=shipment_id, step=step)
    return list(OutgoingMail.objects.filter(key__startswith="shop.carried").order_by("pk"))


def test_each_parcel_that_leaves_is_told_with_its_own_objects_and_number(part):
    first, second = Shipment.objects.get(), labelled(part, number=2)
    mails()
    tell(second, Step.TAKEN)
    found = [mail.text for mail in mails()]
    assert [("Chaise" in text, "Lampe" in text, "The rest leaves in another parcel" in text) for text in found] == [
        (True, False, True),
        (False, True, False),  # the rest left before it
    ]
    assert [shipment.number in text for shipment, text in zip((first, second), found, strict=True)] == [True, True]
    assert not DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_part_mail").exists()


def test_what_was_not_found_is_on_no_slip_in_no_mail_and_comes_in_no_other_parcel(parcels):
    part = SellerOrder.objects.select_related("order", "seller").get()
    assert len(PdfReader(io.BytesIO(slips_pdf([part]))).pages) == 2
    PickLine.objects.filter(title="Lampe").update(state="missing")
    (page,) = PdfReader(io.BytesIO(slips_pdf([part]))).pages
    assert ("Chaise" in page.extract_text(), "Lampe" in page.extract_text()) == (True, False)
    assert (parcel_slips(parcels[1]), slips_pdf([part], number=2)) == (b"", b"")
    shipment = labelled(part, number=1)
    for step in (Step.TAKEN, Step.DELIVERED):
        tell(shipment, step)
        text = mails()[-1].text
        assert ("Chaise" in text, "Lampe" in text, "The rest leaves" in text) == (True, False, False)


def test_a_second_parcel_that_leaves_from_its_page_is_told_once(part, parcels, owner):
    second = labelled(part, number=2)
    leave_parcel(parcel=prepared(parcels[1]), by=owner)
    tell(second, Step.TAKEN)
    assert [("Lampe" in mail.text, second.number in mail.text) for mail in mails()] == [(False, False), (True, True)]


def parcel_mails():
    """The same of parcels that no carrier tells of; each task runs twice."""
    tasks = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_parcel_mail").order_by("enqueued_at")
    for task in [*tasks, *tasks]:
        parcel_id, part_ids, tracking = task.args_kwargs["args"]
        write_parcel_mail(parcel_id=parcel_id, part_ids=part_ids, tracking=tracking)
    return list(OutgoingMail.objects.filter(key__startswith="shop.parcel:").order_by("pk"))


def test_a_second_parcel_that_leaves_without_a_label_is_told_once(part, parcels, owner):
    Parcel.objects.filter(number=2).update(carrier="Colissimo")
    for _time in range(2):
        leave_parcel(parcel=prepared(parcels[1]) if not _time else parcels[1], by=owner, tracking="8L12345678901")
    (mail,) = parcel_mails()
    assert [word in mail.text for word in ("Lampe", "Chaise", "The rest leaves", "Colissimo", "8L12345678901")] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert ("laposte.fr" in mail.text, ["Lampe" in one.text for one in mails()]) == (True, [False])
    assert mail.to == "camille@example.org" or mail.to == part.order.email


def test_a_second_parcel_that_waits_at_the_counter_is_told_with_its_place(part, parcels, owner):
    Parcel.objects.filter(number=2).update(mode="pickup")
    leave_parcel(parcel=prepared(parcels[1]), by=owner)
    (mail,) = parcel_mails()
    assert ("Ready to collect" in mail.subject, "7 place Basse" in mail.text) == (True, True)


def test_what_is_refunded_before_its_mail_is_written_is_in_no_mail(part, parcels, owner):
    leave_parcel(parcel=prepared(parcels[1]), by=owner)
    OrderLine.objects.filter(title="Lampe").update(state="cancelled")
    assert parcel_mails() == []


def test_an_unlabelled_parcel_of_two_sellers_who_left_before_is_one_mail(part, parcels, chair, owner):
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    vase = ItemFactory(seller=other, on_sale=True, title="Vase", category=chair.category)
    elsewhere = paid_order(vase).parts.get()
    SellerOrder.objects.filter(pk=elsewhere.pk).update(order=part.order, state="shipped", shipped_at=timezone.now())
    PickLineFactory(parcel=parcels[1], item=vase, owner=other, place=None)
    leave_parcel(parcel=prepared(parcels[1]), by=owner)
    (mail,) = parcel_mails()
    assert ("Lampe" in mail.text, "Vase" in mail.text, mail.text.count("Ressource")) == (True, True, 1)


@pytest.fixture
def shared(chair, folders):
    """Objects of two sellers in one parcel, with its label."""
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    vase = ItemFactory(seller=other, site=chair.site, on_sale=True, title="Vase", category=chair.category)
    order = paid_order(chair, vase)
    OrderLine.objects.update(parcel=1)
    return labelled(SellerOrder.objects.select_related("order", "seller").get(order=order, seller=chair.seller))


def test_a_parcel_of_two_sellers_is_told_once_for_each_step(shared, chair):
    for step in (Step.TAKEN, Step.AT_POINT, Step.DELIVERED):
        tell(shared, step)
    assert set(SellerOrder.objects.values_list("state", flat=True)) == {"delivered"}
    found = mails()
    assert [mail.key.rsplit(":", 1)[1] for mail in found] == ["left", "at_point", "delivered"]
    for mail in found:
        names = (f"{chair.seller.name} and Ressource", f"Ressource and {chair.seller.name}")
        assert any(name in mail.text for name in names)
        assert ("Chaise" in mail.text, "Vase" in mail.text) == (True, True)


def test_a_lost_parcel_of_two_sellers_is_told_once_and_both_answer(shared):
    tell(shared, Step.LOST)
    assert Conversation.objects.count() == 2
    assert OutgoingMail.objects.filter(key__startswith="shop.conversation:", to=Order.objects.get().email).count() == 1


def bank_says(state):
    payment = Payment.objects.get(state="paid")
    told = Contested("test", "d1", payment, state, payment.amount_cents, timezone.now(), is_taken=True)
    receive_dispute(told=told)


def test_a_lost_payment_keeps_the_parcel_that_has_not_left(part, parcels, owner):
    """It was sent all the same, its money gone."""
    bank_says("to_answer")
    bank_says("lost")
    part.refresh_from_db()
    assert (part.state, dict(part.lines.values_list("title", "state"))) == (
        "shipped",
        {"Chaise": "sold", "Lampe": "cancelled"},
    )
    assert shelves() == ({1: "left", 2: "cancelled"}, {"Chaise": "gone", "Lampe": "dropped"})
    with pytest.raises(ParcelStays):
        leave_parcel(parcel=Parcel.objects.get(number=2), by=owner)
    assert check_ledger().is_right


@pytest.mark.parametrize("steps", [[Step.TAKEN], [Step.TAKEN, Step.DELIVERED]])
def test_what_a_carrier_took_while_the_bank_decided_is_not_taken_back(parcels, chair, steps):
    part = SellerOrder.objects.select_related("order", "seller").get()
    shipment = labelled(part, number=1)
    bank_says("to_answer")
    for step in steps:
        tell(shipment, step)
    bank_says("lost")
    send_rest(part_id=part.pk)
    part.refresh_from_db()
    chair.refresh_from_db()
    assert (part.state, chair.state) == ("shipped" if len(steps) == 1 else "delivered", "sold")
    assert shelves() == ({1: "left", 2: "cancelled"}, {"Chaise": "gone", "Lampe": "dropped"})


def rest():
    """What looks again at a part, as the worker runs it."""
    rows = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.send_rest").order_by("enqueued_at")
    return [send_rest(part_id=row.args_kwargs["args"][0]) for row in rows]


@pytest.mark.parametrize("how", ["cancelled", "withdrawn", "contested"])
def test_what_was_delivered_is_received_on_its_day_once_the_rest_is_given_up(part, owner, how):
    """Nothing looked again: it counted as received ten days after it left."""
    shipment, lamp = Shipment.objects.get(), part.lines.get(title="Lampe")
    backs = withdrawn(part.order, [lamp])[1] if how == "withdrawn" else []
    tell(shipment, Step.DELIVERED)
    part.refresh_from_db()
    assert (part.state, rest()) == ("shipped", [])
    if how == "cancelled":
        change_part(part=part, changes=[CancelLine(lamp.pk, "other")], by=owner, operation=uuid.uuid4())
    elif how == "withdrawn":
        refund_return(back=backs[0], by=owner, operation=uuid.uuid4())
    else:
        bank_says("to_answer")
        bank_says("lost")
    assert (rest(), rest()) == ([True], [False])
    part.refresh_from_db()
    shipment.refresh_from_db()
    assert (part.state, part.delivered_at, part.presumed_at) == ("delivered", shipment.delivered_at, None)
    (*_before, last) = mails()
    assert (last.key.endswith(":delivered"), "Chaise" in last.text, "Lampe" in last.text) == (True, True, False)


def test_each_of_two_unlabelled_parcels_is_told_when_it_leaves(chair, owner):
    elsewhere = SiteFactory(organisation=chair.seller, is_main=False)
    lamp = ItemFactory(seller=chair.seller, site=elsewhere, on_sale=True, title="Lampe", category=chair.category)
    order = paid_order(chair, lamp, parcels=[100, 200])
    first, second = announce_parcels(order_id=order.pk)
    leave_parcel(parcel=prepared(first), by=owner, tracking="8L1")
    (mail,) = parcel_mails()
    assert [word in mail.text for word in ("Chaise", "Lampe", "The rest leaves", "8L1")] == [True, False, True, True]
    leave_parcel(parcel=prepared(second), by=owner, tracking="8L2")
    assert order.parts.get().state == "shipped"
    _mail, mail = parcel_mails()
    assert [word in mail.text for word in ("Chaise", "Lampe", "The rest leaves", "8L2")] == [False, True, False, True]
    assert DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_part_mail").count() == 0


def test_the_only_parcel_that_is_left_is_told_once(chair, owner, operator):
    """The other one's object was given up: nothing of it is told again."""
    elsewhere = SiteFactory(organisation=chair.seller, is_main=False)
    lamp = ItemFactory(seller=chair.seller, site=elsewhere, on_sale=True, title="Lampe", category=chair.category)
    order = paid_order(chair, lamp, parcels=[100, 200])
    first, _second = announce_parcels(order_id=order.pk)
    leave_parcel(parcel=prepared(first), by=owner)
    OrderLine.objects.filter(title="Lampe").update(state="cancelled")
    assert [send_rest(part_id=order.parts.get().pk) for _time in range(2)] == [True, False]
    assert (order.parts.get().state, len(parcel_mails())) == ("shipped", 1)
    assert DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_part_mail").count() == 0
