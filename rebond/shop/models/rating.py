"""What a buyer answers to one question after the delivery of one seller's order (rules.md F4, 0.2)."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.shop import perms
from rebond.shop.models.order import SellerOrder

BEST = 10
ANSWER_DELAY = datetime.timedelta(days=90)  # after the delivery
CHANGE_DELAY = datetime.timedelta(days=30)  # after the first answer


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: Any) -> "RatingQuerySet":
        return self.filter(perms.visible_ratings(user))


class Rating(models.Model):
    """One answer for each seller order, the database sees to it; published at once, in the order of its number.

    `byline` is empty unless the buyer signs. A moderator withdraws the comment, never the score (`removed_at`).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.OneToOneField(SellerOrder, on_delete=models.PROTECT, related_name="rating")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False, related_name="ratings")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(max_length=1_000, blank=True)
    byline = models.CharField(max_length=60, blank=True)
    experienced_on = models.DateField()
    answered_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(max_length=1_000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.CharField(max_length=160, blank=True)  # never shown to the public: the seller replies

    objects: ClassVar[RatingQuerySet] = RatingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=BEST), name="rating_from_0_to_10"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | ~Q(reply="") & Q(replied_at__isnull=False),
                name="rating_reply_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True) | Q(changed_at__gte=F("answered_at")), name="rating_changed_after"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="rating_of_seller"),
            models.Index(fields=["answered_at"], name="rating_day"),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.score}"

    @property
    def change_until(self) -> datetime.datetime:
        """Until when the buyer may change it."""
        return self.answered_at + CHANGE_DELAY


class RatingAsked(models.Model):
    """The question left by mail, once for each seller order."""

    part = models.OneToOneField(SellerOrder, on_delete=models.PROTECT, related_name="rating_asked")
    asked_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["RatingAsked"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.part)
