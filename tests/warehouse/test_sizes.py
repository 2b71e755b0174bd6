"""Waves by size: what is noted of the objects says which cart a parcel goes on; what nobody measured is not lost."""

import datetime

import pytest
from django.utils import timezone

from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.enums import WaveSize
from rebond.warehouse.errors import NothingToPick
from rebond.warehouse.models import Parcel, PickLine, Wave
from rebond.warehouse.queries.sizes import waiting_by_size, with_size
from tests.factories.catalogue import CategoryFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MAKE = "/bureau/stock/vagues/nouvelle/"


@pytest.fixture
def kinds(db):
    """Measured on three sides; never measured; folded; too big for a parcel whatever is noted."""
    return {
        "measured": CategoryFactory(key="furniture", slug="meubles", name="Meubles"),
        "book": CategoryFactory(key="books", slug="livres", name="Livres"),
        "folded": CategoryFactory(key="rugs", slug="tapis", name="Tapis"),
        "bulky": CategoryFactory(key="sofas", slug="canapes", name="Canapés", is_bulky=True),
    }


@pytest.fixture
def put(site, kinds):
    """`put((kind, sides, grams), …)`: a parcel with these objects; `units` of the first."""

    def make(*things, at=site, units=1):
        parcel = ParcelFactory(site=at)
        for kind, sides, grams in things:
            names = ("length_mm", "width_mm", "height_mm")
            measures = {f"item__{name}": side for name, side in zip(names, sides, strict=True)}
            PickLineFactory(parcel=parcel, item__category=kinds[kind], grams=grams, units=units, **measures)
        return parcel

    return make


NONE = (None, None, None)
BOX = ("measured", (200, 200, 200), 900)  # 8 litres


@pytest.mark.parametrize(
    ("things", "size"),
    [
        ([BOX], "small"),
        ([BOX, BOX], "medium"),  # 16 litres do not go into a crate of 12
        ([("measured", (301, 10, 10), 100)], "medium"),
        ([("measured", (601, 10, 10), 100)], "bulky"),
        ([("measured", (10, 10, 601), 100)], "bulky"),
        ([("measured", (1_700, 1_700, 2_000), 9_000)], "bulky"),  # 5.8 billion cubic millimetres
        ([("measured", NONE, 900)], "unknown"),
        ([("measured", (200, None, None), 900)], "unknown"),
        ([("measured", (200, None, 200), 900)], "small"),  # round
        ([("measured", (250, None, 250), 900)], "medium"),
        ([("measured", (200, 200, 200), None)], "unknown"),
        ([BOX, ("measured", NONE, 900)], "unknown"),
        ([("measured", NONE, 16_000)], "bulky"),
        ([BOX, ("bulky", NONE, None)], "bulky"),
        ([("measured", NONE, 900), ("measured", (900, 10, 10), 900)], "bulky"),
        ([("book", NONE, 900)], "small"),
        ([("book", NONE, 2_000)] * 3, "medium"),
        ([("book", NONE, 6_000)] * 3, "bulky"),
        ([("folded", (1_800, 1_200, None), 1_500)], "small"),
        ([("folded", NONE, None)], "unknown"),
    ],
)
def test_the_size_is_read_from_what_is_noted(put, things, size):
    parcel = put(*things)
    assert with_size(Parcel.objects.all()).get(pk=parcel.pk).size == size


def test_units_count_and_what_is_picked_no_more(put):
    two = put(BOX, units=2)
    assert with_size(Parcel.objects.all()).get(pk=two.pk).size == "medium"
    both = put(BOX, ("bulky", NONE, None))
    PickLine.objects.filter(parcel=both, item__category__is_bulky=True).update(state="dropped")
    assert with_size(Parcel.objects.all()).get(pk=both.pk).size == "small"


def wave(site, **more):
    leave_by = timezone.now() + datetime.timedelta(days=2)
    return make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=None, **more)


def test_each_size_has_its_wave_and_what_nobody_measured_too(site, put):
    small, large, unmeasured = put(BOX), put(("bulky", NONE, 30_000)), put(("measured", NONE, 900))
    found = [(one.size, one.number) for one in waiting_by_size([site.pk])]
    assert found == [("small", 1), ("bulky", 1), ("unknown", 1)]
    assert list(wave(site, size=WaveSize.SMALL).parcels.all()) == [small]
    with pytest.raises(NothingToPick):
        wave(site, size=WaveSize.MEDIUM)
    assert list(wave(site, size=WaveSize.UNKNOWN).parcels.all()) == [unmeasured]
    rest = wave(site)
    assert (list(rest.parcels.all()), rest.size) == ([large], "")
    assert (waiting_by_size([site.pk]), Wave.objects.count()) == ([], 3)


def test_size_and_zone_are_chosen_together(site, put):
    first, second = put(BOX), put(BOX)
    zone = first.lines.get().place
    assert list(wave(site, zone=zone, size=WaveSize.SMALL).parcels.all()) == [first]
    assert waiting_by_size([site.pk])[0].number == 1
    assert second.lines.get().place != zone


def test_the_desk_chooses_a_size_and_its_cart(site, put, as_user, owner):
    put(BOX)
    put(("measured", NONE, 900))
    client = as_user(owner)
    page = client.get(MAKE).text
    assert ("Sans mesures" in page, "pas noté" in page, "Rien au-dessus de 30" in page) == (True,) * 3
    typed = {"site": site.pk, "leave_by": f"{timezone.localdate() + datetime.timedelta(days=3)}T16:00", "slots": ""}
    assert client.post(MAKE, typed | {"size": "enormous"}).status_code == 422
    refused = client.post(MAKE, typed | {"size": "bulky"})
    assert (refused.status_code, "une autre taille" in refused.text, Wave.objects.count()) == (422, True, 0)
    assert client.post(MAKE, typed | {"size": "small", "slots": "0"}).status_code == 422
    made = client.post(MAKE, typed | {"size": "small"}, follow=True)
    assert ("Taille\u00a0: Petits" in made.text, Wave.objects.get().slots) == (True, 16)
    assert "Taille\u00a0: Petits" in client.get("/bureau/stock/vagues/").text
    assert client.post(MAKE, typed | {"slots": "3"}).status_code == 302
    assert Wave.objects.latest("pk").slots == 3


def test_the_wave_is_laid_with_its_size(site, put):
    put(BOX)
    made = wave(site, size=WaveSize.SMALL)
    assert plan_wave(wave_id=made.pk) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_what_waits_is_counted_in_one_query(number, site, put, django_assert_num_queries):
    sites = [site, *(SiteFactory(organisation=site.organisation, name=f"S{n}", is_main=False) for n in range(number))]
    for one in sites:
        put(BOX, at=one)
    waiting_by_size([site.pk])
    with django_assert_num_queries(1):
        assert len(waiting_by_size([one.pk for one in sites])) == number + 1
