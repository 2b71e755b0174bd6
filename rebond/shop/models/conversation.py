"""After-sales by people: one conversation for each seller order, its messages, and what was decided in it."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.journal.models import StoredFile
from rebond.network.models import Site
from rebond.shop import perms
from rebond.shop.enums import Author, ConversationReason, ConversationState, Outcome
from rebond.shop.models.order import OrderLine, SellerOrder
from rebond.shop.models.payment import Refund
from rebond.shop.repair_enums import OPEN_REPAIRS, RepairState


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: Any) -> "ConversationQuerySet":
        return self.filter(perms.visible_conversations(user))


class Conversation(models.Model):
    """`due_on` is the day of whoever has to act; `site` is the seller's place that answers. Locked before each act.

    `reason`, `line` and `answered_at` are of the present claim: one that is over, or was of a parcel that arrived
    since, makes room for another (`actions.conversation`).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.OneToOneField(SellerOrder, on_delete=models.PROTECT, related_name="conversation")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=14, choices=ConversationReason)
    state = models.CharField(max_length=12, choices=ConversationState, default=ConversationState.TO_ANSWER)
    language = models.CharField(max_length=5, default="fr")
    due_on = models.DateField()
    opened_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)  # the buyer's present claim, in writing (L612-2)
    answered_at = models.DateTimeField(null=True, blank=True)  # the seller's first answer
    called_at = models.DateTimeField(null=True, blank=True)  # the network's conciliator was called
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ConversationQuerySet] = ConversationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="conversation_closed_has_its_hour",
            ),
            models.CheckConstraint(
                condition=~Q(state="conciliation") | Q(called_at__isnull=False),
                name="conversation_conciliated_was_called",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on", "id"], name="conversation_queue")]

    def __str__(self) -> str:
        return self.public_id


class Message(models.Model):
    """`is_internal`: a note between workers, never shown to the buyer. The same `operation` is one message."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    author = models.CharField(max_length=12, choices=Author)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    text = models.TextField(max_length=4_000, blank=True)
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(is_internal=True, author="buyer"), name="message_buyer_is_open"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.pk}"

    @property
    def initials(self) -> str:
        """Of the author's first and last names."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Attachment(models.Model):
    """A private file of a message: a picture made again by us, or a PDF."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Attachment"]] = models.Manager()

    def __str__(self) -> str:
        return self.stored.name

    @property
    def is_picture(self) -> bool:
        return self.stored.content_type.startswith("image/")


class Settlement(models.Model):
    """What was decided for one object, with the words told to the buyer; `refund` where money moved.

    `reason` is the claim's of then: the figures read it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="settlements")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="settlements")
    outcome = models.CharField(max_length=14, choices=Outcome)
    reason = models.CharField(max_length=14, choices=ConversationReason, blank=True)
    cents = models.PositiveIntegerField(default=0)
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement")
    due_on = models.DateField(null=True, blank=True)  # of a repair: 30 days (L217-10)
    words = models.TextField(max_length=4_000, blank=True)
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Settlement"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(words=""), name="settlement_refused_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.outcome}"

    @property
    def under_repair(self) -> "Repair | None":
        """The repair that follows it, read with it."""
        return getattr(self, "repair", None)


class Repair(models.Model):
    """An object that its seller repairs after the sale, free and by `settlement.due_on` (rules.md F3): no money moves.

    At most one open for an object; repaired once more, it is another row. Days only.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="repair")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="repairs")
    state = models.CharField(max_length=8, choices=RepairState, default=RepairState.AWAITED)
    arrived_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Repair"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(state__in=["awaited", "here"]), name="repair_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["awaited", "here"], ended_on__isnull=True)
                | ~Q(state__in=["awaited", "here"]) & Q(ended_on__isnull=False),
                name="repair_ended_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REPAIRS
