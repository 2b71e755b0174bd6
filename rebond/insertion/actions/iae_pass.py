"""A PASS IAE is written down, suspended, taken up again, prolonged (rules.md B3)."""

import datetime
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.deadlines import PASS_END
from rebond.insertion.enums import ProlongationReason, StructureKind
from rebond.insertion.errors import PassRefused, ProlongationRefused
from rebond.insertion.models import Pass, PassProlongation, PassSuspension
from rebond.insertion.pass_dates import CEILINGS, PassDates, Prolongation, Suspension, lift, prolong, suspend
from rebond.insertion.queries.passes import dates_of
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.models import Person

NUMBER = re.compile(r"[0-9A-Z]{5}[0-9]{7}")


@transaction.atomic
def enter_pass(*, person: Person, number: str, starts_on: datetime.date, kind: str, by: Any) -> Pass:
    """Write down the PASS that the official service gave. Raise PassRefused: a wrong number, or one valid already."""
    number = "".join(number.split()).upper()
    if not NUMBER.fullmatch(number):
        raise PassRefused(_("A number has 12 signs, such as 99999 12 34567."), field="number")
    if kind not in StructureKind.values:
        raise PassRefused(_("Choose one of the list."), field="kind")
    held = lock_row(person)
    new_end = PassDates(starts_on).end
    for other in Pass.objects.filter(person=held):
        if other.starts_on <= new_end and dates_of(other).end >= starts_on:
            raise PassRefused(_("Another PASS is valid on these days: there is one at a time."), field="starts_on")
    try:
        with transaction.atomic():
            made = Pass.objects.create(person=held, number=number, starts_on=starts_on, kind=kind)
    except IntegrityError:
        raise PassRefused(_("This number is written already."), field="number") from None
    record("insertion.pass.entered", subject=made, by=by, organisation=held.organisation)
    _tell(made)
    return made


@transaction.atomic
def suspend_pass(
    *,
    iae_pass: Pass,
    reason: str,
    start: datetime.date,
    end: datetime.date,
    by: Any,
    today: datetime.date | None = None,
) -> PassSuspension:
    """Its end moves by `end - start` days. Raise SuspensionRefused with the field that is wrong."""
    held, today = lock_row(iae_pass), today or timezone.localdate()
    suspend(dates_of(held), Suspension(start, end), reason=reason, kind=held.kind, today=today)
    made = PassSuspension.objects.create(iae_pass=held, reason=reason, starts_on=start, ends_on=end)
    record("insertion.pass.suspended", subject=held, by=by, organisation=held.person.organisation, day=str(start))
    _tell(held)
    return made


@transaction.atomic
def lift_suspension(*, suspension: PassSuspension, hired_on: datetime.date, by: Any) -> PassSuspension | None:
    """The person is hired: it ends the day before, or was for nothing (None). Raise SuspensionRefused."""
    held = lock_row(suspension.iae_pass)
    suspension.refresh_from_db()
    left = lift(Suspension(suspension.starts_on, suspension.ends_on), hired_on=hired_on)
    record("insertion.pass.lifted", subject=held, by=by, organisation=held.person.organisation, day=str(hired_on))
    if left is None:
        suspension.delete()
    else:
        PassSuspension.objects.filter(pk=suspension.pk).update(ends_on=left.end)
        suspension.refresh_from_db()
    _tell(held)
    return suspension if left is not None else None


@transaction.atomic
def prolong_pass(
    *,
    iae_pass: Pass,
    reason: str,
    days: int,
    prescriber: str,
    by: Any,
    today: datetime.date | None = None,
) -> PassProlongation:
    """Write down a prolongation that was granted. Raise ProlongationRefused with the field that is wrong."""
    held, today, prescriber = lock_row(iae_pass), today or timezone.localdate(), prescriber.strip()[:200]
    asked = Prolongation(reason, days)
    prolong(dates_of(held), asked, kind=held.kind, born=held.person.born_on, today=today)
    if CEILINGS[ProlongationReason(reason)].needs_opinion and not prescriber:
        raise ProlongationRefused(_("This reason needs a prescriber: write who gave the opinion."), field="prescriber")
    made = PassProlongation.objects.create(
        iae_pass=held, reason=reason, days=days, prescriber=prescriber, decided_on=today
    )
    record("insertion.pass.prolonged", subject=held, by=by, organisation=held.person.organisation, days=days)
    _tell(held)
    return made


def _tell(iae_pass: Pass) -> None:
    """The list of people sorts by the end of the last PASS too."""
    last = Pass.objects.filter(person=iae_pass.person_id).order_by("-starts_on", "-pk").first()
    end = dates_of(last).end if last is not None else None
    set_deadline(person=iae_pass.person, kind=PASS_END, due_on=end)
