"""What a seller said once about its files, remembered for the next one."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.catalogue.models import Category
from rebond.network.models import Organisation


class ImportProfile(models.Model):
    """Columns and defaults kept for files of one format with the same headings."""

    seller = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="import_profiles")
    format = models.CharField(max_length=30)
    fingerprint = models.CharField(max_length=40)  # of the headings, folded and sorted
    mapping = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ImportProfile"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "format", "fingerprint"], name="import_profile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id}: {self.format}"


class CategoryMapping(models.Model):
    """A category in the seller's words → ours; without one, the seller asked to leave such lines out."""

    seller = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="category_mappings")
    text = models.CharField(max_length=250)  # folded: no accent, no case
    label = models.CharField(max_length=250)  # as the file writes it
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["CategoryMapping"]] = models.Manager()

    class Meta:
        ordering = ["text"]
        constraints = [models.UniqueConstraint(fields=["seller", "text"], name="category_mapping_once")]

    def __str__(self) -> str:
        return self.label
