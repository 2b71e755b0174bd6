import pytest

from rebond.catalogue.actions.index import apply_index_changes, rebuild_index
from rebond.catalogue.search import SearchQuery, get_index
from rebond.catalogue.search.suggestions import forget_places


@pytest.fixture
def index(db, settings, tmp_path):
    """An empty live index of this test alone."""
    settings.INDEX_DIR = tmp_path / "index"
    settings.INDEX_HEAP_MB = 30
    settings.INDEX_THREADS = 1
    forget_places()
    rebuild_index()
    return get_index()


@pytest.fixture
def indexed(index):
    """`indexed(item, …)`: bring the index up to date with these items."""

    def update(*items):
        from rebond.catalogue.actions.index import mark_items_changed

        mark_items_changed(ids=[item.pk for item in items])
        apply_index_changes()
        return index

    return update


@pytest.fixture
def find(index):
    """`find("words", …)`: the ids found, in order."""
    return lambda text="", **kwargs: list(index.search(SearchQuery(text=text, **kwargs)).ids)
