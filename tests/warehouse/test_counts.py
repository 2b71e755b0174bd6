"""A count: blind, a second person where it differs, then the ledger follows and may be put back."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from rebond.catalogue.actions.item import sell_item
from rebond.catalogue.actions.item_stock import reserve
from rebond.catalogue.models import Item
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.count import (
    ask_recount,
    close_count,
    count_object,
    finish_bin,
    open_count,
    remove_object,
    start_bin,
)
from rebond.warehouse.actions.difference import reopen_difference, settle_difference
from rebond.warehouse.actions.store import move_item, store_item
from rebond.warehouse.errors import (
    CountClosed,
    CountedByOther,
    CountedByYou,
    FieldInvalid,
    HeldByBuyer,
    NotEmptyHere,
    NothingScanned,
    NothingToCount,
    NotToCount,
    StockMovedOn,
)
from rebond.warehouse.models import Count, CountBin, CountDifference, Holding, Movement
from rebond.warehouse.queries.counts import next_bin
from rebond.workshop.actions.step import undo_step
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import NotUndoable
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def on_sale(item):
    fields = {"state": "on_sale", "published_at": item.created_at, "price_cents": 500, "condition": "good"}
    Item.objects.filter(pk=item.pk).update(**fields)
    item.refresh_from_db()
    return item


@pytest.fixture
def bin_(shelf, owner):
    """The only bin of a count."""
    return open_count(place=shelf, by=owner).bins.get()


@pytest.fixture
def count_it(bin_, hands, station):
    """`count_it(person, item, …)`: a whole round; returns the bin."""

    def count(person, *items, **units):
        def act():
            return hands(worker=person) if person is None else type(hands())(worker=person, station=station)

        start_bin(bin=bin_, hands=act())
        for item in items:
            count_object(bin=bin_, item=item, hands=act(), units=units.get("units"))
        return finish_bin(bin=bin_, hands=act(), is_empty=not items)

    return count


def where(item):
    return {row.place.kind if not row.place.is_storage else row.place.label: row.units for row in held(item)}


def held(item):
    return Holding.objects.filter(item=item).select_related("place")


def test_a_bin_that_is_as_the_ledger_says_is_right(make_item, shelf, owner, count_it, awa):
    item = make_item()
    move_item(item=item, place=shelf, by=owner)
    bin_ = count_it(awa, item)
    assert (bin_.state, bin_.rounds) == ("right", 1)
    assert Step.objects.filter(kind="warehouse.count").count() == 1
    assert not CountDifference.objects.exists()
    assert not next_bin(bin_.count, awa)


def test_what_differs_is_counted_again_by_somebody_else(make_item, shelf, owner, count_it, awa, jo):
    item = make_item()
    move_item(item=item, place=shelf, by=owner)
    bin_ = count_it(awa)
    assert bin_.state == "recount"
    assert next_bin(bin_.count, awa) is None
    assert next_bin(bin_.count, jo) == bin_
    with pytest.raises(CountedByYou):
        count_it(awa)
    assert count_it(jo).state == "differs"
    found = CountDifference.objects.get()
    assert (found.item, found.expected, found.found, found.gap) == (item, 1, 0, -1)


def test_two_people_who_disagree_need_a_third_round(make_item, shelf, owner, count_it, awa, jo):
    item, other = make_item(), make_item()
    move_item(item=item, place=shelf, by=owner)
    assert count_it(awa).state == "recount"
    assert count_it(jo, item, other).state == "recount"
    assert count_it(awa, item).state == "right"


def missing(make_item, shelf, owner, count_it, awa, jo, **fields):
    item = on_sale(make_item(**fields))
    move_item(item=item, place=shelf, by=owner)
    count_it(awa)
    count_it(jo)
    return item, CountDifference.objects.get()


def test_a_lost_object_leaves_the_sale_at_once_and_comes_back_by_undo(make_item, shelf, owner, count_it, awa, jo):
    item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    settle_difference(difference=found, reason="not_found", by=owner)
    settle_difference(difference=found, reason="not_found", by=owner)  # twice is once
    item.refresh_from_db()
    assert (item.state, item.withdraw_reason) == ("withdrawn", "lost")
    assert where(item) == {"lost": 1}
    assert Movement.objects.filter(reason="lost").count() == 1
    assert CountBin.objects.get().state == "settled"
    assert check_stock().is_right
    found.refresh_from_db()
    reopen_difference(difference=found, by=owner)
    item.refresh_from_db()
    assert (item.state, where(item)) == ("on_sale", {"A-03-2": 1})
    assert CountBin.objects.get().state == "differs"
    assert check_stock().is_right


def test_a_lost_object_that_somebody_puts_away_is_on_sale_again(
    make_item, shelf, other_shelf, owner, count_it, awa, jo, hands
):
    item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    settle_difference(difference=found, reason="not_found", by=owner)
    store_item(item=Item.objects.get(pk=item.pk), place=other_shelf, hands=hands())
    item.refresh_from_db()
    assert (item.state, where(item)) == ("on_sale", {"A-04-1": 1})
    with pytest.raises(NotUndoable):
        reopen_difference(difference=CountDifference.objects.get(), by=owner)
    assert check_stock().is_right


@pytest.mark.parametrize("is_held", [False, True])
def test_a_lost_object_put_away_by_mistake_is_lost_again(
    make_item, shelf, other_shelf, owner, count_it, awa, jo, hands, is_held
):
    item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    settle_difference(difference=found, reason="not_found", by=owner)
    done = store_item(item=Item.objects.get(pk=item.pk), place=other_shelf, hands=hands())
    if is_held:
        reserve(Item.objects.get(pk=item.pk))
        with pytest.raises(NotUndoable):
            undo_step(step=done.step, hands=hands())
        assert where(item) == {"A-04-1": 1}
        return
    undo_step(step=done.step, hands=hands())
    item.refresh_from_db()
    assert (item.state, item.withdraw_reason, where(item)) == ("withdrawn", "lost", {"lost": 1})
    assert check_stock().is_right


def test_a_part_of_a_batch_is_missing(make_item, shelf, owner, count_it, awa, jo):
    item = on_sale(make_item(quantity=5))
    move_item(item=item, place=shelf, by=owner)
    count_it(awa, item, units=3)
    count_it(jo, item, units=3)
    found = settle_difference(difference=CountDifference.objects.get(), reason="taken", by=owner)
    item.refresh_from_db()
    assert (item.quantity, item.state, where(item)) == (3, "on_sale", {"A-03-2": 3})
    assert check_stock().is_right
    reopen_difference(difference=found, by=owner)
    item.refresh_from_db()
    assert (item.quantity, where(item)) == (5, {"A-03-2": 5})
    assert check_stock().is_right


def test_an_object_found_here_comes_from_where_the_ledger_had_it(
    make_item, shelf, other_shelf, owner, count_it, awa, jo
):
    item = on_sale(make_item())
    move_item(item=item, place=other_shelf, by=owner)
    count_it(awa, item)
    count_it(jo, item)
    found = settle_difference(difference=CountDifference.objects.get(), reason="misplaced", by=owner)
    assert where(item) == {"A-03-2": 1}
    reopen_difference(difference=found, by=owner)
    assert where(item) == {"A-04-1": 1}
    assert check_stock().is_right


def test_more_units_than_the_catalogue_knew(make_item, shelf, owner, count_it, awa, jo):
    item = make_item(quantity=2)
    move_item(item=item, place=shelf, by=owner)
    count_it(awa, item, units=4)
    count_it(jo, item, units=4)
    found = settle_difference(difference=CountDifference.objects.get(), reason="label", by=owner)
    item.refresh_from_db()
    assert (item.quantity, where(item)) == (4, {"A-03-2": 4})
    reopen_difference(difference=found, by=owner)
    item.refresh_from_db()
    assert (item.quantity, where(item)) == (2, {"A-03-2": 2})
    assert check_stock().is_right


def test_an_object_of_another_site_that_lies_here(make_item, shelf, owner, count_it, awa, jo, seller):
    item = make_item(site=SiteFactory(organisation=seller, name="Le magasin", is_main=False))
    count_it(awa, item)
    count_it(jo, item)
    found = settle_difference(difference=CountDifference.objects.get(), reason="not_scanned", by=owner)
    item.refresh_from_db()
    assert (item.site, where(item)) == (shelf.site, {"A-03-2": 1})
    reopen_difference(difference=found, by=owner)
    item.refresh_from_db()
    assert item.site.name == "Le magasin"
    assert check_stock().is_right


def test_what_is_sold_and_waits_to_be_picked_is_no_difference(make_item, shelf, owner, count_it, awa):
    item = on_sale(make_item())
    move_item(item=item, place=shelf, by=owner)
    sell_item(item=item, is_held=False, by=owner)
    assert count_it(awa, item).state == "right"


def test_an_object_in_a_basket_is_not_taken_from_its_buyer(make_item, shelf, owner, count_it, awa, jo):
    item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    reserve(item)
    with pytest.raises(HeldByBuyer):
        settle_difference(difference=found, reason="not_found", by=owner)
    assert where(item) == {"A-03-2": 1}


def test_stock_that_moved_since_is_counted_again(make_item, shelf, other_shelf, owner, count_it, awa, jo):
    item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    move_item(item=Item.objects.get(pk=item.pk), place=other_shelf, by=owner)
    with pytest.raises(StockMovedOn):
        settle_difference(difference=found, reason="not_found", by=owner)
    bin_ = ask_recount(bin=found.bin, by=owner)
    assert bin_.state == "recount"
    assert not CountDifference.objects.exists()
    assert count_it(awa).state == "right"


def test_a_reason_is_asked(make_item, shelf, owner, count_it, awa, jo):
    _item, found = missing(make_item, shelf, owner, count_it, awa, jo)
    with pytest.raises(FieldInvalid):
        settle_difference(difference=found, reason="", by=owner)


def test_who_counts_is_alone_at_the_bin(bin_, item, hands, jo, station):
    other = type(hands())(worker=jo, station=station)
    start_bin(bin=bin_, hands=hands())
    count_object(bin=bin_, item=item, hands=hands())
    start_bin(bin=bin_, hands=other)  # Jo stands there now: the round begins anew
    assert not bin_.lines.exists()
    with pytest.raises(CountedByOther):
        count_object(bin=bin_, item=item, hands=hands())
    with pytest.raises(NothingScanned):
        finish_bin(bin=bin_, hands=other)
    count_object(bin=bin_, item=item, hands=other)
    with pytest.raises(NotEmptyHere):
        finish_bin(bin=bin_, hands=other, is_empty=True)
    remove_object(bin=bin_, code=item.code, hands=other)
    finish_bin(bin=bin_, hands=other, is_empty=True)
    with pytest.raises(NotToCount):
        start_bin(bin=bin_, hands=hands())


def test_the_same_finish_sent_twice_is_one_round(bin_, hands):
    act = hands()
    start_bin(bin=bin_, hands=act)
    finish_bin(bin=bin_, hands=act, is_empty=True)
    assert finish_bin(bin=bin_, hands=act, is_empty=True).rounds == 1


def test_a_round_is_taken_back_on_the_day(make_item, shelf, owner, count_it, awa, jo, bin_, hands):
    item = make_item()
    move_item(item=item, place=shelf, by=owner)
    count_it(awa)
    undo_step(step=Step.objects.latest("pk"), hands=hands())
    bin_.refresh_from_db()
    assert (bin_.state, bin_.rounds, bin_.counting_by) == ("todo", 0, awa)
    count_object(bin=bin_, item=item, hands=hands())
    assert finish_bin(bin=bin_, hands=hands()).state == "right"


def test_a_bin_is_in_one_open_count_only(site, owner, shelf, box, item, hands):
    aisle = PlaceFactory(site=site, kind="aisle", label="A", is_storage=False)
    count = open_count(place=shelf, by=owner)
    with pytest.raises(NothingToCount):
        open_count(place=shelf, by=owner)
    with pytest.raises(NothingToCount):
        open_count(place=aisle, by=owner)
    close_count(count=count, by=owner)
    with pytest.raises(CountClosed):
        start_bin(bin=count.bins.get(), hands=hands())
    assert open_count(place=shelf, by=owner).bins.count() == 1


@pytest.fixture
def at_work(device, awa, owner):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


def operation(answer):
    return re.search(r'name="operation" value="([\w-]+)"', answer.text)[1]


@pytest.mark.page
def test_the_station_counts_without_a_word_of_what_is_expected(at_work, make_item, shelf, owner, bin_):
    item, batch = make_item(title="Lampe orange"), make_item(title="Verres", quantity=6)
    move_item(item=item, place=shelf, by=owner)
    move_item(item=batch, place=shelf, by=owner)
    home = at_work.get("/atelier/compter/")
    assert "A-03-2" not in home.text or "Lampe" not in home.text
    assert "Scannez" in at_work.post("/atelier/compter/", {"code": item.code}).text
    there = at_work.post("/atelier/compter/", {"code": shelf.code}).url
    assert there == f"/atelier/compter/place/{shelf.code.lower()}/"
    assert "Lampe orange" not in at_work.get(there).text
    assert at_work.post(there, {"code": shelf.code}).status_code == 422
    for code in (item.code, item.code, batch.code):
        at_work.post(there, {"code": code})
    assert "2 objets vus" in at_work.get(there).text
    at_work.post(f"{there}objet/", {"object": batch.code, "units": "5"})
    assert at_work.post(f"{there}objet/", {"object": batch.code, "units": "0"}).status_code == 302
    page = at_work.get(there)
    assert 'value="5"' in page.text
    done = at_work.post(f"{there}fin/", {"operation": operation(page)})
    said = at_work.get(done.url)
    assert "c’est compté" in said.text
    bin_.refresh_from_db()
    assert bin_.state == "recount"
    step = Step.objects.get(kind="warehouse.count")
    assert at_work.post(f"/atelier/compter/annulation/{step.public_id}/", {}).url == there
    at_work.post(f"{there}objet/", {"object": batch.code, "units": "6"})
    at_work.post(f"{there}fin/", {"operation": str(uuid.uuid4())})
    bin_.refresh_from_db()
    assert bin_.state == "right"


@pytest.mark.page
def test_without_a_badge_no_count_opens(device, as_user, stranger, bin_, shelf):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    assert browser.get("/atelier/compter/").url == "/atelier/"
    assert as_user(stranger).get(f"/atelier/compter/place/{shelf.code.lower()}/").status_code in {403, 404}


@pytest.mark.page
def test_the_supervisor_opens_settles_undoes_and_downloads(
    as_user, make_item, owner, reader, stranger, shelf, awa, jo, station, hands
):
    item = on_sale(make_item(title="Lampe orange"))
    move_item(item=item, place=shelf, by=owner)
    desk = as_user(owner)
    assert desk.post("/bureau/stock/comptages/nouveau/", {"site": shelf.site_id, "place": "Z-9"}).status_code == 422
    assert as_user(reader).post("/bureau/stock/comptages/nouveau/", {}).status_code == 403
    opened = desk.post("/bureau/stock/comptages/nouveau/", {"site": shelf.site_id, "place": "a-03-2"}).url
    bin_ = Count.objects.get().bins.get()
    for person in (awa, jo):
        act = type(hands())(worker=person, station=station)
        start_bin(bin=bin_, hands=act)
        finish_bin(bin=bin_, hands=act, is_empty=True)
        bin_.refresh_from_db()
    found = CountDifference.objects.get()
    assert "0 trouvé, 1 attendu" in desk.get(opened).text
    assert "1 écart" in desk.get("/bureau/").text
    assert as_user(stranger).get(opened).status_code == 404
    assert as_user(stranger).post(f"{opened}ecarts/{found.pk}/", {"reason": "other"}).status_code == 404
    assert as_user(reader).post(f"{opened}ecarts/{found.pk}/", {"reason": "other"}).status_code == 403
    assert desk.get(f"{opened}ecarts/{found.pk}/").status_code == 405
    desk.post(f"{opened}ecarts/{found.pk}/", {"reason": "not_found"})
    item.refresh_from_db()
    assert item.state == "withdrawn"
    sheet = b"".join(desk.get(f"{opened}?export=csv").streaming_content).decode("utf-8-sig")
    assert "A-03-2" in sheet
    assert "Introuvable" in sheet
    desk.post(f"{opened}ecarts/{found.pk}/annulation/")
    desk.post(f"{opened}places/{bin_.pk}/")
    bin_.refresh_from_db()
    assert bin_.state == "recount"
    desk.post(f"{opened}fin/")
    assert Count.objects.get().state == "closed"


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_counts_costs_the_same_for_any_number(as_user, owner, site, number, django_assert_max_num_queries):
    for n in range(number):
        open_count(place=PlaceFactory(site=site, label=f"B-{n}"), by=owner)
    desk = as_user(owner)
    desk.get("/bureau/stock/comptages/")
    with django_assert_max_num_queries(14):
        assert f"B-{number - 1}" in desk.get("/bureau/stock/comptages/").text
