"""What is bought is asked of the site that holds it; what is bought no more, or left otherwise, nobody picks."""

import datetime
import uuid

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail, Transition
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.parcel_out import cancel_missing
from rebond.shop.actions.parcels import announce_forgotten, announce_parcels
from rebond.shop.actions.part import CancelLine, CollectInstead, LowerPrice, change_part, make_part_ready, ship_part
from rebond.shop.actions.part_mail import write_missing_mail, write_part_mail
from rebond.shop.actions.part_request import ask_change, grant_change, refuse_change
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import PartStateError, SamePersonError
from rebond.shop.models import OrderLine, PartRequest, Refund, SellerOrder
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import Holding, Movement, Parcel, PickLine
from rebond.warehouse.signals import line_missing
from rebond.workshop.actions.step import Hands
from tests.factories.accounts import UserFactory
from tests.factories.carriers import labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
MONDAY_10 = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)  # 10 h in Paris


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, name="L’entrepôt")


@pytest.fixture
def chair(seller, operator, index, site):
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", price_cents=2500, weight_g=3000)


@pytest.fixture
def lamp(seller, site):
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Lampe", price_cents=700, weight_g=500)


def announced(*items, **more):
    order = paid_order(*items, **more)
    return order, announce_parcels(order_id=order.pk)


def states(parcel):
    return dict(PickLine.objects.filter(parcel=parcel).values_list("title", "state"))


def test_a_paid_parcel_is_asked_of_its_site_with_where_each_object_lay(chair, lamp, site, seller):
    shelf = PlaceFactory(site=site, label="A-03-2")
    worker = WorkerFactory(organisation=seller)
    store_item(item=chair, place=shelf, hands=Hands(worker=worker))
    order, (parcel,) = announced(chair, lamp)

    assert (parcel.site, parcel.organisation, parcel.order_code) == (site, seller, order.public_id)
    assert (parcel.mode, parcel.state, parcel.weight_g) == ("home", "asked", 3500)
    lines = {line.title: line for line in parcel.lines.all()}
    assert (lines["Chaise"].place, lines["Chaise"].grams, lines["Chaise"].owner) == (shelf, 3000, seller)
    assert lines["Chaise"].movement == Movement.objects.get(item=chair, reason="sold")


def test_asked_twice_it_is_one_parcel(chair):
    order, (parcel,) = announced(chair)
    assert announce_parcels(order_id=order.pk) == [parcel]
    assert (Parcel.objects.count(), PickLine.objects.count()) == (1, 1)


def test_an_order_that_is_not_paid_asks_for_nothing(chair):
    order, _parcels = announced(chair)
    type(order).objects.filter(pk=order.pk).update(state="placed", paid_at=None)
    Parcel.objects.all().delete()
    assert announce_parcels(order_id=order.pk) == []


def test_two_sellers_of_one_site_leave_in_one_parcel_and_another_site_in_its_own(chair, site):
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    guest = ItemFactory(seller=other, site=site, on_sale=True, category=chair.category)
    away = ItemFactory(seller=other, site=SiteFactory(organisation=other), on_sale=True, category=chair.category)
    order = paid_order(chair, guest, away)
    OrderLine.objects.filter(item__in=[chair, guest]).update(parcel=1)
    OrderLine.objects.filter(item=away).update(parcel=2)

    shared, alone = sorted(announce_parcels(order_id=order.pk), key=lambda parcel: parcel.number)

    assert {line.owner for line in shared.lines.all()} == {chair.seller, other}
    assert (alone.organisation, alone.lines.get().item) == (other, away)


def test_an_object_without_site_is_prepared_at_its_seller_as_before(seller, operator, index):
    _order, parcels = announced(ItemFactory(seller=seller, on_sale=True, site=None))
    assert parcels == []


@pytest.mark.parametrize(
    ("hours", "day", "hour"),
    [(0, 23, 16), (4, 23, 16), (5, 24, 16), (96, 27, 16), (110, 30, 16)],
)
def test_it_leaves_with_the_first_cut_off_that_gives_time(chair, hours, day, hour):
    """Paid on Monday at 10: the same day; after 14 h: the next; on Friday evening: on Monday."""
    _order, (parcel,) = announced(chair, now=MONDAY_10 + datetime.timedelta(hours=hours))
    found = timezone.localtime(parcel.leave_by)
    assert (found.day, found.hour) == (day, hour)


