"""What a person agreed to, from when to when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rebond.core.ids import public_id
from rebond.people.enums import ConsentHow, ConsentKind
from rebond.people.models.person import Person


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        """Those that were not taken back."""
        return self.filter(withdrawn_on=None)


class Consent(models.Model):
    """One agreement, and the day on which it was taken back (rules.md F8); one of a kind stands at a time."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents", db_index=False)
    kind = models.CharField(max_length=8, choices=ConsentKind)
    how = models.CharField(max_length=5, choices=ConsentHow)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-given_on", "-pk"]
        indexes = [models.Index(fields=["person", "-given_on"], name="consent_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(withdrawn_on=None), name="consent_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")), name="consent_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.get_kind_display()}"
