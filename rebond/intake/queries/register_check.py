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
from rebond.intake.queries.register import HASHED, hashed

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
    register: Register,
    *,
    anchor: tuple[int, str] | None = None,
    start: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Read every line and every identity, span by span: memory does not grow.

    With `start`, only the lines from that number on and their identities: the hash before it is taken as it stands.

    `anchor` is a (number, hash) that somebody kept outside, on a printed register: a chain that was made again from
    there on, with all its hashes right, no longer has it.
    """
    organisation = register.organisation
    report = Report(organisation.public_id, organisation.name)
    if start > 1:
        rows = RegisterEntry.objects.filter(organisation_id=register.organisation_id, number=start - 1)
        report.last_number, report.last_hash = start - 1, rows.values_list("hash", flat=True).first() or START
    for values, before, seal, site_id in _lines(register, start):
        _check_line(values, before, seal, report, site_id)
        if anchor and values["number"] == anchor[0] and seal != anchor[1]:
            report.tell("anchor", number=values["number"])
        if progress and report.entries % SPAN == 0:
            progress(report.entries, register.last_number)
    if anchor and anchor[0] > report.last_number:
        report.tell("anchor", number=anchor[0])
    if (register.last_number, register.last_hash or START) != (report.last_number, report.last_hash):
        report.tell("end", number=register.last_number)
    _check_donors(register, report, start)
    return report


def check_all() -> Iterator[Report]:
    """Each register of the network, one after the other."""
    for register in Register.objects.select_related("organisation").order_by("pk"):
        yield check_register(register)


def _lines(register: Register, start: int) -> Iterator[tuple[dict[str, Any], str, str, str]]:
    """Each line's hashed values, the hash before it, its own, and its site: no model is made, there may be many."""
    rows = RegisterEntry.objects.filter(organisation_id=register.organisation_id, number__gte=start).order_by("number")
    columns = rows.values_list(*HASHED, "previous_hash", "hash", "site__public_id")
    for *values, before, seal, site_id in columns.iterator(chunk_size=SPAN):
        yield dict(zip(HASHED, values, strict=True)), before, seal, site_id or ""


def _check_line(values: dict[str, Any], before: str, seal: str, report: Report, site_id: str) -> None:
    report.entries += 1
    number = values["number"]
    if number != report.last_number + 1:
        report.tell("gap", number=number)
    if before != report.last_hash:
        report.tell("link", number=number)
    if line_hash(hashed(values, report.organisation, site_id), before) != seal:
        report.tell("content", number=number)
    report.last_number, report.last_hash = number, seal


def _check_donors(register: Register, report: Report, start: int) -> None:
    """An identity matches what its lines committed to; one that is gone had had its time."""
    rows = Donor.objects.filter(organisation_id=register.organisation_id).order_by("pk")
    if start > 1:
        lines = RegisterEntry.objects.filter(organisation_id=register.organisation_id, number__gte=start)
        rows = rows.filter(pk__in=lines.filter(donor__isnull=False).values("donor"))
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
