"""Every address × every role × a visitor and a stranger, GET and POST (architecture, promise 4).

What is checked, with real objects of one seller (tests/samples.py):
a visitor of a private page is sent to sign in; a role without the permission is refused; another
organisation's manager gets 403 or 404 (405 for a wrong method) and changes nothing; whoever may, gets an
answer that is neither "not found" nor a failure.
"""

import re

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from rebond.core.access import SIGNED_IN
from rebond.core.permissions import all_permissions, is_described
from tests.samples import MAY_BE_MISSING, WORDS, World, arguments_of
from tests.walking import addresses

pytestmark = [pytest.mark.page, pytest.mark.django_db]
METHODS = ("get", "post")
ORIGIN = {"origin": "http://testserver"}  # what a browser sends with a form
# Tables that a mere reading may write: the trace of it, and what a session holds.
WRITES = re.compile(r"\s*(insert|update|delete|replace|with)\b", re.IGNORECASE)
UNWATCHED = {"journal.entry", "accounts.session", "sessions.session", "core.workersign"}


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ask(as_user):
    """`ask(user, method, url)`: the status, whatever happens undone after."""
    browsers = {}

    def status(user, method, url):
        key = user.pk if user else None
        if key not in browsers:
            browsers[key] = as_user(user, raise_request_exception=False)
        with transaction.atomic():
            answer = getattr(browsers[key], method)(url, headers=ORIGIN)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        return answer

    return status


def _fingerprint():
    """Every row of every table of ours: what a stranger must leave as it was."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if model.__module__.startswith("rebond.") and label not in UNWATCHED:
            found[label] = sorted(map(repr, model._default_manager.order_by("pk").values_list()))
    return found


class Writes:
    """Whether a table that is watched was written since the last look (its whole content is compared only then)."""

    def __init__(self):
        self._is_seen = False

    def __call__(self, execute, sql, params, many, context):
        if WRITES.match(sql) and not any(f'"{label.replace(".", "_")}"' in sql for label in UNWATCHED):
            self._is_seen = True
        return execute(sql, params, many, context)

    def seen(self):
        seen, self._is_seen = self._is_seen, False
        return seen


def _with_urls(world):
    for address in addresses():
        if address.is_own_account or not address.name or address.name.endswith(":"):
            continue
        yield address, reverse(address.name, kwargs=arguments_of(address.name, address.parameters, world))


def test_every_view_declares_a_registered_permission():
    known = all_permissions()
    wrong = [
        f"{a.name or a.route}: {a.permission}"
        for a in addresses()
        if a.permission is None or (a.is_private and a.permission not in known)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_permission_is_told_in_words():
    assert [name for name in all_permissions() if not is_described(name)] == []


def test_a_visitor_is_sent_to_sign_in(world, ask):
    wrong = []
    for address, url in _with_urls(world):
        for method in METHODS:
            answer = ask(None, method, url)
            is_sent = answer.status_code == 302 and answer.url.startswith(reverse("account_login"))
            if not address.is_public and not is_sent:
                wrong.append(f"{method} {address.name}: {answer.status_code}, not sent to sign in")
            if not address.is_public or address.name in MAY_BE_MISSING:
                continue
            if is_sent or answer.status_code >= 500:
                wrong.append(f"{method} {address.name}: {answer.status_code} for a visitor of a public page")
            if answer.status_code == 404 and address.parameters:
                wrong.append(f"{method} {address.name}: 404, its sample is not real")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_role_without_the_permission_is_refused(world, ask):
    table, wrong = all_permissions(), []
    for address, url in _with_urls(world):
        if not address.is_private:
            continue
        for role, user in world.users.items():
            if role in table[address.permission]:
                continue
            for method in METHODS:
                status = ask(user, method, url).status_code
                if status != 403:
                    wrong.append(f"{method} {address.name} as {role}: {status}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_whoever_may_gets_a_real_answer(world, ask):
    table, wrong = all_permissions(), []
    for address, url in _with_urls(world):
        if address.is_public:
            continue
        roles = [r for r in world.users if address.permission == SIGNED_IN or r in table[address.permission]]
        for method in METHODS:
            status = ask(world.user(roles[0]), method, url).status_code
            if status >= 500 or (status in {403, 404} and address.name not in MAY_BE_MISSING):
                wrong.append(f"{method} {address.name} as {roles[0]}: {status}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_stranger_sees_nothing_and_changes_nothing(world, as_user):
    urls = [(a, u) for a, u in _with_urls(world) if not a.is_public and set(a.parameters) - WORDS]
    browser = as_user(world.stranger, raise_request_exception=False)
    writes, before, wrong = Writes(), _fingerprint(), []
    for address, url in urls:
        for method in METHODS:
            with connection.execute_wrapper(writes):
                answer = getattr(browser, method)(url, headers=ORIGIN)
            if answer.status_code not in {403, 404, 405}:
                wrong.append(f"{method} {address.name}: {answer.status_code} for a stranger")
            if not writes.seen():
                continue
            after = _fingerprint()
            if after != before:
                changed = [label for label in after if after[label] != before.get(label)]
                wrong.append(f"{method} {address.name}: a stranger changed {changed}")
                before = after
    assert _fingerprint() == before, "a stranger changed something by another way"
    assert len(urls) > 20
    assert not wrong, "\n" + "\n".join(wrong)
