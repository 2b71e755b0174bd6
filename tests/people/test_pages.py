"""Pages of people: each role reads its part, each opening is noted, and the person sees it."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.people.models import Person, Status
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = reverse("people-desk:person-list")
OWN = reverse("my-path:path")
SEALED = ("Quatrebarbes", "06 99 88 77 66", "Loge chez une cousine")
QUERIES = 9  # of the list, whatever its length
READINGS = ("people.person.read", "people.person.glanced", "people.person.listed")


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia Supervision").user


@pytest.fixture
def person(seller, counsellor):
    said = {"family_name": SEALED[0], "phone": SEALED[1], "notes": SEALED[2]}
    return person_of(seller, by=counsellor, user=UserFactory(name="Aminata Q."), **said)


def at(page, person, *more):
    return reverse(f"people-desk:{page}", args=[person.public_id, *more])


def readings():
    return list(Entry.objects.filter(action__in=READINGS).order_by("pk").values_list("action", "actor_label"))


def test_a_counsellor_reads_the_file_and_the_person_sees_it(as_user, counsellor, person):
    page = as_user(counsellor).get(at("person-detail", person))

    assert all(secret in page.text for secret in SEALED)
    assert "CDDI en EI" in page.text
    assert "no-store" in page["Cache-Control"]
    assert readings() == [("people.person.read", "Paul Conseil")]
    own = as_user(person.user).get(OWN)
    assert all(secret in own.text for secret in SEALED)
    assert "Paul Conseil" in own.text
    assert "Tout le dossier" in own.text
    assert "Personne n’a rien écrit sur vous" in as_user(UserFactory()).get(OWN).text


def test_a_supervisor_reads_first_name_status_and_dates_only(as_user, supervisor, person):
    browser = as_user(supervisor)
    pages = [browser.get(LIST), browser.get(at("person-detail", person)), browser.get(LIST, {"q": SEALED[0]})]
    sheet = browser.get(LIST, {"export": "csv"}).getvalue().decode()

    assert [("Aminata" in page.text, "CDDI en EI" in page.text) for page in pages[:2]] == [(True, True)] * 2
    assert "Aminata" not in pages[2].text  # a family name finds nobody for them
    said = "".join(page.text for page in pages[:2]) + sheet
    assert not any(secret in said for secret in SEALED)
    assert browser.get(at("person-change", person)).status_code == 403
    assert [name for name, _who in readings()] == [
        "people.person.listed",
        "people.person.glanced",
        "people.person.listed",
    ]
    assert "Mon statut et mes dates" in as_user(person.user).get(OWN).text


def test_nobody_else_reads_anything(as_user, seller, owner, person):
    for role in ("seller", "reader", "worker"):
        user = MembershipFactory(organisation=seller, role=role).user
        assert {as_user(user).get(url).status_code for url in (LIST, at("person-detail", person))} == {403}, role
    assert as_user(owner).get(at("person-detail", person)).status_code == 403
    assert "moins de 5" in as_user(owner).get(reverse("people-desk:figures")).text
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    for name in ("person-detail", "person-change", "person-follow"):
        assert as_user(elsewhere).get(at(name, person)).status_code == 404
    assert "Aminata" not in as_user(elsewhere).get(LIST, {"qui": "tous"}).text
    assert "Aminata" not in as_user(elsewhere).get(LIST, {"q": "amina"}).text
    assert readings() == []
    assert as_user(elsewhere).get(LIST, {"q": "\x00a", "apres": "2026-01-01.x"}).status_code == 200


def test_a_list_is_one_entry_whatever_its_length(as_user, counsellor, person, seller, django_assert_num_queries):
    browser = as_user(counsellor)
    browser.get(LIST)
    counts = []
    for number in (1, 3):
        while Person.objects.count() < number:
            person_of(seller, by=counsellor)
        Entry.objects.all().delete()
        with django_assert_num_queries(QUERIES):
            page = browser.get(LIST)
        counts.append((page.text.count("Aminata"), Entry.objects.count()))
    assert counts == [(1, 1), (3, 1)]
    assert Entry.objects.get().data == {"number": 3}


def test_a_file_is_opened_once_and_errors_keep_what_was_typed(as_user, counsellor, seller):
    browser, url = as_user(counsellor), reverse("people-desk:person-welcome")
    day = timezone.localdate().isoformat()
    said = {"first_name": "Nour", "family_name": "", "notes": "Cherche un logement.", "kind": "companion"}
    refused = browser.post(url, said | {"starts_on": day})
    assert refused.status_code == 422
    assert "Cherche un logement." in refused.text
    assert 'aria-invalid="true"' in refused.text

    said |= {"family_name": "Haddad", "starts_on": day, "operation": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    answers = [browser.post(url, said) for _time in range(2)]
    person = Person.objects.get(first_name="Nour")
    assert {answer.url for answer in answers} == {at("person-detail", person)}
    assert (person.counsellor, person.organisation) == (counsellor, seller)
    early = (timezone.localdate() - datetime.timedelta(days=1)).isoformat()
    refused = browser.post(url, said | {"operation": "", "ends_on": early})
    assert refused.status_code == 422
    assert "La fin vient avant le début." in refused.text


def test_identity_and_follow_up_are_changed_on_their_pages(as_user, counsellor, seller, person):
    browser = as_user(counsellor)
    page = browser.get(at("person-change", person))
    assert all(secret in page.text for secret in SEALED)
    said = {"first_name": "Aminata", "family_name": "Durand", "seen": "1"}
    assert browser.post(at("person-change", person), said).status_code == 302
    late = browser.post(at("person-change", person), said | {"family_name": "Martin"})
    assert late.status_code == 422
    assert "Quelqu’un a écrit dans ce dossier entre-temps" in late.text
    person.refresh_from_db()
    assert person.family_name == "Durand"

    worker = MembershipFactory(organisation=seller, role="worker").user
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    said = {"meeting_on": tomorrow.isoformat(), "counsellor": str(counsellor.pk), "user": str(worker.pk)}
    assert browser.post(at("person-follow", person), said).status_code == 302
    person.refresh_from_db()
    assert (person.next_due_on, person.user) == (tomorrow, worker)
    outside = {"user": str(UserFactory().pk)}
    assert browser.post(at("person-follow", person), outside).status_code == 422


def test_statuses_begin_and_end_on_the_file(as_user, counsellor, person):
    browser, today = as_user(counsellor), timezone.localdate()
    url = at("status-begin", person)
    assert browser.post(url, {"kind": "companion", "starts_on": today.isoformat()}).status_code == 302
    assert Status.objects.get(kind="cddi_ei").ends_on == today - datetime.timedelta(days=1)
    refused = browser.post(url, {"kind": "etti", "starts_on": "2020-01-01", "ends_on": today.isoformat()})
    assert refused.status_code == 422
    assert "Un autre statut couvre une partie de ces jours." in refused.text

    status = Status.objects.get(kind="companion")
    end = at("status-end", person, status.public_id)
    assert browser.post(end, {"ends_on": "2020-01-01"}).status_code == 422
    assert browser.post(end, {"ends_on": today.isoformat()}).status_code == 302
    other = person_of(person.organisation).statuses.get()
    assert browser.post(at("status-end", person, other.public_id), {"ends_on": "2030-01-01"}).status_code == 404
