"""What `check-ledger` proves of the shop: each order's money equals its events, and the books say the same.

Each statement goes through a span of keys, so that memory does not grow with the orders.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Max, Min, Model, Q, Sum

from rebond.ledger.enums import AccountKind, EntryKind
from rebond.ledger.models import BilledService, Posting
from rebond.ledger.proofs import Proof, Wrong
from rebond.shop.enums import PaymentState, RefundReason
from rebond.shop.models import BankLine, Dispute, Order, Payment, Refund, SellerOrder
from rebond.shop.money_enums import COLLECTION

SPAN = 20_000

# A paid order: what its lines cost with their delivery, its round-up and the gift card that it buys are its price.
ORDERS = """
SELECT o.public_id, o.total_cents,
  COALESCE(SUM(l.unit_cents * l.quantity - l.discount_cents + l.shipping_cents), 0) + COALESCE(MAX(g.cents), 0)
  + COALESCE(MAX(c.amount_cents), 0)
FROM shop_order o
LEFT JOIN shop_sellerorder p ON p.order_id = o.id LEFT JOIN shop_orderline l ON l.part_id = p.id
LEFT JOIN shop_roundup g ON g.order_id = o.id LEFT JOIN shop_giftcard c ON c.order_id = o.id
WHERE o.id BETWEEN %s AND %s GROUP BY o.id, o.public_id, o.total_cents
HAVING o.total_cents <>
  COALESCE(SUM(l.unit_cents * l.quantity - l.discount_cents + l.shipping_cents), 0) + COALESCE(MAX(g.cents), 0)
  + COALESCE(MAX(c.amount_cents), 0)
ORDER BY o.id
"""
# A payment: the applied messages of its provider say that it was paid, and how much.
PAYMENTS = """
SELECT y.public_id, CASE WHEN y.state = 'paid' THEN y.amount_cents ELSE 0 END, COALESCE(MAX(e.amount_cents), 0)
FROM shop_payment y LEFT JOIN shop_paymentevent e ON e.reference = y.public_id AND e.provider = y.provider
  AND e.kind = 'paid' AND e.applied_at IS NOT NULL
WHERE y.id BETWEEN %s AND %s GROUP BY y.id, y.public_id, y.state, y.amount_cents
HAVING (CASE WHEN y.state = 'paid' THEN y.amount_cents ELSE 0 END) <> COALESCE(MAX(e.amount_cents), 0) ORDER BY y.id
"""
# What was given back: the payment's counter is the sum of its refunds, and a made one was told.
REFUNDED = """
SELECT y.public_id, y.refunded_cents, COALESCE(SUM(r.amount_cents), 0) FROM shop_payment y
LEFT JOIN shop_refund r ON r.payment_id = y.id WHERE y.id BETWEEN %s AND %s
GROUP BY y.id, y.public_id, y.refunded_cents HAVING y.refunded_cents <> COALESCE(SUM(r.amount_cents), 0) ORDER BY y.id
"""
REFUND_EVENTS = """
SELECT r.public_id, r.amount_cents, 0 FROM shop_refund r JOIN shop_payment y ON y.id = r.payment_id
WHERE r.id BETWEEN %s AND %s AND r.state = 'made' AND r.amount_cents > 0 AND NOT EXISTS (
  SELECT 1 FROM shop_paymentevent e WHERE e.reference = r.public_id AND e.provider = y.provider
  AND e.kind = 'refunded' AND e.applied_at IS NOT NULL AND e.amount_cents = r.amount_cents) ORDER BY r.id
"""
REFUND_LINES = """
SELECT r.public_id, r.amount_cents + r.card_cents + r.before_cents + r.card_before_cents,
  r.gift_cents + r.gesture_cents + COALESCE(SUM(l.cents + l.shipping_cents), 0) FROM shop_refund r
LEFT JOIN shop_refundline l ON l.refund_id = r.id WHERE r.id BETWEEN %s AND %s AND r.part_id IS NOT NULL
GROUP BY r.id, r.public_id, r.amount_cents, r.card_cents, r.before_cents, r.card_before_cents,
  r.gift_cents, r.gesture_cents
