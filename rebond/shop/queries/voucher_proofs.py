"""What `check-ledger` proves of vouchers: their uses, what they took of lines, what the books say the network paid."""

from collections.abc import Iterator

from rebond.ledger.proofs import Wrong
from rebond.shop.models import Order, SellerOrder, Voucher
from rebond.shop.queries.proofs import spans

# A voucher: its counters are the uses that were taken and not given back.
NUMBERS = """
SELECT v.public_id, v.used, COUNT(u.id) FROM shop_voucher v
LEFT JOIN shop_voucheruse u ON u.voucher_id = v.id AND u.state = 'taken'
WHERE v.id BETWEEN %s AND %s GROUP BY v.id, v.public_id, v.used HAVING v.used <> COUNT(u.id) ORDER BY v.id
"""
SUMS = """
SELECT v.public_id, v.used_cents, COALESCE(SUM(u.cents), 0) FROM shop_voucher v
LEFT JOIN shop_voucheruse u ON u.voucher_id = v.id AND u.state = 'taken'
WHERE v.id BETWEEN %s AND %s GROUP BY v.id, v.public_id, v.used_cents
HAVING v.used_cents <> COALESCE(SUM(u.cents), 0) ORDER BY v.id
"""
# An order: its lines are lowered by what its voucher gives, and by nothing else.
LINES = """
SELECT o.public_id, COALESCE(MAX(u.cents), 0), COALESCE(SUM(l.discount_cents), 0) FROM shop_order o
JOIN shop_sellerorder p ON p.order_id = o.id JOIN shop_orderline l ON l.part_id = p.id
LEFT JOIN shop_voucheruse u ON u.order_id = o.id
WHERE o.id BETWEEN %s AND %s GROUP BY o.id, o.public_id
HAVING COALESCE(MAX(u.cents), 0) <> COALESCE(SUM(l.discount_cents), 0) ORDER BY o.id
"""
# A part: what the network pays of its lines that were sold is what its sale in the books says.
PAID = """
SELECT p.public_id, COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled') THEN l.network_cents ELSE 0 END), 0),
  COALESCE(MAX(s.voucher_cents), 0)
FROM shop_sellerorder p LEFT JOIN shop_orderline l ON l.part_id = p.id
LEFT JOIN ledger_sale s ON s.key = p.public_id WHERE p.id BETWEEN %s AND %s GROUP BY p.id, p.public_id
HAVING COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled') THEN l.network_cents ELSE 0 END), 0)
  <> COALESCE(MAX(s.voucher_cents), 0) ORDER BY p.id
"""


def wrong_vouchers() -> Iterator[Wrong]:
    """Vouchers whose counters, lines or part in the books differ."""
    yield from spans(Voucher, NUMBERS)
    yield from spans(Voucher, SUMS)
    yield from spans(Order, LINES)
    yield from spans(SellerOrder, PAID)
