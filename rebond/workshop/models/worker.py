"""People at the stations: status, badge, skills and wishes. Nothing of their social file (promise 5)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.workshop import perms
from rebond.workshop.enums import BadgeEnd, RequestState, SkillLevel, Wish, WorkerStatus
from rebond.workshop.models.station import Device


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, user: Any) -> "WorkerQuerySet":
        return self.filter(perms.visible_at_desk(user))

    def present(self) -> "WorkerQuerySet":
        return self.filter(ended_on__isnull=True)


class Worker(models.Model):
    """A user who works at the stations of one organisation.

    `status` decides what may be recorded (`data/recording.py`). `first_name` is what colleagues read; it goes on
    the shop's pages only with `is_name_public`, the person's own consent, which can be taken back (ui.md 10).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="workers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="workers")
    first_name = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=WorkerStatus)
    is_name_public = models.BooleanField(default=False)
    consent_at = models.DateTimeField(null=True, blank=True)
    pin = models.CharField(max_length=128, blank=True)  # hashed by Django's hashers
    reviewed_percent = models.PositiveSmallIntegerField(default=100)  # agreed share of listings that are reviewed
    started_on = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["first_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="worker_once"),
            models.CheckConstraint(condition=Q(reviewed_percent__range=(0, 100)), name="worker_reviewed_percent"),
        ]

    def __str__(self) -> str:
        return self.first_name

    @property
    def public_name(self) -> str:
        """The first name where the person agreed, else ""."""
        return self.first_name if self.is_name_public else ""


class WorkerSkill(models.Model):
    """What a person can do or learns, and what they wish, for one kind of step."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="skills")
    kind = models.CharField(max_length=40)
    level = models.CharField(max_length=8, choices=SkillLevel)
    wish = models.CharField(max_length=4, choices=Wish, blank=True, default=Wish.NONE)

    objects: ClassVar[models.Manager["WorkerSkill"]] = models.Manager()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["worker", "kind"], name="worker_skill_once")]

    def __str__(self) -> str:
        return f"{self.worker}, {self.kind}: {self.level}"


class Badge(models.Model):
    """A printed card; its token is kept hashed only. One badge works at a time."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="badges")
    number = models.CharField(max_length=8, unique=True)  # printed, said aloud; opens nothing
    token_hash = models.CharField(max_length=64, unique=True)  # sha256, hexadecimal
    issued_on = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=6, choices=BadgeEnd, blank=True)

    objects: ClassVar[models.Manager["Badge"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["worker"], condition=Q(ended_on__isnull=True), name="badge_one_works")
        ]

    def __str__(self) -> str:
        return self.number


class SignInRequest(models.Model):
    """Without a badge: a name was chosen on a device, a supervisor confirms on theirs."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="sign_in_requests")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="sign_in_requests")
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.WAITING)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[models.Manager["SignInRequest"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.worker} on {self.device}"


class HelpCall(models.Model):
    """Somebody at a station asks for a supervisor. Deleted when it is answered: no trace of who needed help."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, null=True, blank=True, related_name="help_calls")
    worker = models.OneToOneField(Worker, on_delete=models.CASCADE, related_name="help_call")
    task_label = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["HelpCall"]] = models.Manager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.worker}: {self.task_label}"


class SecurityEvent(models.Model):
    """The security log: sign-ins and refusals at devices, 30 days, never exported (architecture.md)."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=30)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["SecurityEvent"]] = models.Manager()

    def __str__(self) -> str:
        return self.kind
