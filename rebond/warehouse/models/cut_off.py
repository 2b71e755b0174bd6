"""When carriers come: the hour by which a parcel is ready at a site, and how long before what is paid still leaves."""

from datetime import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms

AT = time(16)  # where nobody said anything
BEFORE_MIN = 120  # what is paid later than this before the hour leaves with the next one


class CutOffQuerySet(models.QuerySet["CutOff"]):
    def visible_to(self, user: Any) -> "CutOffQuerySet":
        return self.filter(perms.visible_places(user))


class CutOff(models.Model):
    """At `site`, `carrier` (as parcels name it; "": all the others) comes at `at`, on working days, in local time."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cut_offs")
    carrier = models.CharField(max_length=60, blank=True)
    at = models.TimeField(default=AT)
    before_min = models.PositiveSmallIntegerField(default=BEFORE_MIN)

    objects: ClassVar[Any] = CutOffQuerySet.as_manager()

    class Meta:
        ordering = ["site", "carrier"]
        constraints = [
            models.UniqueConstraint(fields=["site", "carrier"], name="cut_off_once"),
            models.CheckConstraint(condition=Q(before_min__lte=720), name="cut_off_before_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier or '*'} {self.at:%H:%M}"
