"""What makes lines of the register: an arrival's donor, a sorted object, its publication, a correction (rules.md F6).

An object has a line once who brought it is noted; until then it is not published (`check_item`).
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.intake.actions.register import (
    Bringer,
    add_entry,
    cancel_entry,
    lock_register,
    restate,
    seal_donor,
)
from rebond.intake.enums import EntryKind, Source
from rebond.intake.errors import EntryChangedMeanwhile, FieldInvalid, NotedAlready, RegisterClosed
from rebond.intake.models import Donation, Donor, Register, RegisterEntry, Sorting, Weighing
from rebond.intake.queries.register import lots_of, said_of, story_of
from rebond.journal.actions.record import record

HIGHEST_CENTS = 100_000_000


@transaction.atomic
def note_donor(*, donation: Donation, bringer: Bringer, by: Any, now: datetime | None = None) -> Donor:
    """Who brought an arrival, and with it a line for each of its weighings and for each object sorted out of it.

    The journal keeps that it was noted, never who. The same answers sent twice are one act. Raise FieldInvalid,
    NotedAlready where another donor is noted, RegisterClosed.
    """
    if not donation.organisation.is_register_kept:
        raise RegisterClosed
    bringer = bringer.checked(timezone.localdate(now))
    register = lock_register(donation.organisation)
    if lots_of(donation):
        raise NotedAlready
    donor = seal_donor(organisation=donation.organisation, bringer=bringer, now=now)
    weighings = donation.weighings.kept().order_by("pk")
    for weighing in weighings:
        _lot(register, donation, weighing, donor, now)
    for row in donation.sortings.kept().filter(item__isnull=False).select_related("item", "category", "site"):
        _object(register, row, donor, donation.source, now)
    record("intake.donor.noted", subject=donation, by=by, organisation=donation.organisation, donor=donor.kind)
    return donor


def _lot(
    register: Register, donation: Donation, weighing: Weighing, donor: Donor, now: datetime | None
) -> RegisterEntry:
    return add_entry(
        register,
        kind=EntryKind.LOT,
        site=donation.site,
        donor=donor,
        operation_id=weighing.operation_id,
        now=now,
        code=donation.public_id,
        nature=weighing.flow_label,
        origin=donation.source,
        weight_g=weighing.net_g,
    )


def _object(register: Register, row: Sorting, donor: Donor, origin: str, now: datetime | None) -> RegisterEntry:
    return add_entry(
        register,
        kind=EntryKind.OBJECT,
        site=row.site,
        donor=donor,
        operation_id=row.operation_id,
        now=now,
        code=row.item.code if row.item else "",
        nature=row.category_label,
        origin=origin,
        quantity=row.quantity,
        weight_g=row.weight_g,
    )


def enter_weighing(*, donation: Donation, weighing: Weighing, now: datetime | None = None) -> None:
    """More was weighed of an arrival whose donor is noted: its line. In the caller's transaction."""
    if not donation.organisation.is_register_kept:
        return
    register = lock_register(donation.organisation)
    lots = lots_of(donation)
    if lots and lots[-1].donor is not None:
        _lot(register, donation, weighing, lots[-1].donor, now)


def enter_object(*, row: Sorting, now: datetime | None = None) -> None:
    """An object was sorted out of an arrival whose donor is noted: its line. In the caller's transaction."""
    if row.donation is None or row.item is None or not row.organisation.is_register_kept:
        return
    register = lock_register(row.organisation)
    lots = lots_of(row.donation)
    if lots and lots[-1].donor is not None:
        _object(register, row, lots[-1].donor, row.donation.source, now)


def cancel_of_operation(operation_id: Any, *, now: datetime | None = None) -> None:
    """A weighing or a sorting was taken back: its line, where there is one, no longer stands."""
    rows = RegisterEntry.objects.filter(operation_id=operation_id).select_related("organisation", "site", "donor")
    entry = rows.first()
    if entry is not None:
        standing = [line for line in story_of(entry) if line.kind != EntryKind.CANCELLED]
        cancel_entry(entry=standing[-1], reason=_("Taken back at the station."), now=now)


@transaction.atomic
def note_object(
    *, item: Item, bringer: Bringer, by: Any, origin: str = Source.DROP_OFF, now: datetime | None = None
) -> RegisterEntry:
    """Who brought an object that no arrival tells of (made at the desk, imported): its line.

    Raise FieldInvalid, NotedAlready, RegisterClosed.
    """
    seller = item.seller
    if not seller.is_register_kept:
        raise RegisterClosed
    if origin not in Source.values:
        raise FieldInvalid("origin", _("Choose where it comes from."))
    bringer = bringer.checked(timezone.localdate(now))
    register = lock_register(seller)
    if said_of(seller, item.code) is not None:
        raise NotedAlready
    entry = add_entry(
        register,
        kind=EntryKind.OBJECT,
        site=item.site,
        donor=seal_donor(organisation=seller, bringer=bringer, now=now),
        now=now,
        origin=origin,
        weight_g=item.weight_g * item.quantity if item.weight_g else None,
        **_words_of(item),
    )
    record("intake.register.object_noted", subject=entry, by=by, organisation=seller, code=item.code)
    return entry


def _words_of(item: Item) -> dict[str, Any]:
    """What the catalogue knows of an object, in the register's words; its price is the estimate of its value."""
    return {
        "code": item.code,
        "nature": item.category.name[:120],
        "description": " · ".join(word for word in (item.title, item.brand) if word)[:300],
        "quantity": item.quantity,
        "value_cents": item.price_cents * item.quantity if item.price_cents else None,
    }


def make_precise(item: Item, *, now: datetime | None = None) -> None:
    """The object goes on sale: what was not known when it came in (title, brand, estimated value) is a new line."""
    if not item.seller.is_register_kept:
        return
    said = said_of(item.seller_id, item.code)
    if said is None or (said.value_cents is not None and said.description):
        return
    register = lock_register(item.seller)
    words = _words_of(item)
    new = {name: words[name] for name in ("nature", "description", "value_cents")}
    restate(register, said, kind=EntryKind.PRECISION, now=now, **new)


@transaction.atomic
def correct_entry(
    *,
    entry: RegisterEntry,
    reason: str,
    changes: dict[str, Any],
    by: Any,
    bringer: Bringer | None = None,
    now: datetime | None = None,
) -> RegisterEntry:
    """A newer line that says it right; the older one stays. `changes` are of the line, `bringer` another donor.

    Raise FieldInvalid without a reason or for a value that cannot be, EntryChangedMeanwhile where a newer line
    replaces this one, RegisterClosed.
    """
    if not reason.strip():
        raise FieldInvalid("reason", _("Say what was wrong."))
    if (changes.get("value_cents") or 0) > HIGHEST_CENTS:
        raise FieldInvalid("value_cents", _("This value is above a million euros: check it."))
    register = lock_register(entry.organisation)
    if RegisterEntry.objects.filter(organisation_id=entry.organisation_id, refers_to=entry.number).exists():
        raise EntryChangedMeanwhile
    new = dict(changes)
    if bringer is not None:
        new["donor"] = seal_donor(
            organisation=entry.organisation, bringer=bringer.checked(timezone.localdate(now)), now=now
        )
    made = restate(register, entry, kind=EntryKind.CORRECTION, reason=" ".join(reason.split())[:200], now=now, **new)
    record("intake.register.corrected", subject=made, by=by, organisation=entry.organisation, of=entry.number)
    return made
