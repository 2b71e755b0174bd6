"""What the supervisor's figures are made of: sums of finished days, never of persons (rules.md B9, F8).

A finished day does not change: steps carry the day of their recording and are undone on that day only. The closing
job writes these rows once; they can be made again from steps, tasks and objects (`actions/closing.py`).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.network.models import Organisation, Site
from rebond.workshop.models.station import Station

CHAIN = ""  # the stage that stands for the whole chain


class ClosedDays(models.Model):
    """Up to which day the figures of an organisation are written."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="closed_days")
    until = models.DateField()

    objects: ClassVar[models.Manager["ClosedDays"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.organisation}: {self.until}"


class DayFlow(models.Model):
    """What came to a stage of a site on a day, and what left it, by universe of the catalogue ("" where unknown).

    `stage` is the code of a kind of step, where tasks are counted; CHAIN counts objects from their first step to
    their first publication. `left` is done (or online), `gone` is cancelled (or withdrawn). `left_days` and
    `gone_days` are the sums of the days that those had waited.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    stage = models.CharField(max_length=40, blank=True)
    universe = models.CharField(max_length=40, blank=True)
    came = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    left_days = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    gone_days = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["DayFlow"]] = models.Manager()

    class Meta:
        indexes = [  # all that is read of them: a year of a large site in some milliseconds
            models.Index(
                fields=["site", "stage", "day", "universe", "came", "left", "gone", "left_days", "gone_days"],
                name="day_flow_stage",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.stage or 'chain'}: +{self.came} -{self.left}"


class WeekWork(models.Model):
    """Steps done, and given back, at a station in the week from `week` on, by universe. How many, never by whom."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False, related_name="+")
    week = models.DateField()
    station = models.ForeignKey(Station, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    universe = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["WeekWork"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["site", "week", "station", "universe", "done", "returned"], name="week_work")]

    def __str__(self) -> str:
        return f"{self.week}: {self.done}"


class LeadTime(models.Model):
    """How many objects came online in the week that begins on `week`, `days` after their arrival.

    `is_from_donation`: counted from the donation; else from the object's first step.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False, related_name="+")
    week = models.DateField()
    universe = models.CharField(max_length=40, blank=True)
    days = models.PositiveIntegerField()
    is_from_donation = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["LeadTime"]] = models.Manager()

    class Meta:
        indexes = [  # all that is read of them
            models.Index(
                fields=["site", "week", "universe", "days", "is_from_donation", "number"], name="lead_time_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week}: {self.number} × {self.days}"


class CrewSpan(models.TextChoices):
    DAY = "day", "day"
    WEEK = "week", "week"


class Crew(models.Model):
    """How many different people worked somewhere over a day or a week: what decides whether a figure is shown.

    Never who. Without a station: the whole site. `universe` "*" stands for all of them.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False, related_name="+")
    span = models.CharField(max_length=4, choices=CrewSpan)
    start = models.DateField()
    station = models.ForeignKey(Station, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    universe = models.CharField(max_length=40)
    people = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(people__gt=0), name="crew_is_somebody"),
        ]
        indexes = [models.Index(fields=["site", "span", "start", "station", "universe", "people"], name="crew_size")]

    def __str__(self) -> str:
        return f"{self.span} {self.start}: {self.people}"
