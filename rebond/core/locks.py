"""Row locks, the only place that takes them (house style, rule 20).

Once per action, late, rows ordered by key, evaluated. On SQLite the transaction is IMMEDIATE: the write
lock is already ours, and FOR UPDATE is neither known nor needed.
"""

from typing import Any

from django.db import connections, models, transaction


def lock_rows[M: models.Model](rows: "models.QuerySet[M]", *, no_key: bool = False) -> list[M]:
    """Lock the rows of a query, in key order, until the transaction ends; return them fresh.

    `no_key` leaves room for new rows that refer to these (FOR NO KEY UPDATE): where many rows refer to a few, two
    writers would else wait for each other. Raise TransactionManagementError outside a transaction.
    """
    connection = connections[rows.db]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock_rows needs the action's transaction")
    ordered = rows.order_by("pk")
    if connection.features.has_select_for_update:
        ordered = ordered.select_for_update(of=("self",), no_key=no_key)
    return list(ordered)


def lock_row[M: models.Model](row: M, *, no_key: bool = False) -> M:
    """Lock one row and return it fresh; raise its DoesNotExist where it is gone."""
    model: Any = type(row)
    found: list[M] = lock_rows(model._default_manager.filter(pk=row.pk), no_key=no_key)  # noqa: SLF001 -- Django's documented name
    if not found:
        raise model.DoesNotExist
    return found[0]
