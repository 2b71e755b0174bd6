"""The cache in the database: few statements, nothing forgotten, nothing counted twice or lost between processes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from rebond.core.throttle import may_go_on, purge_expired

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def counters(settings):
    """The table as the real settings have it: the tests' own cache is in memory."""
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": "rebond.core.table_cache.TableCache", "LOCATION": "django_cache_of_tests"}
    }
    call_command("createcachetable", verbosity=0)
    settings.ACCOUNT_RATE_LIMITS = {"basket": "3/h/ip", "frame": "2/m/key"}
    return caches["default"]


@pytest.fixture
def ask(rf: RequestFactory):
    def ask(action="basket", key=None, *, address="192.0.2.1"):
        return may_go_on(rf.post("/", REMOTE_ADDR=address), action, key)

    return ask


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"].split(" ")[0] for query in captured.captured_queries]


def test_a_write_is_one_statement(counters):
    assert statements(lambda: counters.set("a", [1], 60)) == ["INSERT"]
    assert statements(lambda: counters.set("a", [2], 60)) == ["INSERT"]
    assert statements(lambda: counters.add("a", [3], 60)) == ["INSERT"]
    assert counters.get("a") == [2]


def test_adding_takes_the_place_of_what_expired_only(counters):
    assert counters.add("lock", True, 60) is True
    assert counters.add("lock", False, 60) is False
    counters.set("lock", True, -60)
    assert counters.add("lock", "mine", 60) is True
    assert counters.get("lock") == "mine"


def test_touching_keeps_the_value(counters):
    counters.set("a", 1, 60)
    assert counters.touch("a", 600) is True
    assert counters.touch("b", 600) is False
    assert (counters.get("a"), counters.get("b")) == (1, None)


def test_a_value_may_be_kept_for_ever(counters):
    counters.set("a", 1, None)
    assert purge_expired(counters) == 0
    assert counters.get("a") == 1


def test_a_change_follows_only_what_was_read(counters):
    assert counters.read("a") == (None, None)
    assert counters.swap("a", None, [1], 60) is True
    assert counters.swap("a", None, [9], 60) is False
    value, mark = counters.read("a")
    assert counters.swap("a", mark, [*value, 2], 60) is True
    assert counters.swap("a", mark, [*value, 3], 60) is False
    assert counters.get("a") == [1, 2]


def test_what_expired_is_read_as_nothing_and_changed_in_place(counters):
    counters.set("a", [1], -60)
    value, mark = counters.read("a")
    assert value is None
    assert counters.swap("a", mark, [2], 60) is True
    assert counters.get("a") == [2]


def test_an_act_is_counted_with_two_statements_and_refused_with_one(counters, ask):
    assert [statements(ask) for _ in range(4)] == [
        ["SELECT", "INSERT"],
        ["SELECT", "UPDATE"],
        ["SELECT", "UPDATE"],
        ["SELECT"],
    ]


def test_each_address_and_each_key_has_its_own_count(counters, ask):
    assert [ask() for _ in range(4)] == [True, True, True, False]
    assert ask(address="192.0.2.2") is True
    assert [ask("frame", "one") for _ in range(3)] == [True, True, False]
    assert ask("frame", "two") is True


def test_a_count_goes_on_from_what_was_counted_before(counters, ask, rf):
    """The names and values are allauth's: whatever counted them, they are one count."""
    from allauth.core import ratelimit

    request = rf.post("/", REMOTE_ADDR="192.0.2.1")
    assert ask() is True
    assert ratelimit.consume(request, action="basket") is True
    assert ask() is True
    assert ask() is False
    assert ratelimit.consume(request, action="basket") is False


def test_moments_leave_one_by_one(counters, ask, monkeypatch):
    minutes = iter([0, 10, 20, 59, 61, 62])  # after an hour, the first one leaves room for one
    monkeypatch.setattr("rebond.core.throttle._now", lambda: 1_800_000_000.0 + next(minutes) * 60)
    assert [ask() for _ in range(6)] == [True, True, True, False, True, False]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_by_one(counters, settings, ask):
    """Twelve of eight threads at a rate of five: five pass, whatever the order, and none is lost or counted twice."""
    settings.ACCOUNT_RATE_LIMITS = {"basket": "5/h/ip"}
    ready = threading.Barrier(8)

    def run(number):
        ready.wait(timeout=30)
        try:
            return [ask() for _ in range(2 if number < 4 else 1)]
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for found in pool.map(run, range(8)) for answer in found]

    assert (len(answers), answers.count(True)) == (12, 5)
