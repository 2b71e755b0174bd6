"""What a database refuses by itself and Django cannot say: one interface, one file per engine (rule 27).

A guard is a trigger. It is put back after every migration (SQLite loses the triggers of a table that a migration
remakes), so the room that owns the tables installs its guards on `post_migrate`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from rebond.core.db import postgresql, sqlite


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse `event` on a row of `table` where `when` is true (SQL over NEW or OLD; "" is always).

    Both databases raise django.db.IntegrityError with `message`. `name` is unique in the database.
    """

    name: str
    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    message: str
    when: str = ""


_ENGINES: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def install(connection: Any, guards: list[Guard]) -> list[str]:
    """Put the guards that are missing; return their names."""
    wanted = missing(connection, guards)
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.name in wanted:
                for statement in _ENGINES[connection.vendor].install(guard):
                    cursor.execute(statement)
    return wanted


def install_where_tables_are(guards: list[Guard], *, using: str) -> None:
    """Put the guards of the tables that there are: what a room's receiver of `post_migrate` does."""
    from django.db import connections  # noqa: PLC0415 -- app registry

    connection = connections[using]
    tables = set(connection.introspection.table_names())
    install(connection, [guard for guard in guards if guard.table in tables])


def remove(connection: Any, guards: list[Guard]) -> None:
    """Take the guards away: for tests that empty the tables, and for a migration of SQLite that makes one again."""
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in _ENGINES[connection.vendor].remove(guard):
                cursor.execute(statement)


def missing(connection: Any, guards: list[Guard]) -> list[str]:
    """Names of the guards that the database does not have."""
    with connection.cursor() as cursor:
        cursor.execute(_ENGINES[connection.vendor].NAMES)
        known = {row[0] for row in cursor.fetchall()}
    return [guard.name for guard in guards if guard.name not in known]
