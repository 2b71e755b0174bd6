"""How many gestures from the pile to "on sale, on its shelf": counted in a real browser, one screen change for each."""

import re

import pytest

from rebond.catalogue.models import Book, Item
from rebond.core.images.check import judge
from rebond.warehouse.queries.places import lying
from rebond.workshop.models import Step
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import SortingFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory
from tests.journeys.gestures import Person
from tests.journeys.steps import enter
from tests.journeys.test_photo_table import GOOD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ISBN = "9782070409228"


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True)


@pytest.fixture
def shelf(site):
    return PlaceFactory(site=site, kind="shelf", label="A-03", capacity=50)


@pytest.fixture
def worker(seller, owner):
    return WorkerFactory(organisation=seller, user=owner, first_name="Nadia", status="staff", reviewed_percent=0)


@pytest.fixture
def person(phone, owner, worker, shelf, categories, live_server, monkeypatch):
    """A phone with a camera, signed in; the checks find the camera's made picture good."""
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(GOOD))
    phone.context.grant_permissions(["camera"])
    enter(phone, owner, live_server)
    return Person(phone)


PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; }"


def prints(person, live_server, choice):
    """This device's labels leave by themselves, by `choice`; the paper is counted."""
    address = {"name": "etiquettes", "value": f"{choice}.seules", "url": live_server.url}
    person.page.context.add_cookies([address])
    person.page.add_init_script(PRINTS)


def paper_of(page):
    """What the print of the page in view says, and how many pages of which size (in points) it takes."""
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    page.emulate_media(media="print")
    said = page.locator("body").inner_text()
    page.emulate_media(media="screen")
    return said, [(round(float(wide)), round(float(high))) for wide, high in boxes]


def test_a_known_book_in_four_gestures(person, shelf, live_server):
    prints(person, live_server, "rouleau")
    Book.objects.create(isbn=ISBN, title="Le Père Goriot", authors="Honoré de Balzac", language="fre", source="t")
    person.page.goto("/atelier/livres/")
    person.sees("Scannez le code du livre")
    person.page.get_by_text("La caméra regarde").wait_for()
    person.starts()
    person.scan(ISBN)
    person.sees("C’est ce livre")
    person.page.locator("[data-cover-live]").wait_for()
    person.write("Quel prix", "4", then="Oui, c’est lui")  # nothing alike was sold here: no price is made up
    person.sees("Dans quel état")
    person.touch("Très bon état")
    person.sees(re.compile("Rangez-le ici|Choisissez une place|Posez-le"))
    person.page.wait_for_function("window.printed")  # the same touch printed its label: nothing but it is on the paper
    item = Item.objects.get()
    said, paper = paper_of(person.page)
    assert (item.display_code in said, "Rangez" in said, paper) == (True, False, [(176, 82)])  # 62 × 29 mm
    person.scan(shelf.code)
    person.sees("Scannez l’objet suivant")
    assert person.page.evaluate("window.printed") == 0  # the next screen prints nothing
    item = Item.objects.get()
    assert (item.state, item.price_cents, item.condition, item.photo_count) == ("on_sale", 400, "very_good", 1)
    assert (item.gtin, item.is_weight_estimated) == (ISBN, True)
    assert [one.place.code for one in lying(item)] == [shelf.code]
    assert person.gestures <= 4
    assert person.screens <= person.gestures
    kinds = list(Step.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["intake.sort", "workshop.photograph", "workshop.write", "warehouse.store"]
    person.scan(ISBN)  # the pile goes on from here
    person.sees("C’est ce livre")


def test_a_book_to_be_read_again_is_stored_by_the_same_gestures(person, shelf, worker, live_server):
    """The draw asks for a reviewer: its label's file leaves and it goes on its shelf all the same."""
    worker.reviewed_percent = 100
    worker.save()
    prints(person, live_server, "zpl-62")
    Book.objects.create(isbn=ISBN, title="Le Père Goriot", authors="Honoré de Balzac", language="fre", source="t")
    person.page.goto("/atelier/livres/")
    person.page.get_by_text("La caméra regarde").wait_for()
    person.starts()
    person.scan(ISBN)
    person.page.locator("[data-cover-live]").wait_for()
    person.write("Quel prix", "4", then="Oui, c’est lui")
    person.sees("Dans quel état")
    with person.page.expect_download() as sent:
        person.touch("Très bon état")
    item = Item.objects.get()
    assert sent.value.suggested_filename.endswith(f"-{item.code.lower()}.zpl")
    assert item.state == "in_review"
    assert item.code.encode() in sent.value.path().read_bytes()
    person.scan(shelf.code)
    person.sees("Scannez l’objet suivant")
    assert [one.place.code for one in lying(item)] == [shelf.code]
    assert person.gestures <= 4
    assert person.screens <= person.gestures


def test_a_garment_in_twelve_gestures(person, site, seller, shelf, categories):
    """Without a mark, with its size, colour and brand. A kind never sorted here, or with two names, is one touch more each."""
    shirts = categories["polos"]
    SortingFactory(site=site, organisation=seller, category=shirts)
    for cents in (500, 600, 700, 800, 900):
        ItemFactory(seller=seller, category=shirts, price_cents=cents, on_sale=True, condition="like_new")
    before = Item.objects.count()
    person.page.goto("/atelier/tri/")
    person.sees("Qu’avez-vous en main")
    person.starts()
    person.touch("Polos", role="link")
    person.sees("Combien ça pèse")
    person.write("Écrivez le poids", "0,18", then="Vendre en ligne")
    person.sees("En ligne")
    person.touch("Prendre ses photos")
    for words in ("La face", "Le dos"):
        person.sees(words)
        person.shoot()
    person.sees("L’étiquette de la marque")
    person.touch("Écrire son annonce")
    person.sees("Dans quel état")
    person.touch("Comme neuf")
    person.sees("Pour qui")
    person.touch("Femme")
    person.sees("Quelle couleur")
    person.touch("Bleu", exact=True)
    person.sees("Quelle taille")
    person.write("Quelle marque", "Petit Bateau", then="M")
    person.sees("Polo bleu")
    person.touch("j’envoie")
    person.sees("C’est en vente")
    person.scan(shelf.code)
    person.sees("Scannez l’objet suivant")
    item = Item.objects.latest("pk")
    assert Item.objects.count() == before + 1
    assert (item.state, item.size, item.color, item.brand) == ("on_sale", "M", "Bleu", "Petit Bateau")
    assert (item.weight_g, item.photo_count, item.price_cents) == (180, 2, 700)
    assert [one.place.code for one in lying(item)] == [shelf.code]
    assert person.gestures <= 12, person.told
    assert person.screens <= person.gestures


def test_ten_objects_in_a_row_with_nothing_but_scan_and_shutter(person, site, seller, categories):
    things = ItemFactory.create_batch(10, seller=seller, site=site, category=categories["tshirts"])
    person.page.goto("/atelier/photos/")
    person.sees("Scannez l’étiquette")
    person.starts()
    for thing in things:
        person.scan(thing.code)
        person.page.locator(f"[data-rebond-station={thing.code}]").wait_for()
        for words in ("La face", "Le dos"):
            person.sees(words)
            person.shoot()
        person.sees("L’étiquette de la marque")
    assert set(person.told) == {"shutter", *(f"scan {thing.code}" for thing in things)}
    assert person.gestures == 30
    assert [thing.photos.count() for thing in things] == [2] * 10
    assert Step.objects.filter(kind="workshop.photograph").count() == 9  # the tenth waits for a next label
