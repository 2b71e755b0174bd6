"""A notice of illegal content (DSA art. 16) and its decision with the statement of reasons (art. 17)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.shop import perms
from rebond.shop.enums import COMMENT_DECISIONS, DecisionGround, NoticeDecision, NoticeReason, NoticeState
from rebond.shop.models.rating import Rating


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: object) -> "NoticeQuerySet":
        return self.filter(perms.visible_notices(user))


class Notice(models.Model):
    """Of an object, or of a buyer's opinion."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    item_title = models.CharField(max_length=150)  # what was shown then; of an opinion, whom it is on
    comment = models.TextField(max_length=1_000, blank=True)  # of the opinion, as it was then
    reason = models.CharField(max_length=14, choices=NoticeReason)
    explanation = models.TextField(max_length=4_000)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    is_good_faith = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.RECEIVED)
    decision = models.CharField(max_length=12, choices=NoticeDecision, blank=True)
    ground = models.CharField(max_length=6, choices=DecisionGround, blank=True)
    statement = models.TextField(max_length=4_000, blank=True)  # facts, ground, means of redress: sent to both
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="received", decision="", decided_at__isnull=True)
                | Q(state="decided", decided_at__isnull=False) & ~Q(decision="") & ~Q(statement=""),
                name="notice_decided_with_reasons",
            ),
            models.CheckConstraint(condition=Q(is_good_faith=True), name="notice_in_good_faith"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, rating__isnull=True) | Q(item__isnull=True, rating__isnull=False),
                name="notice_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="notice_queue")]

    def __str__(self) -> str:
        return f"{self.item_title}, {self.reason}"

    @property
    def title(self) -> str:
        """What it is about, for a reader."""
        return _("Opinion on %(name)s") % {"name": self.item_title} if self.rating_id else self.item_title

    @property
    def decision_words(self) -> str:
        if self.rating_id:
            return str(COMMENT_DECISIONS.get(self.decision, ""))
        return str(NoticeDecision(self.decision).label) if self.decision else ""
