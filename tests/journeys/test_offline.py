"""Without network, in a real browser: the wire is cut in the middle of each kind of act."""

import contextlib
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Error, expect

from rebond.catalogue.actions.item import begin_item
from rebond.core.images.check import judge
from rebond.intake.models import Sorting, Weighing
from rebond.warehouse.actions.count import open_count
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.actions.transport import plan_transport
from rebond.warehouse.queries.places import lying
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.data.chain import WRITE
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import CategoryFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory, TaskFactory, WorkerFactory
from tests.journeys.wire import Wire

GOOD = {
    "width": 640,
    "height": 480,
    "blur": 0.1,
    "light": {"mean": 120, "high": 220, "low": 20, "blown": 0},
    "tilt": {"angle": 0, "agree": 0},
    "cut": 0,
    "glare": 0,
    "turned": 0,
}
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wire(live_server):
    made = Wire(int(live_server.url.rsplit(":", 1)[1]))
    yield made
    made.close()


@pytest.fixture
def other_wire(live_server):
    """That of a second tablet."""
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

    def make(kind="shelves", worker=awa, secret="secret-of-the-cookie", through=wire, clock=None):
        station = StationFactory(site=site, kind=kind)
        DeviceFactory(station=station, secret=secret)
        _badge, token = issue_badge(worker=worker, by=owner)
        client = Client()
        client.cookies[COOKIE] = secret
        client.post("/atelier/badge/", {"code": token})
        context = browser.new_context(
            base_url=through.url, locale="fr-FR", viewport={"width": 390, "height": 844}, has_touch=True
        )
        context.set_default_timeout(60_000)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [
                {"name": COOKIE, "value": secret, "url": through.url},
                {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": through.url},
            ]
        )
        contexts.append(context)
        page = context.new_page()
        if clock is not None:
            page.clock.install(time=clock)
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
    """The screen of this title, with its scripts: a wire cut between the two leaves a page that only reads."""
    page.get_by_role("heading", level=1, name=words).wait_for()
    page.wait_for_load_state()


def sent(page, *states):
    """Go to the list and wait until everything that could leave has left; it shows these states, in order."""
    page.goto("/atelier/en-attente/")
    until(page, "rebondKept.flush().then(() => rebondKept.counts()).then(({ open }) => open === 0)")
    told = page.locator(".queue").all_inner_texts()
    expect(page.locator(".queue .status"), str(told)).to_have_text(list(states))


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
    with contextlib.suppress(Error):
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


@pytest.fixture
def transport(site, seller, owner):
    shop = SiteFactory(organisation=seller, name="Le magasin", is_main=False)
    return plan_transport(from_site=site, to_site=shop, planned_on=timezone.localdate(), by=owner)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_loading_while_the_wire_is_cut(tablet, wire, item, transport, moment):
    page = tablet()
    page.goto(f"/atelier/transport/{transport.public_id}/")
    wire.cut() if moment == "before" else wire.deafen()
    read(page, item.code)
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    assert transport.lines.get().item_code == item.code
    assert Step.objects.filter(kind="warehouse.load").count() == 1


def test_loading_goes_on_without_any_page_of_the_server(tablet, wire, item, shelf, transport, sound):
    page = tablet()
    wire.cut()
    with contextlib.suppress(Error):
        page.goto("/atelier/transport/")
    heading(page, "Quel transport")
    page.get_by_role("button", name="Charger pour Le magasin").click()
    heading(page, "Scannez, puis")
    read(page, shelf.code)
    page.get_by_text("C’est une place").wait_for()
    for _n in range(2):  # the same thing twice is one act
        read(page, item.code)
        page.get_by_text("Gardé").first.wait_for()
    sound(page)
    wire.mend()
    sent(page, "Envoyé")
    assert transport.lines.get().item_code == item.code


@pytest.fixture
def shelved(item, shelf, awa, owner):
    """The lamp lies on the shelf, where a count is open."""
    store_item(item=item, place=shelf, hands=Hands(worker=awa))
    return open_count(place=shelf, by=owner).bins.get()


MOMENTS = pytest.mark.parametrize("moment", ["before", "after"])


