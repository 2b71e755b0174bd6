import pytest

from rebond.catalogue.queries.categories import categories_did_change
from tests.factories.catalogue import CategoryFactory


@pytest.fixture
def novels(db):
    """A category for items, called as sellers would."""
    made = CategoryFactory(key="novels", name="Romans", name_en="Novels", default_weight_g=300)
    categories_did_change()
    return made


@pytest.fixture
def lamps(db):
    made = CategoryFactory(key="lamps", name="Luminaires", name_en="Lamps")
    categories_did_change()
    return made
