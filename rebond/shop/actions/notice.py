"""Notices of illegal content and their decisions (DSA art. 16 and 17; rules.md F4)."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.actions.hold import hold_item, hold_url
from rebond.catalogue.enums import WithdrawReason
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.journal.queries.mail import mails_of_a_day
from rebond.network.queries.languages import language_of
from rebond.shop.actions.removal import remove_comment
from rebond.shop.enums import DecisionGround, NoticeDecision, NoticeReason, NoticeState
from rebond.shop.errors import NoticeDecidedError
from rebond.shop.models import Notice, Rating

PER_DAY = 10


@transaction.atomic
def create_notice(
    *,
    item: Item | None = None,
    rating: Rating | None = None,
    reason: str,
    explanation: str,
    name: str,
    email: str,
    by: Any = None,
    now: datetime.datetime | None = None,
) -> Notice:
    """Write the notice of an item, or of a buyer's opinion, and confirm its receipt without delay (art. 16.4).

    The notifier declared good faith. The same person, object and text within a day is one notice.
    """
    now = now or timezone.now()
    about: Any = rating or item
    lock_row(about, no_key=True)  # a form sent twice at once: the second finds the first
    since = now - datetime.timedelta(days=1)
    rows = Notice.objects.filter(item=item, rating=rating, created_at__gte=since)
    same = rows.filter(email__iexact=email, explanation=explanation).first()
    if same is not None:
        return same
    notice = Notice.objects.create(
        item=item,
        rating=rating,
        item_title=(rating.seller.name if rating is not None else about.title)[:150],
        comment=rating.comment if rating is not None else "",
        reason=reason,
        explanation=explanation,
        name=name,
        email=email,
        is_good_faith=True,
        language=translation.get_language() or "fr",
        created_at=now,
    )
    record("shop.notice.created", subject=notice, by=by, item=_code(notice), reason=reason)
    record_transition(subject=notice, verb="create", from_state="", to_state=NoticeState.RECEIVED, by=by)
    _confirm_receipt(notice, now)
    return notice


def _code(notice: Notice) -> str:
    """The item's code, or what names the opinion."""
    return notice.item.code if notice.item is not None else str(notice.rating and notice.rating.public_id)


def _confirm_receipt(notice: Notice, now: datetime.datetime) -> None:
    """One mail; none above ten a day for one address, so that nobody is flooded in somebody else's name."""
    kind, to = "shop.notice.received", notice.email
    if mails_of_a_day(kind=kind, to=to, now=now) >= PER_DAY:
        return
    queue_mail(
        kind=kind,
        to=to,
        subject=_("We received your report on “%(title)s”") % {"title": notice.title},
        template="shop/mail/notice_received",
        context={"notice": notice, "item": notice.item, "reason": NoticeReason(notice.reason).label},
        key=f"{kind}:{notice.public_id}",
    )


@transaction.atomic
def decide_notice(
    *, notice: Notice, decision: str, ground: str, statement: str, by: Any, now: datetime.datetime | None = None
) -> Notice:
    """Decide a notice, with its statement of reasons (art. 17), sent to the notifier and to the seller.

    `withdrawn` takes the object out of sale and keeps it off (`catalogue.actions.hold`) until a moderator or
    the seller's complaint ends the decision; one that left meanwhile may not come back either. An opinion loses its
    comment, never its score, and its author is told (`actions/removal.py`). Raise
    NoticeDecidedError where it was decided already, and the catalogue's NotEnoughLeft where somebody is
    buying the object: decide again in some minutes.
    """
    now = now or timezone.now()
    moved = Notice.objects.filter(pk=notice.pk, state=NoticeState.RECEIVED).update(
        state=NoticeState.DECIDED,
        decision=decision,
        ground=ground,
        statement=statement,
        decided_at=now,
        decided_by=by.display_name,
    )
    if not moved:
        raise NoticeDecidedError
    notice.refresh_from_db()
    if decision == NoticeDecision.WITHDRAWN and notice.rating is not None:
        remove_comment(notice=notice, by=by, now=now)
    elif decision == NoticeDecision.WITHDRAWN:
        _withdraw(notice, by, now)
    record_transition(
        subject=notice,
        verb="decide",
        from_state=NoticeState.RECEIVED,
        to_state=NoticeState.DECIDED,
        by=by,
        reason=statement,
    )
    record("shop.notice.decided", subject=notice, by=by, item=_code(notice), decision=decision, ground=ground)
    _tell_decision(notice, to=notice.email, language=notice.language, kind="shop.notice.decided")
    return notice


def _withdraw(notice: Notice, by: Any, now: datetime.datetime) -> None:
    """Hold the object off sale, and send the statement of reasons to its seller, in its language."""
    item: Any = notice.item
    hold = hold_item(
        item=item,
        ground=notice.ground,
        statement=notice.statement,
        reason=_withdraw_reason(notice),
        by=by,
        source=notice.public_id,
        now=now,
    )
    if item.seller.email:
        to, language = item.seller.email, language_of(item.seller)
        _tell_decision(notice, to=to, language=language, kind="shop.notice.reasons", url=hold_url(hold))


def _withdraw_reason(notice: Notice) -> str:
    return WithdrawReason.UNSAFE if notice.reason == NoticeReason.DANGEROUS else WithdrawReason.OTHER


def _tell_decision(notice: Notice, *, to: str, language: str, kind: str, url: str = "") -> None:
    seller = notice.item.seller if notice.item is not None and kind == "shop.notice.reasons" else None
    with translation.override(language):
        queue_mail(
            kind=kind,
            to=to,
            subject=_("Our decision on “%(title)s”") % {"title": notice.title},
            template="shop/mail/notice_decided",
            context={
                "notice": notice,
                "item": notice.item,
                "decision": notice.decision_words,
                "ground": DecisionGround(notice.ground).label,
                "url": url,  # the seller's: where to contest
            },
            organisation=seller,
            key=f"{kind}:{notice.public_id}",
        )
