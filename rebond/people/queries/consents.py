"""What a person agreed to, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from rebond.people.enums import CONSENT_WORDS, ConsentKind
from rebond.people.models import Consent, Person


@dataclass(slots=True)
class Agreed:
    """`standing` is the agreement of today; `former` those taken back, the last first."""

    kind: str
    label: str
    words: Promise | str
    standing: Consent | None = None
    former: list[Consent] = field(default_factory=list)


def agreed_by(people: Sequence[Person]) -> dict[int, list[Agreed]]:
    """By number of the person, each kind in its order; one query whatever their number."""
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
    return {number: list(rows.values()) for number, rows in made.items()}
