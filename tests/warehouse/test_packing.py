"""Packing: each object scanned in, a carton proposed, the weight compared, papers, and taken back."""

import io
import re
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from rebond.journal.models import StoredFile
from rebond.warehouse import papers
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.actions.packing import ALONE, begin_packing, choose, keep_photo, pack_parcel, scan_in
from rebond.warehouse.actions.parcel import drop_lines, leave_lines
from rebond.warehouse.errors import AlreadyIn, BeingPicked, NotInParcel, ParcelNotOpen, StillMissing, WeightUnchecked
from rebond.warehouse.models import Carton, CartonMove, Packing, PickLine, Round, Wave
from rebond.warehouse.queries.packing import expected_weight, inside, propose, wanted_parcel
from rebond.workshop.actions.step import undo_step
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import NotUndoable
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.catalogue import CategoryFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory
from tests.factories.workshop import DeviceFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(site):
    return StationFactory(site=site, kind="packing", name="La table d’emballage")


@pytest.fixture
def radio(seller):
    return CategoryFactory(key="electronics", slug="electronique", name="Électronique")


@pytest.fixture
def parcel(site, make_item, radio):
    """A radio and two equal books, picked nowhere yet."""
    made = ParcelFactory(site=site)
    sides = ("length_mm", "width_mm", "height_mm")
    first, books = make_item(title="Radio orange"), make_item(title="Deux romans", quantity=2)
    first.category, first.weight_g, books.weight_g = radio, 1500, 300
    for item, measures in ((first, (260, 120, 180)), (books, (180, 110, 20))):
        for side, value in zip(sides, measures, strict=True):
            setattr(item, side, value)
        item.save()
    PickLineFactory(parcel=made, item=first, place=None, grams=1500)
    PickLineFactory(parcel=made, item=books, place=None, units=2, grams=600)
    return made


@pytest.fixture
def cartons(site, owner):
    """A new one that is too small, a new and a salvaged one that hold everything."""

    def kind(name, sides, **more):
        return Kind(name, *sides, **more)

    made = [
        (kind("S", (250, 200, 100), cost_cents=40), 10),
        (kind("L", (400, 300, 300), cost_cents=90, tare_g=400), 10),
        (kind("L salvé", (420, 320, 300), is_salvaged=True, tare_g=450), 1),
    ]
    return [add_carton(site=site, kind=what, number=number, by=owner) for what, number in made]


def codes(parcel):
    return list(PickLine.objects.filter(parcel=parcel).order_by("pk").values_list("item_code", flat=True))


@pytest.fixture
def filled(parcel, hands):
    """The task of the parcel, with everything scanned in."""
    task = begin_packing(parcel=parcel, hands=hands())
    radio, books = codes(parcel)
    for code in (radio, books, books):
        scan_in(task=task, parcel=parcel, item_code=code, hands=hands())
    task.refresh_from_db()
    parcel.refresh_from_db()
    return task


def test_scan_in_counts_each_unit_and_picks_what_nobody_had(parcel, hands, make_item):
    task = begin_packing(parcel=parcel, hands=hands())
    radio, books = codes(parcel)
    scan_in(task=task, parcel=parcel, item_code=radio, hands=hands())
    with pytest.raises(AlreadyIn):
        scan_in(task=task, parcel=parcel, item_code=radio, hands=hands())
    with pytest.raises(NotInParcel):
        scan_in(task=task, parcel=parcel, item_code=make_item(title="Un autre").code, hands=hands())
    scan_in(task=task, parcel=parcel, item_code=books, hands=hands())
    parcel.refresh_from_db()
    assert parcel.state == "asked"
    scan_in(task=task, parcel=parcel, item_code=books, hands=hands())
    parcel.refresh_from_db()
    assert parcel.state == "picked"
    assert set(PickLine.objects.values_list("state", flat=True)) == {"picked"}
    assert Task.objects.open().count() == 1


def test_a_scan_that_is_sent_twice_counts_once(parcel, hands):
    task = begin_packing(parcel=parcel, hands=hands())
    radio, books = codes(parcel)
    once = hands()
    for _time in range(2):
        assert scan_in(task=task, parcel=parcel, item_code=books, hands=once).item_code == books
    assert [(one.line.item_code, one.seen) for one in inside(parcel, Task.objects.get(pk=task.pk))] == sorted(
        [(radio, 0), (books, 1)]
    )
    scan_in(task=task, parcel=parcel, item_code=radio, hands=once)  # another object is another act
    scan_in(task=task, parcel=parcel, item_code=books, hands=hands())
    task.refresh_from_db()
    assert all(one.is_seen for one in inside(parcel, task))
    assert scan_in(task=task, parcel=parcel, item_code=books, hands=once).units == 2  # late, and still no refusal


