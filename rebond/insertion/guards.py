"""What both databases refuse: two suspensions of a PASS on the same day (rules.md B3)."""

from typing import Any

from rebond.core.db import Guard, install_where_tables_are

OVERLAPS = (
    'EXISTS (SELECT 1 FROM "insertion_passsuspension" s WHERE s.iae_pass_id = NEW.iae_pass_id '
    "AND s.starts_on <= NEW.ends_on AND s.ends_on >= NEW.starts_on"
)
TABLE, SAID = "insertion_passsuspension", "insertion: another suspension covers it"
GUARDS = [
    Guard("insertion_suspension_insert_alone", TABLE, "INSERT", SAID, f"{OVERLAPS})"),
    Guard("insertion_suspension_update_alone", TABLE, "UPDATE", SAID, f"{OVERLAPS} AND s.id <> NEW.id)"),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the table."""
    install_where_tables_are(GUARDS, using=using)
