"""Insertion contracts are signed, renewed and amended (rules.md B2). Each paper is a row that stays as it is.

A contract writes the status of its person, from its first day to its last (decision 63); a status never writes a
contract.
"""

import datetime
import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.contract_rules import ONE_DAY, Asked, check_day, check_first, check_hours, check_renewal
from rebond.insertion.deadlines import CONTRACT_END
from rebond.insertion.enums import ContractKind, Exemption, StructureKind, TermsKind
from rebond.insertion.errors import ContractRefused
from rebond.insertion.models import Contract, ContractTerms, Exit
from rebond.insertion.models.contract import OPEN
from rebond.insertion.queries.contracts import days_of
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.actions.status import begin_status, end_status
from rebond.people.enums import StatusKind
from rebond.people.models import Person, Status

ROME = re.compile(r"[A-N][0-9]{4}")
LONGEST = {"job": 100, "low_reason": 500, "low_authority": 200}
WITHOUT_CONTRACT = frozenset({StatusKind.COMPANION, StatusKind.EITI, StatusKind.VOLUNTEER})  # rules.md B9
STATUSES = {
    (ContractKind.CDDI, StructureKind.ACI): StatusKind.CDDI_ACI,
    (ContractKind.CDDI, StructureKind.EI): StatusKind.CDDI_EI,
    (ContractKind.CDDI, StructureKind.AI): StatusKind.CDDI_AI,
    (ContractKind.CDDU, StructureKind.AI): StatusKind.CDDU,
    (ContractKind.MISSION, StructureKind.ETTI): StatusKind.ETTI,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a paper says besides its days. Sealed: the exemption, why the week is below 20 hours, who agreed to it."""

    job: str
    weekly_minutes: int
    rome_code: str = ""
    exemption: str = ""
    low_reason: str = ""
    low_authority: str = ""


def _checked(terms: Terms) -> Terms:
    said = {name: getattr(terms, name).strip() for name in LONGEST}
    rome = "".join(terms.rome_code.split()).upper()
    if not said["job"]:
        raise ContractRefused(_("Write the job."), field="job")
    for name, most in LONGEST.items():
        if len(said[name]) > most or "\0" in said[name]:
            raise ContractRefused(_("This is too long."), field=name)
    if rome and not ROME.fullmatch(rome):
        raise ContractRefused(_("A ROME code is a letter and four digits, such as N1103."), field="rome_code")
    if terms.exemption and terms.exemption not in Exemption.values:
        raise ContractRefused(_("Choose one of the list."), field="exemption")
    return replace(terms, **said, rome_code=rome)


def _asked(kind: str, structure: str, terms: Terms, start: datetime.date, end: datetime.date | None) -> Asked:
    sealed = (terms.exemption, terms.low_reason, terms.low_authority)
    return Asked(kind, structure, start, end, terms.weekly_minutes, *sealed)


def _check_status(person: Person, day: datetime.date) -> None:
    """Who is a companion, a volunteer or self-employed on this day signs nothing: their status ends before."""
    if other := Status.objects.on(day).filter(person=person, kind__in=WITHOUT_CONTRACT).first():
        said = _("On this day the person is: %(status)s, without a contract. Write the last day of this status first.")
        raise ContractRefused(said % {"status": other.get_kind_display()}, field="starts_on")


def _write(contract: Contract, kind: TermsKind, asked: Asked, terms: Terms) -> ContractTerms:
    return ContractTerms.objects.create(
        contract=contract,
        number=contract.terms.count(),
        kind=kind,
        from_on=asked.start,
        ends_on=asked.end,
        weekly_minutes=terms.weekly_minutes,
        job=terms.job,
        rome_code=terms.rome_code,
        exemption=terms.exemption,
        low_reason=terms.low_reason,
        low_authority=terms.low_authority,
    )


@transaction.atomic
def sign_contract(
    *,
    person: Person,
    kind: str,
    structure: str,
    starts_on: datetime.date,
    ends_on: datetime.date | None,
    terms: Terms,
    by: Any,
) -> Contract:
    """Write down a contract that was signed; the person's status follows it.

    Raise ContractRefused where the rules forbid it, and StatusRefused where another status covers its days.
    """
    terms, held = _checked(terms), lock_row(person)
    asked = _asked(kind, structure, terms, starts_on, ends_on)
    check_first(asked, before=days_of(held), born=held.born_on)
    _check_status(held, starts_on)
    try:
        with transaction.atomic():
            made = Contract.objects.create(
                person=held, organisation=held.organisation, kind=kind, structure=structure, starts_on=starts_on,
                last_on=ends_on or OPEN,
            )  # fmt: skip
    except IntegrityError:
        raise ContractRefused(_("Another contract covers a part of these days."), field="starts_on") from None
    _write(made, TermsKind.FIRST, asked, terms)
    record("insertion.contract.signed", subject=made, by=by, organisation=held.organisation, day=str(starts_on))
    follow(made, by)
    return made


@transaction.atomic
def renew_contract(*, contract: Contract, ends_on: datetime.date, terms: Terms, by: Any) -> ContractTerms:
    """Its last day moves; the new terms begin the day after the end that it had. Raise ContractRefused."""
    held, terms = _open(contract), _checked(terms)
    planned = held.last_on if held.has_last_day else None
    asked = _asked(held.kind, held.structure, terms, planned + ONE_DAY if planned else held.starts_on, ends_on)
    check_renewal(asked, planned_end=planned, before=days_of(held.person), born=held.person.born_on)
    try:
        with transaction.atomic():
            Contract.objects.filter(pk=held.pk).update(last_on=ends_on)
    except IntegrityError:
        raise ContractRefused(_("Another contract covers a part of these days."), field="ends_on") from None
    made = _write(held, TermsKind.RENEWAL, asked, terms)
    record("insertion.contract.renewed", subject=held, by=by, organisation=held.organisation, day=str(ends_on))
    held.refresh_from_db()
    follow(held, by)
    return made


@transaction.atomic
def amend_contract(*, contract: Contract, from_on: datetime.date, terms: Terms, by: Any) -> ContractTerms:
    """Other hours or another job from a day of the contract on, after what was signed before. Raise ContractRefused."""
    held, terms = _open(contract), _checked(terms)
    last = ContractTerms.objects.filter(contract=held).order_by("-number")[0]
    check_day(from_on, "from_on")
    if not held.starts_on <= from_on <= held.last_on:
        raise ContractRefused(_("This day is not within the contract."), field="from_on")
    if from_on < last.from_on:
        raise ContractRefused(_("Other terms begin after this day: look at them again."), field="from_on")
    asked = _asked(held.kind, held.structure, terms, from_on, last.ends_on)
    check_hours(asked)
    if (terms.weekly_minutes, terms.job, terms.rome_code) == (last.weekly_minutes, last.job, last.rome_code):
        raise ContractRefused(_("Nothing changes: write other hours or another job."))
    made = _write(held, TermsKind.AMENDMENT, asked, terms)
    record("insertion.contract.amended", subject=held, by=by, organisation=held.organisation, day=str(from_on))
    return made


def _open(contract: Contract) -> Contract:
    """Locked after its person, as a first contract does; raise ContractRefused where it has ended."""
    lock_row(contract.person)
    held = lock_row(contract)
    if not held.needs_end:
        raise ContractRefused(_("This contract has ended: write a new one."))
    return held


def follow(contract: Contract, by: Any) -> None:
    """The status and the deadline of the person follow the contract's days."""
    _follow_status(contract, by)
    open_ones = Contract.objects.filter(person=contract.person_id, needs_end=True, last_on__lt=OPEN)
    due_on = open_ones.order_by("last_on").values_list("last_on", flat=True).first()
    set_deadline(person=contract.person, kind=CONTRACT_END, due_on=due_on)


def _follow_status(contract: Contract, by: Any) -> None:
    """The status of this kind that covers the first day ends with the contract; without one, it begins.

    An exit says when the person left: their status stays as it is, and no contract goes further (decision 64).
    """
    kind = STATUSES.get((ContractKind(contract.kind), StructureKind(contract.structure)), StatusKind.CDI_INCLUSION)
    last = contract.last_on if contract.has_last_day else None
    held = Status.objects.on(contract.starts_on).filter(person=contract.person_id, kind=kind).first()
    if held is None:
        begin_status(person=contract.person, kind=kind, starts_on=contract.starts_on, ends_on=last, by=by)
    elif Exit.objects.filter(status=held, cancelled_at=None).exists():
        if held.ends_on is None or contract.last_on > held.ends_on:
            raise ContractRefused(_("An exit is written for these days: correct it, or cancel it first."))
    elif last is not None and held.ends_on != last:
        end_status(status=held, ends_on=last, by=by)
