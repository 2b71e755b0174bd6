"""What a person reads of their own files."""

from collections.abc import Sequence
from dataclasses import dataclass

from rebond.journal.models import Entry
from rebond.people.file_parts import Facts, facts_of
from rebond.people.models import Correction, Deadline, Person
from rebond.people.queries.consents import Agreed, agreed_by
from rebond.people.queries.needs import Known, known_of
from rebond.people.queries.people import Row, as_rows, readings_of

SHOWN = 20  # corrections, the last ones


@dataclass(frozen=True, slots=True)
class OwnFile:
    person: Person
    row: Row
    deadlines: list[Deadline]
    readings: list[Entry]
    facts: Facts
    agreed: list[Agreed]
    known: Known
    corrections: list[Correction]


def files_of(people: Sequence[Person]) -> list[OwnFile]:
    """Each file with what is due and its last readers; a person has one or two."""
    agreed, known = agreed_by(people), known_of(people)
    return [
        OwnFile(
            row.person,
            row,
            list(row.person.deadlines.order_by("due_on", "pk")),
            readings_of(row.person),
            facts_of(row.person),
            agreed[row.person.pk],
            known[row.person.pk],
            list(row.person.corrections.all()[:SHOWN]),
        )
        for row in as_rows(people)
    ]
