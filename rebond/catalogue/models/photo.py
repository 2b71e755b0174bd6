"""Photos: an asset is a picture stored once, by its content; a photo is its place on an item."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.catalogue.models.item import Item


class PhotoAsset(models.Model):
    """The original is private (`private/originals/ab/cd/<sha256>`); renditions are public and rebuildable.

    `renditions` lists the widths that exist: `media/ab/cd/<sha256>-<width>.<avif|webp|jpg>`.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    color = models.CharField(max_length=7, default="#d6e0f6")
    placeholder = models.CharField(max_length=600, blank=True)
    original_suffix = models.CharField(max_length=8, default=".jpg")
    original_bytes = models.PositiveBigIntegerField(default=0)
    renditions = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField(default=timezone.now)  # where no item shows it: then it may be deleted

    objects: ClassVar[models.Manager["PhotoAsset"]] = models.Manager()

    def __str__(self) -> str:
        return self.sha256[:12]


class Photo(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="photos")
    asset = models.ForeignKey(PhotoAsset, on_delete=models.PROTECT, related_name="photos")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=160, blank=True)

    objects: ClassVar[models.Manager["Photo"]] = models.Manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "asset"], name="photo_once_per_item")]

    def __str__(self) -> str:
        return f"{self.item_id}, {self.position}"
