"""A wave of orders as a beginner with a phone does it: picked, packed, labelled, handed over, in a real browser.

One object is not there, and the network is cut between two scans. The suite plays three orders, `make proof` all twelve.
`REBOND_SHOTS=folder` keeps a picture of each new screen.
"""

import io
import re
from dataclasses import dataclass

import pytest
from django.core import mail
from django.utils import timezone
from pypdf import PdfReader

from rebond.catalogue.actions.item import begin_item
from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.models import Refund, SellerOrder
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.places import Plan, make_places
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.models import Manifest, Parcel, PickLine, Place, Shipment
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step, Task
from tests.catalogue.pictures import picture_bytes
from tests.factories.carriers import account_of
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory
from tests.journeys.steps import enter, work
from tests.journeys.test_offline import heading, press, read, until
from tests.journeys.test_played_day import PHONE, Worker
from tests.journeys.wire import Wire

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MISSING, FREE = "Pichet en grès", "Bol à rayures"  # of the same order: one is not there, the other leaves
# A Chromium without a screen dies of printing a PDF: here the papers are read by their link.
NO_PRINTER = "Object.defineProperty(navigator, 'pdfViewerEnabled', { value: false })"
KEPT = 2  # objects picked without network


@pytest.fixture
def wire(live_server):
    made = Wire(int(live_server.url.rsplit(":", 1)[1]))
    yield made
    made.close()


@pytest.fixture
def site(seller):
    return SiteFactory(
        organisation=seller, is_main=True, name="L’entrepôt", address="4 quai des Ateliers", postal_code="47200"
    )


@pytest.fixture
def lina(seller):
    """Her first day: no skill is noted."""
    return WorkerFactory(organisation=seller, first_name="Lina", status="cddi")


@dataclass
class Floor:
    """What `sell(n)` leaves: paid orders whose parcels are asked of the site."""

    site: object
    owner: object
    worker: object
    category: object

    def put(self, title, number):
        """An object on sale, in a bin of its own."""
        item = begin_item(
            seller=self.site.organisation, category=self.category, site=self.site, by=self.owner, weight_g=600,
            title=title,
        )  # fmt: skip
        Item.objects.filter(pk=item.pk).update(
            state="on_sale", price_cents=900, published_at=timezone.now(), length_mm=180, width_mm=150, height_mm=120
        )
        item.refresh_from_db()
        bins = Place.objects.filter(site=self.site, kind="bin").order_by("label")
        store_item(item=item, place=bins[number], hands=Hands(worker=self.worker))
        return item

    def sell(self, orders):
        things = [[self.put(MISSING, 0), self.put(FREE, 1)]]
        things += [[self.put(f"Assiette bleue {n}", n)] for n in range(2, orders + 1)]
        for n, items in enumerate(things, 1):
            order = paid_order(*items, email=f"camille{n}@example.org", shipping=490)
            announce_parcels(order_id=order.pk)


@pytest.fixture
def floor(site, owner, lina, categories, operator, index, folders):
    """A site with bins, cartons and the trial carrier, and nothing to do yet."""
    account_of(site.organisation)
    make_places(site=site, plan=Plan("", ("A", "B"), 2, 2, 2), by=owner)
    for name, sides in (("S", (250, 200, 150)), ("M", (400, 300, 250))):
        add_carton(site=site, kind=Kind(name, *sides, cost_cents=50, tare_g=150), number=40, by=owner)
    return Floor(site, owner, lina, categories["plates"])


@pytest.fixture
def at(browser, wire, site, lina, owner):
    """`at("shelves")`: Lina with the phone of this station, signed in by her badge."""
    opened = []

    def come(kind, name):
        secret = f"secret of {kind}"
        DeviceFactory(station=StationFactory(site=site, kind=kind, name=name), secret=secret)
        context = browser.new_context(base_url=wire.url, locale="fr-FR", viewport=PHONE, has_touch=True, is_mobile=True)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": COOKIE, "value": secret, "url": wire.url}])
        context.add_init_script(NO_PRINTER)
        opened.append(context)
        person = Worker(context.new_page())
        _badge, token = issue_badge(worker=lina, by=owner)
        person.page.goto("/atelier/")
        person.scan(token)
        person.page.get_by_text("Bonjour Lina").wait_for()
        person.look(f"home-{kind}")
        return person

    yield come
    for context in opened:
        context.close()


