"""A comment that a moderator withdraws, its author who contests, and the answer (DSA art. 17 and 20; rules.md F4).

The score stays and counts, whatever is decided of the words.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.enums import ComplaintState
from rebond.core.locks import lock_row
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.shop.enums import DecisionGround
from rebond.shop.errors import ContestOverError
from rebond.shop.models import CommentRemoval, Notice, Rating
from rebond.shop.queries.ratings import rating_path


def remove_comment(*, notice: Notice, by: Any, now: datetime.datetime) -> CommentRemoval:
    """Hide the comment of the notice's opinion and send its author the reasons, in the caller's transaction.

    A comment that is withdrawn already keeps its first decision, which is returned.
    """
    found: Any = notice.rating
    rating: Rating = lock_row(found)
    kept = CommentRemoval.objects.filter(rating=rating, ended_at__isnull=True).first()
    if kept is not None:
        return kept
    removal = CommentRemoval.objects.create(
        rating=rating,
        notice=notice,
        ground=notice.ground,
        statement=notice.statement,
        removed_at=now,
        removed_by=by.display_name[:160],
    )
    Rating.objects.filter(pk=rating.pk).update(removed_at=now)
    record("shop.rating.removed", subject=rating, by=by, organisation=rating.seller, ground=notice.ground)
    _write_transition(removal, "remove", "", "open", by, notice.statement)
    _tell(removal, "removed")
    return removal


@transaction.atomic
def contest_removal(*, removal: CommentRemoval, text: str, now: datetime.datetime | None = None) -> CommentRemoval:
    """The author contests, once, within six months; a moderator answers. Raise ContestOverError."""
    now = now or timezone.now()
    open_rows = CommentRemoval.objects.filter(pk=removal.pk, complaint_state="", ended_at__isnull=True)
    if now > removal.contest_until or not open_rows.update(
        complaint_state=ComplaintState.RECEIVED, complaint=text.strip(), complained_at=now
    ):
        raise ContestOverError
    removal.refresh_from_db()
    record("shop.rating.contested", subject=removal.rating, by=None, organisation=removal.rating.seller)
    _write_transition(removal, "complain", "open", ComplaintState.RECEIVED, None, "")  # the words are in the removal
    return removal


@transaction.atomic
def answer_contest(
    *, removal: CommentRemoval, is_upheld: bool, answer: str, by: Any, now: datetime.datetime | None = None
) -> CommentRemoval:
    """Decide the complaint with reasons, told to the author; upheld, the comment is back. Raise ContestOverError."""
    now = now or timezone.now()
    state = ComplaintState.UPHELD if is_upheld else ComplaintState.DISMISSED
    waiting = CommentRemoval.objects.filter(pk=removal.pk, complaint_state=ComplaintState.RECEIVED)
    if not waiting.update(
        complaint_state=state,
        answer=answer.strip(),
        answered_at=now,
        answered_by=by.display_name[:160],
        ended_at=now if is_upheld else None,
    ):
        raise ContestOverError
    removal.refresh_from_db()
    if is_upheld:
        Rating.objects.filter(pk=removal.rating_id).update(removed_at=None)
    record(
        "shop.rating.answered", subject=removal.rating, by=by, organisation=removal.rating.seller, outcome=state.value
    )
    _write_transition(removal, "answer", ComplaintState.RECEIVED, state, by, answer)
    _tell(removal, "answered")
    return removal


def _write_transition(removal: CommentRemoval, verb: str, before: str, after: str, by: Any, reason: str) -> None:
    record_transition(
        subject=removal.rating,
        verb=verb,
        from_state=before,
        to_state=after,
        by=by,
        organisation=removal.rating.seller,
        reason=reason,
    )


def _tell(removal: CommentRemoval, what: str) -> None:
    """One mail for each step, to whoever ordered, with the signed link where to read it and to contest."""
    rating = removal.rating
    order = rating.part.order
    if not order.email:
        return  # who wrote it was erased
    with translation.override(order.language):
        queue_mail(
            kind="shop.rating.removal",
            to=order.email,
            subject=_("Our decision on your opinion of %(seller)s") % {"seller": rating.seller.name},
            template="shop/mail/rating_removal",
            context={
                "removal": removal,
                "rating": rating,
                "is_answer": what == "answered",
                "is_upheld": removal.complaint_state == ComplaintState.UPHELD,
                "ground": DecisionGround(removal.ground).label,
                "until": timezone.localdate(removal.contest_until),
                "url": absolute(rating_path(rating.part)),
            },
            key=f"shop.rating.removal:{removal.pk}:{what}",
        )
