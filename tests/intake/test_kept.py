"""Weighings and sorted things that a device kept."""

import json
import uuid

import pytest
from django.test import Client

from rebond.intake.actions.register_keep import switch_register
from rebond.intake.models import Donation, Sorting, Weighing
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from rebond.workshop.offline import act_kind
from tests.factories.catalogue import CategoryFactory
from tests.factories.intake import ContainerFactory, DonationFactory
from tests.factories.network import SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def place(seller):
    return SiteFactory(organisation=seller)


@pytest.fixture
def send(seller, place):
    device = DeviceFactory(station=StationFactory(site=place, kind="dock"))
    worker = WorkerFactory(organisation=seller, first_name="Awa")
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"

    def post(act, **fields):
        operation = fields.pop("operation", str(uuid.uuid4()))
        facts = {"operation": operation, "act": act, "proof": give_proof(worker=worker, device=device), "age": "0"}
        answer = browser.post("/atelier/envoi/", {**facts, "fields": json.dumps(fields)})
        return answer.status_code, answer.json()

    return post


def weigh(send, **changes):
    return send("intake.receive", **{"source": "drop_off", "flow": "mixed", "gross_g": "12,4", **changes})


def nothing():
    return (Donation.objects.count(), Sorting.objects.count(), Step.objects.count(), KeptAct.objects.count()) == (
        0,
        0,
        0,
        0,
    )


def test_a_weighing_opens_an_arrival(send):
    status, told = weigh(send)
    assert (status, told["words"]) == (200, "Apporté ici\u00a0: 12,4\u00a0kg")
    weighing = Weighing.objects.get()
    assert (weighing.net_g, weighing.donation.source) == (12_400, "drop_off")
    assert told["link"] == f"/atelier/arrivage/{weighing.donation.public_id}/"


def test_the_dock_takes_the_questions_of_each_origin_along(seller, place):
    worker = WorkerFactory(organisation=seller)
    bag = act_kind("intake.receive").luggage(worker, place)
    asked = {one["value"]: [fact["name"] for fact in one["facts"]] for one in bag["sources"]}
    assert (asked["home"], asked["retailer"], asked["drop_off"]) == (["postcode"], ["place", "slip"], [])
    assert bag["asks_who"] is False
    switch_register(organisation=seller, is_on=True, by=None)
    worker.refresh_from_db()
    assert act_kind("intake.receive").luggage(worker, place)["asks_who"] is True  # said, and asked with the network


def test_a_weighing_without_network_says_where_it_comes_from(send):
    send("intake.receive", source="home", flow="textile", gross_g="3", postcode="44000")
    assert Donation.objects.get().postcode == "44000"


def test_a_weighing_sent_twice_is_one(send):
    operation = str(uuid.uuid4())
    assert weigh(send, operation=operation) == weigh(send, operation=operation)
    assert (Weighing.objects.count(), Step.objects.count()) == (1, 1)


def test_where_the_register_is_kept_who_brought_it_is_asked(send, seller, owner):
    switch_register(organisation=seller, is_on=True, by=owner)
    told = weigh(send)[1]
    assert told["state"] == "done", told
    donation = Donation.objects.get()
    assert (told["link"], told["link_words"]) == (
        f"/atelier/arrivage/{donation.public_id}/apporteur/",
        "Dire qui l’a apporté",
    )


def test_the_container_is_taken_off(send, place, seller):
    container = ContainerFactory(site=place, organisation=seller, tare_g=2_000)
    weigh(send, container=container.public_id)
    assert Weighing.objects.get().net_g == 10_400


@pytest.mark.parametrize(
    "changes",
    [
        {"gross_g": ""},
        {"gross_g": "beaucoup"},
        {"gross_g": "0"},
        {"source": "nowhere"},
        {"flow": "nothing"},
        {"container": "unknown"},
        {"donation": "unknown"},
    ],
)
def test_a_weighing_that_cannot_be_is_refused(send, changes):
    status, told = weigh(send, **changes)
    assert (status, told["state"]) == (422, "refused")
    assert told["words"]
    assert nothing()


@pytest.fixture
def lamps(db):
    return CategoryFactory(key="lampes", path="lampes", slug="lampes", name="Lampes")


def sort(send, **changes):
    return send("intake.sort", **{"c": "lampes", "weight_g": "1,2", "quantity": "1", "outcome": "recycle", **changes})


def test_a_sorted_thing_is_written_once(send, lamps):
    operation = str(uuid.uuid4())
    assert sort(send, operation=operation) == sort(send, operation=operation)
    row = Sorting.objects.get()
    assert (row.weight_g, row.outcome, row.category) == (1_200, "recycle", lamps)


def test_a_thing_for_the_shop_online_asks_for_its_label(send, lamps):
    status, told = sort(send, outcome="online")
    row = Sorting.objects.get()
    assert (status, row.item is not None) == (200, True)
    assert (told["link"], told["link_words"]) == (
        f"/atelier/etiquette/{row.item.code.lower()}/",
        "Imprimer son étiquette",
    )


def test_a_thing_of_an_arrival_belongs_to_it(send, lamps, place, seller):
    donation = DonationFactory(site=place, organisation=seller)
    sort(send, donation=donation.public_id)
    assert Sorting.objects.get().donation == donation


@pytest.mark.parametrize(
    "changes",
    [{"c": "nothing"}, {"weight_g": ""}, {"weight_g": "x"}, {"quantity": "-1"}, {"quantity": "900"}, {"outcome": "x"}],
)
def test_a_thing_that_cannot_be_sorted_is_refused(send, lamps, changes):
    status, told = sort(send, **changes)
    assert (status, told["state"]) == (422, "refused")
    assert nothing()


def test_a_recalled_thing_kept_without_network_stops_when_it_is_sent(send, lamps, coordinator):
    from rebond.catalogue.actions.recall import add_recall

    facts = {"label": "Lampe", "risk": "Elle chauffe.", "source": "network", "gtin": "3017800238592"}
    add_recall(fields=facts, by=coordinator)
    status, told = sort(send, outcome="online", ean="3017800238592", condition="good")
    assert (status, told["state"]) == (422, "refused")
    assert nothing()
    assert sort(send, outcome="recycle", ean="3017800238592", condition="good")[0] == 200
    assert Sorting.objects.get().condition == "good"
