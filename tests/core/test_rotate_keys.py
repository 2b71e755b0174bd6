"""Keys are rotated: all that older ones sealed opens with the new one alone, also when it was stopped on the way."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from rebond.core import resealing
from rebond.core.sealed import is_current, seal, unseal
from rebond.network.models import TraderFile
from rebond.people.models import Person
from rebond.people.queries.people import listed
from tests.factories.admission import make_admission
from tests.factories.people import person_of

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NEW = "another key that is long enough to be a secret of a site"


@pytest.fixture
def change_key(settings):
    """`change_key()` puts a new key before the old one; `change_key.forget()` leaves the new one alone."""

    def change():
        settings.SECRET_KEY_FALLBACKS = [settings.SEALED_KEY]
        settings.SECRET_KEY = settings.SEALED_KEY = NEW

    change.forget = lambda: setattr(settings, "SECRET_KEY_FALLBACKS", [])
    return change


def rotate():
    """(sealed anew, that no key opens) in all, by the command."""
    out = io.StringIO()
    call_command("rotate_keys", "--json", stdout=out)
    counts = [json.loads(line) for line in out.getvalue().splitlines()]
    return sum(count["resealed"] for count in counts), sum(count["broken"] for count in counts)


def stored(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" ORDER BY id')
        return [row[0] for row in cursor.fetchall()]


def test_what_older_keys_sealed_opens_with_the_new_key_alone(seller, change_key):
    person = person_of(seller, family_name="Quatrebarbes", notes="Un logement.")
    trader = TraderFile.objects.get(admission=make_admission())
    with trader.document.open("rb") as file:
        plain = unseal(file.read())
    assert rotate() == (0, 0)

    change_key()
    assert rotate() == (2 + 4 + 1 + 1, 0)  # the person's, the trader's columns, the mark, the document
    again = stored("people_person", "family_name")
    assert rotate() == (0, 0)
    assert stored("people_person", "family_name") == again
    assert stored("people_person", "phone") == [""]

    change_key.forget()
    person = Person.objects.get(pk=person.pk)
    assert (person.family_name, person.notes) == ("Quatrebarbes", "Un logement.")
    assert list(listed(seller, words="quatrebarbes", by_family_name=True)) == [person]
    trader = TraderFile.objects.get(pk=trader.pk)
    assert trader.iban == "FR7630006000011234567890189"
    with trader.document.open("rb") as file:
        assert unseal(file.read()) == plain


def test_a_run_that_was_stopped_is_finished_by_the_next_one(seller, change_key, monkeypatch):
    for _number in range(3):
        person_of(seller)
    change_key()
    monkeypatch.setattr(resealing, "BATCH", 1)
    sealed = []

    def stops(plain):
        if len(sealed) == 2:
            raise KeyboardInterrupt
        sealed.append(plain)
        return seal(plain)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(resealing, "seal", stops)
        rotate()
    done = [is_current(token.encode()) for token in stored("people_person", "family_name")]
    assert done == [True, True, False]
    assert rotate() == (1 + 3, 0)


def test_what_no_key_opens_is_counted_and_stays(seller, change_key):
    person_of(seller, notes="Un logement.")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET notes = 'gAAAAbroken'")
    change_key()
    with pytest.raises(SystemExit) as left:
        rotate()
    assert left.value.code == 1
    assert stored("people_person", "notes") == ["gAAAAbroken"]
    assert is_current(stored("people_person", "family_name")[0].encode())
