"""What was missing or broken of an order: found again it is sent after all; else it is mended, recycled, or lost."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.models import Item
from rebond.intake.models import Exit
from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.parcel_out import cancel_missing
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part_mail import write_found_mail
from rebond.shop.actions.part_request import refuse_change
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import Order, OrderLine, PartRequest, Refund
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.actions.stock_out import note_missing
from rebond.warehouse.actions.stock_out_end import (
    find_stock_out,
    lose_stock_out,
    mend_stock_out,
    recycle_stock_out,
)
from rebond.warehouse.actions.store import put_back, store_item
from rebond.warehouse.errors import FieldInvalid, PackedWithout, ParcelStays, StockOutAwaited, StockOutStateForbids
from rebond.warehouse.models import Holding, Movement, Parcel, PickLine, StockOut
from rebond.workshop.actions.step import Hands
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, name="L’entrepôt")


@pytest.fixture
def chair(seller, operator, index, site):
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", price_cents=2500, weight_g=3000)


@pytest.fixture
def lamp(chair):
    return ItemFactory(seller=chair.seller, site=chair.site, on_sale=True, title="Lampe", price_cents=700, weight_g=500)


@pytest.fixture
def shelf(site):
    return PlaceFactory(site=site, label="B-02-1")


def missed(order, item, by, state="missing", *, parcel_state=None):
    """As the floor says it: the line, what is kept in mind, the refund that is asked."""
    line = PickLine.objects.select_related("item", "place", "parcel__organisation").get(item=item)
    PickLine.objects.filter(pk=line.pk).update(state=state)
    if parcel_state is not None:
        ended = timezone.localdate() if parcel_state in {"left", "cancelled"} else None
        Parcel.objects.filter(pk=line.parcel_id).update(state=parcel_state, ended_on=ended)
    line.state = state
    noted = note_missing(line, line.parcel, by=by)
    cancel_missing(order_code=order.public_id, item_id=item.pk, state=state, by_id=by.pk)
    return StockOut.objects.select_related("line").get(pk=noted.pk)


def ordered(*items, **more):
    order = paid_order(*items, **more)
    announce_parcels(order_id=order.pk)
    return order


def state_of(item):
    return PickLine.objects.get(item=item).state, Parcel.objects.get(lines__item=item).state


@pytest.mark.parametrize("was", ["asked", "picked", "cancelled"])
def test_found_while_its_refund_waits_it_goes_back_into_its_parcel(chair, owner, colleague, shelf, settings, was):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair)
    one = missed(order, chair, owner, parcel_state=was)
    request = PartRequest.objects.get()
    assert (request.state, one.is_awaited) == ("asked", True)

    find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    request.refresh_from_db()
    one.refresh_from_db()
    assert (request.state, one.state, state_of(chair)) == ("refused", "found", ("to_pick", "asked"))
    assert PickLine.objects.get(item=chair).place == shelf
    Order.objects.update(language="fr")
    task = DBTaskResult.objects.get(task_path="rebond.shop.tasks.write_found_mail")
    write_found_mail(**dict(zip(("line_id", "request_id"), task.args_kwargs["args"], strict=True)))
    assert "retrouvé" in OutgoingMail.objects.get(kind="shop.missing").text
    assert (Item.objects.get(pk=chair.pk).state, Refund.objects.count()) == ("sold", 0)
    assert not cancel_missing(order_code=order.public_id, item_id=chair.pk, state="missing", by_id=owner.pk)
    with pytest.raises(StockOutStateForbids):
        find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)


def test_missing_a_second_time_it_is_asked_and_told_again(chair, owner, shelf, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair)
    find_stock_out(stock_out=missed(order, chair, owner), place=shelf, is_on_sale=True, by=owner)
    again = missed(order, chair, owner)
    assert list(PartRequest.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "asked"]
    told = DBTaskResult.objects.filter(task_path="rebond.shop.tasks.write_missing_mail")
    assert sorted(task.args_kwargs["kwargs"]["times"] for task in told) == [0, 1]
    assert (again.state, StockOut.objects.count()) == ("open", 2)


def test_the_rest_of_a_request_still_waits(chair, lamp, owner, shelf, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair, lamp)
    one = missed(order, chair, owner)
    missed(order, lamp, owner, "damaged")
    find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    request = PartRequest.objects.get()
    lines = dict(OrderLine.objects.values_list("title", "pk"))
    assert (request.state, [row["line"] for row in request.changes]) == ("asked", [lines["Lampe"]])
    assert request.cents == 700


def test_found_after_its_request_was_refused_it_is_sent(chair, owner, colleague, shelf, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair)
    one = missed(order, chair, owner)
    refuse_change(request=PartRequest.objects.get(), by=colleague)
    store_item(item=chair, place=shelf, hands=Hands(worker=WorkerFactory(organisation=chair.seller)))
    assert (state_of(chair), StockOut.objects.get(pk=one.pk).state) == (("to_pick", "asked"), "found")


@pytest.mark.parametrize("was", ["packed", "left"])
def test_a_parcel_closed_without_it_keeps_closed(chair, lamp, owner, shelf, settings, was):
    settings.REFUND_LIMIT_CENTS = 100
    one = missed(ordered(chair, lamp), chair, owner, parcel_state=was)
    with pytest.raises(PackedWithout):
        find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    assert (PartRequest.objects.get().state, state_of(chair)) == ("asked", ("missing", was))


def test_what_its_buyer_withdrew_from_is_not_sent(chair, owner, shelf, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair)
    one = missed(order, chair, owner)
    said = Declaration({OrderLine.objects.get().pk}, "Ana", "ana@example.org", uuid.uuid4())
    declare_withdrawal(order=order, said=said)
    with pytest.raises(ParcelStays):
        find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    assert StockOut.objects.get().state == "open"


def test_scanned_on_a_shelf_what_is_awaited_goes_back_and_undone_it_is_missing(chair, owner, shelf, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair)
    missed(order, chair, owner)
    hands = Hands(worker=WorkerFactory(organisation=chair.seller), operation_id=uuid.uuid4())
    first = store_item(item=chair, place=shelf, hands=hands)
    again = store_item(item=chair, place=shelf, hands=hands)
    assert (first.is_new, again.step, state_of(chair)[0]) == (True, first.step, "to_pick")
    assert not Holding.objects.filter(item=chair).exists()

    put_back(step=Step.objects.get(pk=first.step.pk), by=owner)
    assert (state_of(chair)[0], StockOut.objects.filter(state="open").count()) == ("missing", 1)
    with pytest.raises(NotUndoable):
        put_back(step=Step.objects.get(pk=first.step.pk), by=owner)


def test_after_its_refund_a_scan_puts_it_back_on_sale_and_undone_it_is_lost(chair, owner, shelf):
    one = missed(ordered(chair), chair, owner)
    item = Item.objects.get(pk=chair.pk)
    assert (one.is_awaited, item.state, Holding.objects.get(item=item).place.kind) == (False, "withdrawn", "lost")
    done = store_item(item=item, place=shelf, hands=Hands(worker=WorkerFactory(organisation=chair.seller)))
    item.refresh_from_db()
    assert (item.state, StockOut.objects.get().state) == ("on_sale", "found")

    put_back(step=done.step, by=owner)
    item.refresh_from_db()
    assert (item.state, StockOut.objects.get().state, Holding.objects.get().place.kind) == ("withdrawn", "open", "lost")
    assert check_stock().is_right


@pytest.mark.parametrize(("is_on_sale", "state"), [(True, "on_sale"), (False, "withdrawn")])
def test_found_at_the_desk_it_is_on_its_shelf_on_sale_or_not(chair, owner, shelf, is_on_sale, state):
    one = missed(ordered(chair), chair, owner)
    find_stock_out(stock_out=one, place=shelf, is_on_sale=is_on_sale, by=owner)
    assert (Item.objects.get(pk=chair.pk).state, Holding.objects.get(item=chair).place) == (state, shelf)
    with pytest.raises(StockOutStateForbids):
        find_stock_out(stock_out=one, place=shelf, is_on_sale=is_on_sale, by=owner)
    assert check_stock().is_right


def test_lost_for_good_it_leaves_the_stock_with_its_reason(chair, owner):
    one = missed(ordered(chair), chair, owner)
    with pytest.raises(FieldInvalid):
        lose_stock_out(stock_out=one, why="misplaced", by=owner)
    lose_stock_out(stock_out=one, why="taken", note=" Don ", by=owner)
    one.refresh_from_db()
    assert (one.state, one.why, one.note, one.ended_on) == ("lost", "taken", "Don", timezone.localdate())
    assert (Item.objects.get(pk=chair.pk).quantity, Holding.objects.filter(item=chair).count()) == (0, 0)
    assert Movement.objects.filter(item=chair).order_by("-pk").first().reason == "lost"
    with pytest.raises(StockOutStateForbids):
        lose_stock_out(stock_out=one, why="taken", by=owner)
    assert check_stock().is_right
    assert check_ledger().is_right


def test_broken_it_is_mended_then_recycled_and_weighed(chair, owner):
    one = missed(ordered(chair), chair, owner, "damaged")
    with pytest.raises(StockOutStateForbids):
        lose_stock_out(stock_out=one, why="broken", by=owner)
    mend_stock_out(stock_out=one, by=owner)
    recycle_stock_out(stock_out=one, weight_g=2900, by=owner)
    one.refresh_from_db()
    gone = Exit.objects.get()
    assert (one.state, gone.weight_g, gone.kind, gone.site) == ("recycled", 2900, "recycled", one.site)
    assert (Item.objects.get(pk=chair.pk).quantity, Holding.objects.filter(item=chair).count()) == (0, 0)
    with pytest.raises(StockOutStateForbids):
        recycle_stock_out(stock_out=one, weight_g=2900, by=owner)
    assert Exit.objects.count() == 1
    assert check_stock().is_right


def test_broken_and_awaited_nothing_is_decided_before_its_refund(chair, owner, settings, shelf):
    settings.REFUND_LIMIT_CENTS = 100
    one = missed(ordered(chair), chair, owner, "damaged")
    for act in (mend_stock_out, lambda **k: find_stock_out(place=shelf, is_on_sale=True, **k)):
        with pytest.raises(StockOutAwaited):
            act(stock_out=one, by=owner)
    assert StockOut.objects.get().state == "open"


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_a_unit_of_a_batch_on_sale_leaves_the_stock_and_comes_back_when_found(
    seller, site, operator, index, owner, shelf, state
):
    batch = ItemFactory(
        seller=seller, site=site, on_sale=True, title="Verre", price_cents=500, weight_g=200, quantity=4
    )
    one = missed(ordered(batch), batch, owner, state)
    batch.refresh_from_db()
    assert (batch.state, batch.quantity, StockOut.objects.get().is_out) == ("on_sale", 3, True)
    assert check_stock().is_right
    find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    batch.refresh_from_db()
    assert (batch.quantity, Holding.objects.get(item=batch, place=shelf).units) == (4, 1)
    assert check_stock().is_right


def test_the_last_unit_of_a_batch_comes_back_after_the_others_were_sold(seller, site, operator, index, owner, shelf):
    batch = ItemFactory(seller=seller, site=site, on_sale=True, price_cents=500, weight_g=200, quantity=2)
    one = missed(ordered(batch), batch, owner)
    paid_order(Item.objects.get(pk=batch.pk))
    batch.refresh_from_db()
    assert batch.state == "sold"
    find_stock_out(stock_out=one, place=shelf, is_on_sale=True, by=owner)
    batch.refresh_from_db()
    assert (batch.state, batch.quantity, Holding.objects.get(item=batch).place) == ("on_sale", 1, shelf)
    assert check_stock().is_right


# --- the pages of the desk ---
LIST = "/bureau/stock/colis/manquants/"


def path_of(one, verb="detail"):
    return reverse(f"warehouse-desk:stock-out-{verb}", args=[one.public_id])


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(
    number, seller, site, as_user, owner, django_assert_num_queries, operator, index
):
    for n in range(number):
        item = ItemFactory(seller=seller, site=site, on_sale=True, title=f"Chaise {n}", price_cents=2500)
        missed(ordered(item), item, owner)
    page = as_user(owner)
    page.get(LIST)
    with django_assert_num_queries(6):
        text = page.get(LIST).text
    assert text.count("Chaise ") >= number


def test_the_page_says_what_may_be_done_and_keeps_what_was_typed(chair, owner, as_user, shelf):
    one = missed(ordered(chair), chair, owner)
    page = as_user(owner)
    refused = page.post(path_of(one, "find"), {"place": "Z-99-9", "then": "sale"})
    assert (refused.status_code, "Z-99-9" in refused.text, one.state) == (422, True, "open")
    assert page.post(path_of(one, "lose"), {"why": ""}).status_code == 422
    assert page.post(path_of(one, "recycle"), {"weight_g": "2 kg"}).status_code == 422
    done = page.post(path_of(one, "find"), {"place": "b-02-1", "then": "aside"}, follow=True)
    assert (done.status_code, "Retrouvé" in done.text or "nouveau là" in done.text) == (200, True)
    assert "stock-out-found" not in done.text


def test_readers_see_and_strangers_do_not(chair, owner, reader, stranger, as_user, shelf):
    one = missed(ordered(chair), chair, owner)
    seen = as_user(reader).get(path_of(one))
    assert (seen.status_code, "stock-out-found" in seen.text) == (200, False)
    assert as_user(reader).post(path_of(one, "find"), {"place": "B-02-1", "then": "sale"}).status_code == 403
    assert as_user(stranger).get(path_of(one)).status_code == 404
    assert StockOut.objects.get().state == "open"


def test_leaving_does_not_wait_for_what_is_missing(chair, lamp, owner, settings):
    settings.REFUND_LIMIT_CENTS = 100
    order = ordered(chair, lamp)
    missed(order, chair, owner)
    PickLine.objects.filter(item=lamp).update(state="picked")
    Parcel.objects.update(state="picked")
    assert leave_parcel(parcel=Parcel.objects.get(), by=owner).state == "left"
