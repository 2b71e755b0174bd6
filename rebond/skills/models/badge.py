"""What an organisation gives badges for."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.skills import perms
from rebond.skills.enums import BadgeKind, BadgeSign, BadgeTint


class BadgeQuerySet(models.QuerySet["Badge"]):
    def visible_to(self, user: Any) -> "BadgeQuerySet":
        return self.filter(perms.visible_of_givers(user))

    def given_now(self) -> "BadgeQuerySet":
        return self.filter(closed_at__isnull=True)


class Badge(models.Model):
    """An achievement. Its words never change: other words are the next version, in a row of its own."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="badges")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500)
    criteria = models.TextField(max_length=2000)  # plain language: what the person did to have it
    kind = models.CharField(max_length=12, choices=BadgeKind, default=BadgeKind.COMPETENCY)
    tint = models.CharField(max_length=6, choices=BadgeTint, default=BadgeTint.CIEL)
    sign = models.CharField(max_length=20, choices=BadgeSign, default=BadgeSign.PACKAGE)
    version = models.PositiveSmallIntegerField(default=1)
    earlier = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = BadgeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-version", "pk"]
        indexes = [models.Index(fields=["organisation", "-id"], name="skills_badge_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(criteria=""), name="skills_badge_says_something"),
            models.CheckConstraint(
                condition=Q(version=1, earlier__isnull=True) | Q(version__gt=1, earlier__isnull=False),
                name="skills_badge_version_follows",
            ),
        ]

    def __str__(self) -> str:
        return self.name
