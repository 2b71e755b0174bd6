"""Files of people: what is sealed, who finds and reads what, statuses that exclude each other."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from rebond.core.sealed import blind_marks
from rebond.journal.models import Entry
from rebond.people.actions.person import Identity, change_person, follow_person
from rebond.people.actions.reading import read_list, read_person
from rebond.people.actions.status import begin_status, end_status
from rebond.people.errors import PersonInvalid, StatusRefused, WrittenSince
from rebond.people.models import Deadline, NameMark, Person, Status
from rebond.people.models.person import NEVER
from rebond.people.queries.people import FORMER, MINE, WITHOUT, as_rows, figures_of, listed, page_after
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
SECRETS = {
    "family_name": "Quatrebarbes",
    "born_on": datetime.date(1987, 4, 3),
    "phone": "06 99 88 77 66",
    "email": "amina.secrete@example.org",
    "address": "7, impasse des Glycines",
    "notes": "Loge chez une cousine.",
}


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def today():
    return timezone.localdate()


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


def whole_database():
    """Every text that the database holds, as it is stored."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield from (str(value) for value in row)


def test_nothing_sealed_is_in_the_database_in_clear(seller, counsellor):
    person = person_of(seller, by=counsellor, **SECRETS)
    changed = Identity(person.first_name, **(SECRETS | {"notes": "Loge chez une tante."}))
    change_person(person=person, identity=changed, seen=1, by=counsellor)
    read_person(person=person, by=counsellor, is_whole=True)
    person.refresh_from_db()

    assert (person.family_name, person.born_on, person.notes) == (
        "Quatrebarbes",
        SECRETS["born_on"],
        "Loge chez une tante.",
    )
    stored = "\n".join(whole_database())
    assert "Aminata" in stored  # the first name shown is clear: the search below can find something
    for secret in ("Quatrebarbes", "1987-04-03", "88 77 66", "amina.secrete", "Glycines", "cousine", "tante"):
        assert secret.casefold() not in stored.casefold()


def test_a_family_name_is_found_by_each_of_its_words_within_one_organisation(seller, counsellor):
    person = person_of(seller, family_name="Le Guen-N’Diaye")
    elsewhere = person_of(OrganisationFactory(), family_name="Le Guen-N’Diaye")

    for words in ("guen", "LE GUEN", "Diaye", "le guen-n'diaye", "aminata guen"):
        assert list(listed(seller, words=words, by_family_name=True)) == [person], words
    assert not listed(seller, words="gue", by_family_name=True).exists()
    assert not listed(seller, words="guen").exists()  # whoever reads first names only
    assert list(listed(elsewhere.organisation, words="guen", by_family_name=True)) == [elsewhere]
    assert not set(NameMark.objects.filter(person=person).values_list("mark", flat=True)) & set(
        NameMark.objects.filter(person=elsewhere).values_list("mark", flat=True)
    )

    change_person(person=person, identity=Identity("Aminata", "Élie"), seen=1, by=counsellor)
    assert list(listed(seller, words="elie", by_family_name=True)) == [person]
    assert not listed(seller, words="guen", by_family_name=True).exists()


def test_a_mark_is_still_found_when_the_key_changed(seller, settings):
    person = person_of(seller, family_name="Quatrebarbes")
    settings.SECRET_KEY_FALLBACKS = [settings.SEALED_KEY]
    settings.SECRET_KEY = settings.SEALED_KEY = "another key that is long enough to be a secret of a site"
    assert len(blind_marks("x", scope="y")) == 2
    assert list(listed(seller, words="quatrebarbes", by_family_name=True)) == [person]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": "  "}, "first_name"),
        ({"family_name": ""}, "family_name"),
        ({"first_name": "x" * 41}, "first_name"),
        ({"notes": "a\0b"}, "notes"),
        ({"born_on": datetime.date(1850, 1, 1)}, "born_on"),
    ],
)
def test_an_identity_that_cannot_be_is_refused(seller, changes, field):
    with pytest.raises(PersonInvalid) as refused:
        person_of(seller, **changes)
    assert refused.value.field == field
    assert not Person.objects.exists()


def test_two_who_write_at_once_do_not_overwrite_each_other(seller, counsellor):
    person = person_of(seller)
    change_person(person=person, identity=Identity("Awa", "Sy"), seen=1, by=counsellor)
    with pytest.raises(WrittenSince):
        change_person(person=person, identity=Identity("Ana", "Sy"), seen=1, by=counsellor)
    assert Person.objects.get().first_name == "Awa"
    change_person(person=person, identity=Identity("Awa", "Sy"), seen=2, by=counsellor)  # nothing new
    entries = Entry.objects.filter(action="people.person.changed")
    assert [entry.data for entry in entries] == [{"fields": ["family_name", "first_name"]}]


def test_a_contract_ends_the_candidature_and_its_end_is_due(seller, counsellor, today):
    person = person_of(seller, kind="candidate", days_ago=30)
    status = begin_status(person=person, kind="cddi_ei", starts_on=today, ends_on=in_days(120), by=counsellor)

    first = Status.objects.get(kind="candidate")
    assert first.ends_on == in_days(-1)
    person.refresh_from_db()
    assert person.next_due_on == in_days(120)
    begin_status(person=person, kind="learner", starts_on=today, by=counsellor)  # beside it
    assert [row.kind for row in as_rows([person])[0].statuses] == ["cddi_ei", "learner"]

    end_status(status=status, ends_on=in_days(60), by=counsellor)
    person.refresh_from_db()
    assert person.next_due_on == in_days(60)


