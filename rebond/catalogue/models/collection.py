"""Thematic collections, chosen by hand by the catalogue's managers."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.catalogue.models.item import Item
from rebond.core.ids import public_id


class Collection(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    introduction = models.TextField(blank=True, max_length=2_000)
    tint = models.CharField(max_length=10, default="peche")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_on_home = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Collection"]] = models.Manager()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["CollectionItem"]] = models.Manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["collection", "item"], name="collection_item_once")]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.item_id}"
