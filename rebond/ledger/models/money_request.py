"""An act on money that somebody asked and another person grants; the limits of each role."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import Alone, RequestState
from rebond.network.models import Organisation


class MoneyRequestQuerySet(models.QuerySet["MoneyRequest"]):
    def visible_to(self, user: Any) -> "MoneyRequestQuerySet":
        return self.filter(perms.visible_requests(user))


class MoneyRequest(models.Model):
    """`data` are the act's own, as plain values; `operation` is the form that asked: sent twice, it is one.

    Each act that somebody did alone leaves a row too, granted by themselves: `alone` says why that was enough.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="money_requests")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    cents = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    operation = models.UUIDField(unique=True)
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.ASKED)
    alone = models.CharField(max_length=5, choices=Alone, blank=True)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by_id = models.CharField(max_length=40, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = MoneyRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "act", "subject"],
                condition=Q(state="asked"),
                name="money_request_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="money_request_decided_has_its_hour",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | ~Q(alone="") | ~Q(decided_by_id=F("asked_by_id")),
                name="money_request_two_people",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="money_request_refused_why"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="money_request_state"),
            models.Index(fields=["organisation", "asked_by_id", "-id"], name="money_request_asker"),
            models.Index(fields=["asked_by_id", "act", "asked_at"], name="money_request_day"),
        ]

    def __str__(self) -> str:
        return self.label


class MoneyLimit(models.Model):
    """What an organisation changed of the usual limits of a role. In cents; None: any amount; 0: never."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="money_limits")
    act = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    alone_cents = models.PositiveBigIntegerField(null=True, blank=True)
    grant_cents = models.PositiveBigIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager["MoneyLimit"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "act", "role"], name="money_limit_once")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.act}, {self.role}"
