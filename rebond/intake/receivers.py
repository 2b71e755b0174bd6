"""What the way in follows of the catalogue: units that left a batch (rules.md E1)."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.catalogue.signals import units_back, units_sold
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


@receiver(units_back, dispatch_uid="intake.balance_back")
def undo_part_sale(sender: Any, item: Item, n: int, counted: int, at: datetime | None, **kwargs: Any) -> None:
    """Units of a batch came back: they are in stock, and sold no more on the days of their sales, the last ones first.

    The item's row tells no sale any more: what it counted beyond these units stays sold, as a part.
    """
    kept = counted - n
    if kept > 0 and at is not None:
        note_part_sale(sender, item, kept, at)
    rest = max(-kept, 0)
    for sold in PartSale.objects.filter(organisation_id=item.seller_id, code=item.code).order_by("-pk"):
        if not rest:
            return
        taken = min(rest, sold.quantity)
        rest -= taken
        if taken == sold.quantity:
            sold.delete()
            continue
        left = sold.quantity - taken
        PartSale.objects.filter(pk=sold.pk).update(quantity=left, weight_g=sold.weight_g // sold.quantity * left)
