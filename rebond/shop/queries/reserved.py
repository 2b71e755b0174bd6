"""Objects on sale of which more, or fewer, units are reserved than baskets keep."""

from collections.abc import Iterator

from rebond.catalogue.models import Item
from rebond.shop.queries.proofs import spans

RESERVED = """
SELECT i.code, i.reserved, COALESCE(SUM(b.quantity), 0) FROM catalogue_item i
LEFT JOIN shop_basketline b ON b.item_id = i.id AND b.state = 'held'
WHERE i.id BETWEEN %s AND %s AND i.state = 'on_sale' GROUP BY i.id, i.code, i.reserved
HAVING i.reserved <> COALESCE(SUM(b.quantity), 0) ORDER BY i.id
"""


def wrong_reserved() -> Iterator[str]:
    """Their codes; every statement goes through a span of keys."""
    for code, _reserved, _held in spans(Item, RESERVED):
        yield code
