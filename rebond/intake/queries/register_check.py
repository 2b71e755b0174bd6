"""Prove the chain of a register: numbers without a gap, hashes that follow, identities that match (decision 14)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from rebond.core.sealed import SealBrokenError, unseal
from rebond.intake.data.chain import START, commitment_to, line_hash
from rebond.intake.models import Donor, Register, RegisterEntry
from rebond.intake.queries.register import facts_of

SPAN = 2_000
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """`what`: gap, link, content, end, anchor (of a line), identity, erased_early (of a donor)."""

    what: str
    number: int = 0
    donor: str = ""


@dataclass(slots=True)
class Report:
    """What was read; `faults` are the first ones, `fault_count` all of them."""

    organisation: str
    name: str
    entries: int = 0
    donors: int = 0
    erased: int = 0
    last_number: int = 0
    last_hash: str = START
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.fault_count

    def tell(self, what: str, *, number: int = 0, donor: str = "") -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(what, number, donor))


def check_register(
    register: Register, *, anchor: tuple[int, str] | None = None, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Read every line and every identity, span by span: memory does not grow.

    `anchor` is a (number, hash) that somebody kept outside, on a printed register: a chain that was made again from
    there on, with all its hashes right, no longer has it.
    """
    organisation = register.organisation
    report = Report(organisation.public_id, organisation.name)
    for entry in _lines(register):
        _check_line(entry, report, organisation.public_id)
        if anchor and entry.number == anchor[0] and entry.hash != anchor[1]:
            report.tell("anchor", number=entry.number)
        if progress and report.entries % SPAN == 0:
            progress(report.entries, register.last_number)
    if anchor and anchor[0] > report.last_number:
        report.tell("anchor", number=anchor[0])
    if (register.last_number, register.last_hash or START) != (report.last_number, report.last_hash):
        report.tell("end", number=register.last_number)
    _check_donors(register, report)
    return report


def _lines(register: Register) -> Iterator[RegisterEntry]:
    rows = RegisterEntry.objects.filter(organisation_id=register.organisation_id)
    found: Iterator[RegisterEntry] = rows.select_related("site").order_by("number").iterator(chunk_size=SPAN)
    return found


def _check_line(entry: RegisterEntry, report: Report, organisation_id: str) -> None:
    report.entries += 1
    if entry.number != report.last_number + 1:
        report.tell("gap", number=entry.number)
    if entry.previous_hash != report.last_hash:
        report.tell("link", number=entry.number)
    facts = facts_of(entry, organisation_id, entry.site.public_id if entry.site else "")
    if line_hash(facts, entry.previous_hash) != entry.hash:
        report.tell("content", number=entry.number)
    report.last_number, report.last_hash = entry.number, entry.hash


def _check_donors(register: Register, report: Report) -> None:
    """An identity matches what its lines committed to; one that is gone had had its time."""
    rows = Donor.objects.filter(organisation_id=register.organisation_id).order_by("pk")
    sealed = rows.annotate(sealed=Cast("identity", TextField()))  # opened below: a broken seal is a fault, no failure
    kept = sealed.values_list("public_id", "commitment", "sealed", "keep_until", "erased_on")
    for donor, commitment, text, keep_until, erased_on in kept.iterator(SPAN):
        report.donors += 1
        report.erased += erased_on is not None
        if not commitment:
            continue
        if not text:
            if erased_on is None or erased_on <= keep_until or erased_on > timezone.localdate():
                report.tell("erased_early", donor=donor)
        elif not _matches(text, commitment):
            report.tell("identity", donor=donor)
    for number in _strays(register):
        report.tell("identity", number=number)


def _strays(register: Register) -> Any:
    """Lines whose commitment is not that of their donor."""
    rows = RegisterEntry.objects.filter(organisation_id=register.organisation_id, donor__isnull=False)
    return rows.exclude(commitment=F("donor__commitment")).order_by("number").values_list("number", flat=True)


def _matches(text: str, commitment: str) -> bool:
    """Whether what is sealed is what the lines committed to."""
    try:
        kept: dict[str, Any] = json.loads(unseal(text.encode()))
    except (SealBrokenError, ValueError):
        return False
    return commitment_to(kept, str(kept.pop("salt", ""))) == commitment
