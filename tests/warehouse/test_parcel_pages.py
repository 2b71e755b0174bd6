"""The desk's list of parcels, and one of them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/stock/colis/"


@pytest.fixture
def parcel(site):
    made = ParcelFactory(site=site, weight_g=500)
    PickLineFactory(parcel=made, title="Lampe orange", place=PlaceFactory(site=site, label="A-03-2"))
    return made


def test_the_list_tells_what_leaves_and_when_and_what_is_late(as_user, owner, parcel, site):
    late = ParcelFactory(site=site, leave_by=timezone.now() - datetime.timedelta(hours=1))
    soon = ParcelFactory(site=site, leave_by=timezone.now() + datetime.timedelta(hours=1))
    ParcelFactory(site=site, state="left", ended_on=timezone.localdate(), order_code="partie")
    text = as_user(owner).get(LIST).text

    assert [text.index(str(one)) for one in (late, soon, parcel)] == sorted(
        text.index(str(one)) for one in (late, soon, parcel)
    )
    assert (text.count("En retard</span>"), text.count("Bientôt</span>"), "partie" in text) == (1, 1, False)
    assert "partie" in as_user(owner).get(f"{LIST}?etat=left").text


def test_a_parcel_is_found_by_its_order_and_by_an_object(as_user, owner, parcel, site):
    other = ParcelFactory(site=site)
    code = parcel.lines.get().item_code
    for words in (parcel.order_code, str(parcel), code, code.lower()):
        text = as_user(owner).get(LIST, {"q": words}).text
        assert (str(parcel) in text, str(other) in text) == (True, False)
    assert "Aucun colis trouvé" in as_user(owner).get(LIST, {"q": "rien"}).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(number, as_user, owner, site, django_assert_num_queries):
    for _n in range(number):
        PickLineFactory(parcel=ParcelFactory(site=site))
    client = as_user(owner)
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)


def test_a_parcel_tells_its_objects_and_their_places(as_user, owner, reader, parcel):
    path = reverse("warehouse-desk:parcel-detail", args=[parcel.public_id])
    for user in (owner, reader):
        text = as_user(user).get(path).text
        assert all(words in text for words in ("Lampe orange", "A-03-2", "500"))


def test_another_organisation_sees_none_of_it(as_user, stranger, parcel):
    path = reverse("warehouse-desk:parcel-detail", args=[parcel.public_id])
    assert as_user(stranger).get(path).status_code == 404
    assert str(parcel) not in as_user(stranger).get(LIST).text
    assert as_user(stranger).post(path).status_code == 405
