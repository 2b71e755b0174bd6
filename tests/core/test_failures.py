"""Error pages: clear, with the right status, and nothing half-written behind them."""

import errno
import re
import sqlite3
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path

from rebond.accounts.models import User
from rebond.config import urls as project
from rebond.core.access import public


@public
def full(request):
    raise OSError(errno.ENOSPC, "No space left on device")


@public
def locked(request):
    raise OperationalError("database is locked")


@public
def broken(request):
    raise ValueError("a cog")


@public
def writes(request):
    User.objects.create_user(name="Half written")
    return HttpResponse("written")


def undeclared(request):
    return HttpResponse("secret")


handler500 = project.handler500
handler404 = project.handler404
urlpatterns = [
    path("full/", full),
    path("locked/", locked),
    path("broken/", broken),
    path("writes/", writes),
    path("undeclared/", undeclared),
    *project.urlpatterns,
]
pytestmark = [pytest.mark.page, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor(as_user):
    return as_user(None, raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/full/", 507, "Il n’y a plus de place sur notre serveur"),
        ("/locked/", 503, "Beaucoup de monde passe en même temps"),
        ("/broken/", 500, "Un rouage s’est coincé"),
    ],
)
def test_failure_has_its_own_words_and_a_code(visitor, address, status, words):
    answer = visitor.get(address)

    assert answer.status_code == status
    text = answer.content.decode()
    assert words in text
    assert re.search(r"\b[0-9A-F]{6}\b", text)


def test_view_without_a_permission_is_never_served(visitor):
    answer = visitor.get("/undeclared/")

    assert answer.status_code == 500
    assert b"secret" not in answer.content


@pytest.mark.django_db(transaction=True)
def test_locked_database_is_told_and_nothing_is_half_written(visitor):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has one writer")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = visitor.post("/writes/")
        other.execute("ROLLBACK")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20000")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert User.objects.count() == 0
    assert visitor.post("/writes/").content == b"written"


def test_address_for_a_button_opened_as_a_page_says_so(client, db):
    page = client.get("/favoris/ajout/", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 405
    assert page.headers["Allow"] == "POST"
    assert "Cette adresse ne s’ouvre que par un bouton" in page.text

    bare = client.get("/favoris/ajout/", headers={"Accept": "*/*"})
    assert (bare.status_code, bare.content, bare.headers["Allow"]) == (405, b"", "POST")
