"""Which engine serves this process."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from rebond.catalogue.search.base import SearchIndex
from rebond.catalogue.search.tantivy_index import TantivyIndex


@lru_cache(maxsize=8)
def _opened(root: Path) -> SearchIndex:
    return TantivyIndex(root)


def get_index() -> SearchIndex:
    """The process's index (opened once; it follows the writer's commits by itself)."""
    return _opened(Path(settings.INDEX_DIR))
