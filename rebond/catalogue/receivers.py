"""The catalogue's own listeners: what changes in the shop changes in the search index."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from rebond.catalogue.actions.index import mark_items_changed
from rebond.catalogue.signals import items_changed


@receiver(items_changed, dispatch_uid="catalogue.search")
def follow_items(sender: Any, ids: Iterable[int], **kwargs: Any) -> None:
    """In the same transaction as the change: both are saved, or neither."""
    mark_items_changed(ids=ids)
