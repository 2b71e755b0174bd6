"""A person with an account of their own says once at which site they work; a tablet stands at its own."""

import pytest
from django.urls import reverse

from rebond.workshop.actions.offline import Bearer, Sent, give_proof, read_proof, receive_act
from rebond.workshop.middleware import COOKIE, SITE_COOKIE
from rebond.workshop.offline import ActKind, Told, register_act
from tests.factories.network import SiteFactory
from tests.factories.workshop import TaskFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/site/"


@pytest.fixture
def other(site):
    return SiteFactory(organisation=site.organisation, is_main=False, name="Dépôt de Tonneins", city="Tonneins")


@pytest.fixture
def nadia(seller, owner):
    return WorkerFactory(organisation=seller, user=owner, first_name="Nadia", status="staff")


@pytest.fixture
def own(nadia, owner, as_user):
    return as_user(owner)


def test_with_one_site_nothing_is_asked(own, site):
    assert "Bonjour Nadia" in own.get("/atelier/").content.decode()
    assert own.get(URL).url == "/atelier/"


def test_with_several_the_first_screen_asks_and_the_device_remembers(own, site, other, photograph):
    TaskFactory(site=site, subject_label="Chaise du magasin")
    TaskFactory(site=other, subject_label="Lampe du dépôt")
    assert own.get("/atelier/").url == URL
    page = own.get(URL).content.decode()
    assert (site.name in page, other.name in page) == (True, True)
    answer = own.post(URL, {"site": other.public_id})
    assert (answer.url, answer.cookies[SITE_COOKIE].value) == ("/atelier/", other.public_id)
    assert answer.cookies[SITE_COOKIE]["httponly"]
    home = own.get("/atelier/").content.decode()
    assert ("Lampe du dépôt" in home, "Chaise du magasin" in home, other.name in home) == (True, False, True)
    own.post(URL, {"site": site.public_id})  # and may be changed
    assert "Chaise du magasin" in own.get("/atelier/").content.decode()


def test_another_organisations_site_is_no_choice(own, site, other):
    elsewhere = SiteFactory()
    for wrong in ({}, {"site": elsewhere.public_id}):
        refused = own.post(URL, wrong)
        assert (refused.status_code, SITE_COOKIE in refused.cookies) == (422, False)
    own.cookies[SITE_COOKIE] = elsewhere.public_id
    assert own.get("/atelier/").url == URL


def test_a_tablet_stands_where_it_stands(device, other, client):
    client.cookies[COOKIE] = "secret-of-the-cookie"
    client.cookies[SITE_COOKIE] = other.public_id
    assert client.get(URL).url == "/atelier/"
    assert device.station.site.name in client.get("/atelier/").content.decode()


def test_what_a_device_kept_is_done_at_the_chosen_site(own, nadia, owner, site, other, monkeypatch):
    own.cookies[SITE_COOKIE] = other.public_id
    proof = own.get(reverse("workshop:luggage")).json()["proof"]
    bearer = read_proof(text=proof, device=None, user=owner, is_blocked=False)
    seen = []
    monkeypatch.setattr("rebond.workshop.offline._KINDS", {})
    register_act(ActKind("test.act", lambda kept: seen.append(kept.site) or Told(), step="", refusals=()))
    sent = Sent(operation="5c4b2a3e-0000-4000-8000-000000000001", act="test.act", proof=proof)
    assert receive_act(sent=sent, bearer=bearer).state == "done"
    old = Bearer(nadia, None, bearer.since, 0)  # made before sites were in it
    receive_act(sent=Sent(operation="5c4b2a3e-0000-4000-8000-000000000002", act="test.act", proof=""), bearer=old)
    assert seen == [other, site]
    assert read_proof(text=give_proof(worker=nadia, device=None), device=None, user=owner, is_blocked=False).site == ""
