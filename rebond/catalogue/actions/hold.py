"""Keeping an item off sale by decision, contesting it, lifting it (DSA art. 17 and 20; rules.md F4).

An open hold refuses `publish_item`, whatever the way: the desk, in bulk, the undo of an import.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.catalogue.actions.item_state import withdraw_item
from rebond.catalogue.enums import ITEM_TRANSITIONS, ComplaintState, WithdrawReason
from rebond.catalogue.errors import FieldInvalid, HoldChangedMeanwhile, HoldTooOld
from rebond.catalogue.models import Hold, Item
from rebond.core.locks import lock_row
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.network.queries.languages import language_of


def hold_url(hold: Hold) -> str:
    """The address of the decision at the desk, for its mails."""
    return f"{settings.SITE_URL}{reverse('catalogue:hold-detail', args=[hold.public_id])}"


@transaction.atomic
def hold_item(
    *,
    item: Item,
    ground: str,
    statement: str,
    by: Any,
    reason: str = WithdrawReason.OTHER,
    source: str = "",
    now: datetime | None = None,
) -> Hold:
    """Take the item out of sale by decision, and keep it off sale until the decision is lifted.

    An item that left meanwhile (sold, withdrawn by its seller) stays as it is, and may not come back either.
    The same `source` (a notice's public id) is one hold. Raise NotEnoughLeft where somebody is buying it.
    """
    if source and (kept := Hold.objects.filter(source=source).first()) is not None:
        return kept
    item = lock_row(item)
    if item.state in ITEM_TRANSITIONS["withdraw"][0]:
        item = withdraw_item(item=item, reason=reason, by=by, note=statement[:200])
    hold = Hold.objects.create(
        item=item,
        ground=ground,
        statement=statement,
        source=source,
        placed_at=now or timezone.now(),
        placed_by=by.display_name[:160],
    )
    record("catalogue.item.held", subject=item, by=by, organisation=item.seller, hold=hold.public_id, ground=ground)
    record_transition(subject=hold, verb="place", from_state="", to_state="open", by=by, organisation=item.seller)
    return hold


@transaction.atomic
def hold_and_tell(
    *, item: Item, ground: str, statement: str, reason: str, by: Any, now: datetime | None = None
) -> Hold:
    """The network's own decision, without a report: as `hold_item`, with the statement of reasons by mail.

    Raise FieldInvalid without reasons, NotEnoughLeft where somebody is buying the item.
    """
    if not statement.strip():
        raise FieldInvalid("statement", _("Give the reasons of the decision."))
    hold = hold_item(item=item, ground=ground, statement=statement.strip(), reason=reason, by=by, now=now)
    _tell(hold, "hold_placed", gettext_lazy("Our decision on “%(title)s”"))
    return hold


@transaction.atomic
def complain_about_hold(*, hold: Hold, text: str, by: Any, now: datetime | None = None) -> Hold:
    """The seller contests the decision, once, within six months (art. 20.1). A moderator answers.

    Raise FieldInvalid without reasons, HoldTooOld after the delay, HoldChangedMeanwhile where the decision
    was lifted or contested already.
    """
    now = now or timezone.now()
    if not text.strip():
        raise FieldInvalid("complaint", _("Say why the decision should change."))
    if now > hold.contest_until:
        raise HoldTooOld
    _move(
        hold,
        "complain",
        {"complaint_state": "", "lifted_at__isnull": True},
        by=by,
        reason=text,
        complaint_state=ComplaintState.RECEIVED,
        complaint=text.strip(),
        complained_at=now,
        complained_by=by.display_name[:160],
    )
    record("catalogue.hold.contested", subject=hold, by=by, organisation=hold.item.seller)
    _tell(hold, "complaint_received", gettext_lazy("We received your complaint about “%(title)s”"))
    return hold


@transaction.atomic
def answer_complaint(*, hold: Hold, is_upheld: bool, answer: str, by: Any, now: datetime | None = None) -> Hold:
    """Decide the complaint with reasons, told to the seller by mail (art. 20.4 to 20.6: a person decides).

    Upheld, the decision is lifted at once. The item is not put back on sale by itself: only the seller
    knows whether the object is still on the shelf. Raise FieldInvalid, HoldChangedMeanwhile.
    """
    now = now or timezone.now()
    if not answer.strip():
        raise FieldInvalid("answer", _("Give the reasons of your answer."))
    state = ComplaintState.UPHELD if is_upheld else ComplaintState.DISMISSED
    was_open = lock_row(hold).is_open
    _move(
        hold,
        "uphold" if is_upheld else "dismiss",
        {"complaint_state": ComplaintState.RECEIVED},
        by=by,
        reason=answer,
        complaint_state=state,
        answer=answer.strip(),
        answered_at=now,
        answered_by=by.display_name[:160],
    )
    record("catalogue.hold.answered", subject=hold, by=by, organisation=hold.item.seller, outcome=state.value)
    if is_upheld and was_open:
        _lift(hold, reason=answer.strip(), by=by, now=now)
    _tell(hold, "complaint_answered", gettext_lazy("Our answer about “%(title)s”"))
    return hold


@transaction.atomic
def lift_hold(*, hold: Hold, reason: str, by: Any, now: datetime | None = None) -> Hold:
    """End the decision: the seller may put the item on sale again. Raise FieldInvalid, HoldChangedMeanwhile.

    A complaint that waits must be answered instead, so that nobody is left without reasons: HoldChangedMeanwhile.
    """
    if not reason.strip():
        raise FieldInvalid("reason", _("Say why the decision ends."))
    if lock_row(hold).complaint_state == ComplaintState.RECEIVED:
        raise HoldChangedMeanwhile
    _lift(hold, reason=reason.strip(), by=by, now=now or timezone.now())
    _tell(hold, "hold_lifted", gettext_lazy("“%(title)s” may be sold again"))
    return hold


def _lift(hold: Hold, *, reason: str, by: Any, now: datetime) -> None:
    _move(
        hold,
        "lift",
        {"lifted_at__isnull": True},
        by=by,
        reason=reason,
        lifted_at=now,
        lifted_by=by.display_name[:160],
        lift_reason=reason,
    )
    record("catalogue.item.released", subject=hold.item, by=by, organisation=hold.item.seller, hold=hold.public_id)


def _move(hold: Hold, verb: str, allowed: dict[str, Any], *, by: Any, reason: str, **fields: Any) -> None:
    """One conditional update (house style, rule 24); raise HoldChangedMeanwhile where it is no longer allowed."""
    old = state_of(hold)
    if not Hold.objects.filter(pk=hold.pk, **allowed).update(**fields):
        raise HoldChangedMeanwhile
    hold.refresh_from_db(from_queryset=Hold.objects.select_related("item__seller"))
    record_transition(
        subject=hold,
        verb=verb,
        from_state=old,
        to_state=state_of(hold),
        by=by,
        organisation=hold.item.seller,
        reason=reason,
    )


def state_of(hold: Hold) -> str:
    """`lifted`, the state of the complaint, or `open`."""
    return "lifted" if hold.lifted_at else hold.complaint_state or "open"


def _tell(hold: Hold, template: str, subject: Any) -> None:
    """A mail to the seller in its language; none where it gave no address."""
    seller = hold.item.seller
    if not seller.email:
        return
    with translation.override(language_of(seller)):
        queue_mail(
            kind=f"catalogue.{template}",
            to=seller.email,
            subject=str(subject) % {"title": hold.item.title},
            template=f"catalogue/mail/{template}",
            context={"hold": hold, "item": hold.item, "url": hold_url(hold)},
            organisation=seller,
            key=f"catalogue.{template}:{hold.public_id}",
        )
