"""The people of a site store, count, pick and pack what it keeps for another seller."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.item import begin_item
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.loading import load_object
from rebond.warehouse.actions.transport import plan_transport
from rebond.warehouse.errors import KeptHereOnly
from rebond.warehouse.models import Holding, PickLine, Place
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.queries.scan import resolve
from tests.factories.hosting import hosted
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def guest():
    return OrganisationFactory(admitted=True, name="Le Vide-Grenier", letters="VG")


@pytest.fixture
def kept(guest, site, category, owner):
    """The first object that ever came to the site."""
    hosted(guest, site)
    return begin_item(seller=guest, category=category, site=site, by=owner, weight_g=400, title="Vase bleu")


@pytest.fixture
def browser(device, awa, owner):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


def test_it_waits_at_the_place_of_the_site_and_is_stored_by_two_scans(kept, site, shelf, browser, seller):
    [waiting] = Place.objects.filter(kind="waiting")
    assert (waiting.organisation, waiting.site) == (seller, site), "of the site, whoever sells"
    found = browser.post("/atelier/ranger/", {"code": kept.code})
    assert found.url.endswith(f"/{kept.code.lower()}/")
    browser.post(found.url, {"code": shelf.code})
    assert Holding.objects.get().place == shelf
    assert browser.get(f"/atelier/etiquette/{kept.code.lower()}/").status_code == 200
    assert check_stock().is_right


def test_elsewhere_it_is_unknown_to_them(kept, guest, seller, browser):
    type(kept).objects.update(site=SiteFactory(organisation=guest, name="Chez eux"))
    kept.refresh_from_db()
    assert resolve(kept.code, seller).kind == "unknown"
    assert browser.get(f"/atelier/ranger/objet/{kept.code.lower()}/").status_code == 404


def test_it_is_packed_with_what_the_site_sells(kept, make_item, site, browser, station, owner):
    type(station).objects.update(kind="packing")
    parcel = ParcelFactory(site=site)
    lamp = make_item(title="Lampe")
    for item in (kept, lamp):
        PickLineFactory(parcel=parcel, item=item, place=None, grams=400)
    begun = browser.post("/atelier/emballer/", {"code": kept.code})
    for item in (kept, lamp):
        browser.post(begun.url, {"code": item.code})
    assert set(PickLine.objects.values_list("state", flat=True)) == {"picked"}


def test_the_desk_of_the_site_reads_whose_it_is_and_the_sellers_moves_nothing_there(
    kept, guest, shelf, as_user, owner, browser
):
    browser.post(f"/atelier/ranger/objet/{kept.code.lower()}/", {"code": shelf.code})
    page = as_user(owner).get(reverse("warehouse-desk:place-detail", args=[shelf.code.lower()])).text
    assert "gardé pour Le Vide-Grenier" in page
    assert f"/bureau/objets/{kept.code.lower()}/" not in page, "no way to a page that is not theirs"
    found = as_user(owner).get(reverse("workshop-desk:object-find"), {"code": kept.code}, follow=True).text
    assert "est gardé ici pour Le Vide-Grenier" in found


def test_it_does_not_travel_to_a_site_without_an_agreement(kept, guest, site, seller, owner, hands):
    other = SiteFactory(organisation=seller, name="La boutique", is_main=False)
    transport = plan_transport(from_site=site, to_site=other, planned_on=timezone.localdate(), by=owner)
    with pytest.raises(KeptHereOnly):
        load_object(transport=transport, item=kept, hands=hands())
    hosted(guest, other)
    load_object(transport=transport, item=kept, hands=hands())
