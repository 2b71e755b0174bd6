"""Guards on PostgreSQL."""

from typing import Any

NAMES = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"


def install(guard: Any) -> list[str]:
    """A function and its trigger: a condition with a subquery is not allowed in WHEN. 23514 is check_violation."""
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return [
        (
            f'CREATE OR REPLACE FUNCTION "{guard.name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ '
            f"BEGIN IF {guard.when or 'TRUE'} THEN RAISE EXCEPTION '{guard.message}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {row}; END $guard$"
        ),
        (
            f'CREATE TRIGGER "{guard.name}" BEFORE {guard.event} ON "{guard.table}" FOR EACH ROW '
            f'EXECUTE FUNCTION "{guard.name}"()'
        ),
    ]


def remove(guard: Any) -> list[str]:
    """Drop the trigger and its function where they exist."""
    return [
        f'DROP TRIGGER IF EXISTS "{guard.name}" ON "{guard.table}"',
        f'DROP FUNCTION IF EXISTS "{guard.name}"()',
    ]
