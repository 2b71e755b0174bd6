"""One queryset compiled once: the ORM takes ten times longer to write such a query than the database to answer it.

Only the value that is looked for changes. The rows are read by Django's own converters, on both databases.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators


class Prepared[M: models.Model]:
    """`Prepared(lambda value: Item.objects.filter(code=value).select_related("seller"), "?")`, then `.run(code)`.

    `build` is called once with `mark`, which must be found again, as it is, among the query's parameters: a
    text or a number that nothing else in the query has. No prefetch, no annotation, no slice of it changes.
    """

    def __init__(self, build: Callable[[Any], "models.QuerySet[M]"], mark: Any) -> None:
        self.build = build
        self.mark = mark
        self._local = threading.local()  # a compiler belongs to the connection of its thread

    def run(self, value: Any) -> list[M]:
        """The rows for this value, in the queryset's order."""
        connection = connections[DEFAULT_DB_ALIAS]
        found: _Compiled | None = getattr(self._local, "found", None)
        if found is None or found.connection is not connection:
            found = self._local.found = _Compiled(self.build(self.mark), self.mark, connection)
        params = list(found.params)
        for place in found.places:
            params[place] = value
        with connection.cursor() as cursor:
            cursor.execute(found.sql, params)
            rows = cursor.fetchall()
        if rows and found.converters:
            rows = found.compiler.apply_converters(rows, found.converters)
        return [found.row(row) for row in rows]


class _Compiled:
    def __init__(self, queryset: "models.QuerySet[Any]", mark: Any, connection: Any) -> None:
        self.connection = connection
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        self.places = [place for place, given in enumerate(self.params) if given == mark]
        if not self.places:
            raise ValueError(f"{mark!r} is not among the query's parameters")
        info = compiler.klass_info
        self.compiler: Any = compiler
        self.converters = compiler.get_converters([part[0] for part in compiler.select[: compiler.col_count]])
        self.model = info["model"]
        fields = info["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [part[0].target.attname for part in compiler.select[self.start : self.end]]
        options: Any = queryset
        self.mode = options._fetch_mode  # noqa: SLF001 -- what Django's own rows are made with
        self.related = get_related_populators(info, compiler.select, connection.alias, self.mode)

    def row(self, row: Any) -> Any:
        made = self.model.from_db(self.connection.alias, self.names, row[self.start : self.end], fetch_mode=self.mode)
        for populator in self.related:
            populator.populate(row, made)
        return made
