"""Every desk form that makes a row, sent twice: two clicks, a page sent again, a network that tries again."""

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.models import Category, Collection, Item
from rebond.connect.models import ImportRun
from rebond.core.models import SentForm
from rebond.core.tasks import forget_finished_tasks
from rebond.intake.models import Container
from rebond.journal.models import OutgoingMail
from rebond.network.actions.admission import start_admission
from rebond.network.models import (
    Admission,
    Agreement,
    Closure,
    Invitation,
    Organisation,
    OrganisationAttribute,
    Site,
)
from rebond.warehouse.models import Place, Transport, Wave
from rebond.workshop.models import Station, Worker
from tests.catalogue.test_item_pages import typed
from tests.catalogue.test_never_sold_twice import race
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory
from tests.network.test_agreements import form_of
from tests.network.test_pages import SITE

TABLE = b"Titre;Prix\nLampe orange;12,00\n"


class Scene:
    """Who sends what where; `page` is the address whose form it is."""

    def __init__(self, seller, owner, coordinator, operator, catalogue_manager):
        self.seller, self.owner, self.operator = seller, owner, operator
        self.coordinator, self.catalogue_manager = coordinator, catalogue_manager
        self.site = SiteFactory(organisation=seller)
        self.other = SiteFactory(organisation=seller, is_main=False)

    def forms(self, name):
        mine = [self.seller.public_id]
        planned = {"from_site": self.site.pk, "to_site": self.other.pk, "planned_on": "2999-11-27", "driver": "Lina"}
        collection = {"title": "Vaisselle bleue", "tint": "ciel"}
        category = {"name": "Paravents", "name_en": "Screens", "parent": "furniture"}
        boxes = {"box_site": self.site.pk, "box_kind": "box", "number": "3"}
        wave = {"site": self.site.pk, "leave_by": "2999-11-27T16:00", "slots": "8"}
        if name == "wave":
            ParcelFactory(site=self.site)
        station = {"site": self.site.pk, "kind": "photo", "name": "Table 9", "hint": "", "limit": "30"}
        quality = {"kind": "esus", "number": "A-1", "valid_from": "2026-01-01"}
        days = {"starts_on": "2999-08-01", "ends_on": "2999-08-15", "hides_items": "1"}
        container = {"site": self.site.pk, "name": "Chariot", "tare_g": "8 kg"}
        file = {"file": ("lampes.csv", TABLE)}
        shop = {"address": "boutique.example", "key": "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"}
        school = {"kind": "school", "name": "L’École du Quai"}
        guest = {"email": "n@example.org", "role": "seller"}
        return {
            "item": (self.owner, "catalogue:item-create", [], typed(), Item, 1),
            "collection": (self.catalogue_manager, "catalogue:collection-create", [], collection, Collection, 1),
            "category": (self.catalogue_manager, "catalogue:category-add", [], category, Category, 1),
            "organisation": (self.coordinator, "network:organisation-create", [], school, Organisation, 1),
            "site": (self.owner, "network:site-add", mine, SITE, Site, 1),
            "closure": (self.owner, "network:closure-add", mine, days, Closure, 1),
            "invitation": (self.owner, "network:member-invite", mine, guest, Invitation, 1),
            "agreement": (self.coordinator, "network:agreement-write", mine, form_of(self.operator), Agreement, 1),
            "attribute": (self.owner, "network:attribute-add", mine, quality, OrganisationAttribute, 1),
            "station": (self.owner, "workshop-desk:station-add", [], station, Station, 1),
            "worker": (
                self.owner,
                "workshop-desk:worker-add",
                [],
                {"first_name": "Léa", "status": "volunteer"},
                Worker,
                1,
            ),
            "container": (self.owner, "intake-desk:containers", [], container, Container, 1),
            "transport": (self.owner, "warehouse-desk:transport-make", [], planned, Transport, 1),
            "wave": (self.owner, "warehouse-desk:wave-make", [], wave, Wave, 1),
            "boxes": (self.owner, "warehouse-desk:boxes-make", [], boxes, Place, 3),
            "import": (self.owner, "connect:import-list", [], file, ImportRun, 1),
            "shop": (self.owner, "connect:shop-read", [], shop, ImportRun, 1),
        }[name]


PAGES = {
    "network:member-invite": "network:member-list",
    "warehouse-desk:boxes-make": "warehouse-desk:places-make",
    "connect:shop-read": "connect:import-list",
}


@pytest.fixture
def scene(seller, owner, coordinator, operator, catalogue_manager, categories):
    return Scene(seller, owner, coordinator, operator, catalogue_manager)


def drawn(browser, page, action):
    """The operation of the form that the page draws for this address."""
    html = BeautifulSoup(browser.get(page).content, "html.parser")
    for form in html.find_all("form", method="post"):
        field = form.find("input", {"name": "operation"})
        if field is not None and form.get("action", page) == action:
            return field["value"]
    raise AssertionError(f"{page} draws no operation for {action}")


