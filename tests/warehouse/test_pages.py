"""The station that puts things away and the desk's places, as pages without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.store import move_item, store_item
from rebond.warehouse.models import Holding, Movement, Place
from rebond.workshop.actions.task import open_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
STORE = "/atelier/ranger/"


@pytest.fixture
def at_work(device, awa, owner):
    """Awa signed in with her badge on the tablet of the shelves."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


def operation(answer):
    return re.search(r'name="operation" value="([\w-]+)"', answer.text)[1]


def test_an_object_is_put_away_by_two_scans(at_work, item, shelf):
    assert "1 objet attend" in at_work.get(STORE).text
    asked = at_work.post(STORE, {"code": item.display_code})
    assert asked.url == f"/atelier/ranger/objet/{item.code.lower()}/"
    page = at_work.get(asked.url)
    assert "Posez-le ici" in page.text
    assert 'class="place"' in page.text
    sent = {"code": shelf.code, "operation": operation(page)}
    done = at_work.post(asked.url, sent)
    assert at_work.post(asked.url, sent).url.startswith(STORE)
    told = at_work.get(done.url)
    assert "A-03-2" in told.text
    assert "Annuler" in told.text
    assert Step.objects.count() == 1
    assert Holding.objects.get(item=item).place == shelf
    assert told.headers["Cache-Control"] == "no-store"
    step = Step.objects.get()
    at_work.post(f"/atelier/ranger/annulation/{step.public_id}/", {"operation": operation(told)})
    assert Holding.objects.get(item=item).place.kind == "waiting"
    assert check_stock().is_right


def test_a_box_is_moved_by_two_scans(at_work, box, shelf):
    asked = at_work.post(STORE, {"code": box.code})
    page = at_work.get(asked.url)
    assert "Carton 001" in page.text
    assert at_work.post(asked.url, {"code": shelf.code, "operation": operation(page)}).status_code == 302
    box.refresh_from_db()
    assert box.parent == shelf


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("place", "C’est la place A-03-2. Scannez d’abord l’objet."),
        ("RBABCDEFGHJKMNPQRSTUVWXYZ23456", "C’est un badge. Scannez une étiquette."),
        ("9782070368228", "C’est le code-barres du fabricant. Scannez notre étiquette."),
        ("bonjour", "Ce code n’est pas connu ici. Scannez-le encore."),
        ("", "Ce code n’est pas connu ici. Scannez-le encore."),
    ],
)
def test_any_other_scan_is_told_precisely(at_work, shelf, code, said):
    answer = at_work.post(STORE, {"code": shelf.code if code == "place" else code})
    assert answer.status_code == 422
    assert said in answer.text
    assert not Step.objects.exists()


def test_the_object_scanned_again_is_told_and_another_one_is_followed(at_work, make_item, box):
    item, other = make_item(title="Lampe orange"), make_item()
    path = f"/atelier/ranger/objet/{item.code.lower()}/"
    answer = at_work.post(path, {"code": item.code})
    assert answer.status_code == 422
    assert "Scannez maintenant la place." in answer.text
    assert at_work.post(path, {"code": other.code}).url.endswith(f"{other.code.lower()}/")
    answer = at_work.post(f"/atelier/ranger/carton/{box.code.lower()}/", {"code": box.code})
    assert "Scannez une étagère." in answer.text


def test_a_full_place_says_so(at_work, item, shelf, make_item, hands):
    Place.objects.filter(pk=shelf.pk).update(capacity=1)
    store_item(item=make_item(), place=shelf, hands=hands())
    answer = at_work.post(f"/atelier/ranger/objet/{item.code.lower()}/", {"code": shelf.code})
    assert answer.status_code == 422
    assert "A-03-2 est pleine" in answer.text


def test_a_task_opens_on_its_object(at_work, item, site, owner):
    task = open_task(kind="warehouse.store", subject=item, site=site, by=owner)
    answer = at_work.post(reverse("workshop:task-open", args=[task.public_id]))
    assert answer.url == reverse("warehouse:store-task", args=[task.public_id])
    assert at_work.get(answer.url).url == f"/atelier/ranger/objet/{item.code.lower()}/"


