"""Needs and whom to call: facts to choose from, sealed, read by who has to (rules.md F8; labour code L4624-6)."""

import datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.people.actions.need import Noted, Whom, drop_trusted, note_need, note_trusted
from rebond.people.errors import NeedRefused, WrittenSince
from rebond.people.models import Deadline, Need, Person, TrustedContact
from rebond.people.needs import POINTS, NeedKind
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHOM = Whom("Rosalie Quatrebarbes", "06 99 88 77 66", "sa sœur")
QUERIES = 9  # of the page of needs, whatever is noted
TYPED = {"name": WHOM.name, "phone": WHOM.phone, "link": WHOM.link}


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia Supervision").user


@pytest.fixture
def person(seller, counsellor):
    return person_of(seller, by=counsellor, user=UserFactory(name="Aminata Q."))


def at(page, person, *more):
    return reverse(f"people-desk:{page}", args=[person.public_id, *more])


def note(person, kind, by, **said):
    version = Person.objects.get(pk=person.pk).version
    return note_need(person=person, kind=kind, said=Noted(**said), seen=version, by=by)


def acts():
    return list(Entry.objects.filter(action__startswith="people.need").order_by("pk").values_list("action", flat=True))


def test_a_need_is_written_once_of_a_kind_and_taken_away_with_nothing(person, counsellor):
    note(person, "language", counsellor, points=["writing", "spoken"], words=" Cours le mardi. ")
    found = note(person, "language", counsellor, points=["spoken"])
    assert (Need.objects.count(), found.codes, found.words) == (1, ["spoken"], "")
    assert note(person, "language", counsellor) is None
    assert note(person, "language", counsellor) is None  # nothing was there: nothing is told
    assert (Need.objects.count(), acts()) == (0, ["people.need.noted"] * 2 + ["people.need.removed"])


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("blood", {}, "points"),
        ("language", {"points": ["loads"]}, "points"),
        ("aptitude", {"points": ["loads"], "words": "Hernie discale"}, "words"),
        ("childcare", {"words": "x" * 1_001}, "words"),
        ("aptitude", {"points": ["loads"], "review_on": datetime.date(2020, 1, 1)}, "review_on"),
    ],
)
def test_what_cannot_be_noted_names_its_field(person, counsellor, kind, said, field):
    with pytest.raises(NeedRefused) as refused:
        note(person, kind, counsellor, **said)
    assert (refused.value.field, Need.objects.count()) == (field, 0)


def test_limits_to_look_at_again_are_a_deadline_until_they_are_lifted(person, counsellor):
    day = timezone.localdate() + datetime.timedelta(days=20)
    note(person, "aptitude", counsellor, points=["loads"], review_on=day)
    assert Deadline.objects.get(kind="people.aptitude").due_on == day
    assert Person.objects.get().next_due_on == day
    note(person, "aptitude", counsellor, review_on=day)
    assert not Deadline.objects.filter(kind="people.aptitude").exists()


def test_two_who_write_at_once_lose_nothing(person, counsellor):
    seen = person.version
    note_need(person=person, kind="mobility", said=Noted(["bus"]), seen=seen, by=counsellor)
    with pytest.raises(WrittenSince):
        note_need(person=person, kind="mobility", said=Noted(["far"]), seen=seen, by=counsellor)
    with pytest.raises(WrittenSince):
        note_trusted(person=person, whom=WHOM, seen=seen, by=counsellor)
    assert (Need.objects.get().codes, TrustedContact.objects.count()) == (["bus"], 0)


@pytest.mark.parametrize(("whom", "field"), [(Whom(" ", "0601020304"), "name"), (Whom("Ana", "demain"), "phone")])
def test_a_contact_needs_a_name_and_a_number(person, counsellor, whom, field):
    with pytest.raises(NeedRefused) as refused:
        note_trusted(person=person, whom=whom, seen=person.version, by=counsellor)
    assert refused.value.field == field


