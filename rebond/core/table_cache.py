"""The cache in a table of the database: one statement for a write, and a change that only follows what was read."""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone


class TableCache(DatabaseCache):
    """Django's, without its count of the whole table, its transaction and its reading at each write.

    Nothing is thrown out for want of room: attempts are counted here, and whoever fills the table must not be able to
    have them forgotten. What expired is purged by a task (`throttle.purge_expired`).
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """One statement; `add` changes only what has expired, `touch` only what is there."""
        if mode == "touch":
            return bool(self._run("UPDATE {table} SET expires = %s WHERE cache_key = %s", self._expires(timeout), key))
        only = "WHERE {table}.expires < %s" if mode == "add" else ""
        sql = (
            "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) "
            "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires "
        )
        values = [key, _written(value), self._expires(timeout)]
        return bool(self._run(sql + only, *values, *([self._moment(timezone.now())] if only else [])))

    def read(self, key: str) -> tuple[Any, str | None]:
        """(what is kept and has not expired, else None; a mark for `swap`, None where there is no row)."""
        key = self.make_and_validate_key(key)
        sql = "SELECT value, expires < %s FROM {table} WHERE cache_key = %s"
        row = self._run(sql, self._moment(timezone.now()), key, is_read=True)
        if row is None:
            return None, None
        written, is_over = row
        return None if is_over else pickle.loads(base64.b64decode(written)), written  # noqa: S301 -- our own, as Django's

    def swap(self, key: str, mark: str | None, value: Any, timeout: float) -> bool:
        """Keep `value` where nothing changed since `read` gave `mark`; False where somebody was faster."""
        key = self.make_and_validate_key(key)
        written, expires = _written(value), self._expires(timeout)
        if mark is None:
            sql = "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
            return bool(self._run(sql, key, written, expires))
        sql = "UPDATE {table} SET value = %s, expires = %s WHERE cache_key = %s AND value = %s"
        return bool(self._run(sql, written, expires, key, mark))

    def _run(self, sql: str, *values: Any, is_read: bool = False) -> Any:
        """The first row of a read, or how many rows a write changed."""
        database = (router.db_for_read if is_read else router.db_for_write)(self.cache_model_class)
        connection = connections[database]
        with connection.cursor() as cursor:
            name: str = self.cache_model_class._meta.db_table  # noqa: SLF001 -- Django’s documented name
            cursor.execute(sql.format(table=connection.ops.quote_name(name)), values)
            return cursor.fetchone() if is_read else cursor.rowcount

    def _expires(self, timeout: Any) -> Any:
        at = self.get_backend_timeout(timeout)
        return self._moment(datetime.max.replace(tzinfo=UTC) if at is None else datetime.fromtimestamp(at, tz=UTC))

    def _moment(self, at: datetime) -> Any:
        connection = connections[router.db_for_write(self.cache_model_class)]
        return connection.ops.adapt_datetimefield_value(at.replace(microsecond=0))


def _written(value: Any) -> str:
    return base64.b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)).decode("ascii")
