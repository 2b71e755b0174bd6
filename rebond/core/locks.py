"""Row locks, the only place that takes them (house style, rule 20).

Once per action, late, rows ordered by key, evaluated. On SQLite the transaction is IMMEDIATE: the write
lock is already ours, and FOR UPDATE is neither known nor needed.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from rebond.core.prepared import Prepared, PreparedIn


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
    model: Any = row.__class__  # seen through a request’s lazy user
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise transaction.TransactionManagementError("lock_row needs the action's transaction")
    found: M | None = _by_key(model, no_key).first(row.pk)
    if found is None:
        raise model.DoesNotExist
    return found


class PreparedLock[M: models.Model]:
    """`PreparedLock(lambda visitor: Basket.objects.filter(visitor=visitor), "?")`, then `.run(visitor)`.

    `lock_rows` of a query that is written once (`core.prepared`): what every sale locks.
    """

    def __init__(self, build: Callable[..., Any], *marks: Any, no_key: bool = False) -> None:
        def locked(*values: Any) -> Any:
            rows = build(*values).order_by("pk")
            if connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
                rows = rows.select_for_update(of=("self",), no_key=no_key)
            return rows

        self._rows: Prepared[M] = Prepared(locked, *marks)

    def run(self, *values: Any) -> list[M]:
        """The rows, locked in key order and fresh. Raise TransactionManagementError outside a transaction."""
        if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
            raise transaction.TransactionManagementError("a lock needs the action's transaction")
        return self._rows.run(*values)


def lock_keys[M: models.Model](model: type[M], keys: Iterable[int]) -> list[M]:
    """Lock these rows of a model, in key order, until the transaction ends; return them fresh."""
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise transaction.TransactionManagementError("lock_keys needs the action's transaction")
    return _by_keys(model).run(keys)


def lock_name(name: str) -> None:
    """Wait for whoever holds this name, and hold it until the transaction ends: what no row stands for.

    On SQLite the transaction is IMMEDIATE and alone already. Raise TransactionManagementError outside a transaction.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock_name needs the action's transaction")
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


@cache
def _by_keys(model: Any) -> PreparedIn[Any]:
    rows = model._default_manager.order_by("pk")  # noqa: SLF001 -- Django's documented name
    if connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return PreparedIn(lambda ids: rows.filter(pk__in=ids))


@cache
def _by_key(model: Any, no_key: bool) -> Prepared[Any]:  # noqa: FBT001 -- the key of a cache
    rows = model._default_manager.order_by()  # noqa: SLF001 -- Django's documented name
    if connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
        rows = rows.select_for_update(of=("self",), no_key=no_key)
    return Prepared(lambda pk: rows.filter(pk=pk), -1)