@MOMENTS
@pytest.mark.parametrize("act", ["place", "object", "end"])
def test_counting_while_the_wire_is_cut(tablet, wire, item, shelf, shelved, act, moment):
    """Cut at the label of the place, at an object, or at the end: the same count goes on, and arrives once."""
    page = tablet()
    page.goto("/atelier/compter/")
    stages = [("place", shelf.code, "Scannez chaque objet"), ("object", item.code, "1 objet vu")]
    for name, code, title in stages:
        is_cut = act == name
        if is_cut:
            cut(wire, moment)
        read(page, code)
        expect(page.locator("h1")).to_contain_text(
            "Objets vus\u00a0: 1" if name == "object" and act != "end" else title
        )
        until(page, "rebondKept.get('count')")
    if act == "end":
        cut(wire, moment)
    press(page, "J’ai tout scanné")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    shelved.refresh_from_db()
    assert (shelved.state, shelved.rounds) == ("right", 1)
    assert Step.objects.filter(kind="warehouse.count").count() == 1


def test_counting_on_without_any_page_of_the_server(tablet, wire, item, shelf, other_shelf, shelved, sound):
    page = tablet()
    wire.cut()
    with contextlib.suppress(Error):
        page.goto("/atelier/compter/")
    heading(page, "Allez à A-03-2")
    read(page, other_shelf.code)
    page.get_by_text("n’est pas à compter").wait_for()
    read(page, shelf.code)
    heading(page, "Scannez chaque objet")
    sound(page)
    for _n in range(2):  # the same thing twice is one
        read(page, item.code)
        heading(page, "Objets vus\u00a0: 1")
    again = kill(page)
    offline(again, "compter")
    heading(again, "Objets vus\u00a0: 1")
    press(again, item.code[:2])
    again.get_by_label("Combien").fill("3")
    press(again, "C’est bon")
    again.get_by_text("Nombre vu\u00a0: 3").wait_for()
    sound(again)
    press(again, "J’ai tout scanné")
    heading(again, "C’est gardé")
    press(again, "Compter la suivante")
    heading(again, "Plus rien à compter")
    wire.mend()
    sent(again, "Envoyé")
    shelved.refresh_from_db()
    assert (shelved.state, shelved.lines.get().units) == ("recount", 3)  # the ledger has one: somebody else counts


def test_a_count_of_what_moved_meanwhile_is_asked_about(tablet, wire, item, shelf, other_shelf, shelved, seller):
    page = tablet()
    wire.cut()
    with contextlib.suppress(Error):
        page.goto("/atelier/compter/")
    heading(page, "Allez à A-03-2")
    read(page, shelf.code)
    heading(page, "Scannez chaque objet")
    read(page, item.code)
    heading(page, "Objets vus\u00a0: 1")
    press(page, "J’ai tout scanné")
    heading(page, "C’est gardé")
    store_item(item=item, place=other_shelf, hands=Hands(worker=WorkerFactory(organisation=seller, first_name="Bob")))
    wire.mend()
    sent(page, "Changé")
    expect(page.locator(".queue")).to_contain_text(f"{item.code} a bougé à A-03-2, aujourd’hui")
    press(page, "Envoyer quand même")
    expect(page.locator(".queue .status")).to_have_text("Envoyé")
    shelved.refresh_from_db()
    assert (shelved.state, shelved.rounds) == ("recount", 1)


def offline(page, hash_=""):
    """The page that works without network, at one of its screens."""
    page.goto(f"/atelier/en-attente/#{hash_}")
    page.reload()


def press(page, words):
    page.get_by_role("button", name=words).first.click()


def cut(wire, moment):
    wire.cut() if moment == "before" else wire.deafen()


@MOMENTS
def test_weighing_while_the_wire_is_cut(tablet, wire, moment):
    page = tablet("dock")
    page.goto("/atelier/arrivage/?de=drop_off&quoi=mixed")
    page.get_by_label("Écrivez le poids").fill("12,4")
    cut(wire, moment)
    press(page, "C’est bon")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    assert Weighing.objects.get().net_g == 12_400


def test_weighing_on_without_network(tablet, wire):
    page = tablet("dock")
    wire.cut()
    with contextlib.suppress(Error):
        page.goto("/atelier/arrivage/")
    heading(page, "D’où")
    press(page, "Collecté à domicile")
    heading(page, "Quel code postal")
    page.get_by_label("Votre réponse").fill("44")
    press(page, "Suivant")
    page.get_by_text("cinq chiffres").first.wait_for()
    page.get_by_label("Votre réponse").fill("44000")
    press(page, "Suivant")
    press(page, "Un peu de tout")
    page.get_by_label("Écrivez le poids").fill("lourd")
    press(page, "C’est bon")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Écrivez le poids").fill("3,5")
    press(page, "C’est bon")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    weighing = Weighing.objects.get()
    assert (weighing.net_g, weighing.donation.source, weighing.donation.postcode) == (3_500, "home", "44000")


