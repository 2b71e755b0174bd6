import pytest

from tests.factories.catalogue import CategoryFactory
from tests.shop.fake_index import FakeIndex
from tests.shop.stripe_stub import StripeStub


@pytest.fixture
def index(monkeypatch):
    made = FakeIndex()
    monkeypatch.setattr("rebond.shop.queries.index.get_index", lambda: made)
    return made


@pytest.fixture
def stub(settings):
    """Stripe's place, answering from the test's own process."""
    made = StripeStub()
    settings.STRIPE_API_URL = made.url
    yield made
    made.close()


@pytest.fixture
def chairs(db):
    """Furniture › Chairs."""
    root = CategoryFactory(key="furniture", slug="meubles", name="Meubles", name_en="Furniture", icon="armchair")
    return CategoryFactory(
        key="chairs", slug="chaises", path="furniture/chairs", name="Chaises", name_en="Chairs", parent=root, depth=1
    )
