"""What a scan asks of the database: the stations' time is these statements, so a test counts them."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.models import Holding
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Station, Step, Task
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
BEFORE = 3  # the device with its site, the session, the person: each screen asks them
OBJECT, WHERE, PUT, NEXT = BEFORE + 1, BEFORE + 6, BEFORE + 14, BEFORE + 3
PHOTO, SHOTS = BEFORE + 6, BEFORE + 3


@pytest.fixture
def browser(device, awa, owner):
    """Awa signed in with her badge on a tablet."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


@pytest.fixture
def asked(browser):
    """`asked(path, form)`: the answer and the statements that change or read rows."""

    def ask(path, form=None):
        with CaptureQueriesContext(connection) as caught:
            sent = {"operation": str(uuid.uuid4()), **form} if form else None
            answer = browser.post(path, sent) if sent else browser.get(path)
        said = [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
        return answer, said

    return ask


@pytest.mark.parametrize("number", [1, 3])
def test_putting_away_asks_few_statements(asked, make_item, site, number):
    PlaceFactory.create_batch(12, site=site, capacity=5)
    items = [make_item(title=f"Lampe {n}") for n in range(number + 1)]
    places = PlaceFactory.create_batch(number + 1, site=site, capacity=5)
    for item, place in zip(items, places, strict=True):  # the first writes each statement
        found, said = asked("/atelier/ranger/", {"code": item.code})
        _page, looked = asked(found.url)
        done, put = asked(found.url, {"code": place.code})
        page, after = asked(done.url)
    assert [len(some) for some in (said, looked, put, after)] == [OBJECT, WHERE, PUT, NEXT]
    assert page.status_code == 200
    assert Holding.objects.get(item=items[-1]).place == places[-1]
    assert Step.objects.count() == number + 1
    assert check_stock().is_right


@pytest.mark.parametrize("number", [1, 3])
def test_the_photo_table_asks_few_statements(asked, make_item, station, number):
    Station.objects.filter(pk=station.pk).update(kind="photo")
    for item in [make_item(title=f"Lampe {n}") for n in range(number + 1)]:
        found, said = asked("/atelier/photos/", {"code": item.code})
        page, looked = asked(found.url)
    assert [len(some) for some in (said, looked)] == [PHOTO, SHOTS]
    assert page.status_code == 200
    assert Task.objects.filter(kind="workshop.photograph", state="taken").count() == number + 1