def test_without_a_badge_nothing_opens(device, item, as_user, stranger):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    assert browser.get(STORE).url == "/atelier/"
    assert as_user(stranger).get(f"/atelier/ranger/objet/{item.code.lower()}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_places_costs_the_same_for_any_number(as_user, owner, site, number, django_assert_max_num_queries):
    for n in range(number):
        PlaceFactory(site=site, label=f"A-0{n}-1", capacity=4)
    desk = as_user(owner)
    desk.get("/bureau/stock/places/")
    with django_assert_max_num_queries(16):
        answer = desk.get("/bureau/stock/places/")
    assert answer.text.count('<th scope="row"') == number


def test_places_are_found_by_label_and_by_what_is_there(as_user, owner, shelf, other_shelf, item):
    move_item(item=item, place=shelf, by=owner)
    desk = as_user(owner)
    assert "A-04-1" not in desk.get("/bureau/stock/places/", {"q": "a-03"}).text
    assert shelf.display_code in desk.get("/bureau/stock/places/", {"q": shelf.code}).text
    empty = desk.get("/bureau/stock/places/", {"contenu": "vides"}, headers={"HX-Request": "true"}).text
    assert "A-04-1" in empty
    assert "A-03-2" not in empty
    assert "<html" not in empty


def test_places_are_counted_before_they_are_made(as_user, owner, site):
    desk, path = as_user(owner), "/bureau/stock/places/nouvelles/"
    form = {
        "site": site.pk,
        "zone": "",
        "aisles": "a-c",
        "bays": 4,
        "levels": 5,
        "bins": 0,
        "capacity": "",
        "goods": "",
    }
    shown = desk.post(path, form)
    assert "60 places seront créées" in shown.text
    assert "De A-01-1 à C-04-5" in shown.text
    assert not Place.objects.exists()
    assert desk.post(path, {**form, "do": "1"}).url == "/bureau/stock/places/"
    assert Place.objects.storage().count() == 60
    again = desk.post(path, {**form, "do": "1"})
    assert again.status_code == 422
    assert "A existe déjà" in again.text
    assert desk.post(path, {**form, "aisles": "!"}).status_code == 422


def test_many_places_are_followed_as_a_job(as_user, owner, stranger, site):
    form = {"site": site.pk, "aisles": "1-10", "bays": 20, "levels": 5, "bins": 0, "do": "1"}
    answer = as_user(owner).post("/bureau/stock/places/nouvelles/", form)
    assert "/travaux/" in answer.url
    assert as_user(owner).get(answer.url).status_code == 200
    assert as_user(stranger).get(answer.url).status_code == 404


def test_boxes_are_made_at_the_desk(as_user, owner, site):
    form = {"box_site": site.pk, "box_kind": "box", "number": 3}
    as_user(owner).post("/bureau/stock/places/cartons/", form)
    assert list(Place.objects.values_list("label", flat=True)) == ["Carton 001", "Carton 002", "Carton 003"]


def test_a_place_tells_what_is_there_and_closes_once_empty(as_user, owner, reader, stranger, shelf, item):
    move_item(item=item, place=shelf, by=owner)
    path = f"/bureau/stock/places/{shelf.code.lower()}/"
    assert "Lampe orange" in as_user(owner).get(path).text
    assert as_user(reader).get(path).status_code == 200
    assert as_user(stranger).get(path).status_code == 404
    assert as_user(reader).post(f"{path}modification/", {"capacity": 3}).status_code == 403
    as_user(owner).post(f"{path}modification/", {"capacity": 3, "goods": ""})
    shelf.refresh_from_db()
    assert shelf.capacity == 3
    assert as_user(owner).post(f"{path}modification/", {"capacity": 0}).status_code == 422
    as_user(owner).post(f"{path}fermeture/")
    shelf.refresh_from_db()
    assert shelf.closed_on is None
    assert as_user(owner).get(f"/l/{shelf.code.lower()}/").url == path


@pytest.mark.parametrize("shape", ["rouleau", "a4"])
def test_labels_of_an_aisle_are_a_pdf(as_user, owner, site, shape):
    aisle = PlaceFactory(site=site, kind="aisle", label="A", is_storage=False)
    for n in range(2):
        code = PlaceFactory(site=site, label=f"A-0{n}-1", parent=aisle)
        Place.objects.filter(pk=code.pk).update(path=f"{aisle.path}{code.code}/")
    answer = as_user(owner).get(f"/bureau/stock/places/{aisle.code.lower()}/etiquettes/?format={shape}")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_object_s_page_tells_where_it_is_and_moves_it(as_user, owner, reader, item, shelf):
    path = reverse("catalogue:item-detail", args=[item.code.lower()])
    shown = as_user(owner).get(path)
    assert "En attente de rangement" in shown.text
    move = reverse("warehouse-desk:item-move", args=[item.code.lower()])
    assert as_user(reader).post(move, {"place": "A-03-2"}).status_code == 403
    sent = {"place": "a-03-2", "operation": operation(shown)}
    as_user(owner).post(move, sent)
    as_user(owner).post(move, sent)
    assert Holding.objects.get(item=item).place == shelf
    assert Movement.objects.filter(reason="moved").count() == 1
    assert "A-03-2" in as_user(owner).get(path).text
    told = as_user(owner).post(move, {"place": "Nulle part"}, follow=True)
    assert "Aucune place" in told.text


def test_another_organisation_sees_and_moves_nothing(as_user, stranger, item, shelf):
    desk = as_user(stranger)
    assert shelf.label not in desk.get("/bureau/stock/places/").text
    assert (
        desk.post(reverse("warehouse-desk:item-move", args=[item.code.lower()]), {"place": "A-03-2"}).status_code == 404
    )
    assert desk.post(f"/bureau/stock/places/{shelf.code.lower()}/fermeture/").status_code == 404
    assert Holding.objects.get(item=item).place.kind == "waiting"