def test_units_of_a_batch_are_taken_where_each_sale_took_them(chair, seller, site, operator):
    shelf = PlaceFactory(site=site)
    batch = ItemFactory(seller=seller, site=site, on_sale=True, quantity=5, category=chair.category)
    store_item(item=batch, place=shelf, hands=Hands(worker=WorkerFactory(organisation=seller)))
    _one, (first,) = announced(batch, email="a@example.org")
    _two, (second,) = announced(batch, email="b@example.org")

    assert (first.lines.get().place, second.lines.get().place) == (shelf, shelf)
    assert first.lines.get().movement != second.lines.get().movement


def test_a_cancelled_line_is_picked_no_more_and_the_last_one_ends_the_parcel(chair, lamp, owner):
    order, (parcel,) = announced(chair, lamp)
    part = order.parts.get()
    lines = {line.title: line.pk for line in OrderLine.objects.all()}
    change_part(part=part, changes=[CancelLine(lines["Chaise"], "damaged")], by=owner, operation=uuid.uuid4())
    parcel.refresh_from_db()
    assert (states(parcel), parcel.state, parcel.weight_g) == ({"Chaise": "dropped", "Lampe": "to_pick"}, "asked", 500)

    change_part(part=part, changes=[CancelLine(lines["Lampe"], "other")], by=owner, operation=uuid.uuid4())
    parcel.refresh_from_db()
    assert (parcel.state, parcel.ended_on) == ("cancelled", timezone.localdate())
    verbs = Transition.objects.filter(subject_kind="warehouse.parcel").values_list("verb", flat=True)
    assert list(verbs) == ["cancel"]


def test_what_its_buyer_withdrew_from_is_picked_no_more(chair, lamp):
    order, (parcel,) = announced(chair, lamp)
    line = OrderLine.objects.get(title="Lampe")
    declare_withdrawal(order=order, said=Declaration({line.pk}, "Ana", "ana@example.org", uuid.uuid4()))
    assert states(parcel) == {"Chaise": "to_pick", "Lampe": "dropped"}


def test_what_was_withdrawn_before_the_site_was_told_is_not_asked(chair, lamp):
    order = paid_order(chair, lamp)
    line = OrderLine.objects.get(title="Lampe")
    declare_withdrawal(order=order, said=Declaration({line.pk}, "Ana", "ana@example.org", uuid.uuid4()))
    (parcel,) = announce_parcels(order_id=order.pk)
    assert states(parcel) == {"Chaise": "to_pick"}


@pytest.mark.parametrize("way", ["ship", "ready"])
def test_sent_at_the_seller_s_desk_the_parcel_left(chair, owner, way):
    order, (parcel,) = announced(chair)
    part = order.parts.select_related("order", "seller").get()
    if way == "ship":
        ship_part(part=part, carrier="Colissimo", tracking="6A", by=owner)
    else:
        make_part_ready(part=part, by=owner)
    parcel.refresh_from_db()
    assert (states(parcel), parcel.state) == ({"Chaise": "gone"}, "left")


def test_ready_then_cancelled_nothing_is_left_of_it(chair, owner):
    order, (parcel,) = announced(chair)
    part = order.parts.select_related("order", "seller").get()
    make_part_ready(part=part, by=owner)
    change_part(part=part, changes=[CancelLine(part.lines.get().pk, "other")], by=owner, operation=uuid.uuid4())
    parcel.refresh_from_db()
    assert (states(parcel), parcel.state) == ({"Chaise": "dropped"}, "cancelled")
    assert Item.objects.get(pk=chair.pk).state == "withdrawn"


def test_sent_before_the_site_was_told_nothing_is_asked(chair, owner):
    order = paid_order(chair)
    ship_part(part=order.parts.select_related("order", "seller").get(), carrier="", tracking="", by=owner)
    assert announce_parcels(order_id=order.pk) == []


def test_one_seller_of_a_shared_parcel_leaves_the_other_s_objects_to_pick(chair, site, owner):
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    guest = ItemFactory(seller=other, site=site, on_sale=True, title="Vase", category=chair.category)
    order = paid_order(chair, guest)
    OrderLine.objects.update(parcel=1)
    (parcel,) = announce_parcels(order_id=order.pk)
    part = SellerOrder.objects.select_related("order", "seller").get(seller=chair.seller)
    ship_part(part=part, carrier="", tracking="", by=owner)
    parcel.refresh_from_db()
    assert (states(parcel), parcel.state) == ({"Chaise": "gone", "Vase": "to_pick"}, "asked")


