"""A comment that a moderator withdrew, with the reasons, and the complaint of its author (DSA art. 17 and 20)."""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.enums import ComplaintState
from rebond.catalogue.models.hold import CONTEST_DAYS
from rebond.shop.enums import DecisionGround
from rebond.shop.models.notice import Notice
from rebond.shop.models.rating import Rating


class CommentRemoval(models.Model):
    """Ended rather than deleted: who decided what, when and why, stays known. One is open at a time."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="removals")
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="removal")
    ground = models.CharField(max_length=6, choices=DecisionGround)
    statement = models.TextField(max_length=4_000)
    removed_at = models.DateTimeField(default=timezone.now)
    removed_by = models.CharField(max_length=160)
    complaint_state = models.CharField(max_length=10, choices=ComplaintState, blank=True)
    complaint = models.TextField(max_length=4_000, blank=True)
    complained_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=4_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=160, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["CommentRemoval"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rating"], condition=Q(ended_at__isnull=True), name="comment_removed_once"),
            models.CheckConstraint(condition=~Q(statement=""), name="removal_with_reasons"),
            models.CheckConstraint(
                condition=Q(complaint_state="", complaint="", complained_at__isnull=True)
                | Q(complained_at__isnull=False) & ~Q(complaint_state="") & ~Q(complaint=""),
                name="removal_complaint_with_its_text",
            ),
            models.CheckConstraint(
                condition=Q(complaint_state__in=["", "received"], answered_at__isnull=True, answer="")
                | Q(complaint_state__in=["upheld", "dismissed"], answered_at__isnull=False) & ~Q(answer=""),
                name="removal_answered_with_reasons",
            ),
        ]
        indexes = [models.Index(fields=["complaint_state", "complained_at"], name="removal_complaints")]

    def __str__(self) -> str:
        return str(self.rating)

    @property
    def contest_until(self) -> datetime.datetime:
        """Until when the author may complain: at least six months (DSA art. 20.1)."""
        return self.removed_at + datetime.timedelta(days=CONTEST_DAYS)
