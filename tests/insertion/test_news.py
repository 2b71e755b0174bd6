"""News of people who left: the four days, what is noted, the link that they open alone, who sees what."""

import datetime
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from rebond.insertion.actions.exit import cancel_exit, correct_exit
from rebond.insertion.actions.news import Said, answer_news
from rebond.insertion.actions.news_link import make_news_link
from rebond.insertion.errors import NewsRefused
from rebond.insertion.links import news_token
from rebond.insertion.models import FollowUp, FollowUpAnswer
from rebond.insertion.news_dates import days_of, immediate_window
from rebond.insertion.queries.news import news_of, situations_between, waiting_news
from rebond.journal.models import Entry, OutgoingMail, StoredFile
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.actions.status import begin_status
from rebond.people.models import Deadline
from tests.factories.accounts import UserFactory
from tests.factories.insertion import exit_of, told
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = reverse("insertion-desk:news-list")
ORIGIN = {"origin": "http://testserver"}
Day = datetime.date


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def gone(seller, counsellor):
    """Left 200 days ago: all four are late."""
    user = UserFactory(email="aminata@example.org")
    person = person_of(seller, by=counsellor, user=user, days_ago=400, phone="06 99 88 77 66")
    return exit_of(seller, days_ago=200, person=person, by=counsellor)


def one(gone, moment="weeks4"):
    return FollowUp.objects.get(exit=gone, moment=moment)


def said(situation="searching", **more):
    return Said(situation, "phone", **{"described_on": timezone.localdate()} | more)


def agree(gone):
    give_consent(person=gone.person, kind="news", how="own", by=gone.person.user)


@pytest.mark.parametrize(
    ("left_on", "days"),
    [
        (Day(2026, 8, 31), (Day(2026, 9, 28), Day(2026, 11, 30), Day(2027, 2, 28))),
        (Day(2023, 8, 31), (Day(2023, 9, 28), Day(2023, 11, 30), Day(2024, 2, 29))),
        (Day(2024, 2, 29), (Day(2024, 3, 28), Day(2024, 5, 29), Day(2024, 8, 29))),
    ],
)
def test_the_days_are_exact_at_ends_of_months(left_on, days):
    assert tuple(days_of(left_on).values()) == (left_on, *days)


def test_l27_the_four_weeks_of_the_esf():
    window = immediate_window(Day(2026, 9, 1))
    assert (window.opens, window.closes) == (Day(2026, 9, 1), Day(2026, 9, 29))
    assert Day(2026, 9, 30) not in window


@given(st.dates(Day(2015, 1, 1), Day(2040, 1, 1)))
def test_the_four_days_follow_each_other(left_on):
    days = list(days_of(left_on).values())
    assert days == sorted(set(days))
    assert 89 <= (days[2] - left_on).days <= 92
    assert 181 <= (days[3] - left_on).days <= 184


def test_an_exit_plans_four_that_the_list_of_people_tells(gone, seller):
    kinds = dict(Deadline.objects.filter(person=gone.person).values_list("kind", "due_on"))
    assert kinds == {f"insertion.news_{moment}": day for moment, day in days_of(gone.left_on).items()}
    gone.person.refresh_from_db()
    assert gone.person.next_due_on == gone.left_on
    assert [row.moment for row in waiting_news(seller)] == ["end", "weeks4", "months3", "months6"]

    correct_exit(exit=gone, told=told(190), why="Date", seen=1, by=None)
    assert one(gone, "months6").due_on == days_of(in_days(-190))["months6"]
    cancel_exit(exit=gone, by=None)
    assert not FollowUp.objects.exists()
    assert not Deadline.objects.filter(kind__startswith="insertion.news").exists()