HAVING r.amount_cents + r.card_cents + r.before_cents + r.card_before_cents <>
  r.gift_cents + r.gesture_cents + COALESCE(SUM(l.cents + l.shipping_cents), 0) ORDER BY r.id
"""
# A part: its lines that were sold are its sale in the books, and what was given back of them is what came back there.
SOLD = """
SELECT p.public_id, COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled')
  THEN l.unit_cents * l.quantity - l.discount_cents + l.shipping_cents ELSE 0 END), 0),
  COALESCE(MAX(s.total_cents - s.voucher_cents), 0)
FROM shop_sellerorder p LEFT JOIN shop_orderline l ON l.part_id = p.id
LEFT JOIN ledger_sale s ON s.key = p.public_id WHERE p.id BETWEEN %s AND %s GROUP BY p.id, p.public_id
HAVING COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled')
  THEN l.unit_cents * l.quantity - l.discount_cents + l.shipping_cents ELSE 0 END), 0) <>
  COALESCE(MAX(s.total_cents - s.voucher_cents), 0) ORDER BY p.id
"""
BACK = """
SELECT p.public_id, COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled')
  THEN l.refunded_cents + l.shipping_refunded_cents ELSE 0 END), 0),
  COALESCE(MAX(s.refunded_cents - s.voucher_refunded_cents), 0)
FROM shop_sellerorder p LEFT JOIN shop_orderline l ON l.part_id = p.id
LEFT JOIN ledger_sale s ON s.key = p.public_id WHERE p.id BETWEEN %s AND %s GROUP BY p.id, p.public_id
HAVING COALESCE(SUM(CASE WHEN l.state IN ('sold', 'cancelled')
  THEN l.refunded_cents + l.shipping_refunded_cents ELSE 0 END), 0) <>
  COALESCE(MAX(s.refunded_cents - s.voucher_refunded_cents), 0) ORDER BY p.id
"""
LINES_BACK = """
SELECT p.public_id, l.refunded_cents + l.shipping_refunded_cents, COALESCE(SUM(r.cents + r.shipping_cents), 0)
FROM shop_sellerorder p JOIN shop_orderline l ON l.part_id = p.id LEFT JOIN shop_refundline r ON r.line_id = l.id
WHERE p.id BETWEEN %s AND %s GROUP BY l.id, p.public_id, l.refunded_cents, l.shipping_refunded_cents
HAVING l.refunded_cents + l.shipping_refunded_cents <> COALESCE(SUM(r.cents + r.shipping_cents), 0) ORDER BY l.id
"""


def spans(model: type[Model], sql: str) -> Iterator[Wrong]:
    """What a statement finds wrong between two keys of `model`, span after span."""
    ends = model._default_manager.aggregate(low=Min("pk"), high=Max("pk"))  # noqa: SLF001 -- Django's documented name
    if ends["low"] is None:
        return
    for start in range(ends["low"], ends["high"] + 1, SPAN):
        with connection.cursor() as cursor:
            cursor.execute(sql, [start, start + SPAN - 1])
            found = cursor.fetchall()
        yield from ((key, int(said), int(is_said)) for key, said, is_said in found)


def wrong_orders() -> Iterator[Wrong]:
    """Orders whose total is not their lines', payments that differ from what their provider told."""
    yield from spans(Order, ORDERS)
    yield from spans(Payment, PAYMENTS)


def wrong_refunds() -> Iterator[Wrong]:
    """Refunds that differ from their lines, from the counters, or from what their provider told."""
    yield from spans(Payment, REFUNDED)
    yield from spans(Refund, REFUND_LINES)
    yield from spans(SellerOrder, LINES_BACK)
    yield from spans(Refund, REFUND_EVENTS)


def wrong_sales() -> Iterator[Wrong]:
    """Parts whose sold lines, or what was given back of them, are not what the books say."""
    yield from spans(SellerOrder, SOLD)
    yield from spans(SellerOrder, BACK)


