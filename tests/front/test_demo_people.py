"""The demonstration's door."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from rebond.accounts.models import User
from rebond.front.demo.network import named_people
from rebond.front.queries.demo_people import TO_TRY
from rebond.shop.models import Favourite
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def demo_on(settings):
    settings.DEMO = True


@pytest.fixture
def ines(seller):
    return MembershipFactory(
        organisation=seller, role="seller", user__name="Inès Roux", user__demo_role="Vendeuse en ligne"
    ).user


@pytest.fixture
def camille():
    return UserFactory(name="Camille Vasseur", demo_role="Acheteuse à Marmande")


def signed_in_as(client):
    key = client.session.get(SESSION_KEY)
    return User.objects.get(pk=key) if key else None


def test_people_are_listed_by_role(client, ines, camille, coordinator, seller):
    User.objects.filter(pk=coordinator.pk).update(demo_role="Animatrice du réseau")
    ItemFactory(seller=seller, on_sale=True)
    ItemFactory(seller=seller, state="in_review")
    response = client.get("/connexion/demo/")
    assert [group.key for group in response.context["groups"]] == ["shop", "sellers", "network"]
    text = response.text
    assert text.index("Camille Vasseur") < text.index("Inès Roux") < text.index("Cora Coordinator")
    assert "1 annonce en ligne, 1 à relire" in text
    assert "tout rebondit ici" in text


def test_what_waits_for_a_buyer_is_counted(client, camille, seller):
    assert "Chercher, mettre de côté, être prévenu" in client.get("/connexion/demo/").text
    Favourite.objects.create(user=camille, item=ItemFactory(seller=seller, on_sale=True))
    assert "1 favori, 0 alerte" in client.get("/connexion/demo/").text


def test_what_there_is_to_try_is_said_of_some(client, camille, ines):
    text = client.get("/connexion/demo/").text
    assert text.count("À essayer") == 2
    assert "changer d’avis" in text
    User.objects.filter(pk=camille.pk).update(name="Personne d’autre")
    assert "changer d’avis" not in client.get("/connexion/demo/").text


def test_who_buys_for_an_organisation_is_in_the_shop(client, camille):
    MembershipFactory(
        organisation__kind="school", role="manager", user__name="Claire Vidal",
        user__demo_role="Acheteuse",
    )  # fmt: skip
    groups = client.get("/connexion/demo/").context["groups"]
    assert [(group.key, len(group.people)) for group in groups] == [("shop", 2)]


def test_the_people_of_the_sentences_are_in_the_demo():
    assert set(TO_TRY) <= {name for _slug, _role, name, _told in named_people()}


def test_people_without_a_demo_role_are_not_listed(client, owner, camille):
    assert "Olivia Owner" not in client.get("/connexion/demo/").text


def test_people_page_says_when_it_is_empty(client):
    assert "rebond demo" in client.get("/connexion/demo/").text


@pytest.mark.parametrize("count", [1, 3])
def test_people_page_asks_few_questions(client, seller, django_assert_num_queries, count):
    for number in range(count):
        MembershipFactory(organisation=seller, role="seller", user__demo_role=f"Personne {number}")
    with django_assert_num_queries(10):
        client.get("/connexion/demo/")


def test_one_click_signs_in(client, ines):
    response = client.post(f"/connexion/demo/{ines.public_id}/")
    assert response.status_code == 302
    assert signed_in_as(client) == ines


def test_one_click_again_changes_the_person(client, ines, camille):
    client.post(f"/connexion/demo/{ines.public_id}/")
    client.post(f"/connexion/demo/{camille.public_id}/")
    assert signed_in_as(client) == camille


def test_nobody_else_is_signed_in_this_way(client, owner):
    assert client.post(f"/connexion/demo/{owner.public_id}/").status_code == 404
    assert client.post("/connexion/demo/nobody/").status_code == 404
    assert signed_in_as(client) is None


def test_inactive_people_stay_out(client, ines):
    User.objects.filter(pk=ines.pk).update(is_active=False)
    assert client.post(f"/connexion/demo/{ines.public_id}/").status_code == 404


def test_wrong_methods(client, ines):
    assert client.post("/connexion/demo/").status_code == 405
    assert client.get(f"/connexion/demo/{ines.public_id}/").status_code == 405
    assert signed_in_as(client) is None


def test_a_click_from_another_site_is_refused(ines):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/connexion/demo/{ines.public_id}/").status_code == 403


def test_another_address_is_not_followed(client, ines):
    response = client.post(f"/connexion/demo/{ines.public_id}/", {"next": "https://ailleurs.example/"})
    assert response.status_code == 302
    assert "ailleurs" not in response["Location"]


def test_without_the_demo_there_is_no_door(client, settings, ines):
    settings.DEMO = False
    assert client.get("/connexion/demo/").status_code == 404
    assert client.post(f"/connexion/demo/{ines.public_id}/").status_code == 404
    assert signed_in_as(client) is None


@pytest.fixture
def awa(seller):
    """Works at the photo table of the demo: no e-mail, no password."""
    user = UserFactory(name="Awa", email=None, password=None, demo_role="À la table photo")
    MembershipFactory(organisation=seller, role="worker", user=user)
    return WorkerFactory(user=user, organisation=seller, first_name="Awa")


@pytest.fixture
def tablet(seller):
    from rebond.core.ids import hash_secret
    from rebond.front.demo.workshop import demo_secret

    made = DeviceFactory(station=StationFactory(site=SiteFactory(organisation=seller)))
    made.secret_hash = hash_secret(demo_secret(made))
    made.save()
    return made


def test_one_click_is_a_badge_at_the_station(client, awa, tablet):
    assert "À la table photo" in client.get("/connexion/demo/").content.decode()
    answer = client.post(f"/connexion/demo/{awa.user.public_id}/")
    assert answer.url == "/atelier/"
    assert "Bonjour Awa" in client.get("/atelier/").content.decode()
    assert signed_in_as(client) is None
    assert "/connexion/" in client.get("/bureau/").url


def test_without_the_demo_no_tablet_opens(client, settings, awa, tablet):
    settings.DEMO = False
    assert client.post(f"/connexion/demo/{awa.user.public_id}/").status_code == 404
    assert "nouvelle ici" in client.get("/atelier/").content.decode()
