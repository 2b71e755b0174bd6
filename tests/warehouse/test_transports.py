"""Between two sites: loaded by scan, in transit in the ledger, checked by scan; never in two places."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.item import sell_item
from rebond.catalogue.actions.item_stock import reserve
from rebond.catalogue.models import Item
from rebond.warehouse.actions.arriving import check_box, check_object
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.loading import load_box, load_object, take_off_box, take_off_object
from rebond.warehouse.actions.store import move_item, store_box, store_item
from rebond.warehouse.actions.transport import (
    cancel_transport,
    finish_check,
    finish_loading,
    leave,
    plan_transport,
    reopen_loading,
)
from rebond.warehouse.errors import (
    AlreadyHere,
    BatchSplit,
    FieldInvalid,
    HeldByBuyer,
    NotFromHere,
    NothingLoaded,
    PlaceElsewhere,
    StillLoaded,
    TransportStateForbids,
)
from rebond.warehouse.models import Holding, Movement, Place, Transport, TransportLine
from rebond.workshop.actions.step import undo_step
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import NotUndoable
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def shop(seller):
    return SiteFactory(organisation=seller, name="Le magasin", is_main=False)


@pytest.fixture
def transport(site, shop, owner):
    return plan_transport(
        from_site=site, to_site=shop, planned_on=timezone.localdate(), driver="Lina", vehicle="AB-123-CD", by=owner
    )


def on_sale(item):
    fields = {"state": "on_sale", "published_at": item.created_at, "price_cents": 500, "condition": "good"}
    Item.objects.filter(pk=item.pk).update(**fields)
    item.refresh_from_db()
    return item


def where(item):
    rows = Holding.objects.filter(item=item).select_related("place")
    return {(row.place.site.name, row.place.label): row.units for row in rows}


def test_an_object_goes_from_a_shelf_to_the_other_site(make_item, shelf, owner, hands, transport, shop):
    item = on_sale(make_item(quantity=3))
    move_item(item=item, place=shelf, by=owner)
    load_object(transport=transport, item=item, hands=hands())
    load_object(transport=transport, item=item, hands=hands())  # a second scan
    assert where(item) == {("L’entrepôt", "Transport 001"): 3}
    assert TransportLine.objects.get().units == 3
    finish_loading(transport=transport, by=owner)
    with pytest.raises(TransportStateForbids):
        load_object(transport=transport, item=item, hands=hands())
    transport = leave(transport=transport, by=owner)
    assert transport.left_on == timezone.localdate()
    assert check_stock().is_right
    check_object(transport=transport, item=item, hands=hands())
    check_object(transport=transport, item=item, hands=hands())
    item.refresh_from_db()
    assert (item.site, where(item)) == (shop, {("Le magasin", "waiting"): 3})
    assert Movement.objects.filter(reason="arrived").count() == 1
    transport = finish_check(transport=transport, by=owner)
    assert (transport.state, item.state) == ("checked", "on_sale")
    assert check_stock().is_right


def test_a_box_travels_closed(make_item, box, shelf, owner, hands, transport, shop, site):
    first, second = make_item(), make_item(quantity=4)
    for item in (first, second):
        store_item(item=item, place=box, hands=hands())
    store_box(box=box, place=shelf, hands=hands())
    PlaceFactory(site=shop, box=True, label=box.label)  # the other site has a box of this name
    before = Movement.objects.count()
    assert len(load_box(transport=transport, box=box, hands=hands())) == 2
    load_box(transport=transport, box=box, hands=hands())
    assert Movement.objects.count() == before
    box.refresh_from_db()
    assert box.path.startswith(transport.place.path)
    with pytest.raises(PlaceElsewhere):  # it stands in the vehicle
        store_item(item=make_item(), place=box, hands=hands())
    transport = leave(transport=transport, by=owner)
    assert check_box(transport=transport, box=box, hands=hands()) == 2
    assert check_box(transport=transport, box=box, hands=hands()) == 0
    box.refresh_from_db()
    first.refresh_from_db()
    assert (box.site, box.parent, first.site) == (shop, None, shop)
    assert box.label.startswith("Carton 001 ")
    assert {place for place, _label in where(second)} == {"Le magasin"}
    assert check_stock().is_right
    finish_check(transport=transport, by=owner)
    store_box(box=box, place=PlaceFactory(site=shop, label="M-1"), hands=hands())


def test_a_batch_that_lies_in_and_out_of_a_box_is_loaded_apart(make_item, box, owner, hands, transport):
    item = make_item(quantity=4)
    store_item(item=item, place=box, hands=hands())
    from rebond.catalogue.actions.item import change_item

    change_item(item=Item.objects.get(pk=item.pk), changes={"quantity": 6}, by=owner)
    with pytest.raises(BatchSplit):
        load_box(transport=transport, box=box, hands=hands())


def test_what_is_missing_damaged_and_extra(make_item, owner, hands, transport, site):
    here, broken, lost, extra, sold = (on_sale(make_item()) for _ in range(5))
    for item in (here, broken, lost, sold):
        load_object(transport=transport, item=item, hands=hands())
    transport = leave(transport=transport, by=owner)
    sell_item(item=sold, is_held=False, by=owner)
    check_object(transport=transport, item=here, hands=hands())
    check_object(transport=transport, item=sold, hands=hands())
    check_object(transport=transport, item=broken, hands=hands())
    assert check_object(transport=transport, item=broken, hands=hands(), is_damaged=True).state == "damaged"
    assert check_object(transport=transport, item=extra, hands=hands()).is_extra
    with pytest.raises(AlreadyHere):
        check_object(transport=transport, item=make_item(site=transport.to_site), hands=hands())
    reserve(lost)
    with pytest.raises(HeldByBuyer):
        finish_check(transport=transport, by=owner)
    Item.objects.filter(pk=lost.pk).update(reserved=0)
    finish_check(transport=transport, by=owner)
    lost.refresh_from_db()
    broken.refresh_from_db()
    assert (lost.state, lost.withdraw_reason, where(lost)) == ("withdrawn", "lost", {(site.name, "lost"): 1})
    assert (broken.state, broken.withdraw_reason) == ("withdrawn", "damaged")
    assert not Holding.objects.filter(place=transport.place).exists()
    assert Holding.objects.get(item=extra).place.site == transport.to_site
    assert check_stock().is_right


def test_what_is_loaded_is_taken_off_again(make_item, box, shelf, owner, hands, transport):
    item, boxed = make_item(), make_item()
    move_item(item=item, place=shelf, by=owner)
    store_item(item=boxed, place=box, hands=hands())
    load_object(transport=transport, item=item, hands=hands())
    undo_step(step=Step.objects.latest("pk"), hands=hands())
    assert where(item) == {("L’entrepôt", "A-03-2"): 1}
    load_object(transport=transport, item=item, hands=hands())
    load_box(transport=transport, box=box, hands=hands())
    with pytest.raises(StillLoaded):
        cancel_transport(transport=transport, by=owner)
    take_off_object(transport=transport, item=item, by=owner)
    take_off_box(transport=transport, box=box, by=owner)
    take_off_box(transport=transport, box=box, by=owner)
    assert not transport.lines.exists()
    with pytest.raises(NothingLoaded):
        leave(transport=transport, by=owner)
    assert cancel_transport(transport=transport, by=owner).state == "cancelled"
    assert check_stock().is_right


def test_a_closed_vehicle_gives_nothing_back(make_item, owner, hands, transport):
    item = make_item()
    load_object(transport=transport, item=item, hands=hands())
    step = Step.objects.latest("pk")
    finish_loading(transport=transport, by=owner)
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())
    reopen_loading(transport=transport, by=owner)
    undo_step(step=step, hands=hands())


def last_step():
    return Step.objects.latest("pk")


def test_a_scan_at_arrival_is_taken_back(make_item, shelf, owner, hands, transport, site, shop):
    item, extra = on_sale(make_item(quantity=2)), make_item()
    move_item(item=extra, place=shelf, by=owner)
    load_object(transport=transport, item=item, hands=hands())
    transport = leave(transport=transport, by=owner)
    check_object(transport=transport, item=extra, hands=hands())
    undo_step(step=last_step(), hands=hands())
    extra.refresh_from_db()
    assert (extra.site, where(extra)) == (site, {("L’entrepôt", "A-03-2"): 1})
    assert not transport.lines.filter(item_id=extra.pk).exists()
    check_object(transport=transport, item=item, hands=hands())
    check_object(transport=transport, item=item, hands=hands(), is_damaged=True)
    undo_step(step=last_step(), hands=hands())
    item.refresh_from_db()
    assert (item.site, item.state, where(item)) == (site, "on_sale", {("L’entrepôt", "Transport 001"): 2})
    assert transport.lines.get().state == "loaded"
    assert check_stock().is_right
    check_object(transport=transport, item=item, hands=hands())  # it is there after all
    assert (transport.lines.get().state, where(item)) == ("arrived", {("Le magasin", "waiting"): 2})
    arrived = last_step()
    finish_check(transport=transport, by=owner)
    with pytest.raises(NotUndoable):  # nothing is on the way any more
        undo_step(step=arrived, hands=hands())
    assert where(item) == {("Le magasin", "waiting"): 2}
    assert check_stock().is_right


def test_what_moved_or_was_never_on_sale_is_not_taken_back(make_item, owner, hands, transport, shop):
    put_away, draft, sold = make_item(), make_item(), on_sale(make_item())
    for item in (put_away, draft, sold):
        load_object(transport=transport, item=item, hands=hands())
    transport = leave(transport=transport, by=owner)
    steps = {}
    for item in (put_away, draft, sold):
        check_object(transport=transport, item=item, hands=hands())
        steps[item.pk] = last_step()
    put_away.refresh_from_db()
    move_item(item=put_away, place=PlaceFactory(site=shop, label="M-1"), by=owner)
    check_object(transport=transport, item=draft, hands=hands(), is_damaged=True)
    sell_item(item=sold, is_held=False, by=owner)
    for item in (put_away, draft, sold):
        before = where(item)
        with pytest.raises(NotUndoable):
            undo_step(step=steps[item.pk], hands=hands())
        item.refresh_from_db()
        assert (item.site, where(item)) == (shop, before)
    assert check_stock().is_right


def test_a_box_checked_by_mistake_is_in_the_vehicle_again(make_item, box, hands, owner, transport, site, shop):
    items = [make_item(), make_item(quantity=3)]
    for item in items:
        store_item(item=item, place=box, hands=hands())
    load_box(transport=transport, box=box, hands=hands())
    transport = leave(transport=transport, by=owner)
    check_box(transport=transport, box=box, hands=hands())
    undo_step(step=last_step(), hands=hands())
    box.refresh_from_db()
    assert (box.site, box.parent, box.path) == (site, transport.place, f"{transport.place.code}/{box.code}/")
    assert {place for item in items for place, _label in where(item)} == {"L’entrepôt"}
    assert set(transport.lines.values_list("state", flat=True)) == {"loaded"}
    assert check_stock().is_right
    box.refresh_from_db()
    assert check_box(transport=transport, box=box, hands=hands()) == 2
    arrived = last_step()
    items[0].refresh_from_db()
    store_item(item=items[0], place=PlaceFactory(site=shop, label="M-1"), hands=hands())  # taken out of the box
    with pytest.raises(NotUndoable):
        undo_step(step=arrived, hands=hands())
    box.refresh_from_db()
    assert box.site == shop
    assert check_stock().is_right


def test_what_is_of_another_site_does_not_leave_from_here(make_item, hands, transport, shop, site, owner):
    with pytest.raises(NotFromHere):
        load_object(transport=transport, item=make_item(site=shop), hands=hands())
    with pytest.raises(FieldInvalid):
        plan_transport(from_site=site, to_site=site, planned_on=timezone.localdate(), by=owner)


@pytest.fixture
def signed_in(owner):
    """`signed_in(site, worker)`: somebody at a station of a site."""

    def sign(site, worker):
        secret = f"secret-{site.pk}"
        station = StationFactory(site=site, kind="shelves", name=f"Table {site.pk}")
        DeviceFactory(station=station, secret=secret)
        browser = Client()
        browser.cookies[COOKIE] = secret
        _badge, token = issue_badge(worker=worker, by=owner)
        browser.post(reverse("workshop:badge"), {"code": token})
        return browser

    return sign


@pytest.mark.page
def test_both_stations_scan(signed_in, make_item, box, hands, transport, site, shop, awa, jo, owner, as_user):
    item, boxed, extra = make_item(title="Lampe orange"), make_item(), make_item(title="Miroir")
    store_item(item=boxed, place=box, hands=hands())
    leaving = signed_in(site, awa)
    assert "Charger pour Le magasin" in leaving.get("/atelier/transport/").text
    there = f"/atelier/transport/{transport.public_id}/"
    assert leaving.post("/atelier/transport/", {"code": transport.place.code}).url == there
    assert leaving.post("/atelier/transport/", {"code": item.code}).status_code == 422
    done = leaving.post(there, {"code": item.code, "operation": str(uuid.uuid4())})
    assert "Lampe orange" in leaving.get(done.url).text
    step = Step.objects.get(kind="warehouse.load")
    leaving.post(f"/atelier/transport/annulation/{step.public_id}/", {})
    assert not transport.lines.exists()
    for code in (item.code, box.code):
        leaving.post(there, {"code": code, "operation": str(uuid.uuid4())})
    assert "2 objets chargés" in leaving.get(there).text
    assert "Scannez un objet ou un carton" in leaving.post(there, {"code": transport.place.code}).text
    leaving.post(f"{there}fin/")
    desk = as_user(owner)
    desk.post(f"/bureau/stock/transports/{transport.public_id}/depart/")
    arriving = signed_in(shop, jo)
    assert "0 vérifié sur 2" in arriving.get("/atelier/transport/").text
    done = arriving.post(there, {"code": extra.code, "operation": str(uuid.uuid4())})
    assert "Pas sur la liste" in arriving.get(done.url).text
    done = arriving.post(there, {"code": item.code, "operation": str(uuid.uuid4())})
    step = Step.objects.latest("pk")
    assert f"/atelier/transport/annulation/{step.public_id}/" in arriving.get(done.url).text
    arriving.post(f"/atelier/transport/annulation/{step.public_id}/", {})
    assert "1 vérifié sur 3" in arriving.get(there).text  # the extra one
    arriving.post(there, {"code": item.code, "operation": str(uuid.uuid4())})
    damaged = arriving.post(f"{there}abime/", {"object": item.code})
    assert "annulation" not in arriving.get(damaged.url).text  # a draft was withdrawn: it cannot be one again
    asked = arriving.post(f"{there}fin/")
    assert "1 objet n’a pas été vu" in arriving.get(asked.url).text
    arriving.post(there, {"code": box.code, "operation": str(uuid.uuid4())})
    assert arriving.post(f"{there}fin/").url == "/atelier/transport/"
    transport.refresh_from_db()
    assert transport.state == "checked"
    assert check_stock().is_right


@pytest.mark.page
def test_the_desk_plans_prints_and_downloads(as_user, owner, reader, stranger, make_item, site, shop, hands):
    desk = as_user(owner)
    fields = {"from_site": site.pk, "to_site": site.pk, "planned_on": "2026-11-27", "driver": "Lina"}
    assert desk.post("/bureau/stock/transports/nouveau/", fields).status_code == 422
    there = desk.post("/bureau/stock/transports/nouveau/", {**fields, "to_site": shop.pk}).url
    transport = Transport.objects.get()
    item = make_item(title="Lampe orange")
    load_object(transport=transport, item=item, hands=hands())
    assert "Lampe orange" in desk.get(there).text
    assert as_user(stranger).get(there).status_code == 404
    assert as_user(reader).post(f"{there}depart/").status_code == 403
    assert as_user(stranger).post(f"{there}depart/").status_code == 404
    slip = as_user(reader).get(f"{there}bordereau/")
    assert slip.content.startswith(b"%PDF")
    desk.post(f"{there}retrait/", {"code": item.code})
    assert not transport.lines.exists()
    load_object(transport=transport, item=item, hands=hands())
    sheet = b"".join(desk.get(f"{there}?export=csv").streaming_content).decode("utf-8-sig")
    assert "Lampe orange" in sheet
    for verb, state in (("charge", "loaded"), ("reprise", "planned"), ("depart", "on_way"), ("fin", "checked")):
        desk.post(f"{there}{verb}/")
        transport.refresh_from_db()
        assert transport.state == state
    assert "Transport 001" in desk.get("/bureau/stock/transports/", {"etat": "checked"}).text
    assert Place.objects.get(pk=transport.place_id).closed_on


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_transports_costs_the_same(as_user, owner, site, shop, number, django_assert_max_num_queries):
    for _ in range(number):
        plan_transport(from_site=site, to_site=shop, planned_on=timezone.localdate(), by=owner)
    desk = as_user(owner)
    desk.get("/bureau/stock/transports/")
    with django_assert_max_num_queries(14):
        assert f"Transport 00{number}" in desk.get("/bureau/stock/transports/").text
