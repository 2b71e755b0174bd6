"""Levels: said by one, acknowledged by two, contested, hidden; the log of it stays (decision 59)."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.people.models import Person
from rebond.skills.actions.level import answer_level, assess_self, hide_card, observe_level
from rebond.skills.enums import LevelState
from rebond.skills.errors import AnswerRefused, LevelRefused
from rebond.skills.models import Answer, Assessment, HiddenCard
from rebond.skills.queries.portfolio import facts_for, skills_of
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
WORDS = "Douze colis de vaisselle, aucun cassé."


@pytest.fixture
def sonia(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia").user


@pytest.fixture
def person(seller):
    return person_of(seller, user=UserFactory(name="Aminata"))


def observed(person, by, level=3, **said):
    facts = {"card": "pack", "day": timezone.localdate(), "context": "Table 1", "words": WORDS} | said
    return observe_level(person=person, level=level, by=by, **facts)


def pack(person, **kwargs):
    return skills_of(person, with_hidden=kwargs.pop("with_hidden", True))["pack"]


def test_a_level_is_acknowledged_by_two(person, sonia):
    assessment = observed(person, sonia)
    assert pack(person).said[0].state == LevelState.WAITING
    assert (pack(person).acknowledged, facts_for(person)) == (None, [])

    answers = [answer_level(assessment=assessment, kind="agrees", by=person.user) for _twice in range(2)]
    assert answers[0] == answers[1]
    assert pack(person).acknowledged.assessment == assessment
    assert facts_for(person) == [("My skills", "1 acknowledged by two")]
    entries = Entry.objects.filter(action__startswith="skills.level").order_by("pk")
    assert list(entries.values_list("action", "actor_label", "subject_label")) == [
        ("skills.level.observed", "Sonia", "Aminata, Emballer un colis"),
        ("skills.level.agrees", "Aminata", "Aminata, Emballer un colis"),
    ]


def test_what_the_person_says_is_confirmed_by_a_supervisor(person, sonia):
    said = assess_self(person=person, card="pack", level=4, words="J’ai montré à Kim.", by=person.user)
    assert pack(person).asks_supervisor
    with pytest.raises(AnswerRefused):
        answer_level(assessment=said, kind="agrees", by=person.user)
    with pytest.raises(AnswerRefused, match="another level"):
        answer_level(assessment=said, kind="contests", words="Pas encore.", by=sonia)
    answer_level(assessment=said, kind="agrees", by=sonia)
    assert pack(person).acknowledged.assessment.level == 4


def test_the_person_contests_with_words_and_may_change_their_mind(person, sonia):
    assessment = observed(person, sonia, level=2)
    with pytest.raises(AnswerRefused) as refused:
        answer_level(assessment=assessment, kind="contests", by=person.user)
    assert refused.value.field == "words"
    answer_level(assessment=assessment, kind="contests", words="Je le fais seule.", by=person.user)
    answer_level(assessment=assessment, kind="comments", words="Voyons demain.", by=sonia)
    assert pack(person).said[0].state == LevelState.CONTESTED
    answer_level(assessment=assessment, kind="agrees", by=person.user)
    assert pack(person).said[0].state == LevelState.ACKNOWLEDGED
    answer_level(assessment=assessment, kind="contests", words="Finalement non.", by=person.user)
    assert pack(person).acknowledged is None


def test_bad_words_and_other_hands_are_refused(person, sonia, seller):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    for wrong, field in (
        ({"level": 5}, "level"),
        ({"card": "flying"}, "card"),
        ({"day": tomorrow}, "day"),
        ({"words": " "}, "words"),
    ):
        with pytest.raises(LevelRefused) as refused:
            observed(person, sonia, **wrong)
        assert refused.value.field == field
    own = person_of(seller, user=sonia)
    with pytest.raises(LevelRefused, match="observes themself"):
        observed(own, sonia)
    with pytest.raises(LevelRefused):
        assess_self(person=person, card="pack", level=3, by=sonia)
    with pytest.raises(LevelRefused):
        hide_card(person=person, card="pack", is_hidden=True, by=sonia)
    with pytest.raises(AnswerRefused):
        answer_level(assessment=observed(person, sonia), kind="knows", by=person.user)
    assert Answer.objects.count() == 0


def test_a_hidden_card_is_for_the_person_only(person, sonia):
    observed(person, sonia)
    assert hide_card(person=person, card="pack", is_hidden=True, by=person.user)
    assert not hide_card(person=person, card="pack", is_hidden=True, by=person.user)
    assert pack(person).is_begun
    assert pack(person).is_hidden
    assert not pack(person, with_hidden=False).is_begun
    assert not pack(person, with_hidden=False).is_hidden
    assert hide_card(person=person, card="pack", is_hidden=False, by=person.user)
    assert pack(person, with_hidden=False).is_begun
    hidden = Entry.objects.filter(action__startswith="skills.card")
    assert set(hidden.values_list("organisation_id", flat=True)) == {""}
    assert not HiddenCard.objects.exists()


def test_words_are_sealed_and_a_person_costs_four_queries(person, sonia, django_assert_num_queries):
    for card in ("pack", "pick", "store"):
        answer_level(assessment=observed(person, sonia, card=card), kind="agrees", by=person.user)
        with django_assert_num_queries(4):
            skills_of(person, with_hidden=True)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT words, context FROM skills_assessment")
        assert not any("colis" in cell or "Table" in cell for row in cursor.fetchall() for cell in row)


@pytest.mark.parametrize("change", [{"level": 4}, {"card": "pick"}, {"said_by": "person"}])
def test_the_database_keeps_what_was_said(person, sonia, change):
    assessment = observed(person, sonia)
    rows = Assessment.objects.filter(pk=assessment.pk)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.delete()
    rows.update(by=None)  # whose account was erased
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.update(by=person.user)


def test_the_database_refuses_a_level_acknowledged_alone(person, sonia):
    assessment = observed(person, sonia)
    for by, is_person in ((sonia, True), (person.user, False)):
        with pytest.raises(IntegrityError, match="the other one must agree"), transaction.atomic():
            Answer.objects.create(assessment=assessment, kind="agrees", by=by, is_person=is_person)
    answer = Answer.objects.create(assessment=assessment, kind="agrees", by=person.user, is_person=True)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).delete()
    Person.objects.filter(pk=person.pk).update(left_on=timezone.localdate())
    person.delete()  # the time of the file is over: all of it goes
    assert not Assessment.objects.exists()
