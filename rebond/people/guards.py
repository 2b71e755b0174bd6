"""What both databases refuse: two statuses of a person that exclude each other, on the same day."""

from typing import Any

from rebond.core.db import Guard, install_where_tables_are

OVERLAPS = (
    'NEW.is_exclusive AND EXISTS (SELECT 1 FROM "people_status" s WHERE s.person_id = NEW.person_id AND s.is_exclusive '
    "AND s.starts_on <= COALESCE(NEW.ends_on, '9999-12-31') "
    "AND COALESCE(s.ends_on, '9999-12-31') >= NEW.starts_on)"
)
GUARDS = [
    Guard("people_status_insert_alone", "people_status", "INSERT", "people: another status covers it", OVERLAPS),
    # A new row has no number yet on SQLite; one that changes has.
    Guard(
        "people_status_update_alone",
        "people_status",
        "UPDATE",
        "people: another status covers it",
        f"{OVERLAPS[:-1]} AND s.id <> NEW.id)",
    ),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the table."""
    install_where_tables_are(GUARDS, using=using)
