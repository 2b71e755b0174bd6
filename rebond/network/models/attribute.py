"""What an organisation is or may do, from when to when, with its proof."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.network.enums import AttributeKind
from rebond.network.models.organisation import Organisation


class OrganisationAttributeQuerySet(models.QuerySet["OrganisationAttribute"]):
    def in_force(self, day: object = None) -> "OrganisationAttributeQuerySet":
        day = day or timezone.localdate()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class OrganisationAttribute(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="attributes")
    kind = models.CharField(max_length=30, choices=AttributeKind)
    value = models.CharField(max_length=60, blank=True)  # a LegalForm, a VatRegime, a number of the agreement
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    proof_id = models.CharField(max_length=12, blank=True)  # public id of a journal.StoredFile
    note = models.CharField(max_length=300, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=160, blank=True)

    objects: ClassVar[models.Manager["OrganisationAttribute"]] = OrganisationAttributeQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="attribute_ends_after_start",
            ),
            models.UniqueConstraint(fields=["organisation", "kind", "valid_from"], name="attribute_one_start"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.kind} {self.value}"
