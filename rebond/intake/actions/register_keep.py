"""Open and close the register, look at an identity, and delete identities that had their time (rules.md F6, F8)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.intake.actions.register import add_entry, lock_register
from rebond.intake.enums import EntryKind
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Donor, Register, RegisterEntry
from rebond.intake.queries.register import Identity, group_limit_of, identity_of
from rebond.intake.queries.register_check import check_all
from rebond.journal.actions.record import record
from rebond.network.actions.organisation import change_organisation
from rebond.network.models import Organisation

HIGHEST_LIMIT_CENTS = 100_000


@transaction.atomic
def switch_register(
    *, organisation: Organisation, is_on: bool, by: Any, declaration: str = "", now: datetime | None = None
) -> Organisation:
    """Keep the register, or stop; both are lines of it. `declaration`: the prefecture's number. Twice is once.

    From the day of its opening on, a new object is published once who brought it is noted; what was made before
    waits for nothing. Raise StaleError where somebody changed the organisation meanwhile.
    """
    now = now or timezone.now()
    organisation.refresh_from_db()
    if organisation.is_register_kept == is_on:
        return organisation
    if is_on:
        Register.objects.update_or_create(organisation=organisation, defaults={"opened_on": timezone.localdate(now)})
    changed = change_organisation(
        organisation=organisation, changes={"is_register_kept": is_on}, version=organisation.version, by=by
    )
    kind = EntryKind.OPENED if is_on else EntryKind.CLOSED
    entry = add_entry(lock_register(organisation), kind=kind, now=now, description=" ".join(declaration.split())[:300])
    action = "intake.register.opened" if is_on else "intake.register.closed"
    record(action, subject=entry, by=by, organisation=organisation)
    return changed


@transaction.atomic
def set_group_limit(*, organisation: Organisation, limit_cents: int, source: str, by: Any) -> Register:
    """The value from which a thing asks who brought it, with who said so; the journal keeps both values.

    Lines already written stay as they are. Raise FieldInvalid, RegisterClosed.
    """
    source = " ".join(source.split())
    if not 100 <= limit_cents <= HIGHEST_LIMIT_CENTS:
        raise FieldInvalid("limit_cents", _("Between 1 and 1,000 euros."))
    if not source:
        raise FieldInvalid("source", _("The law gives no amount: say who does."))
    register, before = lock_register(organisation), group_limit_of(organisation)
    Register.objects.filter(pk=register.pk).update(group_limit_cents=limit_cents, group_limit_source=source[:160])
    register.group_limit_cents, register.group_limit_source = limit_cents, source[:160]
    facts = {"old": before, "new": limit_cents, "source": source[:160]}
    record("intake.register.limited", subject=register, by=by, organisation=organisation, **facts)
    return register


@transaction.atomic
def look_at_donor(*, entry: RegisterEntry, by: Any) -> Identity:
    """The identity behind a line; the journal keeps who looked, at which line."""
    record("intake.donor.looked", subject=entry, by=by, organisation=entry.organisation, line=entry.number)
    return identity_of(entry.donor) if entry.donor else Identity()


@transaction.atomic
def note_export(*, organisation: Organisation, by: Any, rows: int, register: Register) -> None:
    """Identities left with an export: who took them, how many lines, and where the chain stood (an anchor)."""
    record(
        "intake.donor.exported",
        subject=register,
        by=by,
        organisation=organisation,
        rows=rows,
        number=register.last_number,
        hash=register.last_hash,
    )


def erase_donors(*, now: datetime | None = None) -> int:
    """Delete the identities, with their salts, whose time is over; the chain still proves itself. By batches.

    One line in each register says how many went. Run by the periodic job; nothing else deletes an identity.
    """
    today = timezone.localdate(now)
    due = Donor.objects.filter(erased_on__isnull=True, keep_until__lt=today)
    gone = 0
    for organisation in Organisation.objects.filter(pk__in=due.values("organisation")).order_by("pk"):
        gone += _erase(organisation, today, now)
    return gone


@transaction.atomic
def _erase(organisation: Organisation, today: Any, now: datetime | None) -> int:
    register = lock_register(organisation)
    due = Donor.objects.filter(organisation=organisation, erased_on__isnull=True, keep_until__lt=today)
    named = due.exclude(commitment="").count()
    due.update(identity="", erased_on=today)
    if named:
        entry = add_entry(register, kind=EntryKind.ERASED, quantity=named, now=now)
        record("intake.donor.erased", subject=entry, by=None, organisation=organisation, number=named)
    return named


def prove_registers() -> int:
    """Read every register whole; return how many. Raise RuntimeError with the names of those that were changed."""
    reports = list(check_all())
    wrong = [report.name for report in reports if not report.is_right]
    if wrong:
        raise RuntimeError(f"the register was changed outside of Rebond: {', '.join(wrong)}")
    return len(reports)
