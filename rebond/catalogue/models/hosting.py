"""One organisation keeps objects of another at one of its sites (decision 56)."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue import perms
from rebond.catalogue.enums import HostingState
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site


class HostingQuerySet(models.QuerySet["Hosting"]):
    def visible_to(self, user: Any) -> "HostingQuerySet":
        """Those of the user's organisations, on either side."""
        return self.filter(perms.visible_hostings(user))

    def of(self, organisation: Organisation) -> "HostingQuerySet":
        """Those where it keeps, or is kept for."""
        return self.filter(Q(seller=organisation) | Q(site__organisation=organisation))

    def open(self) -> "HostingQuerySet":
        """Offered or accepted, whatever their dates."""
        return self.filter(refused_at__isnull=True)

    def offered(self) -> "HostingQuerySet":
        """Those that wait for the seller's answer."""
        return self.open().filter(accepted_at__isnull=True)

    def in_force(self, day: datetime.date) -> "HostingQuerySet":
        """Those by which objects may come in that day."""
        rows = self.open().filter(accepted_at__isnull=False, starts_on__lte=day)
        return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Hosting(models.Model):
    """Offered by the organisation of `site`, accepted by `seller`; both days are part of it, no end is no end.

    After its end nothing new comes in; what lies there stays until it is sold or moved.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="hostings")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hostings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=1_000, blank=True)  # what both agreed on beside: price, insurance, hours
    offered_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)  # by the seller, or taken back before its answer

    objects: ClassVar[Any] = HostingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="hosting_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(refused_at__isnull=True), name="hosting_one_answer"
            ),
            models.UniqueConstraint(
                fields=["site", "seller"],
                condition=Q(ends_on__isnull=True, refused_at__isnull=True),
                name="hosting_one_without_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller}: {self.site}"

    def state_on(self, day: datetime.date) -> str:
        """A HostingState."""
        if self.refused_at is not None:
            return HostingState.REFUSED
        if self.ends_on is not None and self.ends_on < day:
            return HostingState.OVER
        if self.accepted_at is None:
            return HostingState.OFFERED
        return HostingState.COMING if self.starts_on > day else HostingState.CURRENT
