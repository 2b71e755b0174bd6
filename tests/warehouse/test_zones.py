"""Waves by zone: what waits where is said before, a zone's wave takes only what lies in it whole."""

import datetime

import pytest
from django.utils import timezone

from rebond.warehouse.actions.places import Plan, run_places
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.errors import NothingToPick
from rebond.warehouse.models import Place, Wave
from rebond.warehouse.models.wave import MIXED
from rebond.warehouse.queries.zones import waiting_by_zone
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MAKE = "/bureau/stock/vagues/nouvelle/"


def zone_of(site, name):
    """A zone with two aisles of two bays; its root."""
    from rebond.core.models import Job

    plan = {"zone": name, "aisles": ["A", "B"], "bays": 2, "levels": 1, "bins": 0, "capacity": None, "goods": ""}
    job = Job.objects.create(kind="warehouse.places", total=Plan(name, ("A", "B"), 2, 1).total)
    run_places(job_id=job.pk, site_id=site.pk, plan=plan, by_id=None)
    return Place.objects.get(site=site, kind="zone", name=name)


@pytest.fixture
def zones(site):
    return zone_of(site, "R"), zone_of(site, "S")


@pytest.fixture
def put(site, category):
    def make(*places, at=site):
        parcel = ParcelFactory(site=at)
        for place in places:
            PickLineFactory(parcel=parcel, item__category=category, place=place)
        return parcel

    return make


def shelf_in(zone, number=0):
    return Place.objects.storage().under(zone).order_by("label")[number]


@pytest.fixture
def parcels(zones, put):
    """Two in R (one of them at two shelves), one in S, one in both, one that nobody knows where."""
    first, second = zones
    return [
        put(shelf_in(first), shelf_in(first, 2)),
        put(shelf_in(first)),
        put(shelf_in(second)),
        put(shelf_in(first), shelf_in(second)),
        put(shelf_in(first), None),
    ]


def wave(site, zone=""):
    leave_by = timezone.now() + datetime.timedelta(days=2)
    return make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=None, zone=zone)


def test_what_waits_is_counted_by_zone(site, zones, parcels, put):
    first, second = zones
    assert [(one.zone, one.number) for one in waiting_by_zone([site.pk])] == [(first, 2), (second, 1), (None, 2)]
    other = SiteFactory(organisation=site.organisation, name="Ailleurs", is_main=False)
    alone = PlaceFactory(site=other, label="Z-01-1", name="1")
    put(alone, at=other)
    assert [(one.zone, one.number) for one in waiting_by_zone([other.pk])] == [(alone, 1)], "no zone: its first place"
    assert waiting_by_zone([]) == []


def test_a_zones_wave_takes_only_what_lies_in_it_whole(site, zones, parcels):
    first, _second = zones
    assert set(wave(site, first).parcels.all()) == set(parcels[:2])
    with pytest.raises(NothingToPick):
        wave(site, first)
    mixed = wave(site, MIXED)
    assert (set(mixed.parcels.all()), mixed.where) == (set(parcels[3:]), "Plusieurs zones")
    rest = wave(site)
    assert (list(rest.parcels.all()), rest.where) == ([parcels[2]], "")
    assert Wave.objects.count() == 3, "the one that found nothing is not kept"


def test_the_desk_chooses_a_zone_and_is_told_what_lies_in_two(site, zones, parcels, as_user, owner):
    first, _second = zones
    other = SiteFactory(organisation=site.organisation, name="Ailleurs", is_main=False)
    client, page = as_user(owner), as_user(owner).get(MAKE).text
    assert (f"Zone {first.label} (2)" in page, "Plusieurs zones" in page, "deux zones ou plus" in page) == (True,) * 3
    typed = {"site": site.pk, "leave_by": f"{timezone.localdate() + datetime.timedelta(days=3)}T16:00", "slots": 8}
    wrong = client.post(MAKE, typed | {"site": other.pk, "zone": first.code})
    assert (wrong.status_code, "Cette zone est d’un autre site" in wrong.text) == (422, True)
    assert client.post(MAKE, typed | {"zone": "P0000000"}).status_code == 422
    made = client.post(MAKE, typed | {"zone": first.code}, follow=True)
    assert (Wave.objects.get().parcels.count(), f" · {first.label}" in made.text) == (2, True)
    assert first.label in client.get("/bureau/stock/vagues/").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_makes_the_same_queries_for_any_number(number, site, put, as_user, owner, django_assert_num_queries):
    for n in range(number):
        put(shelf_in(zone_of(site, f"Z{n}")))
    client = as_user(owner)
    client.get(MAKE)
    with django_assert_num_queries(11):
        client.get(MAKE)
