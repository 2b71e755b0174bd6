"""The warehouse follows the catalogue: what there is of an item changed, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from rebond.catalogue.signals import stock_changed
from rebond.warehouse.actions.ledger import follow_items


@receiver(stock_changed, dispatch_uid="warehouse.ledger")
def follow_the_catalogue(sender: Any, ids: Sequence[int], reason: str, **kwargs: Any) -> None:
    follow_items(ids=ids, reason=reason)