@pytest.mark.django_db(transaction=True)
def test_a_scan_that_is_sent_twice_at_once_counts_once(parcel, hands):
    task = begin_packing(parcel=parcel, hands=hands())
    once, books = hands(), codes(parcel)[1]
    gate, broken = threading.Barrier(2), []

    def send():
        try:
            gate.wait()
            scan_in(task=Task.objects.get(pk=task.pk), parcel=parcel, item_code=books, hands=once)
        except Exception as error:  # noqa: BLE001 -- the test says what broke in a thread
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    task.refresh_from_db()
    assert broken == []
    assert sum(task.data["seen"].values()) == 1


def test_a_parcel_that_a_round_has_is_not_packed_meanwhile(parcel, hands):
    wave = Wave.objects.create(
        organisation=parcel.organisation, site=parcel.site, leave_by=parcel.leave_by, slots=4, state="open"
    )
    one = Round.objects.create(wave=wave, number=1, length_cm=100, alone_cm=100)
    type(parcel).objects.filter(pk=parcel.pk).update(wave=wave, round=one, slot=1)
    with pytest.raises(BeingPicked):
        begin_packing(parcel=parcel, hands=hands())
    assert not Task.objects.open().exists()


def test_a_unit_of_a_batch_opens_a_parcel_that_is_not_packed_yet(site, make_item, seller):
    batch, wave = (
        make_item(title="Bols", quantity=4),
        Wave.objects.create(organisation=seller, site=site, leave_by=timezone.now(), slots=8, state="open"),
    )
    on_cart = {"wave": wave, "round": Round.objects.create(wave=wave, number=1, length_cm=1, alone_cm=1), "slot": 1}
    cases = [("packed", {}), ("asked", on_cart), ("asked", {}), ("picked", {})]
    parcels = [ParcelFactory(site=site, state=state, **more) for state, more in cases]
    for parcel in parcels:
        PickLineFactory(parcel=parcel, item=batch, state="to_pick" if parcel.state == "asked" else "picked", place=None)
    found = []
    for _each in parcels:
        found.append(wanted_parcel(batch.code, seller))
        PickLine.objects.filter(parcel=found[-1]).update(state="dropped")
    assert found == parcels[::-1]


def test_the_carton_proposed_is_the_salvaged_one_that_holds_all_with_its_protection(filled, parcel, cartons):
    proposal = propose(parcel, inside(parcel, filled))
    assert proposal.carton.name == "L salvé"
    assert [one.name for one in proposal.others] == ["S", "L", "L salvé"]
    Carton.objects.filter(name="L salvé").update(left=0)
    assert propose(parcel, inside(parcel, filled)).carton.name == "L"


def test_what_fits_nowhere_or_has_no_measures_is_named(filled, parcel, cartons):
    line = PickLine.objects.get(title="Radio orange")
    Carton.objects.exclude(name="S").update(left=0)
    assert propose(parcel, inside(parcel, filled)).causes == ["Radio orange"]
    type(line.item).objects.filter(pk=line.item_id).update(height_mm=None)
    proposal = propose(parcel, inside(parcel, filled))
    assert (proposal.carton, proposal.unknown, proposal.causes) == (None, ["Radio orange"], ())


def test_the_weight_expected_is_that_of_the_objects_and_the_carton(filled, parcel, cartons):
    things = inside(parcel, filled)
    weight = expected_weight(things, cartons[1])  # 1,500 + 600 + 400 g
    assert (weight.low_g, weight.high_g) == (2375, 2900)
    assert weight.holds(2375)
    assert not weight.holds(2374)
    PickLine.objects.filter(title="Radio orange").update(grams=None)
    assert expected_weight(inside(parcel, filled), None).low_g is None


