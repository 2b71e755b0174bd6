"""Writing and reading again from another site or from home: by reach of the station, and by agreement."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.item import begin_item
from rebond.network.queries.agreements import entrusting
from rebond.workshop.actions.chain import send_to_writing
from rebond.workshop.actions.station import change_station, create_station
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import FieldInvalid
from rebond.workshop.kinds import kinds_at
from rebond.workshop.middleware import COOKIE
from rebond.workshop.queries.queue import own_task, proposed_task, waiting_counts
from tests.factories.network import AgreementFactory, OrganisationFactory, SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WRITING = kinds_at("writing")


@pytest.fixture
def chair(seller, site, categories, owner):
    """An object of the seller, at its own site, waiting for its listing."""
    item = begin_item(seller=seller, category=categories["chairs"], site=site, by=owner)
    return send_to_writing(item=item, by=owner)


@pytest.fixture
def home(seller):
    """Another site of the seller, where somebody writes."""
    return StationFactory(site=SiteFactory(organisation=seller, is_main=False), kind="writing", name="À distance")


@pytest.fixture
def platform():
    return OrganisationFactory(kind="platform")


@pytest.fixture
def far(platform):
    """A writing station of another organisation."""
    return StationFactory(site=SiteFactory(organisation=platform), kind="writing", name="Rédaction")


def reach(station, how, owner):
    return change_station(station=station, by=owner, name=station.name, hint="", limit=None, reach=how)


def entrust(seller, platform, **more):
    today = timezone.localdate()
    facts = {"scope": {"write": "platform"}, "signed_on": today, "starts_on": today, "ends_on": None} | more
    return AgreementFactory(organisation=seller, operator=platform, **facts)


def seen_from(station, worker):
    counts = waiting_counts(site=station.site, kinds=WRITING, station=station)
    task = proposed_task(worker, site=station.site, kinds=WRITING, station=station)
    assert (task is None) == (not counts)
    return task


def browser_at(station, worker, by):
    DeviceFactory(station=station, secret=f"s{worker.pk}")
    made = Client()
    made.cookies[COOKIE] = f"s{worker.pk}"
    _badge, token = issue_badge(worker=worker, by=by)
    made.post(reverse("workshop:badge"), {"code": token})
    return made


def test_a_station_has_its_site_s_listings_unless_it_reaches_further(chair, home, awa, owner):
    assert seen_from(home, awa) is None
    assert seen_from(reach(home, "organisation", owner), awa) == chair
    assert seen_from(reach(home, "site", owner), awa) is None


def test_only_work_without_the_object_is_done_from_elsewhere(site, owner):
    photos = create_station(site=site, kind="photo", name="Photos", by=owner)
    for act in (
        lambda: reach(photos, "organisation", owner),
        lambda: create_station(site=site, kind="dock", name="Quai", by=owner, reach="network"),
    ):
        with pytest.raises(FieldInvalid) as refused:
            act()
        assert refused.value.field == "reach"
    photos.refresh_from_db()
    assert photos.reach == "site"


@pytest.mark.parametrize(
    ("how", "terms", "is_seen"),
    [
        ("network", {}, True),
        ("organisation", {}, False),
        ("network", {"scope": {"write": "seller"}}, False),
        ("network", {"scope": {}}, False),
        ("network", {"scope": {"review": "platform"}}, False),
        ("network", {"signed_on": None}, False),
        ("network", {"starts_on": timezone.localdate() + datetime.timedelta(days=1)}, False),
        (
            "network",
            {
                "starts_on": timezone.localdate() - datetime.timedelta(days=9),
                "ends_on": timezone.localdate() - datetime.timedelta(days=1),
            },
            False,
        ),
    ],
)
def test_others_are_written_for_by_a_signed_agreement_in_force(
    chair, far, seller, platform, owner, how, terms, is_seen
):
    writer = WorkerFactory(organisation=platform)
    entrust(seller, platform, **terms)
    station = reach(far, how, owner)
    assert (seen_from(station, writer) == chair) is is_seen
    page = browser_at(station, writer, owner).post(reverse("workshop:task-open", args=[chair.public_id]))
    assert page.status_code == (302 if is_seen else 404)


def test_the_newest_agreement_decides(seller, platform):
    today = timezone.localdate()
    entrust(seller, platform, starts_on=today - datetime.timedelta(days=300))
    assert entrusting(platform.pk, "write", today) == [seller.pk]
    entrust(seller, platform, scope={"write": "seller"})
    assert entrusting(platform.pk, "write", today) == []


def test_another_organisation_s_object_is_written_from_its_photos(chair, far, seller, platform, owner):
    writer = WorkerFactory(organisation=platform)
    entrust(seller, platform)
    browser = browser_at(reach(far, "network", owner), writer, owner)
    opened = browser.post(reverse("workshop:task-open", args=[chair.public_id]))
    assert browser.get(opened.url, follow=True).status_code == 200
    chair.refresh_from_db()
    assert chair.worker == writer
    assert own_task(writer, far) == chair


def test_what_one_had_is_out_of_sight_when_the_agreement_ends(chair, far, seller, platform, owner):
    writer = WorkerFactory(organisation=platform)
    agreement = entrust(seller, platform)
    station = reach(far, "network", owner)
    browser = browser_at(station, writer, owner)
    take_task(task=chair, worker=writer)
    assert own_task(writer, station) == chair
    type(agreement).objects.filter(pk=agreement.pk).update(signed_on=None)
    assert own_task(writer, station) is None
    assert browser.get(reverse("workshop:write", args=[chair.public_id])).status_code == 404
    assert browser.get(reverse("workshop:kiosk")).status_code == 200


def test_the_desk_sets_the_reach_where_it_means_something(as_user, home, site, owner, seller):
    photos = StationFactory(site=site, kind="photo", name="Photos")
    desk = as_user(owner)
    change = reverse("workshop-desk:station-change", args=[home.public_id])
    assert 'name="reach"' in desk.get(change).text
    assert 'name="reach"' not in desk.get(reverse("workshop-desk:station-change", args=[photos.public_id])).text
    desk.post(change, {"name": home.name, "hint": "", "limit": "", "reach": "organisation"})
    home.refresh_from_db()
    assert home.reach == "organisation"
    assert "de tous nos sites" in desk.get(reverse("workshop-desk:station-detail", args=[home.public_id])).text
    typed = {"site": site.pk, "kind": "dock", "name": "Quai", "reach": "network"}
    refused = desk.post(reverse("workshop-desk:station-add"), typed)
    assert refused.status_code == 422
    assert "sans l’objet" in refused.text
