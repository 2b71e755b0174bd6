"""What both databases refuse: two suspensions of a PASS on a day (rules.md B3), and that words of an exit change.

Sealed words are not compared: a new key seals them anew.
"""

from collections.abc import Sequence
from typing import Any

from rebond.core.db import Guard, install_where_tables_are

OVERLAPS = (
    'EXISTS (SELECT 1 FROM "insertion_passsuspension" s WHERE s.iae_pass_id = NEW.iae_pass_id '
    "AND s.starts_on <= NEW.ends_on AND s.ends_on >= NEW.starts_on"
)
TABLE, SAID = "insertion_passsuspension", "insertion: another suspension covers it"
KEPT = "insertion: what was written of an exit stays as it is"
VERSION = ["exit_id", "number", "left_on", "reason_id", "category", "words", "kind", "written_at"]
REASON = ["code", "category", "label", "valid_from"]


def _changed(names: Sequence[str]) -> str:
    """One of these columns becomes another."""
    return " OR ".join(f"NEW.{name} <> OLD.{name}" for name in names)


GUARDS = [
    Guard("insertion_suspension_insert_alone", TABLE, "INSERT", SAID, f"{OVERLAPS})"),
    Guard("insertion_suspension_update_alone", TABLE, "UPDATE", SAID, f"{OVERLAPS} AND s.id <> NEW.id)"),
    Guard("insertion_exit_version_no_update", "insertion_exitversion", "UPDATE", KEPT, _changed(VERSION)),
    Guard("insertion_exit_reason_no_update", "insertion_exitreason", "UPDATE", KEPT, _changed(REASON)),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the table."""
    install_where_tables_are(GUARDS, using=using)
