"""The waves under way at a site on one map, and beside it in words."""

import datetime

import pytest
from django.utils import timezone

from rebond.warehouse.actions.layout import save_layout
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.models import PickLine, Round
from rebond.warehouse.queries.layouts import aisles_of, proposed
from rebond.warehouse.queries.overview import overview_of
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MAP = "/bureau/stock/vagues/carte/"


@pytest.fixture
def bins(site):
    """One aisle of three bays, with a bin in each; drawn."""
    aisle = PlaceFactory(site=site, kind="aisle", name="A", label="A", is_storage=False)
    made = []
    for n in range(1, 4):
        above = {"site": site, "is_storage": False, "kind": "bay", "name": f"0{n}", "label": f"A-0{n}", "parent": aisle}
        bay = PlaceFactory(**above)
        bay.path = f"{aisle.path}{bay.code}/"
        bay.save()
        one = PlaceFactory(site=site, kind="bin", label=f"A-0{n}-1", parent=bay)
        one.path = f"{bay.path}{one.code}/"
        one.save()
        made.append(one)
    return made


def drawn(site, by):
    return save_layout(site=site, plan=proposed(aisles_of(site)), based_on=0, by=by)


def wave_at(site, bins, by, *, days=1):
    leave_by = timezone.now() + datetime.timedelta(days=days)
    for place in bins:
        PickLineFactory(parcel=ParcelFactory(site=site, leave_by=leave_by), place=place)
    wave = make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=by)
    plan_wave(wave_id=wave.pk)
    wave.refresh_from_db()
    return wave


def test_each_wave_has_its_line_and_each_cart_its_last_stop(site, bins, owner):
    drawn(site, owner)
    first, second = wave_at(site, bins[:2], owner), wave_at(site, bins[2:], owner, days=2)
    line = PickLine.objects.filter(parcel__wave=first).order_by("turn").first()
    PickLine.objects.filter(pk=line.pk).update(state="picked")
    seen = overview_of(site)
    assert [(wave, look, len(rounds)) for wave, look, rounds in seen.waves] == [(first, 1, 1), (second, 2, 1)]
    (one,), (other,) = (rounds for _wave, _look, rounds in seen.waves)
    assert (len(one.left), one.cart is not None, one.progress.done) == (1, True, 1)
    assert (len(other.left), other.cart, other.next_at) == (1, None, "A-03-1")
    assert len(seen.lines) == 4
    Round.objects.filter(wave=first).update(state="done", ended_on=timezone.localdate())
    assert [wave for wave, _look, _rounds in overview_of(site).waves] == [second]


def test_what_is_not_on_the_map_is_listed_with_the_reason(site, bins, owner, as_user):
    def why():
        text = as_user(owner).get(MAP).text
        return [said for said in ("avant que le site", "plan plus ancien", "Aucun de ses objets") if said in text]

    wave_at(site, bins, owner)  # on the supposed drawing
    assert why() == []
    plan = drawn(site, owner)
    ((_wave, _look, (one,)),) = overview_of(site).waves
    assert (one.points, one.left, one.cart, one.next_at != "") == ("", [], None, True)
    assert why() == ["avant que le site"]
    PickLineFactory(parcel=ParcelFactory(site=site, leave_by=timezone.now()), place=None)
    plan_wave(wave_id=make_wave(site=site, leave_by=timezone.now(), slots=8, weight_g=None, by=owner).pk)
    assert why() == ["avant que le site", "Aucun de ses objets"]
    wave_at(site, bins, owner)
    other = proposed(aisles_of(site))
    other["stands"][0]["name"] = "Table du fond"
    save_layout(site=site, plan=other, based_on=plan.number, by=owner)
    assert why() == ["avant que le site", "plan plus ancien"]


def test_a_walk_that_could_not_be_laid_on_the_plan_says_so(site, bins, owner, as_user):
    drawn(site, owner)
    wave = wave_at(site, bins, owner)
    Round.objects.filter(wave=wave).update(path=[])  # as laid along the labels
    assert "suit les noms des emplacements" in as_user(owner).get(MAP).text


def test_without_a_drawn_plan_the_walks_are_shown_alone(site, bins, owner):
    wave_at(site, bins, owner)
    seen = overview_of(site)
    assert (seen.layout, seen.lines, seen.box != "", seen.waves[0][2][0].points != "") == (None, (), True, True)


@pytest.mark.parametrize("number", [1, 3])
def test_the_map_costs_the_same_for_one_wave_and_three(number, site, bins, owner, as_user, django_assert_num_queries):
    drawn(site, owner)
    for n in range(number):
        wave_at(site, bins, owner, days=n + 1)
    page = as_user(owner)
    page.get(MAP)
    with django_assert_num_queries(9):
        text = page.get(MAP).text
    assert text.count("À suivre :") == number


def test_of_another_organisation_nothing_is_seen(site, bins, owner, stranger, reader, as_user):
    wave = wave_at(site, bins, owner)
    assert str(wave) in as_user(reader).get(MAP).text
    assert as_user(stranger).get(f"{MAP}?site={site.public_id}").status_code == 404
    alone = SiteFactory(organisation=site.organisation, is_main=False, name="Ailleurs")
    assert "Aucune vague en cours" in as_user(owner).get(f"{MAP}?site={alone.public_id}").text
