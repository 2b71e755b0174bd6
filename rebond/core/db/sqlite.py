"""Guards on SQLite."""

from typing import Any

NAMES = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def install(guard: Any) -> list[str]:
    """One trigger; RAISE(ABORT) undoes the statement and reaches Django as IntegrityError."""
    when = f"WHEN {guard.when}" if guard.when else ""
    return [
        (
            f'CREATE TRIGGER "{guard.name}" BEFORE {guard.event} ON "{guard.table}" FOR EACH ROW {when} '
            f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        )
    ]


def remove(guard: Any) -> list[str]:
    """Drop the trigger where it exists."""
    return [f'DROP TRIGGER IF EXISTS "{guard.name}"']
