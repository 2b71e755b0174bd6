"""A seller's address survives a rename; the directory's and the collections' pages."""

import pytest
from bs4 import BeautifulSoup

from rebond.catalogue.models import Collection, CollectionItem
from rebond.network.actions.organisation import change_organisation, free_slug
from rebond.network.models import Organisation, OrganisationSlug
from rebond.network.web.forms import OrganisationStaffForm
from rebond.shop.queries.labels import forget_sellers
from rebond.shop.queries.params import read_params
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def rename(seller, slug, by=None):
    seller.refresh_from_db()
    change_organisation(organisation=seller, changes={"slug": slug}, version=seller.version, by=by)
    forget_sellers()


def test_renamed_seller_keeps_its_addresses(client, seller, coordinator):
    rename(seller, "confluent", coordinator)
    rename(seller, "confluent-et-cie", coordinator)

    for former in ("ateliers-du-confluent", "confluent"):
        answer = client.get(f"/vendeurs/{former}/?page=2")
        assert (answer.status_code, answer["Location"]) == (301, "/vendeurs/confluent-et-cie/?page=2")
    assert client.get("/vendeurs/confluent-et-cie/").status_code == 200
    assert client.get("/vendeurs/nobody/").status_code == 404


def test_renamed_seller_is_found_by_its_former_searches(rf, seller):
    rename(seller, "confluent")

    params = read_params(rf.get("/recherche/?vendeur=ateliers-du-confluent&vendeur=confluent&vendeur=nobody").GET)

    assert params.filters == {"seller": ("confluent", "nobody")}


def test_seller_takes_its_former_address_back(client, seller):
    rename(seller, "confluent")
    rename(seller, "ateliers-du-confluent")

    assert list(OrganisationSlug.objects.values_list("slug", flat=True)) == ["confluent"]
    assert client.get("/vendeurs/ateliers-du-confluent/").status_code == 200
    assert client.get("/vendeurs/confluent/")["Location"] == "/vendeurs/ateliers-du-confluent/"


def test_former_address_of_another_is_not_given(seller):
    other = OrganisationFactory(admitted=True)
    rename(seller, "confluent")
    data = {"kind": other.kind, "name": other.name, "slug": "ateliers-du-confluent", "letters": other.letters}

    refused = OrganisationStaffForm(data, organisation=other)
    own = OrganisationStaffForm(data | {"letters": "CF"}, organisation=seller)

    assert refused.errors["slug"] == [f"Déjà pris par {seller.name}."]
    assert "slug" not in own.errors
    assert free_slug("Ateliers du Confluent") == "ateliers-du-confluent-2"


def test_former_address_of_a_suspended_seller_is_gone(client, seller):
    rename(seller, "confluent")
    Organisation.objects.filter(pk=seller.pk).update(seller_state="suspended")
    forget_sellers()

    assert client.get("/vendeurs/ateliers-du-confluent/").status_code == 404


def canonical(answer):
    return BeautifulSoup(answer.text, "html.parser").find("link", rel="canonical")["href"]


def test_each_page_of_the_directory_has_its_own_address(client, settings):
    settings.PAGE_SIZE = 1
    OrganisationFactory.create_batch(2, admitted=True)

    assert canonical(client.get("/vendeurs/?page=2")) == "http://testserver/vendeurs/?page=2"
    assert canonical(client.get("/vendeurs/?page=1")) == "http://testserver/vendeurs/"


def make_collection(n, seller, items=2):
    made = Collection.objects.create(slug=f"c-{n}", title=f"Collection {n:02d}", position=n)
    for place, item in enumerate(ItemFactory.create_batch(items, on_sale=True, seller=seller)):
        CollectionItem.objects.create(collection=made, item=item, position=place)
    return made


@pytest.mark.parametrize("number", [1, 3])
def test_collections_cost_the_same_whatever_their_number(client, seller, number, django_assert_num_queries):
    for n in range(number):
        make_collection(n, seller)
    client.get("/collections/")  # what a process reads once

    with django_assert_num_queries(4):
        answer = client.get("/collections/")

    assert answer.text.count('class="section-head"') == number


def test_collections_have_pages_and_their_first_objects_in_order(client, seller):
    for n in range(13):
        make_collection(n, seller, items=0)
    first = Collection.objects.get(slug="c-0")
    items = ItemFactory.create_batch(7, on_sale=True, seller=seller)
    sold = ItemFactory(sold=True, seller=seller)
    for place, item in enumerate([sold, *reversed(items)]):
        CollectionItem.objects.create(collection=first, item=item, position=place)

    one, two = client.get("/collections/"), client.get("/collections/?page=2")

    titles = [tag.get_text(strip=True) for tag in BeautifulSoup(one.text, "html.parser").select(".shelf h3 a")]
    assert titles == [item.title for item in reversed(items)][:5]
    assert "Collection 11" in one.text
    assert "Collection 12" not in one.text
    assert "Collection 12" in two.text
    assert canonical(two) == "http://testserver/collections/?page=2"
