"""How many objects a seller has: the index tells, the database while it is away."""

import pytest
from bs4 import BeautifulSoup

from rebond.catalogue.search import SearchQuery
from rebond.shop.queries.sellers import on_sale_counts
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def others(seller, chairs):
    other = OrganisationFactory(admitted=True, name="Autre atelier", slug="autre-atelier")
    ItemFactory.create_batch(2, on_sale=True, seller=seller, category=chairs)
    ItemFactory(seller=seller, category=chairs)
    ItemFactory(on_sale=True, seller=other, category=chairs)
    return other


@pytest.mark.parametrize("is_away", [False, True])
def test_only_what_is_on_sale_counts_each_seller_apart(index, seller, others, is_away):
    index.is_away = is_away
    nothing = OrganisationFactory(admitted=True)

    counts = on_sale_counts([seller, others, nothing])

    assert {pk: n for pk, n in counts.items() if n} == {seller.pk: 2, others.pk: 1}


def test_the_database_tells_closing_days_only_while_the_index_answers(index, seller, others, django_assert_num_queries):
    found = {name: index.search(SearchQuery(filters={"seller": (name,)})) for name in (seller.slug, others.slug)}
    index.search = lambda query: found[query.filters["seller"][0]]
    with django_assert_num_queries(1):
        counts = on_sale_counts([seller, others])

    assert counts == {seller.pk: 2, others.pk: 1}


@pytest.mark.parametrize("is_away", [False, True])
def test_the_seller_s_page_and_the_list_tell_the_number(client, index, seller, others, is_away):
    index.is_away = is_away

    page = BeautifulSoup(client.get(f"/vendeurs/{seller.slug}/").content, "html.parser")
    listed = client.get("/vendeurs/").content.decode()

    assert "2 objets" in page.select_one("a[href='/recherche/?vendeur=ateliers-du-confluent']").get_text()
    assert "2 objets" in listed
    assert "1 objet<" in listed
