"""What a person agreed to, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from rebond.people.enums import ASKED_FIRST, CONSENT_WORDS, ConsentKind
from rebond.people.models import Consent, Person, Status


@dataclass(slots=True)
class Agreed:
    """`standing` is the agreement of today; `former` those taken back, the last first."""

    kind: str
    label: str
    words: Promise | str
    standing: Consent | None = None
    former: list[Consent] = field(default_factory=list)


def agreed_by(people: Sequence[Person]) -> dict[int, list[Agreed]]:
    """By number of the person, each kind in its order; two queries whatever their number.

    Work that counts for somebody is theirs to say only where their status ever asked it first.
    """
    made = {
        person.pk: {kind: Agreed(kind, str(kind.label), CONSENT_WORDS[kind]) for kind in ConsentKind}
        for person in people
    }
    for consent in Consent.objects.filter(person__in=made).order_by("-given_on", "-pk"):
        row = made[consent.person_id][ConsentKind(consent.kind)]
        if consent.withdrawn_on is None:
            row.standing = consent
        else:
            row.former.append(consent)
    asked = set(
        Status.objects.filter(person__in=made, kind__in=ASKED_FIRST).order_by().values_list("person", flat=True)
    )
    for number, rows in made.items():
        row = rows[ConsentKind.SKILLS]
        if number not in asked and row.standing is None and not row.former:
            del rows[ConsentKind.SKILLS]
    return {number: list(rows.values()) for number, rows in made.items()}
