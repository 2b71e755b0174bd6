"""Work that waits, and work that was done: tasks and steps."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.workshop import perms
from rebond.workshop.enums import ReturnReason, StepResult, TaskState, WorkerStatus
from rebond.workshop.models.station import Station
from rebond.workshop.models.worker import Worker


class Subject(models.Model):
    """On what: (kind, public id) with the label that was printed then, no foreign key."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: Any) -> "TaskQuerySet":
        return self.filter(perms.visible_at_desk(user))

    def open(self) -> "TaskQuerySet":
        return self.filter(state__in=[TaskState.WAITING, TaskState.TAKEN, TaskState.PAUSED])


class Task(Subject):
    """A step waiting to be done, in the queue of its kind at a site (or of one station).

    `worker` has it, `partner` shares it, `proposed_to` is whom a supervisor thought of. `lease_until` is when an
    abandoned task comes back by itself; it is emptied when the task ends. `data` holds the answers given so far.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tasks")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tasks")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    state = models.CharField(max_length=9, choices=TaskState, default=TaskState.WAITING)
    priority = models.SmallIntegerField(default=0)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    partner = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="shared_tasks")
    proposed_to = models.ForeignKey(
        Worker, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposed_tasks"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=9, choices=ReturnReason, blank=True)
    note = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True)
    is_training = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)  # the object's own date: since when it waits
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(state__in=["waiting", "taken", "paused"]),
                name="task_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(worker__isnull=False, lease_until__isnull=False),
                name="task_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "paused"])
                | Q(lease_until__isnull=True, ended_on__isnull=False),
                name="task_ended_keeps_no_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "kind", "state", "-priority", "created_at"], name="task_queue"),
            models.Index(fields=["worker", "state"], name="task_worker"),
            models.Index(fields=["organisation", "state", "created_at"], name="task_organisation"),
            models.Index(fields=["subject_kind", "subject_id"], name="task_subject"),
            # The board reads nothing else of what waits; `ended_on IS NULL` is what an open task is.
            models.Index(
                fields=["site", "kind", "created_at", "state", "return_reason", "is_training"],
                condition=Q(ended_on__isnull=True),
                name="task_board",
            ),
            models.Index(fields=["organisation", "ended_on"], condition=Q(ended_on__isnull=False), name="task_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject_label}"


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, user: Any) -> "StepQuerySet":
        return self.filter(perms.visible_at_desk(user))

    def real(self) -> "StepQuerySet":
        """Work that counts: neither training nor undone."""
        return self.filter(is_training=False, undone_by__isnull=True).exclude(result=StepResult.UNDONE)


class Step(Subject):
    """One person did one kind of work on one subject at one station, on a day, with a result. Append only.

    The order of steps is the order of their keys. Where a status forbids hours, start and end are empty: the
    database refuses them (rules.md B9, architecture.md "Time and companions"). `operation_id` is made by the
    device: the same act sent twice is one step.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operation_id = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="steps")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="steps")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True, related_name="steps")
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="steps")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=WorkerStatus)
    partner = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="shared_steps")
    partner_status = models.CharField(max_length=10, choices=WorkerStatus, blank=True)
    day = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=8, choices=StepResult, default=StepResult.DONE)
    data = models.JSONField(default=dict, blank=True)
    is_training = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")

    objects: ClassVar[Any] = StepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~(Q(status="companion") | Q(partner_status="companion"))
                | Q(started_at__isnull=True, ended_at__isnull=True),
                name="step_no_hours_for_companions",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(ended_at__isnull=True)
                | Q(ended_at__gte=models.F("started_at")),
                name="step_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="step_subject"),
            models.Index(fields=["organisation", "day", "kind"], name="step_day"),
            models.Index(fields=["station", "day", "kind"], name="step_station"),
            models.Index(fields=["worker", "day"], name="step_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject_label}"