def test_nothing_of_it_stands_in_clear_in_the_database(person, counsellor):
    note(person, "language", counsellor, points=["interpreter"], words="Parle wolof.")
    note_trusted(person=person, whom=WHOM, seen=Person.objects.get().version, by=counsellor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT points, words FROM people_need")
        stored = [*cursor.fetchone()]
        cursor.execute("SELECT name, link, phone FROM people_trustedcontact")
        stored += cursor.fetchone()
    said = ("interpreter", "Parle wolof.", WHOM.name, WHOM.link, WHOM.phone)
    assert [any(word in column for column in stored) for word in said] == [False] * 5
    assert not Entry.objects.filter(data__icontains="wolof").exists()


def test_the_counsellor_writes_the_supervisor_reads_limits_only(person, counsellor, supervisor, as_user):
    desk, page = as_user(counsellor), at("needs", person)
    answer = desk.post(at("need-note", person, "aptitude"), {"points": ["loads"], "seen": "1"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    desk.post(at("need-note", person, "childcare"), {"points": ["school"], "words": "Deux enfants.", "seen": "2"})
    wrong = desk.post(at("trusted-note", person), TYPED | {"phone": "demain", "seen": "3"})
    assert (wrong.status_code, WHOM.name in wrong.text, "Écrivez un numéro" in wrong.text) == (422, True, True)
    desk.post(at("trusted-note", person), TYPED | {"seen": "3"})
    whole = desk.get(at("person-detail", person)).text
    assert [words in whole for words in ("Ne porte rien de lourd", "Deux enfants.", WHOM.name)] == [True] * 3
    glance = as_user(supervisor).get(at("person-detail", person)).text
    shown = [words in glance for words in ("Ne porte rien de lourd", "Deux enfants.", "à l’école", WHOM.name)]
    assert shown == [True, False, False, False]
    assert as_user(supervisor).get(page).status_code == 403


def test_an_old_page_or_another_kind_writes_nothing(person, counsellor, as_user):
    desk = as_user(counsellor)
    old = desk.post(at("need-note", person, "mobility"), {"points": ["bus"], "seen": "0"})
    assert (old.status_code, "entre-temps" in old.text) == (422, True)
    assert desk.post(at("need-note", person, "mobility"), {"points": ["loads"], "seen": "1"}).status_code == 422
    assert desk.post(at("need-note", person, "blood"), {"seen": "1"}).status_code == 404
    assert not Need.objects.exists()


def test_a_person_chooses_whom_to_call_and_takes_it_away(person, as_user):
    mine, page = as_user(person.user), reverse("my-path:trusted", args=[person.public_id])
    form = mine.get(page)
    assert ('name="seen" value="1"' in form.text, form.status_code) == (True, 200)
    assert mine.post(page, TYPED | {"name": "", "seen": "1"}).status_code == 422
    mine.post(page, TYPED | {"seen": "1"})
    assert WHOM.name in mine.get(reverse("my-path:path")).text
    for _time in range(2):
        mine.post(reverse("my-path:trusted-drop", args=[person.public_id]))
    assert Entry.objects.filter(action="people.trusted.removed").count() == 1
    assert WHOM.name not in mine.get(reverse("my-path:path")).text


def test_nobody_else_reads_or_writes_it(person, counsellor, stranger, seller, as_user):
    other = person_of(seller, user=UserFactory())
    for by in (stranger, other.user):
        assert as_user(by).get(at("needs", person)).status_code in {403, 404}
        assert as_user(by).get(reverse("my-path:trusted", args=[person.public_id])).status_code == 404
        assert as_user(by).post(reverse("my-path:trusted-drop", args=[person.public_id])).status_code == 404
    assert drop_trusted(person=person, by=counsellor) is False


def test_the_page_of_needs_asks_as_much_for_one_as_for_four(person, counsellor, as_user, django_assert_num_queries):
    desk = as_user(counsellor)
    for kinds in (list(NeedKind)[:1], list(NeedKind)):
        for kind in kinds:
            note(person, kind, counsellor, points=list(POINTS[kind])[:2])
        with django_assert_num_queries(QUERIES):
            assert desk.get(at("needs", person)).status_code == 200
