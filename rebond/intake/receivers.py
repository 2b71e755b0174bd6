"""What the way in follows of the catalogue: units that left a batch (rules.md E1)."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.catalogue.signals import units_sold
from rebond.intake.models import PartSale


@receiver(units_sold, dispatch_uid="intake.balance")
def note_part_sale(sender: Any, item: Item, n: int, at: datetime, **kwargs: Any) -> None:
    """In the transaction of the sale: its grams leave the site's stock on that day. Without site or weight, nothing."""
    if item.site_id is None or not item.weight_g:
        return
    PartSale.objects.create(
        organisation_id=item.seller_id,
        site_id=item.site_id,
        category_id=item.category_id,
        code=item.code,
        day=timezone.localdate(at),
        quantity=n,
        weight_g=item.weight_g * n,
        is_estimated=item.is_weight_estimated,
    )
