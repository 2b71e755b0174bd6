"""Where work is done, and the shared tablets that stand there."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.workshop import perms
from rebond.workshop.enums import StationKind, StationReach
from rebond.workshop.kinds import StepKind, kinds_at


class StationQuerySet(models.QuerySet["Station"]):
    def visible_to(self, user: Any) -> "StationQuerySet":
        """At the desk: the stations of the organisations where the user reads the chain."""
        return self.filter(perms.visible_at_desk(user, "site__organisation_id"))

    def open(self) -> "StationQuerySet":
        return self.filter(closed_at__isnull=True)


class Station(models.Model):
    """A place of work in a site; its kind says which kinds of step are done there.

    `reach` matters for kinds that are done without the object at hand (`StepKind.remote`): writers at another
    site or at home.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stations")
    kind = models.CharField(max_length=12, choices=StationKind)
    name = models.CharField(max_length=60)
    hint = models.CharField(max_length=80, blank=True)  # "near the window"
    reach = models.CharField(max_length=12, choices=StationReach, default=StationReach.SITE)
    limit = models.PositiveSmallIntegerField(null=True, blank=True)  # objects waiting, above which the board warns
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = StationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=models.Q(closed_at__isnull=True), name="station_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def step_kinds(self) -> list[StepKind]:
        return kinds_at(self.kind)


class SiteOptions(models.Model):
    """What a site chose for its kiosks (architecture.md, "Kiosk sign-in"). No row means the defaults."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="kiosk_options")
    is_pin_asked = models.BooleanField(default=False)
    idle_minutes = models.PositiveSmallIntegerField(default=5)

    objects: ClassVar[models.Manager["SiteOptions"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(idle_minutes__range=(1, 60)), name="site_options_idle_minutes")
        ]

    def __str__(self) -> str:
        return str(self.site)


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: Any) -> "DeviceQuerySet":
        return self.filter(perms.visible_at_desk(user))

    def working(self) -> "DeviceQuerySet":
        return self.filter(revoked_at__isnull=True)


class Device(models.Model):
    """A tablet or phone that a supervisor enrolled by QR; the cookie's secret is kept hashed only."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="devices")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=60)
    secret_hash = models.CharField(max_length=64, unique=True)  # sha256, hexadecimal
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField(default=timezone.now)
    seen_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """The QR that makes a device one of a station: once, for ten minutes."""

    code = models.CharField(max_length=43, unique=True)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="enrolments")
    name = models.CharField(max_length=60)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    device = models.OneToOneField(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolment")

    objects: ClassVar[models.Manager["Enrolment"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.name} → {self.station}"
