"""The tree of universes, edited by the catalogue's managers without code."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from rebond.catalogue.enums import AttributeType


class CategoryQuerySet(models.QuerySet["Category"]):
    def active(self) -> "CategoryQuerySet":
        return self.filter(is_active=True)


class Category(models.Model):
    """A node: `path` is the keys of its ancestors and its own, as `home/furniture/chairs`.

    The CO2 factor is kg CO2e to produce one new object, in grams, with the version of its source
    (rules.md E3); NULL where no source gives one. `safety_rules` are keys of `catalogue.data` (rules.md F6).
    """

    key = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    depth = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)  # French: data, not interface
    name_en = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    icon = models.CharField(max_length=40, blank=True)
    art = models.CharField(max_length=40, blank=True)
    tint = models.CharField(max_length=10, default="ciel")
    default_weight_g = models.PositiveIntegerField(null=True, blank=True)
    co2_factor_g = models.PositiveIntegerField(null=True, blank=True)
    co2_source = models.CharField(max_length=120, blank=True)
    co2_source_en = models.CharField(max_length=120, blank=True)
    size_guide = models.JSONField(default=dict, blank=True)
    safety_rules = models.JSONField(default=list, blank=True)
    is_bulky = models.BooleanField(default=False)  # no parcel: collect or the seller's van
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Category"]] = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        indexes = [models.Index(fields=["parent", "position"], name="category_children")]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True, depth=0) | Q(parent__isnull=False, depth__gt=0),
                name="category_depth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the page's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class CategoryAttribute(models.Model):
    """What is asked of the items of a category (and of all below it): adding one needs no migration."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="own_attributes")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=AttributeType, default=AttributeType.TEXT)
    unit = models.CharField(max_length=12, blank=True)
    choices = models.JSONField(default=list, blank=True)  # [{"key": "oak", "fr": "Chêne", "en": "Oak"}]
    is_required = models.BooleanField(default=False)
    is_filterable = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["CategoryAttribute"]] = models.Manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["category", "key"], name="category_attribute_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class CategorySlug(models.Model):
    """Former slugs: an address survives a rename (permanent redirect)."""

    slug = models.SlugField(max_length=80, unique=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="former_slugs")
    until = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["CategorySlug"]] = models.Manager()

    def __str__(self) -> str:
        return self.slug
