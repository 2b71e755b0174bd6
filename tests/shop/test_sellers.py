"""A seller's address survives a rename; the directory's and the collections' pages."""

import pytest

from rebond.network.actions.organisation import change_organisation, free_slug
from rebond.network.models import Organisation, OrganisationSlug
from rebond.network.web.forms import OrganisationStaffForm
from rebond.shop.queries.labels import forget_sellers
from rebond.shop.queries.params import read_params
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
