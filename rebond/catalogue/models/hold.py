"""A moderators' decision that keeps an item off sale, and the seller's complaint against it (DSA art. 17 and 20)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue import perms
from rebond.catalogue.enums import ComplaintState, HoldGround
from rebond.catalogue.models.item import Item
from rebond.core.ids import public_id

CONTEST_DAYS = 184  # six months, the longest ones (DSA art. 20.1)


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: Any) -> "HoldQuerySet":
        """The decisions on the user's own items, or all for the network's staff."""
        return self.filter(perms.visible_holds(user))

    def open(self) -> "HoldQuerySet":
        """Those that keep their item off sale now."""
        return self.filter(lifted_at__isnull=True)

    def contested(self) -> "HoldQuerySet":
        """Those whose complaint waits for an answer."""
        return self.filter(complaint_state=ComplaintState.RECEIVED)


class Hold(models.Model):
    """Lifted rather than deleted: who decided what, when and why, stays known."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="holds")
    ground = models.CharField(max_length=6, choices=HoldGround)
    statement = models.TextField(max_length=4_000)
    source = models.CharField(max_length=12, blank=True)  # public id of the notice that led to it
    placed_at = models.DateTimeField(default=timezone.now)
    placed_by = models.CharField(max_length=160)
    complaint_state = models.CharField(max_length=10, choices=ComplaintState, blank=True)
    complaint = models.TextField(max_length=4_000, blank=True)
    complained_at = models.DateTimeField(null=True, blank=True)
    complained_by = models.CharField(max_length=160, blank=True)
    answer = models.TextField(max_length=4_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=160, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=160, blank=True)
    lift_reason = models.TextField(max_length=4_000, blank=True)

    objects: ClassVar[HoldQuerySet] = HoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="hold_with_reasons"),
            models.CheckConstraint(
                condition=Q(complaint_state="", complaint="", complained_at__isnull=True)
                | Q(complained_at__isnull=False) & ~Q(complaint_state="") & ~Q(complaint=""),
                name="hold_complaint_with_its_text",
            ),
            models.CheckConstraint(
                condition=Q(complaint_state__in=["", "received"], answered_at__isnull=True, answer="")
                | Q(complaint_state__in=["upheld", "dismissed"], answered_at__isnull=False) & ~Q(answer=""),
                name="hold_answered_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lift_reason="") | Q(lifted_at__isnull=False) & ~Q(lift_reason=""),
                name="hold_lifted_with_reasons",
            ),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="hold_once_per_source"),
        ]
        indexes = [
            models.Index(fields=["item", "lifted_at"], name="hold_of_item"),
            models.Index(fields=["complaint_state", "complained_at"], name="hold_complaints"),
        ]

    def __str__(self) -> str:
        return self.item.title

    @property
    def is_open(self) -> bool:
        return self.lifted_at is None

    @property
    def contest_until(self) -> datetime:
        """Until when the seller may complain: at least six months (DSA art. 20.1)."""
        return self.placed_at + timedelta(days=CONTEST_DAYS)