def test_collected_after_all_the_parcel_waits_for_its_buyer(chair, owner):
    order, (parcel,) = announced(chair, shipping=490)
    part = order.parts.get()
    change_part(part=part, changes=[CollectInstead()], by=owner, operation=uuid.uuid4())
    parcel.refresh_from_db()
    assert (parcel.mode, parcel.carrier) == ("pickup", "")


def test_what_a_task_forgot_is_asked_later_and_once(chair, lamp):
    paid_order(chair, now=timezone.now() - datetime.timedelta(hours=1))
    fresh = paid_order(lamp, email="b@example.org")
    assert (announce_forgotten(), announce_forgotten()) == (1, 0)
    assert not Parcel.objects.filter(order_code=fresh.public_id).exists()  # its own task comes first


def prepared(parcel, state="picked"):
    PickLine.objects.filter(parcel=parcel, state="to_pick").update(state="picked")
    Parcel.objects.filter(pk=parcel.pk).update(state=state)
    parcel.refresh_from_db()
    return parcel


@pytest.mark.parametrize("state", ["picked", "packed"])
def test_a_prepared_parcel_that_leaves_sends_its_order_with_its_number(chair, owner, state):
    order, (parcel,) = announced(chair)
    left = leave_parcel(parcel=prepared(parcel, state), tracking="6A1", by=owner)
    part = order.parts.get()
    assert (left.state, part.state, part.tracking) == ("left", "shipped", "6A1")
    assert leave_parcel(parcel=parcel, tracking="6A2", by=owner).state == "left"
    assert order.parts.get().tracking == "6A1"


@pytest.mark.parametrize("state", ["picked", "packed"])
def test_one_to_collect_is_ready_and_its_buyer_told(chair, owner, state):
    order, (parcel,) = announced(chair)
    OrderLine.objects.update(delivery_mode="pickup")
    leave_parcel(parcel=prepared(parcel, state), by=owner)
    part = order.parts.get()
    told = DBTaskResult.objects.get(task_path="rebond.shop.tasks.write_part_mail")
    assert (part.state, told.args_kwargs["args"]) == ("ready", [part.pk, "ready"])


def test_a_packed_parcel_leaves_with_the_number_of_its_label(chair, owner):
    order, (parcel,) = announced(chair)
    order.parts.update(carrier="Colissimo", tracking="6A1")
    leave_parcel(parcel=prepared(parcel, "packed"), by=owner)
    part = order.parts.get()
    assert (part.state, part.carrier, part.tracking) == ("shipped", "Colissimo", "6A1")


def test_an_order_in_two_parcels_is_sent_with_the_last_one(chair, lamp, owner):
    order = paid_order(chair, lamp, parcels=[100, 200])
    first, second = announce_parcels(order_id=order.pk)
    leave_parcel(parcel=prepared(first), by=owner)
    first.refresh_from_db()
    assert (first.state, order.parts.get().state) == ("left", "to_prepare")
    leave_parcel(parcel=prepared(second), by=owner)
    assert order.parts.get().state == "shipped"


def test_what_its_buyer_withdrew_from_after_it_was_picked_stays(chair, lamp, owner):
    order, (parcel,) = announced(chair, lamp)
    prepared(parcel)
    line = OrderLine.objects.get(title="Lampe")
    declare_withdrawal(order=order, said=Declaration({line.pk}, "Ana", "ana@example.org", uuid.uuid4()))
    with pytest.raises(ParcelStays):
        leave_parcel(parcel=parcel, by=owner)
    assert (states(parcel), order.parts.get().state) == ({"Chaise": "picked", "Lampe": "dropped"}, "to_prepare")


def test_what_a_picker_does_not_find_is_refunded_once_and_kept_among_the_lost(chair, lamp, owner):
    order, (parcel,) = announced(chair, lamp, shipping=490)
    PickLine.objects.filter(item=chair).update(state="missing")
    facts = {"order_code": order.public_id, "item_id": chair.pk, "state": "missing", "by_id": owner.pk}
    assert (cancel_missing(**facts), cancel_missing(**facts)) == (True, False)

    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.note) == (2500, "The object cannot be found")
    assert states(parcel) == {"Chaise": "dropped", "Lampe": "to_pick"}
    assert Holding.objects.get(item=chair).place.kind == "lost"
    assert check_ledger().is_right


