"""A buyer's opinion of one seller's order: given, changed, taken down, replied to (rules.md F4)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.shop.errors import RatingOverError, RepliedError
from rebond.shop.models import Order, Rating, RatingAsked, SellerOrder
from rebond.shop.models.rating import BEST
from rebond.shop.queries.ratings import may_answer, may_change, rating_path

ASK_AFTER = datetime.timedelta(days=5)  # after the delivery: time to use what was bought
ASK_UNTIL = datetime.timedelta(days=30)  # older deliveries are not asked about any more
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Opinion:
    """`comment` and `is_signed` are None where the form did not ask: what was said before stays."""

    score: int
    comment: str | None = None
    is_signed: bool | None = None


@transaction.atomic
def rate_part(*, part: SellerOrder, opinion: Opinion, by: Any = None, now: datetime.datetime | None = None) -> Rating:
    """Write or change the opinion on a delivered part; published at once, without being read first.

    Two at once wait for each other at the order: one opinion, the last words. Raise RatingOverError before the
    delivery, 90 days after it, 30 days after the first answer, or where a moderator withdrew the comment.
    """
    now = now or timezone.now()
    order = lock_row(part.order)
    part = SellerOrder.objects.select_related("seller").get(pk=part.pk)
    rating = Rating.objects.filter(part=part).first()
    if not (may_change(rating, now) if rating is not None else may_answer(part, now)):
        raise RatingOverError
    if rating is None:
        rating = Rating(part=part, seller=part.seller, experienced_on=timezone.localdate(part.delivered_at))
        rating.answered_at = now
    else:
        rating.changed_at = now
    rating.score = opinion.score
    if opinion.comment is not None:
        rating.comment = opinion.comment.strip()
    if opinion.is_signed is not None:
        rating.byline = byline_of(order) if opinion.is_signed else ""
    rating.full_clean(exclude=["part", "seller"], validate_unique=False)
    verb = "changed" if rating.pk else "given"
    rating.save()
    record(f"shop.rating.{verb}", subject=rating, by=by, organisation=part.seller, score=opinion.score)
    return rating


def byline_of(order: Order) -> str:
    """First name and initial, as it may be shown; "" where the order has no name."""
    words = order.name.split()
    return (f"{words[0]} {words[-1][0].upper()}." if len(words) > 1 else "".join(words))[:60]


@transaction.atomic
def take_down_comment(*, rating: Rating, by: Any = None) -> Rating:
    """The buyer takes the comment and the name down, at any time; the score stays. Twice has one effect.

    The seller's reply goes with the words that it answers: it often repeats them.
    """
    rating = lock_row(rating)
    if rating.comment or rating.byline:
        Rating.objects.filter(pk=rating.pk).update(comment="", byline="", reply="", replied_at=None, replied_by="")
        record("shop.rating.taken_down", subject=rating, by=by, organisation=rating.seller)
    rating.refresh_from_db()
    return rating


@transaction.atomic
def reply_to_rating(*, rating: Rating, text: str, by: Any, now: datetime.datetime | None = None) -> Rating:
    """The seller replies once, publicly; the buyer is told by mail. Raise RepliedError."""
    now = now or timezone.now()
    open_rows = Rating.objects.filter(pk=rating.pk, replied_at__isnull=True)
    if not open_rows.update(reply=text.strip(), replied_at=now, replied_by=by.display_name[:160]):
        raise RepliedError
    rating.refresh_from_db()
    record("shop.rating.replied", subject=rating, by=by, organisation=rating.seller)
    order = rating.part.order
    if not order.email:
        return rating  # who wrote it was erased: nobody to tell
    with translation.override(order.language):
        queue_mail(
            kind="shop.rating.reply",
            to=order.email,
            subject=_("%(seller)s replied to your opinion") % {"seller": rating.seller.name},
            template="shop/mail/rating_reply",
            context={"rating": rating, "url": absolute(rating_path(rating.part))},
            key=f"shop.rating.reply:{rating.public_id}",
        )
    return rating


def ask_ratings(*, now: datetime.datetime | None = None) -> int:
    """Ask the buyers of what was delivered five days ago, once for each part; return how many were asked."""
    now = now or timezone.now()
    rows = SellerOrder.objects.filter(
        delivered_at__gt=now - ASK_UNTIL, delivered_at__lte=now - ASK_AFTER, rating_asked__isnull=True
    ).exclude(order__email="")  # somebody who was erased
    rows = rows.select_related("order", "seller").order_by("delivered_at", "pk")
    return sum(_ask(part, now) for part in rows[:AT_ONCE])


@transaction.atomic
def _ask(part: SellerOrder, now: datetime.datetime) -> bool:
    """One mail, whatever the number of workers; none where the buyer answered by themselves."""
    _asked, is_first = RatingAsked.objects.get_or_create(part=part, defaults={"asked_at": now})
    if not is_first or Rating.objects.filter(part=part).exists():
        return False
    order, url = part.order, absolute(rating_path(part))
    with translation.override(order.language):
        queue_mail(
            kind="shop.rating.asked",
            to=order.email,
            subject=_("Your purchase from %(seller)s: how was it, from 0 to 10?") % {"seller": part.seller.name},
            template="shop/mail/rating_asked",
            context={
                "part": part,
                "lines": list(part.lines.filter(state="sold").order_by("pk")),
                "url": url,
                "scores": [(score, f"{url}?note={score}") for score in range(BEST, -1, -1)],
            },
            key=f"shop.rating.asked:{part.public_id}",
        )
    return True
