"""What is wrong in the books is never changed: another entry undoes it, with its reason."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from rebond.journal.actions.record import record
from rebond.ledger.actions.posting import Move, Told, claim_key, write_entry
from rebond.ledger.enums import REVERSIBLE, EntryKind
from rebond.ledger.errors import AlreadyReversed, NeedsReason, NotReversible
from rebond.ledger.events import Subject
from rebond.ledger.kept_entries import why_kept
from rebond.ledger.models import BilledService, Entry, RefundLine, Sale, SaleLine


@transaction.atomic
def reverse_entry(*, entry: Entry, reason: str, by: Any, now: datetime | None = None) -> Entry:
    """Post the opposite of each posting of `entry`, once. The reversed entry stays, with the one that undoes it.

    A sale is reversed only while nothing of it was given back or is disputed: its lines then count as refunded. What
    another room follows is undone there (`kept_entries`). Raise NeedsReason, NotReversible, AlreadyReversed.
    """
    reason = reason.strip()
    if not reason:
        raise NeedsReason(field="reason")
    check_reversible(entry)
    made = write_reversal(entry=entry, reason=reason, by=by, now=now)
    if entry.kind == EntryKind.SALE:
        _undo_sale(entry, made)
    record("ledger.entry.reversed", subject=entry, by=by, organisation=entry.operator, reason=reason)
    return made


def write_reversal(*, entry: Entry, reason: str, by: Any, now: datetime | None = None) -> Entry:
    """Its opposite, once, in the caller's transaction, which has checked that it may be. Raise AlreadyReversed."""
    claim, known = claim_key(key=f"reversal:{entry.pk}", digest="reversal")
    if known is not None:
        raise AlreadyReversed
    subject = Subject(entry.subject_kind, entry.subject_id, entry.subject_label)
    told = Told(entry.operator, EntryKind.CORRECTION, subject, "reversal", by, reason, entry, now)
    rows = entry.postings.select_related("account").order_by("pk")
    return write_entry(claim=claim, told=told, moves=[Move(row.account, row.part, -row.cents) for row in rows])


def check_reversible(entry: Entry) -> None:
    """Raise NotReversible, AlreadyReversed."""
    if entry.kind not in REVERSIBLE or entry.reverses_id is not None:
        raise NotReversible
    if Entry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed
    if words := why_kept(entry.kind, entry.subject_kind):
        raise NotReversible(words)
    if entry.kind == EntryKind.FEE and BilledService.objects.filter(entry=entry).exists():
        raise NotReversible  # its credit note undoes it
    touched = Q(refunded_cents__gt=0) | Q(disputed_cents__gt=0) | Q(gift_cents__gt=0)  # a card: by a refund, onto it
    if entry.kind == EntryKind.SALE and Sale.objects.filter(touched, entry=entry).exists():
        raise NotReversible


def _undo_sale(entry: Entry, made: Entry) -> None:
    """All its lines are given back at once; raise NotReversible where one already was."""
    sale = Sale.objects.get(entry=entry)
    untouched = Sale.objects.filter(pk=sale.pk, refunded_cents=0, disputed_cents=0)
    gift, voucher = F("gift_cents"), F("voucher_cents")
    if not untouched.update(refunded_cents=F("total_cents"), gift_refunded_cents=gift, voucher_refunded_cents=voucher):
        raise NotReversible
    SaleLine.objects.filter(sale=sale).update(refunded_cents=F("cents"), voucher_refunded_cents=voucher)
    RefundLine.objects.bulk_create(
        [
            RefundLine(entry=made, line=line, cents=line.cents, voucher_cents=line.voucher_cents)
            for line in sale.lines.order_by("number")
        ]
    )
