"""The plan of a site, as somebody drew it: each saving is a version, the last one is walked."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms


class SiteLayoutQuerySet(models.QuerySet["SiteLayout"]):
    def visible_to(self, user: Any) -> "SiteLayoutQuerySet":
        return self.filter(perms.visible_places(user))


class SiteLayout(models.Model):
    """One version of a plan, never changed. `plan` is what was drawn (picking/drawn.py), lengths in centimetres.

    `spots` is made of it when it is saved: {code of a bay or aisle: [passage, centimetres from its beginning]}.
    `far_cm` is the walk from the start to the farthest of them, and back to the end.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="layouts")
    number = models.PositiveIntegerField()
    plan = models.JSONField()
    spots = models.JSONField()
    far_cm = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = SiteLayoutQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="site_layout_version_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="site_layout_numbered"),
        ]

    def __str__(self) -> str:
        return str(_("Plan of %(site)s, version %(number)s") % {"site": self.site.name, "number": self.number})