@MOMENTS
def test_sorting_while_the_wire_is_cut(tablet, wire, category, moment):
    page = tablet("sorting")
    page.goto("/atelier/tri/?c=lampes&weight_g=1200+g&quantity=1")
    page.get_by_text("À recycler").click()
    cut(wire, moment)
    press(page, "Ça va là")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    row = Sorting.objects.get()
    assert (row.outcome, row.weight_g) == ("recycle", 1_200)


def test_sorting_on_without_network(tablet, wire, category):
    page = tablet("sorting")
    wire.cut()
    with contextlib.suppress(Error):
        page.goto("/atelier/tri/")
    press(page, "Lampes")
    heading(page, "Lequel")
    press(page, "Lampes")
    page.get_by_label("Écrivez le poids").fill("1,2")
    press(page, "C’est bon")
    press(page, "En ligne")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    assert Sorting.objects.get().item is not None
    page.get_by_role("link", name="Imprimer son étiquette").click()
    page.wait_for_url("**/atelier/etiquette/**")


@pytest.fixture
def listing(site, item, awa):
    made = TaskFactory(
        site=site, kind=WRITE, subject_id=item.code, subject_kind="catalogue.item", subject_label=item.title
    )
    return take_task(task=made, worker=awa)


@MOMENTS
def test_answering_while_the_wire_is_cut(tablet, wire, listing, moment):
    page = tablet("writing")
    page.goto(f"/atelier/annonces/{listing.public_id}/condition/")
    cut(wire, moment)
    page.get_by_role("button", name=re.compile("^Bon état")).click()
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    listing.refresh_from_db()
    assert listing.data["condition"] == "good"


def test_answering_on_without_network(tablet, wire, listing):
    page = tablet("writing")
    wire.cut()
    with contextlib.suppress(Error):
        page.goto(f"/atelier/annonces/{listing.public_id}/")
    heading(page, "Dans quel état")
    press(page, "Très bon état")
    heading(page, "Quelle marque")
    press(page, "Je ne sais pas")
    heading(page, "Quel prix")
    page.get_by_label("Votre réponse").fill("25")
    press(page, "Suivant")
    heading(page, "C’est tout pour l’instant")
    wire.mend()
    sent(page, "Envoyé", "Envoyé", "Envoyé")
    listing.refresh_from_db()
    assert (listing.data["condition"], listing.data["brand"], listing.data["price"]) == ("very_good", "", 2_500)


@pytest.fixture
def clear(monkeypatch):
    """Pictures in which the checks find nothing."""
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(GOOD))


def picture(number):
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(number)}


@MOMENTS
def test_a_picture_is_taken_while_the_wire_is_cut(tablet, wire, item, clear, moment):
    page = tablet("photo")
    page.goto("/atelier/photos/")
    read(page, item.code)
    heading(page, "La face")
    cut(wire, moment)
    page.get_by_label("Prendre ou choisir la photo").set_input_files(picture(1))
    heading(page, "Le dos")
    page.get_by_label("Prendre ou choisir la photo").set_input_files(picture(2))
    press(page, "Terminé. Photos : 2")
    heading(page, "Scannez l’étiquette")
    wire.mend()
    sent(page, "Envoyé")
    assert item.photos.count() == 2
    assert Step.objects.get(kind="workshop.photograph").subject_id == item.code


def test_the_camera_works_without_network(tablet, wire, item, clear):
    page = tablet("photo")
    page.context.grant_permissions(["camera"])
    wire.cut()
    offline(page, f"photos={item.code}")
    heading(page, "La face")
    press(page, "Photo")
    heading(page, "Le dos")
    press(page, "Photo")
    heading(page, "L’étiquette")
    press(page, "Refaire")
    heading(page, "Le dos")
    press(page, "Terminé. Photos : 1")
    heading(page, "Scannez l’étiquette")
    wire.mend()
    sent(page, "Envoyé")
    assert item.photos.count() == 1


@MOMENTS
def test_finishing_an_object_while_the_wire_is_cut(tablet, wire, item, clear, moment):
    page = tablet("photo")
    page.goto("/atelier/photos/")
    read(page, item.code)
    heading(page, "La face")
    page.get_by_label("Prendre ou choisir la photo").set_input_files(picture(1))
    heading(page, "Le dos")
    cut(wire, moment)
    press(page, "Terminé")
    heading(page, "C’est gardé")
    wire.mend()
    sent(page, "Envoyé")
    assert Step.objects.filter(kind="workshop.photograph").count() == 1


