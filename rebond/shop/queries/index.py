"""The only door from the shop to the search index: where it is away, the answer is None or nothing."""

from datetime import datetime

from rebond.catalogue.search import IndexUnavailable, Likeness, SearchQuery, SearchResult, Sort, Suggestion, get_index


def run(query: SearchQuery) -> SearchResult | None:
    """The result of a search, or None while the index is being rebuilt."""
    try:
        return get_index().search(query)
    except IndexUnavailable:
        return None


def count_of_seller(slug: str) -> int | None:
    """How many objects of a seller are on sale, or None while the index is being rebuilt."""
    found = run(SearchQuery(filters={"seller": (slug,)}, sort=Sort.NEWEST, size=1, with_facets=False))
    return None if found is None else found.total


def suggest(text: str, limit: int = 8, items: int = 0) -> list[Suggestion]:
    """Completions of what is being typed, then items; none while the index is away."""
    try:
        return get_index().suggest(text, limit=limit, items=items)
    except IndexUnavailable:
        return []


def similar_since(item_id: int, moment: datetime, limit: int) -> list[int] | None:
    """Ids of objects of the same category that came since `moment`, or None while the index is being rebuilt."""
    try:
        return get_index().similar(item_id, limit=limit, published_after=moment)
    except IndexUnavailable:
        return None


def similar(item_id: int, limit: int = 12, like: Likeness | None = None) -> list[int]:
    """Ids of objects like this one, on sale as far as the index knows; `like` saves reading its title again."""
    try:
        return get_index().similar(item_id, like=like, limit=limit)
    except IndexUnavailable:
        return []
