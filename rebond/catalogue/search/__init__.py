"""Search: one small interface (`base`), the embedded engine behind it."""

from rebond.catalogue.search.analysis import fold
from rebond.catalogue.search.base import (
    Facet,
    FacetValue,
    IndexBusy,
    IndexDocument,
    IndexUnavailable,
    Likeness,
    SearchIndex,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestion,
)
from rebond.catalogue.search.engine import get_index

__all__ = [
    "Facet",
    "FacetValue",
    "IndexBusy",
    "IndexDocument",
    "IndexUnavailable",
    "Likeness",
    "SearchIndex",
    "SearchQuery",
    "SearchResult",
    "Sort",
    "Suggestion",
    "fold",
    "get_index",
]
