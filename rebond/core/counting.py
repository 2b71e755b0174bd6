"""How many rows hang on each row of a list, asked with the list itself."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def how_many(rows: Any, parent: str) -> Coalesce:
    """To annotate: how many of the queryset `rows` have the annotated row as their `parent` (name of the key).

    A query inside the query: it is asked for the rows that are read, not for the whole table, and joins nothing.
    """
    found = rows.filter(**{parent: OuterRef("pk")}).order_by().values(parent).annotate(n=Count("pk"))
    return Coalesce(Subquery(found.values("n")), Value(0))
