"""A search that is kept, and what it has found."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.shop.enums import AlertKind, AlertState, Frequency


class AlertQuerySet(models.QuerySet["Alert"]):
    def active(self) -> "AlertQuerySet":
        return self.filter(state=AlertState.ACTIVE)


class Alert(models.Model):
    """`query` is the search's own address parameters (a list of [name, value]); `digest` is theirs, for grouping.

    An alert of kind `similar` starts from `item`, one of kind `freed` waits for `item` itself. A guest's alert is
    confirmed by mail before it is active (double opt-in).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    email = models.EmailField()
    language = models.CharField(max_length=5, default="fr")
    kind = models.CharField(max_length=10, choices=AlertKind, default=AlertKind.SEARCH)
    query = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=40)
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=200)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    state = models.CharField(max_length=10, choices=AlertState, default=AlertState.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(default=timezone.now)  # objects published since are new to this alert
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "digest"], name="alert_once_per_address"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False), name="alert_active_was_confirmed"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "digest"], name="alert_matching"),
            models.Index(fields=["user", "-id"], name="alert_user"),
        ]

    def __str__(self) -> str:
        return self.label


class AlertHit(models.Model):
    """An object found for an alert: told once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="hits")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["AlertHit"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "item"], name="alert_hit_once")]
        indexes = [models.Index(fields=["alert", "sent_at"], name="alert_hit_waiting")]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.item_id}"
