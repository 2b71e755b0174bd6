"""The index's part of `rebond check`."""

from rebond.catalogue.search.base import IndexUnavailable
from rebond.catalogue.search.documents import count_indexable
from rebond.catalogue.search.engine import get_index
from rebond.core.health import Answer


def check_index() -> Answer:
    """It opens, and holds as many objects as the database has on sale (within 1 %: tasks may be under way)."""
    try:
        found = get_index().count()
    except IndexUnavailable:
        return Answer("index", is_ok=False, detail="missing or damaged: run `rebond reindex`")
    expected = count_indexable()
    is_close = abs(found - expected) <= max(50, expected // 100)
    advice = "" if is_close else ": run `rebond reindex`"
    return Answer("index", is_ok=is_close, detail=f"{found} objects indexed, {expected} on sale{advice}")
