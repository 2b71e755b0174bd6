"""Jobs that a page can follow, and the runs of periodic work. No business."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Job(models.Model):
    """A long task that its owner watches: what it is, how far it is, how it ended.

    `owner` is (kind, public id) as in the journal; `result` holds what the page shows at the end.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=60)
    owner_kind = models.CharField(max_length=40, blank=True)
    owner_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Job"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["owner_kind", "owner_id", "-created_at"], name="job_owner")]
        constraints = [
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_lte_total"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}

    @property
    def percent(self) -> int:
        """0 to 100, rounded down, so that 100 means done."""
        if self.state == JobState.DONE:
            return 100
        return int(self.done * 100 / self.total) if self.total else 0


class PeriodicRun(models.Model):
    """The last and next run of one periodic job of the code (`core.periodic`), with its lock."""

    name = models.CharField(max_length=100, unique=True)
    locked_until = models.DateTimeField(null=True, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_ended_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    next_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["PeriodicRun"]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class SentForm(models.Model):
    """What a form made, so that the same form sent again makes nothing more (`core.once`); kept for a week.

    `key` is a SHA-256 of all that was sent: no content. `made` is the row's key in the table that its view knows.
    """

    key = models.CharField(max_length=64, unique=True)
    made = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["SentForm"]] = models.Manager()

    def __str__(self) -> str:
        return self.key[:12]


class WorkerSign(models.Model):
    """A sign of life of a worker process: a page says so when none has answered for 60 s."""

    name = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField(default=timezone.now)
    detail: Any = models.JSONField(default=dict, blank=True)

    objects: ClassVar[models.Manager["WorkerSign"]] = models.Manager()

    def __str__(self) -> str:
        return self.name
