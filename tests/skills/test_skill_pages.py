"""Pages of skills: the person's own, and the desk's for who is near; each reading is noted."""

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.people.models import Consent
from rebond.skills.actions.level import assess_self, hide_card, observe_level
from rebond.skills.enums import LevelState
from rebond.skills.models import Assessment, Evidence
from rebond.skills.queries.portfolio import skills_of
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
OWN = reverse("my-skills:list")
WORDS = "Douze colis de vaisselle, aucun cassé."


@pytest.fixture
def sonia(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia Supervision").user


@pytest.fixture
def person(seller):
    worker = WorkerFactory(organisation=seller, first_name="Aminata")
    made = person_of(seller, user=worker.user)
    day = timezone.localdate()
    Evidence.objects.create(person=made, day=day, kind="warehouse.pack", done=12, learning=4, together=1)
    Evidence.objects.create(person=made, day=day, kind="workshop.write", done=7, accepted=5, returned=2)
    return made


def desk(page, person, *more):
    return reverse(f"skills-people:{page}", args=[person.public_id, *more])


def own(page, person, *more):
    return reverse(f"my-skills:{page}", args=[person.public_id, *more])


def state(person, card="pack"):
    return [one.state for one in skills_of(person, card=card, with_hidden=True)[card].said]


def test_a_supervisor_observes_and_the_person_agrees(as_user, sonia, person):
    boss, me = as_user(sonia), as_user(person.user)
    page = boss.get(desk("person", person))
    assert "Emballer un colis" in page.text
    assert "12 fois" in page.text
    assert "no-store" in page["Cache-Control"]
    url = desk("observe", person, "pack")
    said = {"level": "3", "day": timezone.localdate().isoformat(), "context": "Table 1", "words": ""}
    refused = boss.post(url, said)
    assert refused.status_code == 422
    assert "Table 1" in refused.text
    said |= {"words": WORDS, "operation": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    assert [boss.post(url, said).status_code for _twice in range(2)] == [302, 302]
    seen = Assessment.objects.get()

    page = me.get(own("card", person, "pack"))
    assert WORDS in page.text
    assert "Sonia Supervision" in page.text
    assert "On attend votre réponse" in me.get(OWN).text
    answer = own("answer", person, "pack", seen.public_id)
    refused = me.post(answer, {"answer": "contests", "words": ""})
    assert refused.status_code == 422
    assert "Dites-le en quelques mots." in refused.text
    assert me.post(answer, {"answer": "contests", "words": "Je montre aussi."}).status_code == 302
    assert state(person) == [LevelState.CONTESTED]
    assert "Je montre aussi." in boss.get(desk("card", person, "pack")).text
    assert me.post(answer, {"answer": "agrees", "words": ""}).status_code == 302
    assert state(person) == [LevelState.ACKNOWLEDGED]
    assert "Niveau 3 sur 4" in boss.get(desk("person", person)).text


def test_the_person_says_where_they_are_and_a_supervisor_confirms(as_user, sonia, person):
    boss, me = as_user(sonia), as_user(person.user)
    assert me.post(own("assess", person, "write"), {"words": "Seule."}).status_code == 422
    assert me.post(own("assess", person, "write"), {"level": "3", "words": "Seule."}).status_code == 302
    said = Assessment.objects.get()
    assert "Votre avis est attendu" in boss.get(desk("person", person)).text
    assert boss.post(desk("confirm", person, "write", said.public_id)).status_code == 302
    assert state(person, "write") == [LevelState.ACKNOWLEDGED]
    page = me.get(own("card", person, "write"))
    assert "5 acceptés tels quels" in page.text
    Assessment.objects.update(by=None)  # whose account was erased
    assert me.get(own("card", person, "write")).status_code == 200
    assert "2 à refaire" in page.text


def test_what_is_hidden_is_not_at_the_desk(as_user, sonia, person):
    me, boss = as_user(person.user), as_user(sonia)
    said = assess_self(person=person, card="pack", level=2, by=person.user)
    assert me.post(own("hide", person, "pack"), {"hidden": "1"}).status_code == 302
    page = boss.get(desk("card", person, "pack"))
    assert "12 fois" not in page.text
    assert "Je confirme ce niveau" not in page.text
    assert boss.post(desk("confirm", person, "pack", said.public_id)).status_code == 404
    assert "12 fois" in me.get(own("card", person, "pack")).text
    me.post(own("hide", person, "pack"), {"hidden": "0"})
    assert "12 fois" in boss.get(desk("card", person, "pack")).text


def test_each_opening_is_told_to_the_person(as_user, sonia, person, seller):
    counsellor = MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user
    as_user(sonia).get(desk("person", person))
    page = as_user(counsellor).get(desk("card", person, "pack"))
    assert "12 fois" in page.text
    assert "Écrire ce que vous avez vu" not in page.text
    assert as_user(counsellor).post(desk("observe", person, "pack"), {"level": "2"}).status_code == 403
    read = Entry.objects.filter(action="people.person.skills").order_by("pk")
    assert list(read.values_list("actor_label", flat=True)) == ["Sonia Supervision", "Paul Conseil"]
    path = as_user(person.user).get(reverse("my-path:path"))
    assert "Paul Conseil" in path.text
    assert "Mes savoir-faire" in path.text
    file = as_user(sonia).get(reverse("people-desk:person-detail", args=[person.public_id]))
    assert desk("person", person) in file.text


def test_nobody_else_reads_anything(as_user, sonia, owner, person, seller):
    observe_level(person=person, card="pack", level=2, day=timezone.localdate(), context="", words=WORDS, by=sonia)
    seen = Assessment.objects.get()
    for role in ("seller", "reader", "worker", "manager"):
        user = MembershipFactory(organisation=seller, role=role).user
        assert {
            as_user(user).get(url).status_code for url in (desk("person", person), desk("card", person, "pack"))
        } == {403}
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="supervisor").user
    assert as_user(elsewhere).get(desk("person", person)).status_code == 404
    assert as_user(elsewhere).get(desk("card", person, "pack")).status_code == 404
    assert as_user(elsewhere).post(desk("confirm", person, "pack", seen.public_id)).status_code == 404
    for url in (own("card", person, "pack"), own("card", person, "flying")):
        assert as_user(UserFactory()).get(url).status_code == 404
    assert (
        as_user(elsewhere).post(own("answer", person, "pack", seen.public_id), {"answer": "agrees"}).status_code == 404
    )
    assert as_user(person.user).get(own("card", person, "flying")).status_code == 404
    assert not Entry.objects.filter(action="people.person.skills").exists()


def test_a_companion_asks_that_their_work_counts_and_stops_it(as_user, seller):
    jo = WorkerFactory(organisation=seller, first_name="Jo", status="companion")
    person = person_of(seller, user=jo.user, kind="companion")
    me = as_user(jo.user)
    assert "Oui, compter mon travail" in me.get(OWN).text
    assert me.post(own("switch", person), {"answer": "yes"}).status_code == 302
    assert Consent.objects.standing().get().kind == "skills"
    assert "Arrêter de compter" in me.get(OWN).text
    assert "Mon travail compte pour moi" in me.get(reverse("my-path:path")).text
    me.post(own("switch", person), {"answer": "no"})
    assert not Consent.objects.standing().exists()


def test_an_employee_is_told_and_asked_nothing(as_user, person):
    page = as_user(person.user).get(OWN)
    assert "personne n’est classé" in page.text
    assert "Oui, compter mon travail" not in page.text
    assert "Mon travail compte pour moi" not in as_user(person.user).get(reverse("my-path:path")).text
    assert "Pas de savoir-faire ici" in as_user(UserFactory()).get(OWN).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(as_user, sonia, person, number, django_assert_num_queries):
    for card in ("pack", "write", "pick")[:number]:
        assess_self(person=person, card=card, level=2, by=person.user)
    hide_card(person=person, card="sort", is_hidden=True, by=person.user)
    browser = as_user(sonia)
    browser.get(desk("person", person))
    with django_assert_num_queries(QUERIES):
        browser.get(desk("person", person))


QUERIES = 16  # of the desk's page of one person