def wrong_provider() -> Iterator[Wrong]:
    """What the provider told (paid, less its fees, less what it was asked to give back) against the books' account.

    Only what comes from orders: payouts are the books' own.
    """
    known = Payment.objects.filter(state=PaymentState.PAID).exclude(provider=COLLECTION)
    sums = known.aggregate(paid=Sum("amount_cents"), fees=Sum("fee_cents"))
    refunds = Refund.objects.exclude(reason=RefundReason.DISPUTED).exclude(payment__provider=COLLECTION)
    back = refunds.aggregate(n=Sum("amount_cents"))["n"] or 0
    said = (sums["paid"] or 0) - (sums["fees"] or 0) - back
    kinds = [EntryKind.SALE, EntryKind.REFUND, EntryKind.EXCESS, EntryKind.EXCESS_BACK, EntryKind.PAYMENT_FEE]
    kinds += [EntryKind.ROUND_UP, EntryKind.GESTURE, EntryKind.GIFT_CARD]
    kinds.append(EntryKind.STRAIGHT)  # what a seller took itself was never the provider's
    about = Q(entry__subject_kind__in=["shop.sellerorder", "shop.payment", "shop.roundup", "shop.giftcard"])
    undone = Q(entry__kind=EntryKind.CORRECTION, entry__reverses__kind__in=kinds)
    rows = Posting.objects.filter(about, undone | Q(entry__kind__in=kinds), account__kind=AccountKind.PROVIDER)
    held = rows.order_by().aggregate(n=Sum("cents"))["n"] or 0
    if held != said:
        yield "provider", said, held


# A gesture of the network: what the buyer was given is the operator's expense.
GESTURES = """
SELECT r.public_id, r.gesture_cents, COALESCE(SUM(CASE WHEN a.kind = 'gesture' THEN p.cents ELSE 0 END), 0)
FROM shop_refund r LEFT JOIN ledger_claim c
  ON c.key IN ('gesture:' || r.public_id, 'gesture:' || r.public_id || '-card')
LEFT JOIN ledger_posting p ON p.entry_id = c.id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE r.id BETWEEN %s AND %s AND r.gesture_cents > 0 GROUP BY r.id, r.public_id, r.gesture_cents
HAVING r.gesture_cents <> COALESCE(SUM(CASE WHEN a.kind = 'gesture' THEN p.cents ELSE 0 END), 0) ORDER BY r.id
"""


def wrong_gestures() -> Iterator[Wrong]:
    """Gestures of the network that are not the operator's expense in the books."""
    yield from spans(Refund, GESTURES)


# A dispute: what the bank has of it and what it costs is what left the provider's account in the books.
DISPUTES = """
SELECT d.public_id, CASE WHEN d.money IN ('taken', 'gone') THEN d.cents ELSE 0 END, -COALESCE(SUM(
  CASE WHEN a.kind = 'provider' AND e.kind IN ('dispute', 'dispute_won') THEN p.cents ELSE 0 END), 0)
FROM shop_dispute d LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.dispute' AND e.subject_id = d.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE d.id BETWEEN %s AND %s GROUP BY d.id, d.public_id, d.money, d.cents
HAVING CASE WHEN d.money IN ('taken', 'gone') THEN d.cents ELSE 0 END <> -COALESCE(SUM(
  CASE WHEN a.kind = 'provider' AND e.kind IN ('dispute', 'dispute_won') THEN p.cents ELSE 0 END), 0) ORDER BY d.id
"""
DISPUTE_FEES = """
SELECT d.public_id, d.fee_cents, COALESCE(SUM(
  CASE WHEN a.kind = 'payment_fee' THEN p.cents ELSE 0 END), 0)
FROM shop_dispute d LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.dispute' AND e.subject_id = d.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE d.id BETWEEN %s AND %s GROUP BY d.id, d.public_id, d.fee_cents
HAVING d.fee_cents <> COALESCE(SUM(CASE WHEN a.kind = 'payment_fee' THEN p.cents ELSE 0 END), 0) ORDER BY d.id
"""
# A share of a dispute that is open is what the books hold of the sale; a part's shares never pass it.
HELD = """
SELECT s.key, COALESCE(SUM(h.cents), 0), s.disputed_cents FROM ledger_sale s
JOIN shop_sellerorder p ON p.public_id = s.key
LEFT JOIN (SELECT x.part_id, x.cents FROM shop_disputeshare x JOIN shop_dispute d ON d.id = x.dispute_id
  WHERE d.money = 'taken') h ON h.part_id = p.id
WHERE p.id BETWEEN %s AND %s GROUP BY s.id, s.key, s.disputed_cents
HAVING COALESCE(SUM(h.cents), 0) <> s.disputed_cents ORDER BY s.key
"""