def make_the_wave(page, orders, look):
    """At the desk, on a phone as well."""
    page.goto("/bureau/stock/vagues/nouvelle/")
    page.get_by_label("Cases sur un chariot").fill("12")
    look("wave-make")
    page.get_by_role("button", name="Créer la vague").click()
    page.get_by_role("heading", level=1, name="Vague").wait_for()
    assert Parcel.objects.exclude(wave=None).count() == orders
    work()


def begin(person):
    """The round that the home screen proposes; its page's address."""
    person.page.goto("/atelier/")
    person.look("home-round")
    person.touch("Commencer")
    person.page.wait_for_url("**/preparer/**")
    return person.page.url


def pick_one(person):
    """Where to go, the object's label, then the slot that is asked."""
    line = next_line()
    person.page.get_by_role("heading", name=line.title).wait_for()
    person.look("pick")
    person.scan(line.item_code)
    person.page.get_by_role("heading", name=f"Posez-le dans la case {line.cart_slot}").wait_for()
    person.look("pick-slot")
    person.page.get_by_role("button", name=f"Case {line.cart_slot}", exact=True).click()
    person.page.wait_for_url("**fait=**")
    person.look("picked")
    answer_empty(person)
    return line


def answer_empty(person):
    """Its place should be empty now: yes."""
    yes = person.page.get_by_role("button", name="Oui, vide")
    if yes.count():
        person.look("pick-empty")
        yes.click()
        person.page.get_by_text("c’est noté").wait_for()


def next_line():
    rows = PickLine.objects.filter(state="to_pick").select_related("item", "parcel", "place")
    return rows.order_by("skips", "turn", "pk").first()


def look_in_vain(person):
    person.page.get_by_role("heading", name=MISSING).wait_for()
    person.page.get_by_role("link", name="Absent ou cassé").click()
    person.sees("Cherchez autour", "pick-find")
    person.touch("Il n’est vraiment pas là")
    person.page.get_by_text("Merci d’avoir cherché").wait_for()
    person.look("pick-missed")


def pick_without_network(person, wire, number):
    """Cut between two scans: the next ones are kept, then sent by themselves, each once."""
    page, lines = person.page, []
    until(page, "navigator.serviceWorker.controller")
    until(page, "rebondKept.get('luggage')")
    page.context.set_offline(True)
    wire.cut()
    wire.posts.clear()
    for _n in range(number):
        kept = [line.pk for line in lines]
        line = PickLine.objects.filter(state="to_pick").exclude(pk__in=kept).order_by("skips", "turn", "pk").first()
        lines.append(line)
        read(page, line.item_code)
        heading(page, f"Posez-le dans la case {line.cart_slot}")
        person.look("offline-slot")
        press(page, f"Case {line.cart_slot}")
        page.get_by_text("Gardé").first.wait_for()
        person.look("offline-kept")
        yes = page.get_by_role("button", name="Oui, vide")
        if yes.count():
            yes.click()
    assert {line.state for line in PickLine.objects.filter(pk__in=[one.pk for one in lines])} == {"to_pick"}
    wire.mend()
    page.context.set_offline(False)
    until(page, "rebondKept.counts().then(({ open }) => open === 0)")
    until(page, "rebondKept.flush({ wait: 1000 }).then(() => true)")  # a second time there is nothing to send
    taken = "rebondKept.get('luggage').then(({ picks }) => picks.filter((one) => one.taken).map((one) => one.code))"
    assert set(page.evaluate(taken)) >= {line.item_code for line in lines}, "what was sent is not asked for again"
    for line in lines:
        assert Step.objects.filter(kind="warehouse.pick", subject_id=line.item_code, undoes=None).count() == 1
    assert KeptAct.objects.filter(act="warehouse.pick").count() == number