def test_pack_parcel_takes_a_carton_records_a_step_and_ends_the_task(filled, parcel, cartons, hands, jo, station):
    choose(task=filled, parcel=parcel, carton=cartons[1], hands=hands())
    filled.refresh_from_db()
    once = hands()
    with pytest.raises(WeightUnchecked):
        pack_parcel(task=filled, parcel=parcel, grams=1200, hands=once)
    assert not Packing.objects.exists()
    packing = pack_parcel(task=filled, parcel=parcel, grams=2500, hands=once)
    assert pack_parcel(task=filled, parcel=parcel, grams=2500, hands=once) == packing
    parcel.refresh_from_db()
    filled.refresh_from_db()
    step = Step.objects.get(kind="warehouse.pack")
    assert (parcel.state, filled.state, packing.is_as_expected) == ("packed", "done", True)
    assert (step.subject_id, step.data["carton"]) == (parcel.public_id, "L")
    assert list(CartonMove.objects.filter(carton=cartons[1]).values_list("number", flat=True)) == [-1, 10]


def test_a_weight_that_was_looked_at_is_kept_as_it_is(filled, parcel, hands):
    choose(task=filled, parcel=parcel, carton=None, hands=hands())
    packing = pack_parcel(task=filled, parcel=parcel, grams=900, hands=hands(), is_checked=True)
    assert (packing.carton, packing.grams, packing.is_as_expected) == (None, 900, False)


def test_nothing_is_packed_while_an_object_is_missing(parcel, hands):
    task = begin_packing(parcel=parcel, hands=hands())
    scan_in(task=task, parcel=parcel, item_code=codes(parcel)[0], hands=hands())
    with pytest.raises(StillMissing):
        pack_parcel(task=task, parcel=parcel, grams=None, hands=hands())
    parcel.refresh_from_db()
    assert parcel.state == "asked"


def test_undone_the_parcel_is_open_again_and_its_carton_back(filled, parcel, cartons, hands):
    choose(task=filled, parcel=parcel, carton=cartons[1], hands=hands())
    filled.refresh_from_db()
    pack_parcel(task=filled, parcel=parcel, grams=None, hands=hands())
    step = Step.objects.get(kind="warehouse.pack", undoes=None)
    undo_step(step=step, hands=hands())
    parcel.refresh_from_db()
    cartons[1].refresh_from_db()
    assert (parcel.state, cartons[1].left) == ("picked", 10)
    assert not Packing.objects.filter(undone_on__isnull=True).exists()
    assert Task.objects.open().get().subject_id == parcel.public_id


def test_what_left_is_not_opened_again(filled, parcel, hands, awa):
    pack_parcel(task=filled, parcel=parcel, grams=None, hands=hands())
    items = list(PickLine.objects.values_list("item", flat=True))
    leave_lines(order_code=parcel.order_code, items=items, by=awa.user)
    with pytest.raises(NotUndoable):
        undo_step(step=Step.objects.get(kind="warehouse.pack"), hands=hands())
    parcel.refresh_from_db()
    assert parcel.state == "left"
    with pytest.raises(ParcelNotOpen):
        begin_packing(parcel=parcel, hands=hands())
    assert not Task.objects.open().exists()


def test_a_packed_parcel_of_which_an_object_is_bought_no_more_is_packed_again(filled, parcel, cartons, hands, awa):
    choose(task=filled, parcel=parcel, carton=cartons[1], hands=hands())
    filled.refresh_from_db()
    pack_parcel(task=filled, parcel=parcel, grams=None, hands=hands())
    dropped = PickLine.objects.get(title="Deux romans")
    drop_lines(order_code=parcel.order_code, items=[dropped.item_id], by=awa.user)
    parcel.refresh_from_db()
    cartons[1].refresh_from_db()
    assert (parcel.state, parcel.weight_g, cartons[1].left) == ("picked", 1500, 10)
    assert [one.line.title for one in inside(parcel, Task.objects.open().get())] == ["Radio orange"]


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_what_was_not_found_is_dropped_without_opening_the_parcel(filled, parcel, cartons, hands, awa, state):
    """Its refund is granted after the rest was packed: nothing in the carton changes."""
    PickLine.objects.filter(title="Deux romans").update(state=state)
    choose(task=filled, parcel=parcel, carton=cartons[1], hands=hands())
    filled.refresh_from_db()
    pack_parcel(task=filled, parcel=parcel, grams=None, hands=hands())
    lost = PickLine.objects.get(title="Deux romans")
    drop_lines(order_code=parcel.order_code, items=[lost.item_id], by=awa.user)
    parcel.refresh_from_db()
    cartons[1].refresh_from_db()
    lost.refresh_from_db()
    assert (parcel.state, parcel.weight_g, cartons[1].left, lost.state) == ("packed", 1500, 9, "dropped")
    assert Packing.objects.filter(parcel=parcel, undone_on__isnull=True).exists()
    assert not Task.objects.open().exists()


