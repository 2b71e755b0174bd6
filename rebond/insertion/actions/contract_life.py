"""A contract is suspended, taken up again, and ends (rules.md B2, B8)."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.actions.contract import follow
from rebond.insertion.contract_rules import ONE_DAY, Period, check_day, check_pause
from rebond.insertion.enums import EndReason
from rebond.insertion.errors import ContractRefused
from rebond.insertion.models import Contract, ContractEnd, ContractPause
from rebond.journal.actions.record import record


@transaction.atomic
def pause_contract(
    *, contract: Contract, reason: str, first: datetime.date, last: datetime.date, by: Any
) -> ContractPause:
    """Suspend it, both days included; its last day stays. Raise ContractRefused with the field that is wrong."""
    held = lock_row(contract)
    if not held.needs_end:
        raise ContractRefused(_("This contract has ended: write a new one."))
    pauses = [(row.reason, Period(row.starts_on, row.ends_on)) for row in held.pauses.all()]
    check_pause(Period(first, last), reason=reason, contract=Period(held.starts_on, held.last_on), pauses=pauses)
    try:
        with transaction.atomic():
            made = ContractPause.objects.create(contract=held, reason=reason, starts_on=first, ends_on=last)
    except IntegrityError:
        raise ContractRefused(_("Another suspension covers a part of these days."), field="first") from None
    record("insertion.contract.paused", subject=held, by=by, organisation=held.organisation, day=str(first))
    return made


@transaction.atomic
def resume_contract(*, pause: ContractPause, back_on: datetime.date, by: Any) -> ContractPause | None:
    """The person is back: it ends the day before, or was for nothing (None). Raise ContractRefused."""
    held = lock_row(pause.contract)
    found = ContractPause.objects.filter(pk=pause.pk).first()
    if found is None or not found.starts_on <= back_on <= found.ends_on:
        raise ContractRefused(_("The suspension does not cover this day."), field="back_on")
    record("insertion.contract.resumed", subject=held, by=by, organisation=held.organisation, day=str(back_on))
    if back_on == found.starts_on:
        found.delete()
        return None
    found.ends_on = back_on - ONE_DAY
    found.save(update_fields=["ends_on"])
    return found


@transaction.atomic
def end_contract(*, contract: Contract, ended_on: datetime.date, reason: str, by: Any) -> ContractEnd:
    """Write that it is over, its last day and why; the person's status ends with it. Raise ContractRefused.

    A suspension ends with it too. The journal tells the day, never the reason.
    """
    lock_row(contract.person)
    held = lock_row(contract)
    if not held.needs_end:
        raise ContractRefused(_("The end of this contract is written already."))
    if reason not in EndReason.values:
        raise ContractRefused(_("Choose one of the list."), field="reason")
    check_day(ended_on, "ended_on")
    if not held.starts_on <= ended_on <= held.last_on:
        raise ContractRefused(_("This day is not within the contract."), field="ended_on")
    if reason == EndReason.TERM and ended_on != held.last_on:
        raise ContractRefused(_("Its last day is another one: choose why it ends sooner."), field="reason")
    made = ContractEnd.objects.create(contract=held, ended_on=ended_on, reason=reason)
    held.pauses.filter(starts_on__gt=ended_on).delete()
    held.pauses.filter(ends_on__gt=ended_on).update(ends_on=ended_on)
    Contract.objects.filter(pk=held.pk).update(last_on=ended_on, needs_end=False)
    held.refresh_from_db()
    record("insertion.contract.ended", subject=held, by=by, organisation=held.organisation, day=str(ended_on))
    follow(held, by)
    return made
