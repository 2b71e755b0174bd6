"""Known books: their code, yes, their condition."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rebond.catalogue.models import Book, Item
from rebond.intake.actions.book import keep_book, send_book
from rebond.intake.errors import BookUnknown, FieldInvalid
from rebond.intake.models import Sorting
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.queries.places import lying
from rebond.workshop.actions.review import accept_listing
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.data.chain import PHOTOGRAPH, REVIEW, STORE, WRITE
from rebond.workshop.errors import TaskStateForbids
from rebond.workshop.models import Step, Task
from tests.catalogue.pictures import picture_bytes
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ISBN = "9782070409228"


@pytest.fixture
def goriot(categories):
    facts = {"authors": "Honoré de Balzac", "year": 1999, "language": "fre"}
    return Book.objects.create(isbn=ISBN, title="Le Père Goriot", source="t", **facts)


@pytest.fixture
def awa(awa):
    awa.reviewed_percent = 0
    awa.save()
    return awa


def keep(site, hands, **more):
    return keep_book(**{"isbn": ISBN, "price_cents": 400, "site": site, "hands": hands, **more})


def test_it_is_on_sale_with_the_words_of_the_table(goriot, site, hands):
    first = hands()
    task = keep(site, first, cover=picture_bytes(1))
    assert keep(site, first, cover=picture_bytes(1)).pk == task.pk
    last = hands()
    step = send_book(task=task, condition="good", hands=last)
    assert send_book(task=task, condition="good", hands=last).pk == step.pk
    item = Item.objects.get()
    assert (item.state, item.gtin, item.price_cents, item.photo_count) == ("on_sale", ISBN, 400, 1)
    assert item.title == "Le Père Goriot, Honoré de Balzac"
    assert item.attributes["author"] == "Honoré de Balzac"
    assert (item.weight_g > 0, item.is_weight_estimated) == (True, True)
    assert Sorting.objects.get().weight_g == item.weight_g
    assert Step.objects.get(kind="intake.sort").data["is_estimated"] is True
    assert list(Task.objects.open().values_list("kind", flat=True)) == [STORE]


def test_without_a_picture_it_is_told_photographed_by_nobody(goriot, site, hands):
    task = keep(site, hands(), cover=b"no picture")
    send_book(task=task, condition="like_new", hands=hands())
    assert Item.objects.get().photo_count == 0
    assert set(Step.objects.values_list("kind", flat=True)) == {"intake.sort", WRITE}
    assert not Task.objects.open().filter(kind=PHOTOGRAPH).exists()


def test_a_reviewer_reads_it_where_that_was_agreed(goriot, site, hands, awa, owner):
    awa.reviewed_percent = 100
    awa.save()
    send_book(task=keep(site, hands()), condition="good", hands=hands())
    item = Item.objects.get()
    assert item.state == "in_review"
    assert set(Task.objects.open().values_list("kind", flat=True)) == {REVIEW, STORE}
    place = PlaceFactory(site=site, kind="shelf", label="A-03")
    store_item(item=item, place=place, hands=hands())
    review = Task.objects.open().get()  # on its shelf, it waits for its reader only
    reader = Hands(worker=WorkerFactory(organisation=site.organisation, user=owner))
    take_task(task=review, worker=reader.worker)
    accept_listing(task=review, item=item, hands=reader)
    item.refresh_from_db()
    assert (item.state, [one.place.label for one in lying(item)]) == ("on_sale", ["A-03"])
    assert not Task.objects.open().exists()  # nobody is asked to put it away twice


def test_the_shelf_comes_with_its_label_read_again_or_not(goriot, site, hands, awa, at_dock):
    for percent, words in ((0, "Le Père Goriot"), (100, "Un ou une collègue le relit")):
        awa.reviewed_percent = percent
        awa.save()
        task = keep(site, hands())
        address = reverse("intake:book-condition", args=[task.public_id])
        done = at_dock.post(address, {"condition": "good", "operation": str(uuid.uuid4())}, follow=True)
        item = Item.objects.latest("pk")
        assert done.request["PATH_INFO"] == reverse("warehouse:store-object", args=[item.code.lower()])
        assert (done.request["QUERY_STRING"], words in text_of(done)) == ("etiquette=1", True)
        assert reverse("workshop:label", args=[item.code.lower()]) in text_of(done)


def test_what_is_refused_changes_nothing(goriot, site, hands):
    with pytest.raises(BookUnknown):
        keep(site, hands(), isbn="9782253004226")
    with pytest.raises(FieldInvalid):
        keep(site, hands(), price_cents=0)
    assert not Item.objects.exists()
    task = keep(site, hands())
    for wrong in ("", "to_repair", "perfect"):
        with pytest.raises(FieldInvalid):
            send_book(task=task, condition=wrong, hands=hands())
    Task.objects.filter(pk=task.pk).update(data={})
    task.refresh_from_db()
    with pytest.raises(TaskStateForbids):
        send_book(task=task, condition="good", hands=hands())
    assert Item.objects.get().state == "draft"


def text_of(response):
    return response.content.decode().replace("\xa0", " ")


def operation_of(response):
    return re.search(r'name="operation" value="([\w-]+)"', response.content.decode())[1]


def test_the_screens_without_javascript(goriot, at_dock):
    page = reverse("intake:book")
    assert "Scannez le code du livre" in text_of(at_dock.get(page))
    for code, words in (("9782253004226", "ne connaissons pas"), ("12345", "pas le code d’un livre")):
        refused = at_dock.post(page, {"code": code})
        assert refused.status_code == 422
        assert words in text_of(refused)
    seen = at_dock.post(page, {"code": "978-2-07-040922-8"}, follow=True)
    assert "Le Père Goriot" in text_of(seen)
    here = seen.request["PATH_INFO"] + "?" + seen.request["QUERY_STRING"]
    assert at_dock.post(here, {"price": "cheap", "operation": operation_of(seen)}).status_code == 422
    cover = SimpleUploadedFile("a.jpg", picture_bytes(1), "image/jpeg")
    asked = at_dock.post(here, {"price": "4,50", "photo": cover, "operation": operation_of(seen)}, follow=True)
    assert "Dans quel état" in text_of(asked)
    address = asked.request["PATH_INFO"]
    assert at_dock.post(address, {"condition": "", "operation": str(uuid.uuid4())}).status_code == 422
    done = at_dock.post(address, {"condition": "good", "operation": operation_of(asked)}, follow=True)
    assert done.status_code == 200
    assert (Item.objects.get().state, Item.objects.get().price_cents) == ("on_sale", 450)


def test_a_place_scanned_for_a_book_is_named(at_dock, site):
    place = PlaceFactory(site=site, kind="shelf", label="A-03")
    refused = at_dock.post(reverse("intake:book"), {"code": place.code})
    assert refused.status_code == 422
    assert "C’est A-03." in text_of(refused)
    assert "Scannez le code d’un livre." in text_of(refused)


def test_another_organisation_s_book_is_not_there(goriot, site, hands, as_user, stranger, reader, awa):
    task = keep(site, hands())
    for user in (stranger, reader):
        answer = as_user(user).get(reverse("intake:book-condition", args=[task.public_id]))
        assert answer.status_code in {302, 403, 404}
    assert as_user(None).post(reverse("intake:book")).status_code in {302, 403}
