"""What a provider calls our payments, and its messages as they came."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.shop.enums import MessageNote, MessageState
from rebond.shop.models.payment import Payment


class ProviderPayment(models.Model):
    """The provider's names of one payment. `attempt` numbers its pages: a page that ended is followed by another."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="at_provider")
    attempt = models.PositiveSmallIntegerField(default=1)
    session_id = models.CharField(max_length=120, blank=True)  # of the page where it is paid
    intent_id = models.CharField(max_length=80, blank=True, db_index=True)  # of the payment itself, known once made
    expires_at = models.DateTimeField()  # of the page
    asked_at = models.DateTimeField(null=True, blank=True)  # when it was last asked whether it was paid

    objects: ClassVar[models.Manager["ProviderPayment"]] = models.Manager()

    def __str__(self) -> str:
        return self.intent_id or self.session_id


class ProviderMessage(models.Model):
    """One message of a provider in its own words, kept once however often it comes, known kind or not.

    `body` holds the fields that Rebond reads, never the buyer's address nor anything of a card.
    """

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)  # the provider's word: payment_intent.succeeded
    account = models.CharField(max_length=80, blank=True)  # of a seller, where it is about one
    object_id = models.CharField(max_length=120, blank=True)
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.NEW)
    note = models.CharField(max_length=300, blank=True)  # why it has no effect, or not yet
    tries = models.PositiveSmallIntegerField(default=0)
    times = models.PositiveSmallIntegerField(default=1)  # it was delivered
    told_at = models.DateTimeField()  # the provider's hour
    received_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ProviderMessage"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_message_once"),
            models.CheckConstraint(
                condition=models.Q(state="applied", applied_at__isnull=False)
                | ~models.Q(state="applied") & models.Q(applied_at__isnull=True),
                name="provider_message_applied_has_its_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="provider_message_state"),
            models.Index(fields=["object_id"], name="provider_message_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

    @property
    def note_words(self) -> str:
        """Why it has no effect, in words: ours, or what went wrong as it was told."""
        return str(MessageNote(self.note).label) if self.note in MessageNote.values else self.note
