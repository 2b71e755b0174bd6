import pytest
from django.db import connection

from rebond.core.sqlite import base

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the cursor of SQLite alone"),
]


def ask(text, params=None):
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchone()


def test_values_come_in_their_places_each_time():
    assert ask("SELECT %s, %s, '%%s'", ["a", 2]) == ("a", 2, "%s")
    assert ask("SELECT %s, %s, '%%s'", [3, "b"]) == (3, "b", "%s")


def test_values_may_have_names_or_be_none():
    assert ask("SELECT %(one)s || %(two)s", {"one": "x", "two": "y"}) == ("xy",)
    assert ask("SELECT '%s'") == ("%s",)


def test_a_text_is_put_into_the_drivers_form_once():
    base._qmark.cache_clear()
    for value in range(3):
        assert ask("SELECT %s + 40", [value]) == (40 + value,)
    found = base._qmark.cache_info()
    assert (found.misses, found.hits) == (1, 2)


def test_the_long_texts_of_bulk_writes_are_not_kept():
    base._qmark.cache_clear()
    assert ask(f"SELECT 7 IN ({', '.join(['%s'] * 6_000)})", list(range(6_000))) == (1,)
    assert base._qmark.cache_info().currsize == 0