def test_pictures_survive_a_tab_that_is_killed(tablet, wire, item, clear):
    page = tablet("photo")
    wire.cut()
    offline(page, f"photos={item.code}")
    heading(page, "La face")
    page.get_by_label("Prendre ou choisir la photo").set_input_files(picture(1))
    heading(page, "Le dos")
    again = kill(page)
    offline(again, "photos")
    heading(again, "Le dos")
    again.get_by_label("Prendre ou choisir la photo").set_input_files(picture(2))
    heading(again, "L’étiquette")
    press(again, "Terminé. Photos : 2")
    heading(again, "Scannez l’étiquette")  # what was shown as kept survives, not a gesture under way
    again = kill(again)
    wire.mend()
    sent(again, "Envoyé")
    assert item.photos.count() == 2


def kill(page):
    """The tab's process dies: nothing of it has time for anything. A new tab of the same browser."""
    context = page.context
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3_000)
    page.close()
    return context.new_page()


def test_a_form_on_its_way_when_the_tab_is_killed_arrives_once(tablet, wire, item, shelf):
    page = tablet()
    page.goto(f"/atelier/ranger/objet/{item.code.lower()}/")
    wire.hold()
    page.get_by_label("Code").fill(shelf.code)
    page.evaluate("document.querySelector('[data-rebond-scan]').requestSubmit()")
    wire.wait_for_post()
    again = kill(page)
    wire.mend()
    again.goto("/atelier/en-attente/")
    until(again, "rebondKept.flush({ wait: 1000 }).then(() => rebondKept.counts()).then(({ open }) => open === 0)")
    assert store_steps().count() == 1


@pytest.mark.parametrize("hours", [24, -24], ids=["a day ahead", "a day behind"])
def test_a_wrong_clock_changes_nothing(tablet, wire, item, shelf, hours):
    page = tablet(clock=timezone.now() + timedelta(hours=hours))
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    wire.mend()
    sent(page, "Envoyé")
    assert abs(store_steps().get().ended_at - timezone.now()) < timedelta(minutes=2)


@pytest.mark.parametrize("hours", [24, -24], ids=["was a day ahead", "was a day behind"])
def test_a_clock_that_is_set_right_meanwhile_stays_within_bounds(tablet, wire, item, shelf, hours):
    began = timezone.now() - timedelta(seconds=1)
    page = tablet(clock=timezone.now() + timedelta(hours=hours))
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    right = page.context.new_page()
    page.close()
    wire.mend()
    right.goto("/atelier/en-attente/")
    until(right, "rebondKept.flush().then(() => rebondKept.counts()).then(({ open }) => open === 0)")
    assert began <= store_steps().get().ended_at <= timezone.now()


@pytest.mark.parametrize("first_sends", [True, False], ids=["the first sends first", "the second sends first"])
def test_two_tablets_scan_the_same_object(tablet, wire, other_wire, item, shelf, other_shelf, seller, first_sends):
    nour = WorkerFactory(organisation=seller, first_name="Nour", status="cddi")
    one, two = tablet(), tablet(worker=nour, secret="another-secret", through=other_wire)
    wire.cut()
    other_wire.cut()
    for page, place in ((one, shelf), (two, other_shelf)):
        offline(page, f"ranger={item.code}")
        read(page, place.code)
        page.get_by_text("Gardé").first.wait_for()
    if first_sends:
        wire.mend()
        sent(one, "Envoyé")
        other_wire.mend()
        sent(two, "Envoyé")
        assert store_steps().count() == 2
    else:
        other_wire.mend()
        sent(two, "Envoyé")
        wire.mend()
        sent(one, "Changé")
        one.get_by_text("Nour l’a mis en A-04-1").wait_for()
        assert store_steps().count() == 1
        press(one, "Jeter")
        press(one, "Oui, le jeter")
        heading(one, "Rien n’attend")
    assert lying(item)[0].place == other_shelf


def test_what_is_refused_stays_with_its_reason(tablet, wire, item, shelf):
    shelf.closed_on = timezone.localdate()
    shelf.save()
    page = tablet()
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    wire.mend()
    sent(page, "Refusé")
    heading(page, "À regarder")
    page.get_by_text("Cette place est fermée").or_(page.get_by_text("pas connu ici")).first.wait_for()
    page.reload()
    heading(page, "À regarder")
    assert store_steps().count() == 0
    shelf.closed_on = None
    shelf.save()
    press(page, "Renvoyer")
    expect(page.locator(".queue .status")).to_have_text(["Envoyé"])
    assert store_steps().count() == 1


