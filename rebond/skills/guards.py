"""What both databases refuse: a log that changes, and a level acknowledged by one person alone (decision 59).

Lines go with the file of somebody who has left (rules.md F8, retention), never before. Sealed words are not compared:
a new key seals them anew.
"""

from collections.abc import Sequence
from typing import Any

from rebond.core.db import Guard, install_where_tables_are

KEPT = "skills: what was written of a person stays as it is"
STAYS = 'EXISTS (SELECT 1 FROM "people_person" p WHERE p.id = {person} AND p.left_on IS NULL)'
PERSON_OF = '(SELECT a.person_id FROM "skills_assessment" a WHERE a.id = OLD.assessment_id)'
SAID_ALONE = (
    "NEW.kind = 'agrees' AND EXISTS (SELECT 1 FROM \"skills_assessment\" a WHERE a.id = NEW.assessment_id "
    "AND (a.by_id = NEW.by_id OR (a.said_by = 'person') = NEW.is_person))"
)


def _changed(names: Sequence[str]) -> str:
    """One of these columns becomes another; who said it may only be forgotten."""
    same = [f"NEW.{name} <> OLD.{name}" for name in names]
    return " OR ".join([*same, "(NEW.by_id IS NOT NULL AND COALESCE(OLD.by_id, 0) <> NEW.by_id)"])


ASSESSMENT = ["person_id", "card", "cards_version", "level", "said_by", "day", "said_on", "public_id"]
ANSWER = ["assessment_id", "kind", "is_person", "said_on"]
GUARDS = [
    Guard("skills_evidence_no_update", "skills_evidence", "UPDATE", KEPT),
    Guard("skills_evidence_no_delete", "skills_evidence", "DELETE", KEPT, STAYS.format(person="OLD.person_id")),
    Guard("skills_assessment_no_update", "skills_assessment", "UPDATE", KEPT, _changed(ASSESSMENT)),
    Guard("skills_assessment_no_delete", "skills_assessment", "DELETE", KEPT, STAYS.format(person="OLD.person_id")),
    Guard("skills_answer_no_update", "skills_answer", "UPDATE", KEPT, _changed(ANSWER)),
    Guard("skills_answer_no_delete", "skills_answer", "DELETE", KEPT, STAYS.format(person=PERSON_OF)),
    Guard("skills_answer_of_another", "skills_answer", "INSERT", "skills: the other one must agree", SAID_ALONE),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the tables."""
    install_where_tables_are(GUARDS, using=using)
