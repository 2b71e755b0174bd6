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
from rebond.core.middleware import NulMiddleware


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


@public
def takes_a_form(request):
    return HttpResponse(f"{len(request.POST)}")


handler400 = project.handler400
handler500 = project.handler500
handler404 = project.handler404
urlpatterns = [
    path("full/", full),
    path("locked/", locked),
    path("broken/", broken),
    path("form/", takes_a_form),
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


def test_more_than_a_form_may_hold_is_413_and_leads_back(visitor, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    sent = {f"field{n}": "x" for n in range(9)}
    answer = visitor.post("/form/", sent, headers={"referer": "http://testserver/vendre/?a=1"})
    assert answer.status_code == 413
    assert "C’est trop à la fois" in answer.text
    assert 'href="/vendre/?a=1"' in answer.text
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100, 10
    assert visitor.post("/form/", sent).status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/bureau/objets/cf1/", "/bureau/objets/cf1/"),
        ("https://evil.example/page/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_form_open_for_too_long_leads_back_to_its_page(as_user, referer, back):
    answer = as_user(None, enforce_csrf_checks=True).post("/vendre/dossier/x/reponse/", headers={"referer": referer})
    assert answer.status_code == 403
    assert f'class="btn btn--primary" href="{back}"' in answer.text


@pytest.mark.parametrize("query", ["?q=%00", "?q=a%00b&page=1", "?%00q=%0%000"])
def test_nul_in_the_query_is_as_if_it_were_not_typed(rf, query):
    request = rf.get("/" + query)
    NulMiddleware(lambda asked: HttpResponse())(request)
    assert "%00" not in request.get_full_path()
    assert "\x00" not in "".join([*request.GET, *request.GET.values()])


def test_a_path_with_nul_is_not_found(client):
    assert client.get("/objet/%00/").status_code == 404