def test_an_answer_closes_a_call_that_reached_nobody_comes_again(gone, counsellor):
    follow_up = one(gone)
    answer_news(follow_up=follow_up, said=said("not_reached", again_on=in_days(5)), by=counsellor)
    assert (follow_up.next_on, follow_up.closed_on, follow_up.situation) == (in_days(5), None, "not_reached")
    answer_news(
        follow_up=follow_up, said=said("employed", contract="cdi", employer="Garage", note="Ça va"), by=counsellor
    )
    assert (follow_up.closed_on, follow_up.situation) == (in_days(0), "employed")
    asked = news_of([gone])[gone.pk][1]
    assert (asked.answer.contract, asked.is_outside) == ("cdi", True)
    answer_news(follow_up=follow_up, said=said(described_on=gone.left_on), by=counsellor)  # a correction
    assert [row.situation for row in FollowUpAnswer.objects.order_by("pk")] == ["not_reached", "employed", "searching"]
    assert not news_of([gone])[gone.pk][1].is_outside
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpAnswer.objects.filter(situation="employed").update(situation="searching", contract="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT employer, note FROM insertion_followupanswer WHERE situation = 'employed'")
        assert all(text.startswith("gAAAA") for text in cursor.fetchone())
    rows = situations_between(gone.organisation, in_days(-300), in_days(0))
    assert [silent for _label, _counts, silent in rows] == [1, 0, 1, 1]


def test_what_cannot_be_said_is_refused_with_its_field(gone):
    follow_up = one(gone)
    for words, field in (
        (said("rich"), "situation"),
        (said("employed"), "contract"),
        (said(described_on=None), "described_on"),
        (said(described_on=in_days(1)), "described_on"),
        (said(described_on=in_days(-201)), "described_on"),
        (said("not_reached", again_on=in_days(0)), "again_on"),
        (said(note="a\0b"), "note"),
    ):
        with pytest.raises(NewsRefused) as refused:
            answer_news(follow_up=follow_up, said=words, by=None)
        assert refused.value.field == field
    assert not FollowUpAnswer.objects.exists()


def test_once_nothing_is_left_to_ask_the_person_is_a_former_one(gone, seller, counsellor):
    for follow_up in FollowUp.objects.all():
        gone.person.refresh_from_db()
        assert gone.person.left_on is None
        answer_news(follow_up=follow_up, said=said("refused"), by=counsellor)
    gone.person.refresh_from_db()
    assert gone.person.left_on == gone.left_on + datetime.timedelta(days=1)

    back = exit_of(seller, days_ago=200)
    begin_status(person=back.person, kind="cddi_ei", starts_on=in_days(-20), by=None)
    for follow_up in FollowUp.objects.filter(exit=back):
        answer_news(follow_up=follow_up, said=said("refused"), by=None)
    back.person.refresh_from_db()
    assert back.person.left_on is None  # came back


def test_a_link_needs_the_consent_and_tells_no_name(gone, as_user, counsellor, client):
    follow_up = one(gone, "months3")
    with pytest.raises(NewsRefused):
        make_news_link(follow_up=follow_up, is_mailed=True, by=counsellor)
    agree(gone)
    url = make_news_link(follow_up=follow_up, is_mailed=True, by=counsellor)
    mail = OutgoingMail.objects.get(kind="insertion.news")
    assert (mail.to, mail.is_secret, mail.organisation_id) == ("aminata@example.org", True, "")
    path = url[url.index("/nouvelles/") :]
    assert path in mail.text

    first = client.get(path)
    assert "Que faites-vous" in first.text
    assert not any(word in first.text for word in ("Aminata", "Le Guen", "06 99", "Paul"))
    second = client.post(path, {"situation": "employed"}, headers=ORIGIN)
    assert "De quel travail" in second.text
    third = client.post(path, {"situation": "employed", "contract": "long"}, headers=ORIGIN)
    assert re.search(r'name="contract" value="long"', third.text)
    assert not FollowUpAnswer.objects.exists()
    words = {"situation": "employed", "contract": "long", "note": "Merci !", "send": "1"}
    assert client.post(path, words).status_code == 403  # from another site
    for _time in range(2):
        assert "Merci" in client.post(path, words, headers=ORIGIN).text
    answer = FollowUpAnswer.objects.get()
    assert (answer.situation, answer.contract, answer.how, answer.note) == ("employed", "long", "link", "Merci !")
    assert "Merci" in client.get(path).text
    assert "Merci !" not in client.get(path).text
    own = as_user(gone.person.user).get(reverse("my-path:path")).text
    assert "Merci !" in own


