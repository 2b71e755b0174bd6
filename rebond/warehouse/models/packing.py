"""A parcel that was packed: in what, how heavy, with the picture of the open parcel."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.warehouse.models.carton import Carton
from rebond.warehouse.models.parcel import Parcel


class Packing(models.Model):
    """`grams` were read at the scale, None where nobody weighed; from `low_g` to `high_g` was expected (None: unknown).

    `carton` None: wrapped alone, or in a box of its own. `photo` is the private file of the open parcel. One that holds
    at a time for a parcel: opened again, it has its `undone_on`. `labelled_on` is when the carrier's label was printed
    with its papers. Who packed is said by the step alone.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="packings")
    carton = models.ForeignKey(Carton, on_delete=models.PROTECT, null=True, blank=True, related_name="packings")
    grams = models.PositiveIntegerField(null=True, blank=True)
    low_g = models.PositiveIntegerField(null=True, blank=True)
    high_g = models.PositiveIntegerField(null=True, blank=True)
    photo = models.CharField(max_length=12, blank=True)  # journal.StoredFile's public id
    packed_on = models.DateField(default=timezone.localdate)
    undone_on = models.DateField(null=True, blank=True)
    labelled_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel"], condition=Q(undone_on__isnull=True), name="packing_holds_once"),
            models.CheckConstraint(
                condition=Q(low_g__isnull=True, high_g__isnull=True) | Q(low_g__lte=models.F("high_g")),
                name="packing_expected_weight",
            ),
        ]

    def __str__(self) -> str:
        return str(self.parcel)

    @property
    def is_as_expected(self) -> bool | None:
        """Whether its weight is what its objects weigh; None where one of the two is not known."""
        if self.grams is None or self.low_g is None or self.high_g is None:
            return None
        return self.low_g <= self.grams <= self.high_g
