"""A day of four people in a real browser: from a weighed donation to objects on sale and stored.

`REBOND_DAY=30` plays all of it (20 on sale); the suite plays three. `REBOND_SHOTS=folder` keeps a picture of each new
screen, at a phone's and a desk's size.
"""

import os
import re
from pathlib import Path

import pytest

from rebond.catalogue.models import Item
from rebond.core.images.check import judge
from rebond.intake.models import Donation, Sorting
from rebond.intake.queries.donations import sorted_g, weighed_g
from rebond.warehouse.models import Movement
from rebond.warehouse.queries.places import lying
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory
from tests.journeys.gestures import Person
from tests.journeys.test_photo_table import GOOD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DONATED = int(os.environ.get("REBOND_DAY", "3"))
SOLD = DONATED * 2 // 3
SHOTS = os.environ.get("REBOND_SHOTS", "")
PHONE, TABLET = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
KINDS = ("polos", "dresses", "plates", "jeans", "table-lamps", "tshirts", "vases", "skirts")


class Worker(Person):
    """One person with the tablet of their station; pictures are taken of each screen seen for the first time."""

    shown: set = set()

    def look(self, name):
        if not SHOTS or name in Worker.shown:
            return
        Worker.shown.add(name)
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for size in (PHONE, TABLET):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=f"{SHOTS}/{len(Worker.shown):02}-{name}-{size['width']}.png")
        self.page.set_viewport_size(PHONE)

    def sees(self, heading, name=""):
        super().sees(heading)
        if name:
            self.look(name)


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True)


@pytest.fixture
def at(browser, live_server, site, owner, monkeypatch):
    """`at("photo", worker)`: the person signed in by badge on the tablet of a station of this kind."""
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(GOOD))
    opened = []

    def come(kind, worker):
        secret = f"secret of {kind}"
        DeviceFactory(station=StationFactory(site=site, kind=kind, name=kind.title()), secret=secret)
        context = browser.new_context(base_url=live_server.url, locale="fr-FR", viewport=PHONE)
        context.set_default_timeout(60_000)
        context.grant_permissions(["camera"])
        context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server.url}])
        opened.append(context)
        person = Worker(context.new_page())
        _badge, token = issue_badge(worker=worker, by=owner)
        person.page.goto("/atelier/")
        person.look("badge")
        person.scan(token)
        person.page.get_by_text(f"Bonjour {worker.first_name}").wait_for()
        person.look(f"home-{kind}")
        return person

    yield come
    for context in opened:
        context.close()


@pytest.fixture
def people(seller):
    def hired(name, status, **more):
        return WorkerFactory(organisation=seller, first_name=name, status=status, **more)

    boss = MembershipFactory(organisation=seller, role="supervisor").user
    return {
        "dock": hired("Awa", "cddi"),
        "photo": hired("Jo", "companion"),
        "writer": hired("Lina", "volunteer", reviewed_percent=100),
        "supervisor": hired("Inès", "staff", user=boss),
    }


def receive(person):
    person.page.goto("/atelier/arrivage/")
    person.sees("D’où", "receive-source")
    person.page.locator(".choice").first.click()
    person.page.wait_for_url("**/arrivage/?de=*")
    person.look("receive-flow")
    person.page.get_by_role("link", name="Un peu de tout").click()
    person.sees("Posez", "receive-weight")
    person.page.get_by_label("Écrivez le poids").fill(f"{DONATED * 0.4:.1f}".replace(".", ","))
    person.page.get_by_role("button", name="C’est bon").click()
    person.page.wait_for_url(re.compile(r"/arrivage/\w+/"))
    person.look("received")
    return Donation.objects.latest("pk")


def sort(person, donation, categories):
    """Two in three are for sale, the others are given or dismantled; what is for sale leads on to its label."""
    task = Task.objects.get(kind="intake.sort", subject_id=donation.public_id)
    for number in range(DONATED):
        category = categories[KINDS[number % len(KINDS)]]
        person.page.goto(f"/atelier/tri/{task.public_id}/")
        person.sees("Qu’avez-vous en main", "sort-category")
        person.page.goto(f"/atelier/tri/{task.public_id}/?c={category.key}")
        person.sees("Combien ça pèse", "sort-weight")
        person.page.get_by_label("Écrivez le poids").fill("0,4")
        if number % 3 != 2:
            person.touch("Vendre en ligne")
            person.sees("En ligne", "sorted")
        else:
            person.touch("C’est bon")
            person.sees("Où ça va", "sort-outcome")
            person.page.get_by_role("radio", name=re.compile("^À donner")).first.check(force=True)
            person.touch("Ça va là")
            person.page.wait_for_url("**/tri/fait/**")
    person.page.goto(f"/atelier/tri/{task.public_id}/")
    person.touch("Tout est trié")