def test_above_what_one_person_may_give_back_it_waits_for_another(chair, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1000
    order, _parcels = announced(chair)
    assert not cancel_missing(order_code=order.public_id, item_id=chair.pk, state="damaged", by_id=owner.pk)
    request = PartRequest.objects.get()
    assert (request.state, Refund.objects.count(), request.asked_by_id) == ("asked", 0, owner.public_id)


def test_the_floor_s_word_is_a_task_of_the_same_transaction(chair, owner):
    _order, (parcel,) = announced(chair)
    line_missing.send(sender=PickLine, line=parcel.lines.get(), order_code=parcel.order_code, by=owner)
    task = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.cancel_missing").get()
    assert task.args_kwargs["args"][:2] == [parcel.order_code, chair.pk]


# --- above the limit of one person: what is missing waits for another one's agreement ---


def picked(parcel, **missed):
    """Its objects by title: `missed` says which were not found or broken; the others are in the parcel."""
    for line in parcel.lines.all():
        PickLine.objects.filter(pk=line.pk).update(state=missed.get(line.title, "picked"))
    Parcel.objects.filter(pk=parcel.pk).update(state="picked")
    parcel.refresh_from_db()


def miss(order, item, by, state="missing"):
    return cancel_missing(order_code=order.public_id, item_id=item.pk, state=state, by_id=by.pk)


def test_a_second_missing_object_joins_what_waits_and_one_decision_refunds_both(
    chair, lamp, owner, colleague, settings
):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp, shipping=490)
    picked(parcel, Chaise="missing", Lampe="damaged")
    for item, state in ((chair, "missing"), (lamp, "damaged"), (lamp, "damaged"), (chair, "missing")):
        assert not miss(order, item, owner, state)
    request = PartRequest.objects.get()
    assert (request.cents, len(request.changes), request.asked_by) == (2500 + 700 + 490, 2, owner.display_name)
    grant_change(request=request, by=colleague)
    parcel.refresh_from_db()
    assert (order.parts.get().state, parcel.state, Refund.objects.get().amount_cents) == (
        "cancelled",
        "cancelled",
        3690,
    )
    assert Holding.objects.get(item=chair).place.kind == "lost"
    assert Holding.objects.get(item=lamp).place.kind == "waiting"
    assert check_ledger().is_right


def test_who_added_to_a_request_does_not_grant_it_nor_more_than_one_read(chair, lamp, owner, colleague, settings):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp)
    picked(parcel, Chaise="missing", Lampe="missing")
    miss(order, chair, owner)
    read = PartRequest.objects.get()
    miss(order, lamp, colleague)
    with pytest.raises(SamePersonError):
        grant_change(request=read, by=colleague)
    third = UserFactory()
    with pytest.raises(PartStateError):
        grant_change(request=read, by=third, cents=2500)
    assert Refund.objects.count() == 0
    grant_change(request=read, by=third, cents=3200)
    assert Refund.objects.get().amount_cents == 3200


def test_a_lower_price_that_waits_gives_way_to_the_object_that_is_not_there(chair, lamp, owner, settings):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp)
    part, line = order.parts.get(), OrderLine.objects.get(title="Chaise")
    asked = {"by": owner, "operation": uuid.uuid4(), "may_grant": False}
    ask_change(part=part, changes=[LowerPrice(line.pk, 900)], **asked)
    picked(parcel, Chaise="missing")
    miss(order, chair, owner)
    request = PartRequest.objects.get()
    assert (request.cents, [row["kind"] for row in request.changes]) == (2500, ["CancelLine"])