def test_statuses_that_exclude_each_other_never_share_a_day(seller, counsellor, today):
    person = person_of(seller, kind="cddi_ei", days_ago=10)
    held = Status.objects.get()
    end_status(status=held, ends_on=in_days(20), by=counsellor)
    refused = [
        {"kind": "companion", "starts_on": in_days(20)},
        {"kind": "companion", "starts_on": in_days(-30), "ends_on": in_days(-10)},
        {"kind": "former", "starts_on": today},
        {"kind": "former", "starts_on": in_days(30)},  # to come
        {"kind": "cdi_inclusion", "starts_on": in_days(30), "ends_on": in_days(29)},
        {"kind": "boss", "starts_on": today},
    ]
    for said in refused:
        with pytest.raises(StatusRefused):
            begin_status(person=person, by=counsellor, **said)
    with pytest.raises(StatusRefused):
        end_status(status=held, ends_on=in_days(-11), by=counsellor)
    begin_status(person=person, kind="cdi_inclusion", starts_on=in_days(21), by=counsellor)
    with pytest.raises(StatusRefused):
        end_status(status=held, ends_on=in_days(21), by=counsellor)
    assert Status.objects.count() == 2


def test_the_database_itself_refuses_two_statuses_on_a_day(seller, today):
    person = person_of(seller, kind="cddi_ei", days_ago=10)
    held = Status.objects.get()
    made = {"person": person, "kind": "etti", "is_exclusive": True}
    with pytest.raises(IntegrityError), transaction.atomic():
        Status.objects.create(**made, starts_on=today)
    Status.objects.filter(pk=held.pk).update(ends_on=in_days(-1))  # its own row is no obstacle
    other = Status.objects.create(**made, starts_on=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        Status.objects.filter(pk=other.pk).update(starts_on=in_days(-1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Status.objects.create(person=person, kind="companion", is_exclusive=False, starts_on=today)
    elsewhere = person_of(OrganisationFactory())
    assert elsewhere.statuses.count() == 1


def test_the_most_urgent_comes_first_and_pages_follow_each_other(seller, counsellor):
    people = [person_of(seller, first_name=f"P{number}", by=counsellor) for number in range(5)]
    days = (5, None, -3, 5, 1)
    for person, number in zip(people, days, strict=True):
        meeting = None if number is None else in_days(number)
        follow_person(person=person, counsellor=counsellor, user=None, meeting_on=meeting, by=counsellor)
    expected = [people[2], people[4], people[0], people[3], people[1]]

    assert list(listed(seller)) == expected
    first, key = page_after(listed(seller), "", 3)
    rest, none = page_after(listed(seller), key, 3)
    assert (first + rest, none) == (expected, None)
    assert page_after(listed(seller), "nonsense.x", 5)[0] == expected
    assert [row.urgency for row in as_rows(expected)] == ["late", "soon", "soon", "soon", ""]
    assert list(listed(seller, which=WITHOUT)) == [people[1]]
    other = MembershipFactory(organisation=seller, role="counsellor").user
    follow_person(person=people[4], counsellor=other, user=None, meeting_on=in_days(1), by=counsellor)
    assert list(listed(seller, which=MINE, counsellor=other)) == [people[4]]


def test_who_has_left_is_in_the_list_of_those_only(seller, counsellor, today):
    person = person_of(seller, days_ago=30, by=counsellor)
    follow_person(person=person, counsellor=counsellor, user=None, meeting_on=in_days(3), by=counsellor)
    begin_status(person=person, kind="former", starts_on=today, by=counsellor)

    person.refresh_from_db()
    assert (person.left_on, person.next_due_on) == (today, NEVER)
    assert not listed(seller).exists()
    assert list(listed(seller, which=FORMER)) == list(listed(seller, words="aminata")) == [person]
    assert not Deadline.objects.exists()


def test_only_the_team_follows_and_an_account_has_one_file(seller, counsellor):
    person, other = person_of(seller), person_of(seller)
    worker = MembershipFactory(organisation=seller, role="worker").user
    stranger = MembershipFactory(role="counsellor").user
    follow_person(person=person, counsellor=counsellor, user=worker, meeting_on=None, by=counsellor)
    for said, field in (
        ({"counsellor": stranger, "user": None}, "counsellor"),
        ({"counsellor": worker, "user": None}, "counsellor"),
        ({"counsellor": None, "user": stranger}, "user"),
        ({"counsellor": None, "user": worker}, "user"),  # has a file already
    ):
        with pytest.raises(PersonInvalid) as refused:
            follow_person(person=other, meeting_on=None, by=counsellor, **said)
        assert refused.value.field == field


def test_small_numbers_are_not_told(seller):
    for _number in range(5):
        person_of(seller)
    person_of(OrganisationFactory())
    figures, total = figures_of(seller)
    assert ([figure.number for figure in figures], total) == ([5], 5)

    person_of(seller, kind="candidate")
    figures, total = figures_of(seller)
    assert ([figure.number for figure in figures], total) == ([None, 5], None)  # the total would tell it


def test_an_empty_list_is_no_reading(seller, counsellor):
    read_list(organisation=seller, number=0, by=counsellor)
    assert not Entry.objects.exists()