def sent(data):
    """What the browser sends, each file anew."""
    return {
        name: SimpleUploadedFile(*value, content_type="text/csv") if isinstance(value, tuple) else value
        for name, value in data.items()
    }


@pytest.mark.page
@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        *("item", "collection", "category", "organisation", "site", "closure", "invitation", "agreement"),
        *("attribute", "station", "worker", "container", "transport", "boxes", "wave", "import", "shop"),
    ],
)
def test_a_form_sent_twice_makes_one(scene, as_user, name):
    who, view, args, data, model, number = scene.forms(name)
    action = reverse(view, args=args)
    page = reverse(PAGES.get(view, view), args=args)
    browser = as_user(who)
    before, mails = model.objects.count(), OutgoingMail.objects.count()
    data = data | {"operation": drawn(browser, page, action)}

    first = browser.post(action, sent(data))
    told = OutgoingMail.objects.count() - mails
    second = browser.post(action, sent(data))

    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert model.objects.count() == before + number
    assert OutgoingMail.objects.count() == mails + told


@pytest.mark.page
@pytest.mark.django_db
def test_other_words_in_a_page_brought_back_are_another_object(as_user, owner, categories):
    browser = as_user(owner)
    page = reverse("catalogue:item-create")
    data = typed(operation=drawn(browser, page, page))
    one = browser.post(page, data)
    other = browser.post(page, data | {"title": "Tabouret"})
    assert one["Location"] != other["Location"]
    assert sorted(Item.objects.values_list("title", flat=True)) == ["Chaise en hêtre", "Tabouret"]


@pytest.mark.page
@pytest.mark.django_db
def test_a_form_refused_then_mended_is_saved(as_user, owner, categories):
    browser = as_user(owner)
    page = reverse("catalogue:item-create")
    operation = drawn(browser, page, page)
    refused = browser.post(page, typed(operation=operation, price_cents="gratuit"))
    assert refused.status_code == 422
    assert f'name="operation" value="{operation}"' in refused.text
    assert SentForm.objects.count() == 0
    assert browser.post(page, typed(operation=operation)).status_code == 302
    assert Item.objects.count() == 1


@pytest.mark.page
@pytest.mark.django_db
def test_a_draft_removed_since_is_made_again(as_user, owner, categories):
    browser = as_user(owner)
    page = reverse("catalogue:item-create")
    data = typed(operation=str(uuid.uuid4()))
    first = browser.post(page, data)
    SentForm.objects.update(made=0)
    assert browser.post(page, data)["Location"] != first["Location"]


@pytest.mark.page
@pytest.mark.django_db
def test_save_and_put_on_sale_twice_is_one_object_on_sale(as_user, owner, categories):
    browser = as_user(owner)
    data = typed(operation=str(uuid.uuid4()), publish="1")
    answers = [browser.post(reverse("catalogue:item-create"), data, follow=True) for _ in range(2)]
    assert Item.objects.count() == 1
    assert "brouillon. " not in answers[1].text


@pytest.mark.page
@pytest.mark.django_db
def test_a_copy_asked_twice_is_one_and_another_page_makes_another(as_user, owner, seller):
    item = ItemFactory(seller=seller)
    browser = as_user(owner)
    action = reverse("catalogue:item-duplicate", args=[item.code.lower()])
    page = reverse("catalogue:item-detail", args=[item.code.lower()])
    operation = drawn(browser, page, action)
    answers = [browser.post(action, {"operation": operation})["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Item.objects.count() == 2
    assert browser.post(action, {"operation": drawn(browser, page, action)})["Location"] != answers[0]
    assert Item.objects.count() == 3


@pytest.mark.unit
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["item", "item-duplicate", "worker", "invitation"])
def test_a_form_sent_six_times_at_once_makes_one(scene, name):
    if name == "item-duplicate":
        item = ItemFactory(seller=scene.seller)
        who, view, args, data, model = scene.owner, "catalogue:item-duplicate", [item.code.lower()], {}, Item
    else:
        who, view, args, data, model, _number = scene.forms(name)
    action, data, before = reverse(view, args=args), data | {"operation": str(uuid.uuid4())}, model.objects.count()
    browser = Client()
    browser.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    cookies = browser.cookies
    places = []

    def send():
        mine = Client()
        mine.cookies = cookies
        places.append(mine.post(action, data)["Location"])

    assert race(6, send) == 6
    assert len(set(places)) == 1
    assert model.objects.count() == before + 1


@pytest.mark.unit
@pytest.mark.django_db(transaction=True)
def test_an_application_started_six_times_at_once_is_one():
    assert race(6, lambda: start_admission(name="La Bascule", email="a@example.org")) == 6
    assert Admission.objects.count() == 1


@pytest.mark.unit
@pytest.mark.django_db
def test_sent_forms_are_kept_for_a_week():
    now = timezone.now()
    SentForm.objects.create(key="a" * 64, at=now - timedelta(days=8))
    SentForm.objects.create(key="b" * 64, at=now - timedelta(days=6))
    forget_finished_tasks.func()
    assert [row.key[0] for row in SentForm.objects.all()] == ["b"]
