"""The demo's floor at work, on objects of factories: a small demo has too few at one seller."""

import datetime
import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rebond.front.demo.floor import SELLER, make_floor
from rebond.front.demo.waves import make_waves
from rebond.ledger.actions.check import check_ledger
from rebond.shop.models import PartRequest, Refund
from rebond.warehouse.actions.check import open_stock
from rebond.warehouse.actions.layout import save_layout
from rebond.warehouse.actions.ledger import Move, post, read_stock
from rebond.warehouse.models import CarrierAccount, Packing, Parcel, Shipment, StockOut, Wave
from rebond.warehouse.queries.layouts import aisles_of, proposed
from rebond.warehouse.queries.overview import overview_of
from rebond.workshop.models import Caught, Task
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def confluent():
    """The seller with its manager, a drawn aisle of six bins, and what it has on sale in them."""
    OrganisationFactory(kind="operator")
    seller = OrganisationFactory(slug=SELLER, admitted=True)
    MembershipFactory(organisation=seller, role="manager")
    site = SiteFactory(organisation=seller, is_main=True)
    CarrierAccount.objects.create(organisation=seller, carrier="test", credentials='{"key": "demo"}')
    since = timezone.now() - datetime.timedelta(days=20)
    facts = {"seller": seller, "site": site, "on_sale": True, "published_at": since, "delivery_modes": ["home"]}
    facts |= {"weight_g": 700, "photo_count": 1}
    items = [ItemFactory(price_cents=1_500 + n * 50, **facts) for n in range(18)]
    items.append(ItemFactory(price_cents=9_000, **facts))
    open_stock()
    aisle = PlaceFactory(site=site, kind="aisle", name="A", label="A", is_storage=False)
    bins = []
    for n in range(1, 7):
        bay = PlaceFactory(site=site, kind="bay", label=f"A-{n}", parent=aisle, is_storage=False)
        bay.path = f"{aisle.path}{bay.code}/"
        bay.save()
        place = PlaceFactory(site=site, kind="bin", label=f"A-{n}-1", parent=bay)
        place.path = f"{bay.path}{place.code}/"
        place.save()
        bins.append(place)
    for n, item in enumerate(items):
        stock = read_stock(item)
        post([Move(stock, units, place, bins[n % 6].pk, "stored") for place, _site, _waits, units in stock.held])
    save_layout(site=site, plan=proposed(aisles_of(site)), based_on=0, by=None)
    return seller


def test_the_floor_has_something_of_everything_once(confluent):
    network, site = SimpleNamespace(organisations={SELLER: confluent}), confluent.sites.get()
    now = timezone.now()
    for _run in range(2):
        assert make_floor(random.Random(1), network, now) == 5
        make_waves(random.Random(1), network, now)
    told = sorted(StockOut.objects.values_list("reason", "state"))
    assert told == [
        ("damaged", "recycled"), ("damaged", "repair"), ("missing", "found"), ("missing", "lost"), ("missing", "open"),
    ]  # fmt: skip
    assert StockOut.objects.get(state="open").is_awaited
    assert PartRequest.objects.filter(state="asked").count() == 1
    assert Refund.objects.filter(state="made").count() == 3
    assert sorted(Wave.objects.values_list("state", flat=True)) == ["done", "open", "open"]
    seen = overview_of(site)
    walked, waits = seen.waves
    assert {one.absent for _wave, _look, rounds in seen.waves for one in rounds} == {None}
    assert any(one.cart for one in walked[2])
    assert any(one.left for one in walked[2])
    assert [one.task.worker for one in waits[2]] == [None] * len(waits[2])
    assert Shipment.objects.filter(state="ready", manifest__closed_at=None, manifest__isnull=False).count() == 2
    assert Packing.objects.filter(parcel__site=site, parcel__state="packed", carton__isnull=False).count() == 2
    learner = Task.objects.get(kind="warehouse.pack", state="taken")
    assert (learner.worker.first_name, learner.worker.status) == ("Léo", "learner")
    assert sorted(Caught.objects.values_list("worker__first_name", "code")) == [
        ("Léo", "not-in"), ("Léo", "twice"), ("Salimata", "place"),
    ]  # fmt: skip
    assert not Parcel.objects.filter(site=site, promised_on=None).exists()
    assert check_ledger().is_right


def test_a_small_demo_has_no_floor(confluent):
    network = SimpleNamespace(organisations={SELLER: confluent})
    confluent.items.filter(price_cents__gt=1_800).update(state="draft")
    assert make_floor(random.Random(1), network, timezone.now()) == 0
    assert make_floor(random.Random(1), SimpleNamespace(organisations={}), timezone.now()) == 0
    assert not Wave.objects.exists()
