"""Read the register of objects: its lines, what is said of a code now, and who brought it (rules.md F6)."""

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from rebond.core.codes import parse_code
from rebond.intake.data.chain import START
from rebond.intake.data.register import group_limit_cents
from rebond.intake.enums import EntryKind
from rebond.intake.models import Donation, Donor, Register, RegisterEntry
from rebond.network.models import Organisation

# What a line's hash covers, in this order nowhere: keys are sorted. `site` and `organisation` by public identifier.
HASHED = (
    "number",
    "day",
    "kind",
    "code",
    "nature",
    "description",
    "serials",
    "origin",
    "quantity",
    "weight_g",
    "value_cents",
    "donor_kind",
    "donor_reason",
    "commitment",
    "refers_to",
    "reason",
)
THINGS = (EntryKind.OBJECT, EntryKind.PRECISION, EntryKind.CORRECTION, EntryKind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who brought it, as the law asks (R321-3), in words; "" where it was not said. No copy of any document."""

    name: str = ""
    address: str = ""
    represented_by: str = ""  # a company's person
    document_kind: str = ""  # DocumentKind
    document_number: str = ""
    document_on: str = ""  # ISO day of issue
    document_by: str = ""  # who issued it


def hashed(values: Mapping[str, Any], organisation_id: str, site_id: str) -> dict[str, Any]:
    """What the hash of a line covers, from the values of its HASHED columns."""
    day = values["day"].isoformat()
    return {**values, "day": day, "kind": str(values["kind"]), "organisation": organisation_id, "site": site_id}


def facts_of(entry: RegisterEntry, organisation_id: str, site_id: str) -> dict[str, Any]:
    """The same, of a line in hand."""
    return hashed({name: getattr(entry, name) for name in HASHED}, organisation_id, site_id)


_pinned: ContextVar[dict[int, Register | None] | None] = ContextVar("pinned_registers", default=None)


@contextmanager
def pinned_registers() -> Iterator[None]:
    """Each register read once for a whole batch, inside its transaction: an import asks it of every new object."""
    token = _pinned.set({})
    try:
        yield
    finally:
        _pinned.reset(token)


def group_limit_of(organisation: Organisation) -> int:
    """Cents: from this value on, a thing asks who brought it. The organisation's own, else the file's."""
    register = register_of(organisation)
    own = register.group_limit_cents if register is not None else None
    return own if own is not None else group_limit_cents()


def register_of(organisation: Organisation) -> Register | None:
    """None where it was never opened."""
    pinned = _pinned.get()
    if pinned is not None and organisation.pk in pinned:
        return pinned[organisation.pk]
    found: Register | None = Register.objects.filter(organisation=organisation).first()
    if pinned is not None:
        pinned[organisation.pk] = found
    return found


def last_hash(register: Register | None) -> str:
    """The hash that the next line will follow."""
    return register.last_hash if register and register.last_hash else START


def said_of(organisation: Organisation | int, code: str) -> RegisterEntry | None:
    """The newest line about an object's code, None where there is none or it was cancelled."""
    rows = RegisterEntry.objects.filter(organisation=organisation, code=code, kind__in=THINGS)
    found: RegisterEntry | None = rows.order_by("-number").first()
    return None if found is None or found.kind == EntryKind.CANCELLED else found


def lots_of(donation: Donation) -> list[RegisterEntry]:
    """The lines of a donation's weighings, in order, those that were cancelled left out."""
    rows = RegisterEntry.objects.filter(organisation_id=donation.organisation_id, code=donation.public_id)
    found: dict[int, RegisterEntry] = {}
    for row in rows.select_related("donor").order_by("number"):
        if row.refers_to:
            found.pop(row.refers_to, None)
        if row.kind != EntryKind.CANCELLED:
            found[row.number] = row
    return list(found.values())


def identity_of(donor: Donor) -> Identity:
    """The opened identity, empty where nobody is named or once it is erased. Whoever calls it writes the journal."""
    if not donor.identity:
        return Identity()
    kept = json.loads(donor.identity)
    return Identity(**{name: kept.get(name, "") for name in Identity.__dataclass_fields__})


def entries_of(
    organisation: Organisation,
    *,
    words: str = "",
    kind: str = "",
    start: datetime.date | None = None,
    end: datetime.date | None = None,
) -> QuerySet[RegisterEntry]:
    """The lines, newest first: by number, by code, or by words of what they name; both days included."""
    rows: QuerySet[RegisterEntry] = RegisterEntry.objects.filter(organisation=organisation)
    if words:
        rows = rows.filter(_about(words.strip()))
    if kind:
        rows = rows.filter(kind=kind)
    if start:
        rows = rows.filter(day__gte=start)
    if end:
        rows = rows.filter(day__lte=end)
    return rows.select_related("site").order_by("-number")


def _about(words: str) -> Q:
    if words.isdecimal():
        return Q(number=int(words)) if len(words) < 18 else Q(pk=None)
    code = parse_code(words)
    if code is not None:
        return Q(code=code)
    return Q(nature__icontains=words) | Q(description__icontains=words) | Q(code=words) | Q(serials__icontains=words)


def story_of(entry: RegisterEntry) -> list[RegisterEntry]:
    """The line, those that it refers to and those that refer to it, oldest first."""
    rows = RegisterEntry.objects.filter(organisation_id=entry.organisation_id)
    found, waiting = {entry.number: entry}, [entry]
    while waiting:
        one = waiting.pop()
        near = rows.filter(Q(refers_to=one.number) | Q(number=one.refers_to or 0))
        for row in near.select_related("site", "donor"):
            if row.number not in found:
                found[row.number] = row
                waiting.append(row)
    return [found[number] for number in sorted(found)]
