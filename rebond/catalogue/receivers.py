"""The catalogue's own listeners: what changes in the shop changes in the search index."""

from collections.abc import Collection, Iterable
from typing import Any

from django.dispatch import receiver

from rebond.catalogue.actions.index import mark_items_changed, mark_seller_changed
from rebond.catalogue.signals import items_changed
from rebond.network.models import Organisation
from rebond.network.signals import closures_changed, organisation_changed, seller_state_changed

SHOWN_WITH_ITEMS = frozenset({"name", "slug", "delivery_modes", "sites"})  # of a seller, in its items' documents


@receiver(items_changed, dispatch_uid="catalogue.search")
def follow_items(sender: Any, ids: Iterable[int], **kwargs: Any) -> None:
    """In the same transaction as the change: both are saved, or neither."""
    mark_items_changed(ids=ids)


@receiver([seller_state_changed, closures_changed], dispatch_uid="catalogue.search-sellers")
def follow_sellers(sender: Any, organisation: Organisation, **kwargs: Any) -> None:
    """Admitted, suspended, closed for some days: all its items come or go."""
    mark_seller_changed(seller_id=organisation.pk)


@receiver(organisation_changed, dispatch_uid="catalogue.search-names")
def follow_names(sender: Any, organisation: Organisation, fields: Collection[str], **kwargs: Any) -> None:
    """Renamed or moved: what its items are found by."""
    if SHOWN_WITH_ITEMS & set(fields):
        mark_seller_changed(seller_id=organisation.pk)