def photograph(person, items):
    person.page.goto("/atelier/photos/")
    person.sees("Scannez l’étiquette", "photo-scan")
    for item in items:
        person.scan(item.code)
        person.page.locator(f"[data-rebond-station={item.code}]").wait_for()
        for _shot in range(2):
            title = person.page.get_by_role("heading", level=1).inner_text()
            person.look("photo-shoot")
            person.shoot()
            person.page.wait_for_function("t => document.querySelector('h1').innerText !== t", arg=title)
        person.look("photo-taken")
    person.touch("Terminé")
    person.sees("Scannez l’étiquette", "photo-done")


def write(person):
    """Answer what is asked until nothing is; returns whether there was a listing to write."""
    person.page.goto("/atelier/")
    if not person.page.get_by_role("button", name="Commencer").count():
        return False
    person.touch("Commencer")
    for _screen in range(25):
        person.page.wait_for_url("**/annonces/**")
        path = person.page.url.rstrip("/").rpartition("/")[2]
        person.look(f"write-{path}")
        if path == "relire":
            break
        answer(person, path)
        person.page.wait_for_url(lambda url, before=path: not url.rstrip("/").endswith(f"/{before}"))
    person.touch("j’envoie")
    person.sees("C’est envoyé", "write-done")
    return True


def answer(person, path):
    page, skip = person.page, re.compile("Je ne sais pas|Pas de marque|Pas de code|Rien d’autre")
    if path == "price":
        page.get_by_label("Quel prix").fill("8")
        page.get_by_role("button", name="Ce prix").click()
    elif page.locator("button.choice").count():
        page.locator("button.choice").nth(1 if path == "condition" else 0).click()
    elif page.get_by_role("button", name=skip).count():
        page.get_by_role("button", name=skip).first.click()
    else:
        page.locator("main input.kfield").first.fill("12")
        page.get_by_role("button", name="Suivant").click()


def review(person):
    person.page.goto("/atelier/")
    if not person.page.get_by_role("button", name="Commencer").count():
        return False
    person.touch("Commencer")
    person.page.wait_for_url("**/relectures/**")
    person.look("review")
    person.touch("C’est bon")
    person.sees("C’est en vente", "review-done")
    return True


def store(person, items, shelf):
    person.page.goto("/atelier/ranger/")
    for item in items:
        person.sees(re.compile("Scannez l’objet"), "store")
        person.scan(item.code)
        person.page.wait_for_url("**/ranger/objet/**")
        person.look("store-object")
        person.scan(shelf.code)
        person.page.wait_for_url("**/ranger/?fait=*")
    person.look("stored")


def test_from_the_donation_to_the_shelf(at, people, site, seller, categories):
    shelf = PlaceFactory(site=site, kind="shelf", label="A-03", capacity=500)
    for cents in (500, 600, 700, 800, 900):
        ItemFactory(seller=seller, category=categories["polos"], price_cents=cents, on_sale=True)
    known = set(Item.objects.values_list("pk", flat=True))
    dock = at("dock", people["dock"])
    donation = receive(dock)
    sort(dock, donation, categories)
    items = list(Item.objects.exclude(pk__in=known).order_by("pk"))
    assert (len(items), Sorting.objects.count()) == (SOLD, DONATED)
    assert sorted_g(donation) == weighed_g(donation) == DONATED * 400

    photograph(at("photo", people["photo"]), items)
    assert [item.photos.count() for item in items] == [2] * SOLD

    writer = at("writing", people["writer"])
    written = 0
    while write(writer):
        written += 1
    assert written == SOLD

    supervisor = at("review", people["supervisor"])
    read = 0
    while review(supervisor):
        read += 1
    assert read == SOLD
    store(supervisor, items, shelf)

    for item in items:
        item.refresh_from_db()
        assert (item.state, bool(item.price_cents), [one.place.code for one in lying(item)]) == (
            "on_sale",
            True,
            [shelf.code],
        )
    assert Movement.objects.filter(to_place=shelf).count() == SOLD
    assert not Task.objects.open().exists()
    hours = Step.objects.filter(worker=people["photo"]).exclude(started_at=None)
    assert not hours.exists()  # a companion: no hour is kept
