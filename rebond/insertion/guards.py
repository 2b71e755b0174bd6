"""What both databases refuse: two suspensions of a PASS or of a contract, or two contracts of a person, on a day
(rules.md B2, B3), and that words of an exit or of what was signed change.

Sealed words are not compared: a new key seals them anew.
"""

from collections.abc import Sequence
from typing import Any

from rebond.core.db import Guard, install_where_tables_are

SAID = "insertion: another suspension covers it"
KEPT = "insertion: what was written of an exit stays as it is"
TERMS = ["contract_id", "number", "kind", "from_on", "weekly_minutes", "job", "rome_code"]
OPEN_END = "COALESCE(NEW.ends_on, '9999-12-31') <> COALESCE(OLD.ends_on, '9999-12-31')"
VERSION = ["exit_id", "number", "left_on", "reason_id", "category", "words", "kind", "written_at"]
ANSWER = ["follow_up_id", "situation", "contract", "how", "said_at"]
REASON = ["code", "category", "label", "valid_from"]


def _changed(names: Sequence[str]) -> str:
    """One of these columns becomes another."""
    return " OR ".join(f"NEW.{name} <> OLD.{name}" for name in names)


def _alone(name: str, table: str, owner: str, last: str, said: str) -> list[Guard]:
    """No two rows of an `owner` share a day, from `starts_on` to `last`."""
    overlaps = (
        f'EXISTS (SELECT 1 FROM "{table}" s WHERE s.{owner} = NEW.{owner} '  # noqa: S608 -- names written here
        f"AND s.starts_on <= NEW.{last} AND s.{last} >= NEW.starts_on"
    )
    # A new row has no number yet on SQLite; one that changes has.
    return [
        Guard(f"{name}_insert_alone", table, "INSERT", said, f"{overlaps})"),
        Guard(f"{name}_update_alone", table, "UPDATE", said, f"{overlaps} AND s.id <> NEW.id)"),
    ]


GUARDS = [
    *_alone("insertion_suspension", "insertion_passsuspension", "iae_pass_id", "ends_on", SAID),
    *_alone("insertion_pause", "insertion_contractpause", "contract_id", "ends_on", SAID),
    *_alone(
        "insertion_contract", "insertion_contract", "person_id", "last_on", "insertion: another contract covers it"
    ),
    Guard(
        "insertion_terms_kept",
        "insertion_contractterms",
        "UPDATE",
        "insertion: what was signed stays",
        f"{_changed(TERMS)} OR {OPEN_END}",
    ),
    Guard("insertion_exit_version_no_update", "insertion_exitversion", "UPDATE", KEPT, _changed(VERSION)),
    Guard("insertion_news_answer_no_update", "insertion_followupanswer", "UPDATE", KEPT, _changed(ANSWER)),
    Guard("insertion_exit_reason_no_update", "insertion_exitreason", "UPDATE", KEPT, _changed(REASON)),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the table."""
    install_where_tables_are(GUARDS, using=using)
