import pytest

from tests.factories.catalogue import CategoryFactory


@pytest.fixture
def novels(db):
    """A category for items, called as sellers would."""
    return CategoryFactory(key="novels", name="Romans", name_en="Novels", default_weight_g=300)


@pytest.fixture
def lamps(db):
    return CategoryFactory(key="lamps", name="Luminaires", name_en="Lamps")
