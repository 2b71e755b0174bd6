"""Alerts for objects like one, against the real index."""

import datetime

import pytest
from django.utils import timezone

from rebond.catalogue.actions.index import rebuild_index
from rebond.catalogue.models import Item
from rebond.catalogue.search import IndexUnavailable, get_index
from rebond.shop.actions import matching
from rebond.shop.actions.alert import create_alert
from rebond.shop.actions.matching import match_alerts
from rebond.shop.enums import AlertKind
from rebond.shop.models import Alert, AlertHit
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CategoryFactory, ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()


def soon(minutes):
    return NOW + datetime.timedelta(minutes=minutes)


@pytest.fixture
def real_index(db, settings, tmp_path):
    settings.INDEX_DIR = tmp_path / "index"
    settings.INDEX_HEAP_MB = 30
    settings.INDEX_THREADS = 1
    return rebuild_index


@pytest.fixture
def chair_alert(chairs):
    """Of a sold bistro chair, asked at NOW."""
    user = UserFactory(email="camille@example.org")
    item = ItemFactory(sold=True, category=chairs, title="Chaise bistrot")
    return create_alert(email=user.email, by=user, item=item, frequency="at_once", now=NOW)


def test_arrivals_are_told_however_many_are_more_alike(real_index, chair_alert, chairs, monkeypatch):
    monkeypatch.setattr(matching, "FOUND", 3)
    for _ in range(4):
        ItemFactory(on_sale=True, category=chairs, title="Chaise bistrot", published_at=soon(-600))
    new = ItemFactory(on_sale=True, category=chairs, title="Tabouret haut", published_at=soon(5))
    beside = CategoryFactory(key="tables", path="furniture/tables", parent=chairs.parent, depth=1)
    ItemFactory(on_sale=True, category=beside, title="Table bistrot", published_at=soon(5))
    real_index()

    assert match_alerts(now=soon(10)) == 1
    assert AlertHit.objects.get().item == new
    assert match_alerts(now=soon(11)) == 0


def test_nothing_is_missed_while_the_index_is_away(real_index, chair_alert, chairs, monkeypatch):
    ItemFactory(on_sale=True, category=chairs, title="Chaise paillée", published_at=soon(5))

    def away(*args, **kwargs):
        raise IndexUnavailable

    real_index()
    with monkeypatch.context() as patched:
        patched.setattr(type(get_index()), "similar", away)
        assert match_alerts(now=soon(60)) == 0
    assert Alert.objects.get().checked_at == NOW

    assert match_alerts(now=soon(120)) == 1


def test_an_object_that_is_gone_finds_nothing(real_index, chair_alert):
    real_index()
    Alert.objects.filter(kind=AlertKind.SIMILAR).update(item=None)
    Item.objects.all().delete()

    assert match_alerts(now=soon(10)) == 0