def wrong_disputes() -> Iterator[Wrong]:
    """Disputes whose money, fee or shares are not what the books say."""
    yield from spans(Dispute, DISPUTES)
    yield from spans(Dispute, DISPUTE_FEES)
    yield from spans(SellerOrder, HELD)


# A line of a bank statement that counts: what is owed of it is what the books owe to its sender. On an operator's own
# account it is owed from the day it is read.
BANK = """
SELECT b.public_id,
  CASE WHEN b.state = 'used' OR b.operator_id IS NOT NULL AND b.state IN ('open', 'asked') THEN b.owed_cents ELSE 0 END,
  -COALESCE(SUM(CASE WHEN a.kind IN ('buyer', 'waiting') THEN p.cents ELSE 0 END), 0)
FROM shop_bankline b LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.bankline' AND e.subject_id = b.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE b.id BETWEEN %s AND %s GROUP BY b.id, b.public_id, b.state, b.operator_id, b.owed_cents
HAVING
  CASE WHEN b.state = 'used' OR b.operator_id IS NOT NULL AND b.state IN ('open', 'asked') THEN b.owed_cents ELSE 0 END
  <> -COALESCE(SUM(CASE WHEN a.kind IN ('buyer', 'waiting') THEN p.cents ELSE 0 END), 0) ORDER BY b.id
"""
# A transfer that paid: what counts of its lines is its price.
TRANSFERS = """
SELECT y.public_id, CASE WHEN y.state = 'paid' THEN y.amount_cents ELSE 0 END, COALESCE(SUM(b.cents - b.owed_cents), 0)
FROM shop_payment y LEFT JOIN shop_bankline b ON b.payment_id = y.id AND b.state IN ('used', 'returned')
WHERE y.id BETWEEN %s AND %s AND y.provider = 'transfer' GROUP BY y.id, y.public_id, y.state, y.amount_cents
HAVING CASE WHEN y.state = 'paid' THEN y.amount_cents ELSE 0 END <> COALESCE(SUM(b.cents - b.owed_cents), 0)
ORDER BY y.id
"""
# A service that people matched: what counts of its lines is its price.
MATCHED = """
SELECT s.public_id, CASE WHEN s.paid_line = 'matched' THEN s.cents ELSE 0 END, COALESCE(SUM(b.cents - b.owed_cents), 0)
FROM ledger_billedservice s LEFT JOIN shop_bankline b ON b.service_id = s.id AND b.state IN ('used', 'returned')
WHERE s.id BETWEEN %s AND %s GROUP BY s.id, s.public_id, s.paid_line, s.cents
HAVING CASE WHEN s.paid_line = 'matched' THEN s.cents ELSE 0 END <> COALESCE(SUM(b.cents - b.owed_cents), 0)
ORDER BY s.id
"""


def wrong_transfers() -> Iterator[Wrong]:
    """Lines of bank statements, transfers and services that differ from each other, or from the books."""
    yield from spans(BankLine, BANK)
    yield from spans(BilledService, MATCHED)
    yield from spans(Payment, TRANSFERS)


PROOFS: dict[str, Proof] = {
    "orders": wrong_orders,
    "refunds": wrong_refunds,
    "parts": wrong_sales,
    "provider": wrong_provider,
    "gestures": wrong_gestures,
    "disputes": wrong_disputes,
    "transfers": wrong_transfers,
}
