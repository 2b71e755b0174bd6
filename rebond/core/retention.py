"""Data that has had its time is deleted, by batches, so that the database is never locked for long."""

from typing import Any

from django.db import models

BATCH = 500


def delete_in_batches(rows: "models.QuerySet[Any]") -> int:
    """Delete every row of a query that still matches it, 500 at a time; return how many went (cascades apart)."""
    gone = 0
    model: Any = rows.model
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 -- Django's documented name
        gone += len(keys)
    return gone
