"""Parcels picked together: a wave for one departure, shared out into rounds, each walked by one person with a cart."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import RoundState, WaveSize, WaveState
from rebond.warehouse.models.layout import SiteLayout

MIXED = "*"  # no label of a place


class WaveQuerySet(models.QuerySet["Wave"]):
    def visible_to(self, user: Any) -> "WaveQuerySet":
        return self.filter(perms.visible_places(user))


class Wave(models.Model):
    """The parcels of a site that leave by `leave_by`, taken when it was made; carts hold `slots` parcels each.

    Its rounds are laid by a task: until then it is `planning`. `length_cm` is what they walk together, `alone_cm` what
    parcel by parcel would take, `bound_cm` what no way of sharing them out is shorter than.
    `zone` is the only part of the site that it picks in, as its label says; MIXED for what lies in several, "" for all.
    `size` is the only size of parcels that it takes, "" for all.
    `layout` is the plan that they were laid on, None where the site was not drawn.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="waves")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="waves")
    leave_by = models.DateTimeField()
    slots = models.PositiveSmallIntegerField()
    weight_g = models.PositiveIntegerField(null=True, blank=True)  # that a cart carries
    zone = models.CharField(max_length=80, blank=True)
    size = models.CharField(max_length=7, choices=WaveSize, blank=True)
    state = models.CharField(max_length=9, choices=WaveState, default=WaveState.PLANNING)
    length_cm = models.PositiveIntegerField(default=0)
    alone_cm = models.PositiveIntegerField(default=0)
    bound_cm = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    layout = models.ForeignKey(SiteLayout, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(slots__range=(1, 100)), name="wave_slots")]
        indexes = [models.Index(fields=["organisation", "-id"], name="wave_list")]

    def __str__(self) -> str:
        return str(_("Wave %(number)s") % {"number": self.pk})

    @property
    def where(self) -> str:
        """The zone in words, "" for the whole site."""
        return str(_("Several zones")) if self.zone == MIXED else self.zone

    @property
    def length_m(self) -> int:
        return round(self.length_cm / 100)

    @property
    def alone_m(self) -> int:
        return round(self.alone_cm / 100)


class Round(models.Model):
    """One person's walk with a cart; who has it is said by its task (`workshop.Task`, one open at a time)."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=RoundState, default=RoundState.OPEN)
    length_cm = models.PositiveIntegerField()
    alone_cm = models.PositiveIntegerField()
    path = models.JSONField(default=list)  # points [x, y] of the drawing where the walk turns
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Round"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="round_number_once"),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True) | ~Q(state="open") & Q(ended_on__isnull=False),
                name="round_ended_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Round %(wave)s-%(number)s") % {"wave": self.wave_id, "number": self.number})