def test_no_hour_is_shown_of_a_companion(tablet, wire, item, shelf, seller):
    page = tablet(worker=WorkerFactory(organisation=seller, first_name="Jo", status="companion"))
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    offline(page)
    row = page.locator(".queue").inner_text()
    assert not re.search(r"\d\s*h\s*\d\d", row), row
    wire.mend()
    sent(page, "Envoyé")
    assert store_steps().get().ended_at is None


def test_it_leaves_by_itself_when_the_network_comes_back(tablet, wire, item, shelf):
    page = tablet()
    page.context.set_offline(True)
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    wire.mend()
    page.context.set_offline(False)
    until(page, "rebondKept.counts().then(({ open }) => open === 0)")
    assert store_steps().count() == 1


def test_two_tabs_send_it_once(tablet, wire, item, shelf):
    page = tablet()
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    other = page.context.new_page()
    other.goto("/atelier/en-attente/")
    heading(other, "Rien n’est perdu")
    wire.posts.clear()
    wire.mend()
    start = "Promise.all([1, 2, 3].map(() => rebondKept.flush({ wait: 3000 }))).then(() => true)"
    page.evaluate(f"void ({start})")
    until(other, start)
    until(page, "rebondKept.counts().then(({ open }) => open === 0)")
    assert wire.posts.count("POST /atelier/envoi/ HTTP/1.1") == 1


def test_what_is_done_after_stays_after(tablet, wire, item, shelf, other_shelf):
    page = tablet()
    page.goto(f"/atelier/ranger/objet/{item.code.lower()}/")
    wire.cut()
    read(page, shelf.code)
    heading(page, "C’est gardé")
    wire.mend()
    page.goto(f"/atelier/ranger/objet/{item.code.lower()}/")
    read(page, other_shelf.code)
    page.get_by_role("heading", name="Scannez l’objet suivant").wait_for()
    assert [step.data["place"] for step in store_steps().order_by("pk")] == [shelf.code, other_shelf.code]


def test_nothing_of_who_leaves_stays(tablet, wire, item, shelf):
    page = tablet()
    wire.cut()
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    press(page, "Retour")
    press(page, "Je sors")
    heading(page, "Personne n’est connecté")
    offline(page, "ranger")
    heading(page, "Personne n’est connecté")
    assert "Awa" not in page.content()
    wire.mend()
    page.goto("/atelier/")
    heading(page, "Bonjour !")
    assert page.evaluate("rebondKept.get('luggage')") is None
    until(page, "rebondKept.counts().then(({ open }) => open === 0)")
    assert store_steps().get().worker.first_name == "Awa"


def test_leaving_from_a_page_while_the_wire_is_cut(tablet, wire):
    page = tablet()
    wire.cut()
    press(page, "J’ai fini, je sors")
    heading(page, "Personne n’est connecté")
    wire.mend()
    page.goto("/atelier/")
    heading(page, "Bonjour !")


def test_what_needs_the_network_says_so(tablet, wire, listing):
    page = tablet("writing")
    wire.cut()
    press(page, "Pause")
    heading(page, "Il faut le réseau pour cela")
    listing.refresh_from_db()
    assert listing.state == "taken"


def test_a_full_tablet_says_so(tablet, wire, item, shelf):
    page = tablet()
    wire.cut()
    offline(page, f"ranger={item.code}")
    page.evaluate("void (rebondKept.add = () => Promise.reject(new DOMException('full', 'QuotaExceededError')))")
    read(page, shelf.code)
    heading(page, "La tablette est pleine")
    wire.mend()
    assert page.evaluate("rebondKept.counts()") == {"open": 0, "asking": 0}


def test_the_screens_without_network_are_sound(tablet, wire, item, shelf, sound):
    page = tablet()
    wire.cut()
    for place in ("", "travail", "ranger", f"ranger={item.code}", "reseau", "plein", "photos=", "parti"):
        offline(page, place)
        page.get_by_role("heading", level=1).wait_for()
        sound(page)
    offline(page, f"ranger={item.code}")
    read(page, shelf.code)
    page.get_by_text("Gardé").first.wait_for()
    offline(page)
    page.locator(".queue").wait_for()
    sound(page)
