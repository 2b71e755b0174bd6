import pytest

from rebond.catalogue.actions.item import begin_item
from rebond.workshop.actions.step import Hands
from tests.factories.catalogue import CategoryFactory
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True, name="L’entrepôt")


@pytest.fixture
def category(db):
    return CategoryFactory(key="lampes", slug="lampes", name="Lampes")


@pytest.fixture
def make_item(seller, site, category, owner):
    """A draft that the ledger knows: `make_item(quantity=3)`."""

    def make(**fields):
        return begin_item(
            seller=seller, category=category, site=fields.pop("site", site), by=owner, weight_g=500, **fields
        )

    return make


@pytest.fixture
def item(make_item):
    return make_item(title="Lampe orange")


@pytest.fixture
def shelf(site):
    return PlaceFactory(site=site, label="A-03-2", name="2")


@pytest.fixture
def other_shelf(site):
    return PlaceFactory(site=site, label="A-04-1", name="1")


@pytest.fixture
def box(site):
    return PlaceFactory(site=site, box=True, label="Carton 001", name="001")


@pytest.fixture
def station(site):
    return StationFactory(site=site, kind="shelves", name="Les étagères")


@pytest.fixture
def awa(seller):
    return WorkerFactory(organisation=seller, first_name="Awa", status="cddi")


@pytest.fixture
def jo(seller):
    """A companion: no hour may be kept."""
    return WorkerFactory(organisation=seller, first_name="Jo", status="companion")


@pytest.fixture
def device(station):
    return DeviceFactory(station=station)


@pytest.fixture
def hands(awa, station):
    """A new operation of Awa's each time it is called."""
    return lambda **more: Hands(worker=awa, station=station, **more)
