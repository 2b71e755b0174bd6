"""An object that is not found: what really lies in its place and around is shown, with its picture."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.core.codes import display_code
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.models import Holding, PickLine, Place
from rebond.warehouse.queries.nearby import AROUND, HERE, nearby
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Task
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def bins(site):
    """Two levels of a bay with three bins each, by label."""
    made = {}
    for level in "12":
        shelf = PlaceFactory(site=site, label=f"A-01-{level}", name=level, is_storage=False, parent=bay(site))
        for name in "123":
            label = f"A-01-{level}-{name}"
            made[label] = PlaceFactory(site=site, label=label, name=name, kind="bin", parent=shelf)
    return made


def bay(site):
    found = Place.objects.filter(site=site, label="A-01").first()
    return found or PlaceFactory(site=site, label="A-01", name="01", kind="bay", is_storage=False)


@pytest.fixture
def lay(seller, category):
    """An object on the shelf, as the ledger has it."""

    def make(title, place):
        item = ItemFactory(seller=seller, category=category, title=title, on_sale=True)
        return Holding.objects.create(item=item, place=place, units=1).item

    return make


@pytest.fixture
def wanted(site, category, bins):
    parcel = ParcelFactory(site=site)
    return PickLineFactory(parcel=parcel, item__category=category, item__title="Théière", place=bins["A-01-1-2"])


def told(line):
    return [(near.place.label, [item.title for item in near.items], near.is_more) for near in nearby(line)]


def test_what_lies_there_comes_first_then_the_neighbours(site, category, bins, wanted, lay):
    box = PlaceFactory(site=site, box=True, label="Carton 001", parent=bins["A-01-1-2"])
    lay("Vase", bins["A-01-1-2"])
    lay("Livre", box)
    lay("Bol", bins["A-01-1-3"])
    lay("Loin", PlaceFactory(site=site, label="B-09-1", name="1"))
    above = lay("Dessus", bins["A-01-2-2"])
    sold = ParcelFactory(site=site)
    PickLineFactory(parcel=sold, item__category=category, item__title="Vendu", place=bins["A-01-1-1"])
    PickLineFactory(parcel=sold, item__category=category, item__title="Parti", place=bins["A-01-1-1"], state="picked")
    lay("Ailleurs", PlaceFactory(site=SiteFactory(organisation=site.organisation, is_main=False), label="A-01-1-2b"))
    assert told(wanted) == [
        ("A-01-1-2", ["Vase"], False),
        ("Carton 001", ["Livre"], False),
        ("A-01-1-1", ["Vendu"], False),
        ("A-01-1-3", ["Bol"], False),
        ("A-01-2-2", ["Dessus"], False),
    ]
    assert above.pk


def test_a_full_bin_shows_some_and_says_that_there_are_others(bins, wanted, lay):
    for n in range(HERE + 1):
        lay(f"Ici {n}", bins["A-01-1-2"])
    for n in range(AROUND + 1):
        lay(f"À côté {n}", bins["A-01-1-3"])
    found = nearby(wanted)
    assert [(len(near.items), near.is_more) for near in found] == [(HERE, True), (AROUND, True)]
    Holding.objects.filter(item__title="À côté 0").delete()
    assert not nearby(wanted)[1].is_more


def test_no_place_no_neighbours(site, category, wanted):
    assert nearby(PickLineFactory(parcel=wanted.parcel, item__category=category, place=None)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_are_the_same_for_any_number(number, bins, wanted, lay, django_assert_num_queries):
    for n in range(number):
        for label in ("A-01-1-2", "A-01-1-3", "A-01-2-2"):
            lay(f"{label} {n}", bins[label])
    line = PickLine.objects.select_related("place").get(pk=wanted.pk)
    with django_assert_num_queries(8):
        assert sum(len(near.items) for near in nearby(line)) == 3 * number


def test_the_screen_shows_them_with_picture_and_code(site, owner, awa, device, bins, wanted, lay):
    vase = lay("Vase", bins["A-01-1-2"])
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=4, weight_g=None, by=owner).pk)
    task = take_task(task=Task.objects.get(), worker=awa)
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    browser.post(reverse("workshop:badge"), {"code": issue_badge(worker=awa, by=owner)[1]})
    page = browser.get(reverse("warehouse:pick-find", args=[task.public_id, wanted.pk])).text
    assert ("Ce qu’il y a ici et autour" in page, "Vase" in page, display_code(vase.code) in page) == (True,) * 3
