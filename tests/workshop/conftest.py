import pytest

from rebond.workshop import kinds
from rebond.workshop.actions.step import Hands
from rebond.workshop.enums import StationKind
from tests.factories.network import SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller)


@pytest.fixture
def station(site):
    return StationFactory(site=site, kind="photo", name="Table 2")


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
def undone():
    return []


@pytest.fixture
def photograph(monkeypatch, undone):
    """A kind of step of this test's own."""
    kind = kinds.StepKind(
        code="test.photograph",
        label="Photos",
        done="Photographed by %(name)s",
        icon="camera",
        tint="peche",
        stations=frozenset({StationKind.PHOTO}),
        screen="workshop:kiosk",
        undo=lambda step, by: undone.append(step.pk),
    )
    monkeypatch.setattr(kinds, "_KINDS", {kind.code: kind})
    return kind


@pytest.fixture
def hands_of(station):
    return lambda worker, **more: Hands(worker=worker, station=station, **more)
