"""Mail that leaves: written with the change that causes it, sent by a task, kept with its state."""

from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id


class MailState(models.TextChoices):
    QUEUED = "queued", _("Waiting to leave")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    BOUNCED = "bounced", _("Came back")
    SUPPRESSED = "suppressed", _("Held: this address sends mail back")


class OutgoingMail(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)  # the same key is sent once
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    organisation_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    is_secret = models.BooleanField(default=False)  # holds a link that signs in: never shown, forgotten once sent
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["OutgoingMail"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="mail_state"),
            models.Index(fields=["organisation_id", "-created_at"], name="mail_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"

    @property
    def message_id(self) -> str:
        """Written in the mail, and found again in the one that comes back."""
        return f"<{self.public_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


class SuppressedAddress(models.Model):
    """An address that sent mail back for good: nothing is sent to it until a person lifts this."""

    email = models.EmailField(unique=True)  # lower case
    reason = models.CharField(max_length=500, blank=True)
    mail_id = models.CharField(max_length=12, blank=True)  # public id of the mail that came back
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["SuppressedAddress"]] = models.Manager()

    def __str__(self) -> str:
        return self.email
