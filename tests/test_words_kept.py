"""No form of the shop, the money desk or a public page loses what somebody typed when it refuses it.

Each page is drawn as somebody who may, each of its forms sent as a person would who mistook one thing: long words in
the texts, nonsense in the numbers, days and choices. Refused, the answer shows the words again (422 or 200); an answer that leads
elsewhere must have written something. `tests/test_kept_forms.py` says the same of a session that ends.
"""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rebond.core.access import SIGNED_IN
from rebond.core.permissions import all_permissions
from tests.samples import World, arguments_of
from tests.walking import addresses

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ORIGIN = {"origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
ROOMS = ("shop:", "ledger:", "front:", "joining:")
TEXTS = {"text", "search", ""}
WRONG = {"number": "beaucoup", "date": "demain", "email": "camille chez elle", "time": "midi", "url": "pas une adresse"}
UNCOUNTED = re.compile(r'"(django_session|accounts_session|django_cache|journal_entry|core_sentform)"')


def fields_of(form):
    """name → (kind, tag) of what a person types or chooses; hidden values stay."""
    for tag in form.select("input[name], textarea[name], select[name]"):
        kind = tag.get("type", "").lower() if tag.name == "input" else tag.name
        if kind not in {"submit", "button", "file", "password", "image"} and not tag.has_attr("disabled"):
            yield tag["name"], kind, tag


def mistaken(form):
    """What is sent, and the words that must come back."""
    data, words = {}, []
    for n, (name, kind, tag) in enumerate(fields_of(form)):
        if kind in TEXTS or kind == "textarea":
            most = int(tag.get("maxlength", 0) or 400)
            text = f"Mots qui restent {n} : l'été à Agen, {'encore ' * 20}".strip()[:most]
            data[name] = text
            if len(text) > 20:
                words.append(text.strip())
        elif kind in WRONG:
            data[name] = WRONG[kind]
        elif kind == "hidden":
            data[name] = tag.get("value", "")
        elif kind == "select" or kind == "radio":
            data[name] = "rien-de-cela"
    return data, words


def pages_of(world):
    table = all_permissions()
    for address in addresses():
        if not address.name.startswith(ROOMS):
            continue
        url = reverse(address.name, kwargs=arguments_of(address.name, address.parameters, world))
        if address.is_public:
            yield address.name, None, url
        elif address.permission == SIGNED_IN:
            yield address.name, world.user("manager"), url
        else:
            role = next(role for role in world.users if role in table[address.permission])
            yield address.name, world.user(role), url


def shown_in(answer):
    page = BeautifulSoup(answer.content, "html.parser")
    shown = [tag.get("value", "") for tag in page.find_all("input")]
    shown += [tag.get_text() for tag in page.find_all("textarea")]
    return [" ".join(text.split()) for text in shown]


def test_a_refused_form_shows_the_words_again(as_user):
    world = World()
    browsers, seen, wrong, refused = {}, set(), [], []
    for name, user, url in pages_of(world):
        key = user.pk if user else None
        browser = browsers.setdefault(key, as_user(user, raise_request_exception=False))
        with transaction.atomic():
            drawn = browser.get(url)
            if drawn.streaming:
                b"".join(drawn.streaming_content)
            is_page = drawn.status_code == 200 and not drawn.streaming and "html" in drawn["Content-Type"]
            forms = BeautifulSoup(drawn.content, "html.parser").select("form[method=post]") if is_page else []
            transaction.set_rollback(True)
        for form in forms:
            target = form.get("action") or url
            data, words = mistaken(form)
            mark = (re.sub(r"/[A-Za-z0-9_-]{10,}", "/…", target), tuple(sorted(data)))
            if not words or mark in seen:
                continue
            seen.add(mark)
            with (
                transaction.atomic(),
                CaptureQueriesContext(
                    connection,
                ) as asked,
            ):
                answer = browser.post(target, data, headers=ORIGIN)
                transaction.set_rollback(True)
            if answer.status_code in {200, 422}:
                refused.append(target)
                shown = shown_in(answer)
                lost = [text for text in words if not any(" ".join(text.split()) in one for one in shown)]
                if lost:
                    wrong.append(f"{name} {target}: {answer.status_code} lost {lost}")
            elif answer.status_code in {301, 302, 303}:
                writes = [
                    query["sql"]
                    for query in asked.captured_queries
                    if re.match(r"(INSERT|UPDATE|DELETE)", query["sql"]) and not UNCOUNTED.search(query["sql"][:120])
                ]
                if not writes:
                    wrong.append(f"{name} {target}: {answer.status_code} to {answer['Location']}, nothing written")
            else:
                wrong.append(f"{name} {target}: {answer.status_code}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert len(refused) >= 20
