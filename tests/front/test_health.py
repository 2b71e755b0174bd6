"""What a proxy and a monitor ask."""

import datetime
import re

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from rebond.catalogue.search import health as index_health
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def test_health_says_ok_and_is_never_cached(as_user):
    answer = as_user().get("/sante/")

    assert answer.json() == {"ok": True}
    assert "no-store" in answer["Cache-Control"]


def test_health_says_no_where_the_database_is_away(as_user, monkeypatch):
    def away(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", away)

    answer = as_user().get("/sante/")

    assert answer.status_code == 503
    assert answer.json() == {"ok": False}


def test_index_that_lags_behind_is_told():
    call_command("reindex", "--json")
    assert index_health.check_index().is_ok is True

    ItemFactory.create_batch(52, on_sale=True)

    told = index_health.check_index()
    assert told.is_ok is False
    assert told.detail == "0 objects indexed, 52 on sale: run `rebond reindex`"


def test_objects_of_a_hidden_closed_seller_are_not_missed():
    today = timezone.localdate()
    item = ItemFactory(on_sale=True)
    item.seller.closures.create(starts_on=today, ends_on=today, hides_items=True)
    call_command("reindex", "--json")

    assert index_health.check_index().detail == "0 objects indexed, 0 on sale"


def test_security_txt_expires_within_a_year_of_today(as_user, settings):
    said = as_user().get("/.well-known/security.txt").text
    expires = datetime.datetime.fromisoformat(re.search(r"^Expires: (.+)$", said, re.MULTILINE)[1])
    assert datetime.timedelta(days=170) < expires - timezone.now() < datetime.timedelta(days=365)
    assert "Contact: http://testserver/mentions-legales/" in said
    settings.SECURITY_CONTACT = "mailto:securite@rebond.example"
    assert "Contact: mailto:securite@rebond.example" in as_user().get("/.well-known/security.txt").text


def test_http_is_led_to_https_where_asked_but_for_monitors(as_user, settings):
    assert as_user().get("/vendre/").status_code == 200
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    browser = as_user()
    answer = browser.get("/vendre/?a=1")
    assert (answer.status_code, answer.url) == (301, "https://testserver/vendre/?a=1")
    assert browser.get("/vendre/", headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert browser.get("/sante/").status_code == 200
