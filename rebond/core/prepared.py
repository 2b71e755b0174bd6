"""One queryset compiled once: the ORM takes ten times longer to write such a query than the database to answer it.

Only the values that are looked for change. The rows are read by Django's own converters, on both databases;
PostgreSQL keeps the statement with its plan as well (not behind PgBouncer, which may change the connection).
"""

import datetime
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.query import ModelIterable, get_related_populators

PLACE = re.compile(r"%[%s]")


class Prepared[M]:
    """`Prepared(lambda value: Item.objects.filter(code=value).select_related("seller"), "?")`, then `.run(code)`.

    `build` is called once with the marks, each of which must be found again, as it is, among the query's
    parameters: a text, a number, a day or an operation that nothing else in the query has. A list of values
    (`values_list`) gives tuples. No prefetch changes, no slice, and no value may be None.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, M]"], mark: Any, *more: Any) -> None:
        self.build = build
        self.marks = (mark, *more)
        self._local = threading.local()  # a compiler belongs to the connection of its thread

    def run(self, *values: Any) -> list[M]:
        """The rows for these values, one for each mark, in the queryset's order."""
        connection = connections[DEFAULT_DB_ALIAS]
        found: _Compiled | None = getattr(self._local, "found", None)
        if found is None or found.connection is not connection:
            found = self._local.found = _Compiled(self.build(*self.marks), self.marks, connection)
        with _cursor(connection) as cursor:
            cursor.execute(found.sql, found.params_of(values))
            rows = cursor.fetchall()
        if rows and found.converters:
            rows = found.compiler.apply_converters(rows, found.converters)
        return [found.row(row) for row in rows]

    def first(self, *values: Any) -> M | None:
        """The first row, or None. All are read: for queries that find one, or have a slice."""
        return next(iter(self.run(*values)), None)


def _keeps_statements(connection: Any) -> bool:
    return connection.vendor == "postgresql" and not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


def _cursor(connection: Any) -> Any:
    """Django's cursor, or on PostgreSQL its driver's whose statements the server keeps; seen by the same wrappers."""
    if not _keeps_statements(connection):
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:  # Django's own cursors never prepare, whatever it says
        connection.connection.prepare_threshold = 0
        connection.connection.prepared_max = 400  # by statement and width of its numbers
    with connection.wrap_database_errors:
        return connection._prepare_cursor(connection.Database.Cursor(connection.connection))  # noqa: SLF001 -- as `cursor()` does


def _as_param(value: Any, connection: Any) -> Any:
    """A value as the driver takes it."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, datetime.date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


class _Compiled:
    def __init__(self, queryset: "models.QuerySet[Any]", marks: tuple[Any, ...], connection: Any) -> None:
        self.connection = connection
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, params = compiler.as_sql()
        self.params = list(params)
        self.places = [self._places_of(mark) for mark in marks]
        if _keeps_statements(connection):
            self._write_constants()
        self.compiler: Any = compiler
        self.converters = compiler.get_converters([part[0] for part in compiler.select[: compiler.col_count]])
        options: Any = queryset
        is_object = options._iterable_class is ModelIterable  # noqa: SLF001 -- objects, or values
        self._read_as(compiler.klass_info if is_object else None, options)

    def _read_as(self, info: Any, queryset: Any) -> None:
        self.model = info["model"] if info else None
        if not info:
            return
        fields, compiler = info["select_fields"], self.compiler
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [part[0].target.attname for part in compiler.select[self.start : self.end]]
        self.mode = queryset._fetch_mode  # noqa: SLF001 -- what Django's own rows are made with
        self.related = get_related_populators(info, compiler.select, self.connection.alias, self.mode)
        self.annotations = list((compiler.annotation_col_map or {}).items())

    def _places_of(self, mark: Any) -> list[int]:
        wanted = _as_param(mark, self.connection)
        found = [n for n, given in enumerate(self.params) if type(given) is type(wanted) and given == wanted]
        if not found:
            raise ValueError(f"{mark!r} is not among the query's parameters")
        return found

    def _write_constants(self) -> None:
        """What never changes is written into the statement: a kept plan may then use an index with a condition."""
        changing = {place for places in self.places for place in places}
        self.connection.ensure_connection()
        plain = self.connection.Database.ClientCursor(self.connection.connection)
        numbers, kept = iter(range(len(self.params))), []

        def write(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            number = next(numbers)
            if number in changing:
                kept.append(number)
                return "%s"
            return str(plain.mogrify("%s", [self.params[number]])).replace("%", "%%")

        self.sql = PLACE.sub(write, self.sql)
        self.params = [self.params[number] for number in kept]
        self.places = [[kept.index(place) for place in places] for places in self.places]

    def params_of(self, values: tuple[Any, ...]) -> list[Any]:
        """The parameters with these values in the places of the marks."""
        params = list(self.params)
        for places, value in zip(self.places, values, strict=True):
            given = _as_param(value, self.connection)
            for place in places:
                params[place] = given
        return params

    def row(self, row: Any) -> Any:
        """The object that Django would have made of it, or the tuple."""
        if self.model is None:
            return tuple(row)
        made = self.model.from_db(self.connection.alias, self.names, row[self.start : self.end], fetch_mode=self.mode)
        for populator in self.related:
            populator.populate(row, made)
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


class PreparedIn[M]:
    """The same for keys in a list: `PreparedIn(lambda ids: Photo.objects.filter(item__in=ids)).run([3, 1])`.

    Compiled once for each number of keys; more than `MANY` are asked as they come. `kind` is `str` for names; what
    else changes has its marks after it, and its values after the keys. No key, no row.
    """

    MANY = 40

    def __init__(self, build: Callable[..., "models.QuerySet[Any, M]"], *more: Any, kind: type = int) -> None:
        self.build = build
        self.more = more
        self.kind = kind
        self._compiled = lru_cache(maxsize=self.MANY)(self._compile)

    def _compile(self, number: int) -> Prepared[M]:
        marks = [f"?{n}" if self.kind is str else -1_000_000 - n for n in range(number)]
        return Prepared(lambda *all_of: self.build(all_of[:number], *all_of[number:]), *marks, *self.more)

    def run(self, keys: Iterable[Any], *values: Any) -> list[M]:
        """The rows for these keys, each once, in the queryset's order."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return []
        if len(wanted) > self.MANY:
            return list(self.build(wanted, *values))
        return self._compiled(len(wanted)).run(*wanted, *values)


class PreparedIds:
    """`PreparedIds(lambda ids: Item.objects.filter(pk__in=ids).values_list("pk", "title"))`, then `.run([3, 1])`.

    The query is written once for each number of ids, and its rows are the driver's own: SQLite gives moments
    without their zone (UTC) and JSON as text, on both databases. In no order.
    """

    def __init__(self, build: Callable[[Any], "models.QuerySet[Any, Any]"], *, kept: int = 256) -> None:
        self.build = build
        self._compiled = lru_cache(maxsize=kept)(self._compile)

    def _compile(self, number: int) -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
        """The query's text, and its values before and after the ids."""
        marks = tuple(range(-1, -number - 1, -1))
        sql, params = self.build(marks).order_by().query.sql_with_params()
        first = params.index(-1)
        if tuple(params[first : first + number]) != marks:
            raise ValueError("the ids do not stand in a row among the query's values")
        return sql, tuple(params[:first]), tuple(params[first + number :])

    def run(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        if not ids:
            return []
        sql, before, after = self._compiled(len(ids))
        with connection.cursor() as cursor:
            cursor.execute(sql, (*before, *ids, *after))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
