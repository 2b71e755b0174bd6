"""Products that were recalled, or that the network forbids: they stop at the sorting table, at the listing, on sale."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.enums import RecallSource
from rebond.core.ids import public_id

CODE_LENGTH = 14


def code_key(gtin: str) -> str:
    """A barcode as GS1 writes it, with zeros before: a UPC of 12 figures and its EAN of 13 are one. "" for none."""
    return gtin.zfill(CODE_LENGTH) if gtin else ""


class RecallQuerySet(models.QuerySet["Recall"]):
    def in_force(self) -> "RecallQuerySet":
        """Those that stop things today."""
        return self.filter(ended_at__isnull=True)


class Recall(models.Model):
    """One product, by its barcode, or by its brand with the names of its models (rules.md F6, GPSR).

    `model_names` has one name a line. `brand_key` is the brand as `validators.plain` writes it. Ended rather than
    deleted: who stopped what, when and why, stays known. `reference` is the number of the published notice.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    gtin = models.CharField(max_length=CODE_LENGTH, blank=True)
    brand = models.CharField(max_length=120, blank=True)
    brand_key = models.CharField(max_length=120, blank=True)
    model_names = models.TextField(max_length=2_000, blank=True)
    label = models.CharField(max_length=200)
    risk = models.CharField(max_length=500)
    source = models.CharField(max_length=12, choices=RecallSource)
    reference = models.CharField(max_length=40, blank=True)
    url = models.URLField(max_length=300, blank=True)
    published_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=160, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[RecallQuerySet] = RecallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(gtin="") | (~Q(brand_key="") & ~Q(model_names="")), name="recall_names_a_product"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | Q(ended_at__isnull=False) & ~Q(end_reason=""),
                name="recall_ended_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["source", "reference", "gtin"], condition=~Q(reference=""), name="recall_once_per_notice"
            ),
        ]
        indexes = [
            models.Index(fields=["ended_at", "-id"], name="recall_desk"),
            models.Index(fields=["gtin"], name="recall_by_gtin"),
            models.Index(fields=["brand_key"], name="recall_by_brand"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def shown_gtin(self) -> str:
        """As it is under the bars."""
        short = self.gtin.lstrip("0")
        return short.zfill(8 if len(short) <= 8 else 13) if short else ""

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None
