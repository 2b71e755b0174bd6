"""A change of an order that somebody asked and another person grants: more money than the first may give back alone."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.shop.enums import PartRequestState
from rebond.shop.models.order import SellerOrder


class PartRequest(models.Model):
    """`changes` are those of `change_part`, as plain values; `operation` is the act that will make them, once."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="requests")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    changes = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=PartRequestState, default=PartRequestState.ASKED)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    decided_by = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["PartRequest"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["part"], condition=Q(state="asked"), name="part_request_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="part_request_decided_has_its_hour",
            ),
        ]

    def __str__(self) -> str:
        return str(self.part)
