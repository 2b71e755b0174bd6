"""How long somebody stayed with a structure before they left (rules.md B7)."""

import datetime

from django.utils import timezone

from rebond.insertion.enums import StructureKind
from rebond.insertion.exit_rules import STRUCTURES, Stay
from rebond.insertion.models import Exit, Pass
from rebond.network.models import Organisation
from rebond.people.enums import NOT_AT_WORK, StatusKind
from rebond.people.models import Person, Status


def structure_of(status: Status, organisation: Organisation) -> str:
    """The kind of structure of a status; "" where there is no insertion contract, or several kinds may be.

    A permanent insertion contract is with the structure of the organisation, or of the person's last PASS.
    """
    if status.kind != StatusKind.CDI_INCLUSION:
        return str(STRUCTURES.get(status.kind, ""))
    if organisation.kind.upper() in StructureKind.values:
        return organisation.kind.upper()
    last = Pass.objects.filter(person=status.person_id).order_by("-starts_on", "-pk").first()
    return last.kind if last is not None else ""


def may_choose(status: Status) -> bool:
    """Whether the kind of structure is said by who writes the exit."""
    return status.kind == StatusKind.CDI_INCLUSION


def stays_until(status: Status, kind: str, left_on: datetime.date) -> list[Stay]:
    """All stays with this kind of structure until that day, since the exit before; the status alone without a kind."""
    if not kind:
        return [Stay(status.starts_on, left_on)]
    same = [one for one, structure in STRUCTURES.items() if structure == kind] + [StatusKind.CDI_INCLUSION]
    before = Exit.objects.filter(person=status.person_id, cancelled_at=None, left_on__lt=status.starts_on)
    last = before.order_by("-left_on").values_list("left_on", flat=True).first()
    rows = Status.objects.filter(person=status.person_id, kind__in=same, starts_on__lte=left_on)
    if last is not None:
        rows = rows.filter(starts_on__gt=last)
    return sorted(
        Stay(row.starts_on, left_on if row.pk == status.pk else min(row.ends_on or left_on, left_on)) for row in rows
    )


def may_leave(person: Person) -> list[Status]:
    """The begun statuses whose exit is not written: the one of today first."""
    gone = Exit.objects.filter(person=person, cancelled_at=None).values("status")
    rows = Status.objects.filter(person=person, starts_on__lte=timezone.localdate()).exclude(kind__in=NOT_AT_WORK)
    return list(rows.exclude(pk__in=gone).select_related("person").order_by("-is_exclusive", "-starts_on", "-pk"))
