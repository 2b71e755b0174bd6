"""Rates of legal interest that the finance desk entered: what the file of the code does not know (rules.md F2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger.enums import RateState
from rebond.network.models import Organisation


class LegalRate(models.Model):
    """The rate of one half-year, asked by one person, granted by another. A row says for good what it said.

    A rate that was wrong is asked again in a row of its own: the granted row that was asked last counts.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    basis_points = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=RateState, default=RateState.ASKED)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["LegalRate"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["starts_on"], condition=Q(state="asked"), name="ledger_rate_asked_once"),
            models.CheckConstraint(
                condition=Q(basis_points__gt=0, basis_points__lte=5_000, ends_on__gt=F("starts_on")) & ~Q(source=""),
                name="ledger_rate_is_one",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="ledger_rate_decided_has_its_hour",
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "-id"], name="ledger_rate_half_year")]

    def __str__(self) -> str:
        return f"{self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"
