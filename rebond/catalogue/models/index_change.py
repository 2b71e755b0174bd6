"""Items whose document in the search index is out of date: written with the change, emptied by the worker."""

from typing import ClassVar

from django.db import models


class IndexChange(models.Model):
    """`is_applied`: done in the live index, kept for the rebuild under way, which has yet to do it."""

    item_id = models.BigIntegerField()  # no foreign key: the item may be gone
    is_applied = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["IndexChange"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["is_applied", "id"], name="index_change_next")]

    def __str__(self) -> str:
        return str(self.item_id)
