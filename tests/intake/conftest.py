import uuid

import pytest
from django.test import Client
from django.urls import reverse

from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from tests.factories.network import SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True)


@pytest.fixture
def station(site):
    return StationFactory(site=site, kind="dock", name="Quai")


@pytest.fixture
def device(station):
    return DeviceFactory(station=station)


@pytest.fixture
def awa(seller):
    """An employee on an insertion contract."""
    return WorkerFactory(organisation=seller, first_name="Awa", status="cddi")


@pytest.fixture
def jo(seller):
    """A companion: no hour may be kept."""
    return WorkerFactory(organisation=seller, first_name="Jo", status="companion")


@pytest.fixture
def hands(station, awa):
    """Awa's hands, a new operation each time unless it is given."""
    return lambda worker=None, operation_id=None: Hands(
        worker=worker or awa, station=station, operation_id=operation_id or uuid.uuid4()
    )


@pytest.fixture
def at_dock(device, awa, owner):
    """The dock's tablet, Awa's badge read."""
    tablet = Client()
    tablet.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    tablet.post(reverse("workshop:badge"), {"code": token})
    return tablet
