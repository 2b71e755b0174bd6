"""Without network, in a real browser: the wire is cut in the middle of each kind of act."""

import contextlib

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from rebond.catalogue.actions.item import begin_item
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from tests.factories.catalogue import CategoryFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory
from tests.journeys.wire import Wire

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wire(live_server):
    made = Wire(int(live_server.url.rsplit(":", 1)[1]))
    yield made
    made.close()


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True)


@pytest.fixture
def awa(seller):
    return WorkerFactory(organisation=seller, first_name="Awa", status="cddi")


@pytest.fixture
def category(db):
    return CategoryFactory(key="lampes", path="lampes", slug="lampes", name="Lampes", icon="lamp")


@pytest.fixture
def item(seller, site, category, owner):
    return begin_item(seller=seller, category=category, site=site, by=owner, weight_g=500, title="Lampe orange")


@pytest.fixture
def shelf(site):
    return PlaceFactory(site=site, label="A-03-2", name="2")


@pytest.fixture
def other_shelf(site):
    return PlaceFactory(site=site, label="A-04-1", name="1")


@pytest.fixture
def tablet(browser, wire, site, awa, owner):
    """`tablet("shelves")`: a page on a tablet of this kind of station, where Awa showed her badge."""
    contexts = []

    def make(kind="shelves", worker=awa, secret="secret-of-the-cookie"):
        station = StationFactory(site=site, kind=kind)
        DeviceFactory(station=station, secret=secret)
        _badge, token = issue_badge(worker=worker, by=owner)
        client = Client()
        client.cookies[COOKIE] = secret
        client.post("/atelier/badge/", {"code": token})
        context = browser.new_context(
            base_url=wire.url, locale="fr-FR", viewport={"width": 390, "height": 844}, has_touch=True
        )
        context.set_default_timeout(15_000)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [
                {"name": COOKIE, "value": secret, "url": wire.url},
                {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": wire.url},
            ]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/atelier/")
        until(page, "navigator.serviceWorker.controller")
        until(page, "rebondKept.get('luggage')")
        return page

    yield make
    for context in contexts:
        context.close()


def until(page, found):
    """Until this expression (or what it promises) is true in the page."""
    page.evaluate(f"async () => {{ while (!(await ({found}))) await new Promise((go) => setTimeout(go, 50)); }}")


def read(page, code):
    """A reader that types."""
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")


def heading(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()


def sent(page, *states):
    """Go to the list and wait until everything that could leave has left; it shows these states, in order."""
    page.goto("/atelier/en-attente/")
    until(page, "rebondKept.flush().then(() => rebondKept.counts()).then(({ open }) => open === 0)")
    expect(page.locator(".queue .status")).to_have_text(list(states))


def store_steps():
    return Step.objects.filter(kind="warehouse.store")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_putting_away_while_the_wire_is_cut(tablet, wire, item, shelf, moment):
    page = tablet()
    page.goto(f"/atelier/ranger/objet/{item.code.lower()}/")
    wire.cut() if moment == "before" else wire.deafen()
    read(page, shelf.code)
    heading(page, "C’est gardé")
    assert store_steps().count() == (0 if moment == "before" else 1)
    assert bool(wire.lost) == (moment == "after")  # the browser itself may have asked again
    wire.mend()
    sent(page, "Envoyé")
    step = store_steps().get()
    assert (step.subject_id, step.data["place"]) == (item.code, shelf.code)


def test_putting_away_goes_on_without_any_page_of_the_server(tablet, wire, item, shelf, other_shelf):
    page = tablet()
    wire.cut()
    with contextlib.suppress(Exception):
        page.goto("/atelier/ranger/")
    heading(page, "Scannez l’objet")
    read(page, shelf.code)
    page.get_by_text("C’est une place").wait_for()
    read(page, item.code)
    heading(page, "Posez-le, puis scannez la place")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    page.get_by_role("button", name="Retour").click()
    heading(page, "Que faites-vous")
    page.get_by_role("button", name="La liste").click()
    heading(page, "Rien n’est perdu")
    assert store_steps().count() == 0
    wire.mend()
    sent(page, "Envoyé")
    assert store_steps().get().data["place"] == shelf.code
    assert KeptAct.objects.count() == 1
