"""An object by its code, as a scan finds it: each screen of the stations asks it, so it is compiled once."""

from rebond.catalogue.models import Item
from rebond.core.prepared import Prepared

_ITEM: Prepared[Item] = Prepared(
    lambda code: Item.objects.filter(code=code).select_related("seller", "site", "category").order_by(), "(code)"
)


def item_by_code(code: str) -> Item | None:
    """With its seller, its site and its category; of any seller: the caller says whose it may be."""
    return _ITEM.first(code)
