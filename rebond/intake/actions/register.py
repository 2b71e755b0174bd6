"""Write the register of objects (rules.md F6): only new lines, one after the other, whoever writes at once.

The register's row is locked before a number is taken and until the transaction ends, so numbers follow without a gap
on both databases; it is the last lock that an action takes. Grams, cents.
"""

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.intake.data.chain import START, commitment_to, line_hash, new_salt
from rebond.intake.data.register import retention_years
from rebond.intake.enums import Abandoned, DocumentKind, DonorKind, EntryKind
from rebond.intake.errors import FieldInvalid, RegisterClosed
from rebond.intake.models import Donor, Register, RegisterEntry
from rebond.intake.queries.register import Identity, facts_of, register_of
from rebond.network.models import Organisation, Site

NOBODY = Identity()
LONGEST = {"name": 160, "address": 300, "represented_by": 160, "document_number": 60, "document_by": 120}
ASKED = {
    DonorKind.PERSON: ("name", "address", "document_kind", "document_number", "document_on", "document_by"),
    DonorKind.COMPANY: ("name", "address"),
    DonorKind.GROUPED: (),
    DonorKind.ABANDONED: (),
}


@dataclass(frozen=True, slots=True)
class Bringer:
    """What was answered about who brought it; `reason` is an Abandoned, where nobody can be named."""

    kind: str
    identity: Identity = NOBODY
    reason: str = ""

    def checked(self, today: date) -> "Bringer":
        """The same, without what its kind does not ask. Raise FieldInvalid on the field that lacks or is wrong."""
        if self.kind not in DonorKind.values:
            raise FieldInvalid("kind", _("Say who brought it."))
        if self.kind == DonorKind.ABANDONED:
            if self.reason not in Abandoned.values:
                raise FieldInvalid("reason", _("Say why nobody can be named."))
            return Bringer(self.kind, reason=self.reason)
        if self.kind == DonorKind.GROUPED:
            return Bringer(self.kind)
        words = {name: " ".join(value.split()) for name, value in asdict(self.identity).items()}
        check_identity(self.kind, words, today)
        return replace(self, identity=Identity(**words), reason="")


def check_identity(kind: str, words: dict[str, str], today: date) -> None:
    """Raise FieldInvalid on the first answer that lacks or cannot be."""
    for name in ASKED[DonorKind(kind)]:
        check_answer(name, words.get(name, ""), today)
    for name, limit in LONGEST.items():
        if len(words.get(name, "")) > limit:
            raise FieldInvalid(name, _("Write it in fewer words."))


def check_answer(name: str, value: str, today: date) -> None:
    """One answer about a person, as the kiosk asks them one by one. Raise FieldInvalid."""
    if not value:
        raise FieldInvalid(name, _("Write what you read."))
    if name == "document_kind" and value not in DocumentKind.values:
        raise FieldInvalid(name, _("Choose the document."))
    if name == "document_on":
        try:
            issued = parse_date(value)
        except ValueError:
            issued = None
        if issued is None or not date(1900, 1, 1) <= issued <= today:
            raise FieldInvalid(name, _("Read the day again: it is on the document."))
    if len(value) > LONGEST.get(name, 20):
        raise FieldInvalid(name, _("Write it in fewer words."))


def seal_donor(*, organisation: Organisation, bringer: Bringer, now: datetime | None = None) -> Donor:
    """The row of who brought it, identity sealed under its own salt; `bringer` was checked."""
    today = timezone.localdate(now)
    facts = {name: value for name, value in asdict(bringer.identity).items() if value}
    sealed, commitment = "", ""
    if facts:
        salt = new_salt()
        commitment = commitment_to(facts, salt)
        sealed = json.dumps({**facts, "salt": salt}, ensure_ascii=False)
    made: Donor = Donor.objects.create(
        organisation=organisation,
        kind=bringer.kind,
        reason=bringer.reason,
        identity=sealed,
        commitment=commitment,
        keep_until=_years_after(today),
    )
    return made


def _years_after(day: date) -> date:
    """The same day once the identity has had its time (29 February: 1 March)."""
    year = day.year + retention_years()
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def lock_register(organisation: Organisation) -> Register:
    """The register, locked until the transaction ends. Raise RegisterClosed where it was never opened."""
    register = register_of(organisation)
    if register is None:
        raise RegisterClosed
    locked = lock_row(register)
    locked.organisation = organisation
    return locked


def add_entry(
    register: Register,
    *,
    kind: str,
    site: Site | None = None,
    donor: Donor | None = None,
    operation_id: uuid.UUID | None = None,
    now: datetime | None = None,
    **facts: Any,
) -> RegisterEntry:
    """The next line; `register` is locked by the caller (`lock_register`), and moves with it."""
    if donor is not None:
        facts |= {"donor_kind": donor.kind, "donor_reason": donor.reason, "commitment": donor.commitment}
    entry = RegisterEntry(
        organisation_id=register.organisation_id,
        site=site,
        number=register.last_number + 1,
        day=timezone.localdate(now),
        kind=str(kind),
        donor=donor,
        operation_id=operation_id,
        previous_hash=register.last_hash or START,
        **facts,
    )
    entry.hash = line_hash(
        facts_of(entry, register.organisation.public_id, site.public_id if site else ""), entry.previous_hash
    )
    entry.save(force_insert=True)
    Register.objects.filter(pk=register.pk).update(last_number=entry.number, last_hash=entry.hash)
    register.last_number, register.last_hash = entry.number, entry.hash
    return entry


RESTATED = ("code", "nature", "description", "serials", "origin", "quantity", "weight_g", "value_cents")


def restate(
    register: Register, entry: RegisterEntry, *, kind: str, now: datetime | None = None, **new: Any
) -> RegisterEntry:
    """A new line that says what an older one said, but for `new`; it refers to it."""
    facts = {name: getattr(entry, name) for name in ("site", "donor", *RESTATED)} | new
    return add_entry(register, kind=kind, now=now, refers_to=entry.number, **facts)


@transaction.atomic
def cancel_entry(*, entry: RegisterEntry, reason: str, now: datetime | None = None) -> RegisterEntry:
    """The line no longer stands: a newer one says so and why. Twice is once."""
    register = lock_register(entry.organisation)
    known: RegisterEntry | None = RegisterEntry.objects.filter(
        organisation_id=entry.organisation_id, refers_to=entry.number, kind=EntryKind.CANCELLED
    ).first()
    return known or restate(register, entry, kind=EntryKind.CANCELLED, reason=reason[:200], now=now)