def test_the_rest_leaves_and_what_stayed_is_refunded_after_it(chair, lamp, owner, colleague, settings):
    settings.REFUND_LIMIT_CENTS = 1000
    order, (parcel,) = announced(chair, lamp)
    picked(parcel, Chaise="missing")
    miss(order, chair, owner)
    leave_parcel(parcel=parcel, by=owner)
    part = order.parts.select_related("order", "seller").get()
    assert part.state == "shipped"
    lines = {line.title: line.pk for line in OrderLine.objects.all()}
    with pytest.raises(PartStateError):  # what left is not cancelled
        change_part(part=part, changes=[CancelLine(lines["Lampe"], "other")], by=owner, operation=uuid.uuid4())
    grant_change(request=PartRequest.objects.get(), by=colleague)
    states = dict(OrderLine.objects.values_list("title", "state"))
    assert (states, order.parts.get().state) == ({"Chaise": "cancelled", "Lampe": "sold"}, "shipped")
    assert Refund.objects.get().amount_cents == 2500
    assert Holding.objects.get(item=chair).place.kind == "lost"
    assert check_ledger().is_right


def test_a_seller_whose_only_object_was_not_found_is_not_sent_with_the_others(
    chair, site, owner, colleague, settings, folders
):
    settings.REFUND_LIMIT_CENTS = 600
    other = OrganisationFactory(admitted=True, name="Ressource", letters="RE")
    vase = ItemFactory(seller=other, site=site, on_sale=True, title="Vase", price_cents=900, category=chair.category)
    order = paid_order(chair, vase)
    OrderLine.objects.update(parcel=1)
    (parcel,) = announce_parcels(order_id=order.pk)
    picked(parcel, Vase="missing")
    miss(order, vase, owner)
    shipment = labelled(order.parts.select_related("order", "seller").get(seller=chair.seller))
    for step in (Step.TAKEN, Step.DELIVERED):
        take_events(shipment=shipment, events=[Event(step, step, timezone.now())])
    states = dict(order.parts.values_list("seller__name", "state"))
    assert states == {chair.seller.name: "delivered", "Ressource": "to_prepare"}
    grant_change(request=PartRequest.objects.get(), by=colleague)
    assert (order.parts.get(seller=other).state, Refund.objects.get().amount_cents) == ("cancelled", 900)
    assert check_ledger().is_right


@pytest.mark.parametrize("state", ["shipped", "delivered"])
def test_what_nothing_was_sent_of_is_granted_wherever_its_order_is_said_to_be(chair, owner, colleague, settings, state):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair)
    picked(parcel, Chaise="missing")
    miss(order, chair, owner)
    order.parts.update(state=state, shipped_at=timezone.now(), delivered_at=timezone.now())
    grant_change(request=PartRequest.objects.get(), by=colleague)
    assert (order.parts.get().state, Refund.objects.get().amount_cents) == ("cancelled", 2500)
    assert check_ledger().is_right


def test_the_buyer_knows_at_once_what_is_not_sent(chair, lamp, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1000
    order, (parcel,) = announced(chair, lamp)
    type(order).objects.update(language="fr")
    picked(parcel, Chaise="missing")
    for _twice in range(2):
        miss(order, chair, owner)
    leave_parcel(parcel=parcel, by=owner)
    for task in DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_missing_mail"):
        write_missing_mail(**dict(zip(("line_id", "reason"), task.args_kwargs["args"], strict=True)))
    write_part_mail(part_id=order.parts.get().pk, state="shipped")
    mail = OutgoingMail.objects.get(kind="shop.missing")
    assert ("Chaise" in mail.text, "n’est pas envoyé" in mail.text) == (True, True)
    left = OutgoingMail.objects.get(kind="shop.part")
    assert ("Lampe" in left.text, "Chaise" in left.text) == (True, False)


def pks():
    return dict(OrderLine.objects.values_list("title", "pk"))


def wish(part, by, *changes):
    return ask_change(part=part, changes=changes, by=by, operation=uuid.uuid4(), may_grant=False)


def test_what_became_impossible_leaves_the_request_and_the_missing_object_joins_it(
    chair, lamp, owner, colleague, settings
):
    settings.REFUND_LIMIT_CENTS = 600
    order, (_parcel,) = announced(chair, lamp)
    part, lines = order.parts.get(), pks()
    wish(part, owner, LowerPrice(lines["Lampe"], 650))
    change_part(part=part, changes=[CancelLine(lines["Lampe"], "other")], by=owner, operation=uuid.uuid4())
    with pytest.raises(PartStateError):  # nothing is left of it
        grant_change(request=PartRequest.objects.get(), by=colleague)
    PickLine.objects.filter(item=chair).update(state="missing")
    assert not miss(order, chair, owner)
    request = PartRequest.objects.get()
    assert (request.cents, [row["line"] for row in request.changes]) == (2500, [lines["Chaise"]])
    grant_change(request=request, by=colleague, cents=2500)
    assert order.parts.get().state == "cancelled"
    assert check_ledger().is_right


def test_a_request_gives_back_what_is_still_to_give_and_no_other_sum_than_was_read(
    chair, lamp, owner, colleague, settings
):
    settings.REFUND_LIMIT_CENTS = 600
    order, _parcels = announced(chair, lamp)
    part, lines = order.parts.get(), pks()
    wish(part, owner, CancelLine(lines["Chaise"], "other"), LowerPrice(lines["Lampe"], 300))
    change_part(part=part, changes=[LowerPrice(lines["Lampe"], 500)], by=owner, operation=uuid.uuid4())
    with pytest.raises(PartStateError):
        grant_change(request=PartRequest.objects.get(), by=colleague, cents=2800)
    grant_change(request=PartRequest.objects.get(), by=colleague, cents=2500)
    request = PartRequest.objects.get()
    assert (request.state, request.cents, len(request.changes)) == ("granted", 2500, 1)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 3000


def test_a_missing_object_joins_a_lower_price_that_waits_after_the_rest_left(chair, lamp, owner, colleague, settings):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp)
    picked(parcel, Chaise="missing")
    wish(order.parts.get(), owner, LowerPrice(pks()["Lampe"], 650))
    leave_parcel(parcel=parcel, by=owner)
    assert not miss(order, chair, owner)
    grant_change(request=PartRequest.objects.get(), by=colleague, cents=3150)
    assert (Refund.objects.get().amount_cents, order.parts.get().state) == (3150, "shipped")
    assert check_ledger().is_right


