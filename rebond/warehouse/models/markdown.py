"""What a seller agreed to do with what stays unsold: cheaper step by step, then the shop, a gift or recycling."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.models import Category, Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.warehouse import perms
from rebond.warehouse.enums import MarkdownEnd, MarkdownKind, MarkdownMode, MarkdownState


class MarkdownRuleQuerySet(models.QuerySet["MarkdownRule"]):
    def visible_to(self, user: Any) -> "MarkdownRuleQuerySet":
        return self.filter(perms.visible_places(user))

    def active(self) -> "MarkdownRuleQuerySet":
        return self.filter(stopped_on__isnull=True)


class MarkdownRule(models.Model):
    """One for all goods (`category` empty) or for a category with its subcategories; the nearest one counts.

    On sale for `after_days`: `percent` less, `cuts` times at most, one each `every_days` (30 or more: rules.md F4),
    never below `floor_cents`. On sale for `end_days`: `end` (NONE: it stays). `agreed_with` said yes on `agreed_on`.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="markdown_rules")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    after_days = models.PositiveSmallIntegerField(default=60)
    percent = models.PositiveSmallIntegerField(default=20)
    cuts = models.PositiveSmallIntegerField(default=2)
    every_days = models.PositiveSmallIntegerField(default=30)
    floor_cents = models.PositiveIntegerField(default=200)
    end_days = models.PositiveSmallIntegerField(null=True, blank=True)
    end = models.CharField(max_length=7, choices=MarkdownEnd, default=MarkdownEnd.NONE)
    mode = models.CharField(max_length=7, choices=MarkdownMode, default=MarkdownMode.PROPOSE)
    agreed_with = models.CharField(max_length=80)
    agreed_on = models.DateField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    stopped_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = MarkdownRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "category"], condition=Q(stopped_on__isnull=True), name="markdown_rule_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(stopped_on__isnull=True, category__isnull=True),
                name="markdown_rule_for_all_once",
            ),
            models.CheckConstraint(condition=Q(percent__range=(1, 90)), name="markdown_percent"),
            models.CheckConstraint(condition=Q(every_days__gte=30), name="markdown_every_thirty_days"),
            models.CheckConstraint(condition=Q(cuts__range=(0, 5)), name="markdown_cuts"),
        ]

    def __str__(self) -> str:
        return self.category.name if self.category else ""


class Markdown(models.Model):
    """One cut (`number` 1, 2…) or the end (`number` 0) of one object under a rule: proposed, done, undone, put off."""

    rule = models.ForeignKey(MarkdownRule, on_delete=models.PROTECT, related_name="markdowns")
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    item_code = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    kind = models.CharField(max_length=3, choices=MarkdownKind)
    number = models.PositiveSmallIntegerField(default=0)
    old_cents = models.PositiveIntegerField()
    new_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=MarkdownState, default=MarkdownState.PROPOSED)
    proposed_on = models.DateField(default=timezone.localdate)
    decided_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Markdown"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "item", "number"], name="markdown_once")]
        indexes = [models.Index(fields=["rule", "state", "-id"], name="markdown_list")]

    def __str__(self) -> str:
        return f"{self.item_code}: {self.old_cents} → {self.new_cents}"
