"""The plan of a site: drawn, checked in clear words, saved as versions, and walked by the next wave."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.warehouse.actions.layout import save_layout
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.errors import LayoutChanged, LayoutWrong
from rebond.warehouse.models import Round, SiteLayout
from rebond.warehouse.queries.layouts import aisles_of, check_plan, outside_of, proposed
from rebond.warehouse.web.layout_forms import TABLES
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def place(site, kind, name, parent=None):
    label = f"{parent.label}-{name}" if parent else name
    made = PlaceFactory(site=site, kind=kind, name=name, label=label, parent=parent, is_storage=kind == "bin")
    made.path = f"{parent.path if parent else ''}{made.code}/"
    made.save()
    return made


@pytest.fixture
def site(seller):
    """Two aisles, A and B, of three bays with a bin in each."""
    made = SiteFactory(organisation=seller, is_main=True, name="L’entrepôt")
    for name in ("A", "B"):
        aisle = place(made, "aisle", name)
        for n in range(1, 4):
            place(made, "bin", "1", place(made, "bay", f"0{n}", aisle))
    return made


def plan_of(site, **more):
    return proposed(aisles_of(site)) | more


def way(name, x1, y1, x2, y2, floor=0, one_way=False):
    return {"name": name, "x1": x1, "y1": y1, "x2": x2, "y2": y2, "floor": floor, "one_way": one_way}


def rack(aisle, passage, **more):
    facts = {"first": 100, "pitch": 100, "side": "both", "backwards": False}
    return {"place": aisle.place.code, "passage": passage, **facts, **more}


def said(site, plan):
    return " ".join(check_plan(plan, aisles_of(site)).wrong).replace("\xa0", " ")


def test_the_plan_that_is_proposed_can_be_walked_and_is_saved_once(site, owner):
    plan = plan_of(site)
    checked = check_plan(plan, aisles_of(site))
    assert (checked.wrong, checked.odd) == ([], [])
    a, b = aisles_of(site)
    assert checked.spots[next(iter(b.bays))] == ["B", 100]
    assert (checked.far_cm, checked.far_label) == (2 * (500 + 300 + 300), "B-03")

    first = save_layout(site=site, plan=plan, based_on=0, by=owner)
    assert save_layout(site=site, plan=plan, based_on=0, by=owner).pk == first.pk  # sent twice
    changed = plan | {"racks": [rack(a, "A", pitch=120), rack(b, "B", backwards=True)]}
    with pytest.raises(LayoutChanged):
        save_layout(site=site, plan=changed, based_on=0, by=owner)
    second = save_layout(site=site, plan=changed, based_on=1, by=owner)
    assert (second.number, second.spots[next(iter(b.bays))]) == (2, ["B", 300])
    first.refresh_from_db()
    assert first.plan == plan
    assert Entry.objects.filter(action="warehouse.layout.saved").count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: {"stands": []}, "d’où"),
        (lambda plan: {"stands": [plan["stands"][0] | {"floor": 3}]}, "étage 3"),
        (lambda plan: {"aisles": [way("A", 5_000, 0, 5_000, 900), *plan["aisles"][1:]]}, "A-01"),
        (lambda plan: {"racks": [plan["racks"][0] | {"passage": "Z"}]}, "« Z »"),
        (lambda plan: {"racks": [plan["racks"][0] | {"first": 900}]}, "11 m"),
        (lambda plan: {"racks": [plan["racks"][0], plan["racks"][1] | {"passage": "A"}]}, "A-01 et B-01"),
        (
            lambda plan: {
                "stairs": [
                    {"name": "Escalier", "x1": 9_999, "y1": 0, "floor1": 0, "x2": 0, "y2": 0, "floor2": 1}
                    | {"cost_cm": 800, "one_way": False}
                ],
                "aisles": [*plan["aisles"], way("Haut", 0, 0, 900, 0, floor=1)],
            },
            "« Escalier »",
        ),
    ],
)
def test_what_cannot_be_walked_is_said_in_words_and_not_saved(site, owner, change, words):
    plan = plan_of(site)
    plan |= change(plan)
    assert words in said(site, plan)
    with pytest.raises(LayoutWrong):
        save_layout(site=site, plan=plan, based_on=0, by=owner)
    assert not SiteLayout.objects.exists()


def test_a_dead_end_that_is_left_by_nobody_is_told(site):
    """One way in, none out: from its bays no way leads to the packing table."""
    plan = plan_of(site)
    front, back, door = plan["aisles"][2:]
    plan["aisles"] = [way("A", 0, 0, 0, 500, one_way=True), plan["aisles"][1], front, door]
    assert "A-01, A-02, A-03" in said(site, plan)
    plan["aisles"].append(back)  # the passage at the back leads on to B, and home
    assert said(site, plan) == ""


def test_opposite_sides_are_two_spots_and_an_aisle_that_is_left_out_is_told(site):
    a, b = aisles_of(site)
    plan = plan_of(site, racks=[rack(a, "A", side="left"), rack(b, "A", side="right")])
    assert said(site, plan) == ""
    odd = check_plan(plan_of(site, racks=[rack(a, "A")]), aisles_of(site)).odd
    assert len(odd) == 1
    assert " B." in odd[0]


def test_bins_in_no_aisle_are_named_and_a_way_must_lead_to_where_they_are_taken(site, owner, as_user):
    zone = place(site, "zone", "Réserve")
    place(site, "bin", "7", zone)
    place(site, "bin", "1", place(site, "bay", "Vitrine"))
    gone = place(site, "shelf", "Ancienne")
    gone.closed_on = timezone.localdate()
    gone.save()
    PlaceFactory(site=site, box=True, label="Carton 009")
    assert outside_of(site) == ["Réserve-7", "Vitrine"]
    plan = plan_of(site)
    checked = check_plan(plan, aisles_of(site), outside_of(site))
    assert (checked.wrong, len(checked.odd), checked.far_label) == ([], 1, "B-03")
    assert "Réserve-7, Vitrine" in checked.odd[0]
    page = as_user(owner).get(f"/bureau/stock/plans/{site.public_id}/")
    assert page.status_code == 200

    # Nobody comes back from where the walk ends: what is taken there cannot be taken on the way.
    plan["aisles"] = [one | {"one_way": True} if one["y1"] < 0 else one for one in plan["aisles"]]
    plan["stands"] = [
        {"name": "Chariots", "x": 0, "y": 0, "floor": 0, "start": True, "end": False},
        {"name": "Quai", "x": 0, "y": -500, "floor": 0, "start": False, "end": True},
    ]
    door = next(one for one in plan["aisles"] if one["y1"] < 0)
    door |= {"y1": 0, "y2": -500}
    assert check_plan(plan, aisles_of(site)).wrong == []
    (wrong,) = check_plan(plan, aisles_of(site), outside_of(site)).wrong
    assert "Réserve-7, Vitrine" in wrong
    with pytest.raises(LayoutWrong):
        save_layout(site=site, plan=plan, based_on=0, by=owner)


def test_the_next_wave_walks_the_plan_over_its_floors(site, owner, item, as_user):
    """B is upstairs: its walk goes over the stairs, and is drawn beside the ground floor."""
    a, b = aisles_of(site)
    plan = {
        "aisles": [way("Bas", 0, 0, 1_000, 0), way("Haut", 0, 0, 1_000, 0, floor=1)],
        "stairs": [
            {"name": "Escalier", "x1": 1_000, "y1": 0, "floor1": 0, "x2": 1_000, "y2": 0, "floor2": 1}
            | {"cost_cm": 700, "one_way": False}
        ],
        "stands": [{"name": "Table", "x": 0, "y": 0, "floor": 0, "start": True, "end": True}],
        "racks": [rack(a, "Bas"), rack(b, "Haut")],
    }
    layout = save_layout(site=site, plan=plan, based_on=0, by=owner)
    below, above = (next(place for place in site.places.filter(kind="bin", label=f"{name}-03-1")) for name in "AB")
    leave_by = timezone.now() + datetime.timedelta(hours=4)
    parcel = ParcelFactory(site=site, leave_by=leave_by)
    for where in (below, above):
        PickLineFactory(parcel=parcel, item=item if where == below else None or PickLineFactory().item, place=where)
    wave = make_wave(site=site, leave_by=leave_by, slots=4, weight_g=None, by=owner)
    plan_wave(wave_id=wave.pk)

    wave.refresh_from_db()
    made = Round.objects.get(wave=wave)
    assert wave.layout == layout
    assert made.length_cm == 2 * (1_000 + 700 + 700)  # to the stairs, up, and back to the third bay at 3 m
    assert max(x for x, _y in made.path) == 1_000 + 1_000 + 300

    ParcelFactory(site=site, leave_by=leave_by, wave=wave, order_code="enattente")  # in no round: the last of the list
    shown = BeautifulSoup(as_user(owner).get(wave_page(wave)).content, "html.parser")
    assert shown.select_one(".walks .stop.is-in")["d"] == "M300 0h0M1600 0h0"  # where the two things lie
    assert [node.text for node in shown.select(".walks text")] == ["Bas", "Haut", "Escalier"]
    assert "enattente" in shown.select("#wave-block .list li")[-1].text


def wave_page(wave):
    return reverse("warehouse-desk:wave-detail", args=[wave.public_id])


def test_a_circuit_that_is_left_one_way_is_walked_from_its_start_to_its_end(site, owner, item):
    """In at the left, out at the right: nobody comes back from the end, and no place needs it."""
    a, b = aisles_of(site)
    plan = {
        "aisles": [
            way("Entrée", 0, -300, 0, 0, one_way=True),
            way("Tour", 0, 0, 600, 0),
            way("Sortie", 600, 0, 600, -300, one_way=True),
        ],
        "stairs": [],
        "stands": [
            {"name": "Chariots", "x": 0, "y": -300, "floor": 0, "start": True, "end": False},
            {"name": "Table", "x": 600, "y": -300, "floor": 0, "start": False, "end": True},
        ],
        "racks": [rack(a, "Tour", side="left"), rack(b, "Tour", side="right")],
    }
    save_layout(site=site, plan=plan, based_on=0, by=owner)
    leave_by = timezone.now() + datetime.timedelta(hours=4)
    place_of = site.places.get(kind="bin", label="A-02-1")
    PickLineFactory(parcel=ParcelFactory(site=site, leave_by=leave_by), item=item, place=place_of)
    wave = make_wave(site=site, leave_by=leave_by, slots=4, weight_g=None, by=owner)
    plan_wave(wave_id=wave.pk)
    assert Round.objects.get(wave=wave).length_cm == 300 + 600 + 300


# --- the page


def fields(plan):
    """The tables as a browser sends them."""
    data = {}
    for key in TABLES:
        rows = plan[key]
        data |= {f"{key}-TOTAL_FORMS": str(len(rows) + 1), f"{key}-INITIAL_FORMS": str(len(rows))}
        for n, row in enumerate(rows):
            for name, value in row.items():
                is_length = isinstance(value, int) and not isinstance(value, bool) and not name.startswith("floor")
                if value is not False:
                    data[f"{key}-{n}-{name}"] = f"{value / 100:g}".replace(".", ",") if is_length else str(value)
    data["racks-TOTAL_FORMS"] = str(len(plan["racks"]))
    return data | {"version": "0"}


def page_of(client, site, verb=""):
    return reverse(f"warehouse-desk:layout{verb}", args=[site.public_id])


def test_the_page_draws_checks_and_saves_without_javascript(site, as_user, owner, reader, stranger):
    path, save = page_of(owner, site), page_of(owner, site, "-save")
    assert as_user(owner).get(reverse("warehouse-desk:layout-home")).url == path
    shown = BeautifulSoup(as_user(owner).get(path).content, "html.parser")
    assert len(shown.select("svg.plan .plan-dot")) == 6  # the bays; an aisle itself is at its first one
    assert shown.select_one('[name="aisles-0-x2"]')["value"] == "0"
    assert "<form" not in str(BeautifulSoup(as_user(reader).get(path).content, "html.parser").main)
    assert as_user(stranger).get(path).status_code == 404

    data = fields(plan_of(site))
    for person, status in ((reader, 403), (stranger, 404)):
        assert as_user(person).post(save, data).status_code == status
    checked = as_user(owner).post(save, data | {"verifier": "1"})
    assert (checked.status_code, "6 travées" in checked.text, SiteLayout.objects.count()) == (200, True, 0)
    wrong = as_user(owner).post(save, data | {"racks-0-passage": "Nulle part", "aisles-0-x1": "0,5"})
    assert (wrong.status_code, "Nulle part" in wrong.text, 'value="0,5"' in wrong.text) == (422, True, True)
    bad = as_user(owner).post(save, data | {"aisles-0-y2": "loin", "aisles-1-name": "A"})
    assert (bad.status_code, "loin" in bad.text) == (422, True)
    assert as_user(owner).post(save, data).url == path
    made = SiteLayout.objects.get()
    assert made.plan == plan_of(site)
    stale = as_user(owner).post(save, data | {"aisles-0-DELETE": "on", "racks-0-passage": "B", "racks-0-first": "4"})
    assert stale.status_code in {200, 422}
    assert SiteLayout.objects.count() == 1


def test_an_older_version_is_saved_again_as_a_new_one(site, as_user, owner):
    plan = plan_of(site)
    save_layout(site=site, plan=plan, based_on=0, by=owner)
    save_layout(site=site, plan=plan | {"stands": [plan["stands"][0] | {"x": 100}]}, based_on=1, by=owner)
    shown = as_user(owner).get(page_of(owner, site), {"version": "1"})
    assert 'name="version" value="2"' in shown.text
    as_user(owner).post(page_of(owner, site, "-save"), fields(plan) | {"version": "2"})
    assert SiteLayout.objects.get(number=3).plan == plan
    assert as_user(owner).get(page_of(owner, site), {"version": "9"}).status_code == 404
