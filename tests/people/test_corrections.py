"""What a person says is wrong in their file: asked once, answered within a month, read by both (GDPR art. 12 and 16)."""

import datetime
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from rebond.people.actions.correction import MOST_OPEN, answer_correction, ask_correction
from rebond.people.errors import CorrectionRefused
from rebond.people.models import Correction, Deadline
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WRONG, DONE = "Je suis née en 1989.", "La date est corrigée."


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor").user


@pytest.fixture
def person(seller, counsellor):
    return person_of(seller, by=counsellor, user=UserFactory(name="Aminata Q."))


def due():
    return list(Deadline.objects.filter(kind="people.correction").values_list("due_on", flat=True))


def test_the_first_answer_that_is_due_is_a_deadline_until_all_are_given(person, counsellor):
    january = datetime.date(2027, 1, 31)
    first = ask_correction(person=person, words=WRONG, by=person.user, today=january)
    later = ask_correction(person=person, words="Autre.", by=person.user, today=datetime.date(2027, 2, 5))
    assert (first.due_on, due()) == (datetime.date(2027, 2, 28), [datetime.date(2027, 2, 28)])
    answer_correction(correction=first, state="corrected", answer=DONE, by=counsellor)
    assert due() == [datetime.date(2027, 3, 5)]
    with pytest.raises(CorrectionRefused):
        answer_correction(correction=first, state="refused", answer="Non.", by=counsellor)
    answer_correction(correction=later, state="refused", answer="C’est un avis.", by=counsellor)
    first.refresh_from_db()
    assert (due(), first.state, first.answer) == ([], "corrected", DONE)


def test_words_are_needed_on_both_sides_and_too_many_wait(person, counsellor):
    for words in ("  ", "x" * 2_001, "\0"):
        with pytest.raises(CorrectionRefused) as refused:
            ask_correction(person=person, words=words, by=person.user)
        assert refused.value.field == "words"
    rows = [ask_correction(person=person, words=WRONG, by=person.user) for _time in range(MOST_OPEN)]
    with pytest.raises(CorrectionRefused):
        ask_correction(person=person, words=WRONG, by=person.user)
    for said, field in (({"state": "asked", "answer": DONE}, "state"), ({"state": "refused", "answer": " "}, "answer")):
        with pytest.raises(CorrectionRefused) as refused:
            answer_correction(correction=rows[0], by=counsellor, **said)
        assert refused.value.field == field


def test_words_are_sealed(person, counsellor):
    made = ask_correction(person=person, words=WRONG, by=person.user)
    answer_correction(correction=made, state="corrected", answer=DONE, by=counsellor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, answer FROM people_correction")
        words, answer = cursor.fetchone()
    assert (WRONG in words, DONE in answer) == (False, False)


def test_a_person_asks_the_counsellor_answers_and_both_read_it(person, counsellor, supervisor, as_user):
    mine, page = as_user(person.user), reverse("my-path:correction", args=[person.public_id])
    assert mine.post(page, {"words": " "}).status_code == 422
    said = {"words": WRONG, "operation": str(uuid.uuid4())}
    for _time in range(2):
        mine.post(page, said)
    made = Correction.objects.get()  # sent twice, asked once
    desk, answer = as_user(counsellor), reverse("people-desk:correction", args=[person.public_id, made.public_id])
    assert answer in desk.get(reverse("people-desk:person-detail", args=[person.public_id])).text
    assert WRONG in desk.get(answer).text
    assert WRONG not in as_user(supervisor).get(reverse("people-desk:person-detail", args=[person.public_id])).text
    wrong = as_user(counsellor).post(answer, {"answer": DONE})
    assert (wrong.status_code, DONE in wrong.text) == (422, True)
    as_user(counsellor).post(answer, {"state": "refused", "answer": DONE})
    shown = as_user(person.user).get(reverse("my-path:path")).text
    assert [words in shown for words in (WRONG, DONE, "CNIL")] == [True] * 3
    made.refresh_from_db()
    assert (made.state, made.answered_on) == ("refused", timezone.localdate())


def test_nobody_else_asks_reads_or_answers(person, supervisor, stranger, seller, as_user):
    made = ask_correction(person=person, words=WRONG, by=person.user)
    page = reverse("people-desk:correction", args=[person.public_id, made.public_id])
    other = person_of(seller, user=UserFactory())
    for by in (supervisor, stranger, other.user):
        assert as_user(by).get(page).status_code in {403, 404}
        assert (
            as_user(by).post(reverse("my-path:correction", args=[person.public_id]), {"words": "x"}).status_code == 404
        )
    assert Correction.objects.count() == 1