def pack(person, parcel):
    """One parcel from its first object to its papers; their address."""
    page, lines = person.page, list(parcel.lines.filter(state="picked"))
    page.goto("/atelier/emballer/")
    person.sees("Scannez un objet", "pack")
    person.scan(lines[0].item_code)
    person.sees("Scannez chaque objet", "pack-objects")
    for line in lines:
        person.scan(line.item_code)
        page.get_by_text(f"« {line.title} » y est").wait_for()
    person.look("pack-carton")
    page.get_by_role("button", name="Je l’ai").click()
    person.sees("Prenez le colis ouvert en photo", "pack-photo")
    page.get_by_label("Prendre ou choisir la photo").set_input_files(
        {"name": "colis.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(1)}
    )
    press(page, "Envoyer la photo")
    person.sees("Pesez le colis", "pack-weight")
    page.get_by_label("Pesez le colis").fill("0,9")
    press(page, "Imprimer")
    person.sees("Le colis est emballé", "packed")
    return page.get_by_role("link", name="Imprimer l’étiquette et le bordereau").get_attribute("href")


def hand_over(page, numbers, look, sound):
    page.goto("/bureau/stock/remises/")
    look("hand-over")
    page.get_by_role("button", name=re.compile("^Scanner les colis")).click()
    page.get_by_role("heading", name="Il manque encore").wait_for()
    for number in numbers:
        page.get_by_label("Scannez l’étiquette d’un colis").fill(number)
        page.keyboard.press("Enter")
        page.get_by_text(f"{number} est dans le chariot").wait_for()
        look("hand-over-scan")
    sound(page)
    page.get_by_role("button", name="Remettre", exact=True).click()
    page.get_by_text("partent l’une après l’autre").first.wait_for()
    look("handed-over")


@pytest.mark.parametrize("orders", [3, pytest.param(12, marks=pytest.mark.proof)])
def test_a_wave_from_the_shelves_to_the_carrier(orders, floor, at, wire, owner, phone, live_server, sound):
    floor.sell(orders)
    work()  # confirmations and papers of the sales
    mail.outbox.clear()
    enter(phone, owner, live_server)
    desk = Worker(phone)
    make_the_wave(phone, orders, desk.look)

    lina = at("shelves", "Les étagères")
    address = begin(lina)
    sound(lina.page)
    is_cut = False
    while (line := next_line()) is not None:
        if line.title == MISSING:
            look_in_vain(lina)
        elif not is_cut:
            pick_without_network(lina, wire, KEPT)
            is_cut = True
        else:
            pick_one(lina)
            sound(lina.page)
        lina.page.goto(address)
    lina.sees("Votre tournée est terminée", "pick-over")
    assert not Task.objects.open().filter(kind="warehouse.pick").exists()
    work()
    assert Refund.objects.count() == 1
    assert [one.to for one in mail.outbox] == [["camille1@example.org"]]
    mail.outbox.clear()

    table, numbers = at("packing", "La table"), []
    for parcel in Parcel.objects.filter(state="picked").order_by("pk"):
        papers = pack(table, parcel)
        label = PdfReader(io.BytesIO(table.page.request.get(papers).body())).pages[0].extract_text()
        shipment = Shipment.objects.get(parcel=parcel)
        assert shipment.number in label
        numbers.append(shipment.number)
    sound(table.page)
    assert len(set(numbers)) == orders

    hand_over(phone, numbers, desk.look, sound)
    work()
    assert Manifest.objects.get().units == orders
    assert set(Parcel.objects.values_list("state", flat=True)) == {"left"}
    assert set(SellerOrder.objects.values_list("state", flat=True)) == {"shipped"}
    told = [one.to[0] for one in mail.outbox]
    assert sorted(set(told)) == sorted(f"camille{n}@example.org" for n in range(1, orders + 1))
    assert len(told) == orders, "each buyer is told once"
    assert (check_stock().is_right, check_ledger().is_right) == (True, True)
