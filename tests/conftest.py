"""The cast, the guards, and where things are."""

import datetime
import gc
import os
import random
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from tests import kept_database
from tests.factories.network import MembershipFactory, OrganisationFactory

# No test of ours depends on how fast or how busy the machine is.
settings.register_profile("rebond", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rebond")

SHARED = Path(os.environ.get("REBOND_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))

# They ask a database of their own, by processes.
BY_PROCESSES = {
    "test_backup.py",
    "test_bench.py",
    "test_engine.py",
    "test_serve.py",
    "test_settings.py",
    "test_tools.py",
}

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is absent")


def _asks_a_database(item):
    needed = {"db", "transactional_db", "live_server", "django_db_setup"}
    return (
        item.get_closest_marker("django_db") is not None
        or bool(needed & set(item.fixturenames))
        or item.path.name in BY_PROCESSES
    )


def pytest_collection_modifyitems(config, items):
    """The second time, on PostgreSQL, only what asks a database: the other quarter said the same on SQLite.

    Without the journeys: what a browser asks of the database, actions and pages asked it. The proofs take them along.
    """
    wanted = os.environ.get("TESTS_OF_THE_DATABASE")
    if wanted is None:
        return
    kept, left = [], []
    for item in items:
        is_left = wanted != "journeys" and item.get_closest_marker("journey") is not None
        (left if is_left or not _asks_a_database(item) else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish():
    """What was imported stays: the collector need not walk it again (6 % of the processor time of the shop's tests)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(scope="session")
def _kept(django_db_blocker):
    """Whether the test database begins as the one that an earlier run migrated."""
    with django_db_blocker.unblock():
        return kept_database.wanted() and kept_database.start_from_kept()


@pytest.fixture(scope="session")
def django_db_setup(_kept, django_db_setup, django_db_blocker):
    """Migrated once for these migrations; see tests/kept_database.py."""
    if kept_database.wanted() and not _kept:
        with django_db_blocker.unblock():
            kept_database.keep()


@pytest.fixture(autouse=True)
def language(request):
    """Unit tests read English; pages and journeys run in French, as people see them."""
    markers = {mark.name for mark in request.node.iter_markers()}
    with translation.override("fr" if markers & {"page", "journey"} else "en"):
        yield


@pytest.fixture(autouse=True)
def _now_is_now(request, monkeypatch):
    """A module's `NOW = timezone.now()` is the moment of each test: a suite may last longer than a basket holds."""
    now = getattr(request.module, "NOW", None)
    fresh = timezone.now()
    if isinstance(now, datetime.datetime) and abs(fresh - now) < datetime.timedelta(hours=6):
        monkeypatch.setattr(request.module, "NOW", fresh)


@pytest.fixture(autouse=True)
def _shuffle_unordered(monkeypatch):
    """A query without an order comes back shuffled, so a hidden assumption fails here first (rule 42)."""
    fetch = QuerySet._fetch_all

    def shuffled(self):
        fresh = self._result_cache is None
        fetch(self)
        if fresh and isinstance(self._result_cache, list) and not self.ordered and not self.query.is_sliced:
            random.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled)


@pytest.fixture(autouse=True)
def _clean_caches():
    from django.core.cache import caches

    from rebond.catalogue.queries import recalls
    from rebond.catalogue.queries.categories import look_again
    from rebond.core.pagecache import clear_pages
    from rebond.core.templatetags.site import forget_kept
    from rebond.shop.queries import gift_cards
    from rebond.shop.queries.labels import forget_sellers
    from rebond.shop.queries.seller_facts import forget_seller_facts
    from rebond.shop.templatetags.shop import forget_cards

    gift_cards._kept[:] = [(float("inf"), None, False)]  # nobody issues any: asked once in a process, not by each test
    yield
    clear_pages()
    look_again()
    recalls.look_again()
    forget_kept()
    forget_cards()
    gift_cards.forget_issuer()
    forget_sellers()
    forget_seller_facts()
    for alias in ("default", "local"):
        caches[alias].clear()


@pytest.fixture(autouse=True)
def _books_may_be_emptied(request):
    """The books refuse that anything is deleted: after a test that commits, the guards leave before the tables are
    emptied, and come back with the signal that follows."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if commits:
        request.getfixturevalue("_django_db_helper")
    yield
    if commits:
        from django.db import connection

        from rebond.core.db import remove
        from rebond.ledger import guards as books
        from rebond.shop import guards as terms
        from rebond.skills import guards as levels

        remove(connection, [*books.GUARDS, *terms.GUARDS, *levels.GUARDS])


@pytest.fixture
def folders(settings, tmp_path):
    """Public and private storages in a folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "rebond.core.storage.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None, "durable": True},
        },
    }
    return tmp_path


@pytest.fixture
def seller(db):
    """An admitted seller."""
    return OrganisationFactory(
        admitted=True, name="Les Ateliers du Confluent", slug="ateliers-du-confluent", letters="CF"
    )


def _member(organisation, role, name):
    return MembershipFactory(organisation=organisation, role=role, user__name=name).user


@pytest.fixture
def owner(seller):
    """Manages the seller."""
    return _member(seller, "manager", "Olivia Owner")


@pytest.fixture
def colleague(seller):
    """Sells for the same seller."""
    return _member(seller, "seller", "Colin Colleague")


@pytest.fixture
def reader(seller):
    """Reads at the same seller, changes nothing."""
    return _member(seller, "reader", "Rita Reader")


@pytest.fixture
def stranger(db):
    """Manages another seller: must see and change nothing here."""
    other = OrganisationFactory(
        admitted=True, name="La Recyclerie d’Ailleurs", slug="recyclerie-d-ailleurs", letters="RA"
    )
    return _member(other, "manager", "Sam Stranger")


@pytest.fixture
def operator(db):
    """The organisation that runs the network."""
    return OrganisationFactory(name="Rebond, la coopérative", slug="rebond", kind="operator")


@pytest.fixture
def coordinator(operator):
    return _member(operator, "coordinator", "Cora Coordinator")


@pytest.fixture
def catalogue_manager(operator):
    return _member(operator, "catalogue_manager", "Cathy Catalogue")


@pytest.fixture
def committee_member(operator):
    return _member(operator, "committee", "Karim Comité")


@pytest.fixture
def categories(db):
    """The tree of the data file, loaded; `categories["chairs"]` is a leaf."""
    from rebond.catalogue.actions.categories_load import load_categories
    from rebond.catalogue.queries.categories import tree

    load_categories()
    return tree().by_key


@pytest.fixture
def as_user():
    """`as_user(owner).get(...)`: a client signed in as this user; `as_user(None)` is a visitor."""

    def client(user=None, **kwargs):
        made = Client(**kwargs)
        if user is not None:
            made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client
