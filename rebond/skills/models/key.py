"""The key with which an organisation signs its badges."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.network.models import Organisation


class IssuerKey(models.Model):
    """Ed25519, both halves as Multikey text, the private one sealed.

    One is active. A retired one verifies what it signed for ever, and can sign nothing more: its private half is gone.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="issuer_keys")
    multikey = models.CharField(max_length=100, unique=True)
    private: Any = EncryptedTextField(null=True)  # type: ignore[misc]  # None once it signs nothing more
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["IssuerKey"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(retired_at__isnull=True), name="skills_key_one_active"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, private__isnull=False)
                | Q(retired_at__isnull=False, private__isnull=True),
                name="skills_key_retired_signs_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.multikey[:12]}…"