def test_a_parcel_that_is_cancelled_waits_no_more_at_the_table(filled, parcel, awa):
    items = list(PickLine.objects.values_list("item", flat=True))
    drop_lines(order_code=parcel.order_code, items=items, by=awa.user)
    parcel.refresh_from_db()
    assert parcel.state == "cancelled"
    assert not Task.objects.open().exists()


def test_the_database_keeps_one_packing_at_a_time(filled, parcel, hands):
    pack_parcel(task=filled, parcel=parcel, grams=None, hands=hands())
    with pytest.raises(IntegrityError), transaction.atomic():
        Packing.objects.create(parcel=parcel)


def test_the_picture_is_a_private_file_for_six_months(filled, parcel, hands):
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "WEBP")
    keep_photo(task=filled, parcel=parcel, data=made.getvalue(), hands=hands())
    filled.refresh_from_db()
    stored = StoredFile.objects.get(public_id=filled.data["photo"])
    assert (stored.permission, stored.subject_id) == ("warehouse.parcel.view", parcel.public_id)
    assert stored.delete_after is not None


@pytest.mark.page
class TestTable:
    @pytest.fixture
    def at_work(self, station, awa, owner):
        DeviceFactory(station=station)
        browser = Client()
        browser.cookies[COOKIE] = "secret-of-the-cookie"
        _badge, token = issue_badge(worker=awa, by=owner)
        browser.post(reverse("workshop:badge"), {"code": token})
        return browser

    def test_a_beginner_packs_from_the_first_scan_to_the_papers(self, at_work, parcel, cartons, monkeypatch):
        monkeypatch.setattr(papers, "_MAKERS", [(1, lambda one: b"%PDF-1.7 " + str(one).encode())])
        radio, books = codes(parcel)
        opened = at_work.post("/atelier/emballer/", {"code": radio})
        page = at_work.get(opened.url)
        assert "Il manque 3 objets" in page.text
        for code in (radio, books, books):
            assert at_work.post(opened.url, {"code": code}).status_code == 302
        assert at_work.post(opened.url, {"code": radio}).status_code == 422
        page = at_work.get(opened.url)
        assert "L salvé" in page.text
        chosen = at_work.post(f"{opened.url}carton/", {"carton": cartons[2].public_id})
        assert "en photo" in at_work.get(chosen.url).text
        at_work.post(f"{opened.url}photo/", {"without": "1"})
        page = at_work.get(opened.url)
        assert "Entre 2,4" in page.text
        operation = re.search(r'name="operation" value="([\w-]+)"', page.text)[1]
        light = at_work.post(f"{opened.url}fin/", {"weight": "1,2", "operation": operation})
        assert light.status_code == 422
        assert 'value="1,2"' in light.text
        done = at_work.post(f"{opened.url}fin/", {"weight": "2,6", "operation": operation})
        page = at_work.get(done.url)
        assert "Le colis est emballé" in page.text
        pdf = at_work.get(f"/atelier/emballer/colis/{parcel.public_id}/papiers/")
        assert pdf.content == b"%PDF-1.7 " + str(parcel).encode()
        assert "frame-ancestors 'self'" in pdf.headers["Content-Security-Policy"]
        step = Step.objects.get(kind="warehouse.pack")
        at_work.post(f"/atelier/emballer/annulation/{step.public_id}/", {"operation": str(uuid.uuid4())})
        assert at_work.get(f"/atelier/emballer/colis/{parcel.public_id}/").url == "/atelier/emballer/"
        assert at_work.get(f"/atelier/emballer/colis/{parcel.public_id}/papiers/").status_code == 404

    def test_an_object_that_nobody_bought_is_said(self, at_work, make_item):
        answer = at_work.post("/atelier/emballer/", {"code": make_item(title="Une lampe").code})
        assert answer.status_code == 422
        assert "Personne n’a acheté cet objet" in answer.text

    def test_a_carton_has_to_be_chosen_and_may_be_none(self, at_work, filled):
        where = f"/atelier/emballer/tache/{filled.public_id}/carton/"
        assert at_work.post(where, {"carton": "inconnu"}).status_code == 422
        assert at_work.post(where, {"carton": ALONE}).status_code == 302

    def test_another_organisation_finds_nothing(self, at_work):
        other = ParcelFactory()
        assert at_work.get(f"/atelier/emballer/colis/{other.public_id}/").status_code == 404
        assert at_work.get(f"/atelier/emballer/colis/{other.public_id}/papiers/").status_code == 404
