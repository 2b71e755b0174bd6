"""What was noted of people's needs, and whom to call."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rebond.people.models import Need, Person, TrustedContact
from rebond.people.needs import NeedKind


@dataclass(slots=True)
class Known:
    """Of one person: needs in the order of their kinds, and the contact."""

    needs: list[Need] = field(default_factory=list)
    trusted: TrustedContact | None = None


def known_of(people: Iterable[Person]) -> dict[int, Known]:
    """By number of the person; two queries whatever their number."""
    made = {person.pk: Known() for person in people}
    order = list(NeedKind)
    for need in sorted(
        Need.objects.filter(person__in=made).select_related("person"), key=lambda n: order.index(NeedKind(n.kind))
    ):
        made[need.person_id].needs.append(need)
    for contact in TrustedContact.objects.filter(person__in=made):
        made[contact.person_id].trusted = contact
    return made


def limits_of(person: Person) -> Need | None:
    """What who plans the posts has to follow; nothing else of the needs is theirs to read."""
    return Need.objects.filter(person=person, kind=NeedKind.APTITUDE).select_related("person").first()