def test_a_refusal_is_told_to_the_buyer_of_what_is_not_sent_and_of_nothing_else(
    chair, lamp, owner, colleague, settings
):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp)
    type(order).objects.update(language="fr")
    picked(parcel, Chaise="missing")
    wish(order.parts.get(), owner, LowerPrice(pks()["Lampe"], 650))
    miss(order, chair, owner)
    request = PartRequest.objects.get()
    refuse_change(request=request, by=colleague)
    with pytest.raises(PartStateError):
        refuse_change(request=request, by=colleague)
    for task in DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_missing_mail").order_by("enqueued_at"):
        write_missing_mail(**dict(zip(("line_id", "reason", "refused"), task.args_kwargs["args"], strict=False)))
    first, second = OutgoingMail.objects.filter(kind="shop.missing").order_by("pk")
    assert ("pas encore remboursé" in first.subject, "pas encore remboursé" in second.subject) == (False, True)
    assert ("Chaise" in second.text, "Lampe" in second.text, "14 jours" in second.text) == (True, False, True)


def test_a_refusal_waits_for_who_adds_to_the_request(chair, owner, colleague, settings, monkeypatch):
    settings.REFUND_LIMIT_CENTS = 600
    order, _parcels = announced(chair)
    miss(order, chair, owner)
    locked = []
    monkeypatch.setattr("rebond.shop.actions.part_request.lock_row", lambda row, **_kw: locked.append(row))
    refuse_change(request=PartRequest.objects.get(), by=colleague)
    assert locked == [order]


def test_the_desk_reads_what_is_asked_and_why_and_cancels_what_stayed(chair, lamp, owner, colleague, as_user, settings):
    settings.REFUND_LIMIT_CENTS = 600
    order, (parcel,) = announced(chair, lamp)
    picked(parcel, Chaise="missing")
    miss(order, chair, colleague)
    leave_parcel(parcel=parcel, by=owner)
    page, lines, client = f"/bureau/commandes/{order.parts.get().public_id}/", pks(), as_user(owner)
    assert "Chaise\N{NO-BREAK SPACE}: annulé. L’objet est introuvable" in client.get(page).text
    refuse_change(request=PartRequest.objects.get(), by=owner)
    text = client.get(page).text
    assert (f"cancel_{lines['Chaise']}" in text, f"cancel_{lines['Lampe']}" in text) == (True, False)
    sent = {"reason": "not_found", "operation": str(uuid.uuid4()), f"cancel_{lines['Chaise']}": "on"}
    client.post(f"{page}modification/", sent)
    assert (Refund.objects.get().amount_cents, OrderLine.objects.get(title="Chaise").state) == (2500, "cancelled")