def test_a_link_is_over_late_cancelled_or_when_the_consent_goes(gone, client, monkeypatch):
    agree(gone)
    path = reverse("news:answer", args=[news_token(one(gone).public_id)])
    assert client.get(path[:-3] + "aa/").status_code == 404
    assert client.get(path).status_code == 200
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("django.core.signing.time.time", lambda: now + 21 * 86_400 + 60)
        assert client.get(path).status_code == 410
    withdraw_consent(person=gone.person, kind="news", by=None)
    assert client.post(path, {"situation": "refused"}, headers=ORIGIN).status_code == 410
    agree(gone)
    cancel_exit(exit=gone, by=None)
    assert client.get(path).status_code == 410
    assert not FollowUpAnswer.objects.exists()


def test_the_call_is_noted_on_its_page_with_its_proof(gone, as_user, counsellor):
    browser, follow_up = as_user(counsellor), one(gone)
    url = reverse("insertion-desk:news", args=[gone.person.public_id, follow_up.public_id])
    page = browser.get(url)
    assert "« Bonjour Aminata" in page.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "n’a pas accepté" in page.text
    first, last = gone.left_on, gone.left_on + datetime.timedelta(days=28)
    assert str(first.year) in page.text
    words = {"situation": "employed", "how": "phone", "described_on": in_days(0).isoformat(), "note": "À rappeler"}
    refused = browser.post(url, words)
    assert (refused.status_code, "À rappeler" in refused.text) == (422, True)
    words |= {"contract": "cdi", "operation": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    wrong = SimpleUploadedFile("contrat.pdf", b"not a pdf")
    assert browser.post(url, words | {"proof": wrong}).status_code == 422
    for _time in range(2):
        proof = SimpleUploadedFile("contrat.pdf", b"%PDF-1.7 x")
        answer = browser.post(url, words | {"proof": proof})
        assert answer.status_code == 302
    made = FollowUpAnswer.objects.get()
    assert "hors des quatre semaines" in browser.get(answer.url).text
    assert last < in_days(0)
    file = browser.get(
        reverse("insertion-desk:news-proof", args=[gone.person.public_id, follow_up.public_id, made.proof_id])
    )
    assert b"".join(file.streaming_content) == b"%PDF-1.7 x"
    assert StoredFile.objects.get().permission == "insertion.exit.view"


def test_a_link_is_prepared_for_the_counsellors_telephone(gone, as_user, counsellor):
    browser, follow_up = as_user(counsellor), one(gone)
    url = reverse("insertion-desk:news-link", args=[gone.person.public_id, follow_up.public_id])
    assert browser.post(url, {"by": "phone"}).status_code == 422
    agree(gone)
    page = browser.post(url, {"by": "phone"})
    assert 'href="sms:0699887766?body=' in page.text
    assert Entry.objects.filter(action="insertion.news.asked").count() == 1
    assert browser.post(url, {"by": "mail"}).status_code == 302
    answer_news(follow_up=follow_up, said=said(), by=None)
    assert browser.post(url, {"by": "phone"}).status_code == 422


def test_the_list_is_by_urgency_and_of_the_counsellor(gone, seller, as_user, counsellor, django_assert_num_queries):
    browser = as_user(counsellor)
    other = exit_of(seller, days_ago=1)
    browser.get(LIST)
    for people in (2, 3):
        while FollowUp.objects.count() < 4 * people:
            exit_of(seller, days_ago=100, by=counsellor)
        with django_assert_num_queries(7):
            page = browser.get(LIST)
    assert page.text.count("Aminata") == 8
    assert str(other.person.public_id) not in page.text
    assert str(other.person.public_id) in browser.get(f"{LIST}?qui=tous").text
    assert len(browser.get(f"{LIST}?qui=tous&export=csv").getvalue().decode().split("\r\n")) == 14


def test_nobody_else_sees_news(gone, as_user, seller, owner):
    follow_up = one(gone)
    url = reverse("insertion-desk:news", args=[gone.person.public_id, follow_up.public_id])
    for role in ("supervisor", "seller"):
        user = MembershipFactory(organisation=seller, role=role).user
        assert {as_user(user).get(page).status_code for page in (url, LIST)} == {403}
    assert as_user(owner).get(url).status_code == 403
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    assert as_user(elsewhere).get(url).status_code == 404
    assert as_user(elsewhere).post(f"{url}lien/", {"by": "phone"}).status_code == 404
