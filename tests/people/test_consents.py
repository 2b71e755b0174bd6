"""Agreements: dated, free, taken back by the person on any day (rules.md F8)."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.errors import ConsentRefused
from rebond.people.models import Consent
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor").user


@pytest.fixture
def person(seller, counsellor):
    return person_of(seller, by=counsellor, user=UserFactory())


def desk(page, person, *more):
    return reverse(f"people-desk:{page}", args=[person.public_id, *more])


def own(person, kind="photo"):
    return reverse("my-path:consent", args=[person.public_id, kind])


def test_given_twice_it_stands_once_and_each_change_is_dated(person, counsellor):
    today = timezone.localdate()
    given = {"person": person, "kind": "voice", "how": "paper", "by": counsellor}
    first = give_consent(**given, given_on=today - 3 * ONE_DAY)
    assert give_consent(**given) == first
    assert [withdraw_consent(person=person, kind="voice", by=counsellor) for _time in range(2)] == [True, False]
    with pytest.raises(ConsentRefused) as refused:
        give_consent(**given, given_on=today - ONE_DAY)  # a paper of before the withdrawal says nothing of after
    assert refused.value.field == "given_on"
    give_consent(**given)

    rows = Consent.objects.order_by("pk").values_list("given_on", "withdrawn_on")
    assert list(rows) == [(today - 3 * ONE_DAY, today), (today, None)]
    acts = Entry.objects.filter(action__startswith="people.consent").order_by("pk").values_list("action", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["given", "withdrawn", "given"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"kind": "blood"}, "kind"), ({"how": "phone"}, "kind"), ({"given_on": datetime.date(9999, 1, 1)}, "given_on")],
)
def test_what_cannot_be_an_agreement_is_refused(person, counsellor, changes, field):
    with pytest.raises(ConsentRefused) as refused:
        give_consent(**({"person": person, "kind": "photo", "how": "own", "by": counsellor} | changes))
    assert refused.value.field == field
    assert not Consent.objects.exists()


@pytest.mark.parametrize("days", [(0, None), (2, 3)])
def test_the_database_refuses_two_that_stand_and_an_end_before_the_beginning(person, counsellor, days):
    give_consent(person=person, kind="photo", how="own", by=counsellor)
    today, (given, withdrawn) = timezone.localdate(), days
    said = {"given_on": today - given * ONE_DAY, "withdrawn_on": withdrawn and today - withdrawn * ONE_DAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(person=person, kind="photo", how="own", **said)


def test_the_person_agrees_and_changes_their_mind_in_their_own_space(as_user, person):
    browser, page = as_user(person.user), reverse("my-path:path")
    assert "Je ne suis pas d’accord" in browser.get(page).text
    for _time in range(2):
        answer = browser.post(own(person), {"answer": "yes"}, follow=True)
    assert "Je suis d’accord" in answer.text
    assert Consent.objects.get().how == "own"
    browser.post(own(person), {"answer": "no"})
    assert Consent.objects.get().withdrawn_on == timezone.localdate()
    assert browser.post(own(person, "blood"), {"answer": "yes"}).status_code == 404


def test_nobody_else_answers_for_them(as_user, person, counsellor, owner):
    for user in (counsellor, owner, UserFactory()):
        assert as_user(user).post(own(person), {"answer": "yes"}).status_code == 404
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    for url in (desk("consent-give", person, "photo"), desk("consent-withdraw", person, "photo")):
        assert as_user(elsewhere).post(url, {"given_on": "2026-01-05"}).status_code == 404
        assert as_user(owner).post(url, {"given_on": "2026-01-05"}).status_code == 403
    assert as_user(elsewhere).get(desk("consents", person)).status_code == 404
    assert not Consent.objects.exists()


def test_a_signed_paper_is_noted_and_a_wrong_day_stays_beside_its_field(as_user, person, counsellor):
    browser, tomorrow = as_user(counsellor), timezone.localdate() + ONE_DAY
    refused = browser.post(desk("consent-give", person, "partners"), {"given_on": tomorrow.isoformat()})
    assert refused.status_code == 422
    assert f'value="{tomorrow.isoformat()}"' in refused.text
    assert "Ce jour n’est pas encore venu" in refused.text
    given = {"given_on": timezone.localdate().isoformat()}
    assert "sur un papier signé" in browser.post(desk("consent-give", person, "partners"), given, follow=True).text
    assert "oui, depuis le" in browser.get(desk("person-detail", person)).text
    browser.post(desk("consent-withdraw", person, "partners"))
    assert not Consent.objects.standing().exists()
    assert Entry.objects.filter(action="people.person.read").count() == 3  # each opening, the refused one too


def test_a_supervisor_knows_whether_to_take_a_picture_and_no_more(as_user, seller, person):
    supervisor = MembershipFactory(organisation=seller, role="supervisor").user
    page = as_user(supervisor).get(desk("person-detail", person)).text
    assert ("Des photos de moi" in page, "Des partenaires qui m’aident" in page) == (True, False)
    assert as_user(supervisor).get(desk("consents", person)).status_code == 403
