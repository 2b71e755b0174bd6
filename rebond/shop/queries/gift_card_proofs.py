"""What `check-ledger` proves of gift cards: what they hold is what the books say that their issuers owe."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Posting
from rebond.ledger.proofs import Wrong
from rebond.shop.models import GiftCard, GiftIssuer, GiftSpend, Payment
from rebond.shop.money_enums import GiftSpendState
from rebond.shop.queries.proofs import spans

# A card: what its own entries (its sale, what went back) left of the debt is what it holds, and what orders have of it.
CARDS = """
SELECT c.public_id, c.balance_cents + COALESCE(MAX(u.cents), 0),
  -COALESCE(SUM(CASE WHEN a.kind = 'gift_card' THEN p.cents ELSE 0 END), 0)
FROM shop_giftcard c LEFT JOIN (SELECT card_id, SUM(cents - back_cents) AS cents FROM shop_giftspend
  WHERE state <> 'back' GROUP BY card_id) u ON u.card_id = c.id
LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.giftcard' AND e.subject_id = c.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE c.id BETWEEN %s AND %s GROUP BY c.id, c.public_id, c.balance_cents
HAVING c.balance_cents + COALESCE(MAX(u.cents), 0) <>
  -COALESCE(SUM(CASE WHEN a.kind = 'gift_card' THEN p.cents ELSE 0 END), 0) ORDER BY c.id
"""
# An order: what its card paid and did not go back is what the books say that its sales had of it.
SPENT = """
SELECT o.public_id, CASE WHEN u.state = 'spent' THEN u.cents - u.back_cents ELSE 0 END,
  COALESCE(SUM(s.gift_cents - s.gift_refunded_cents), 0)
FROM shop_giftspend u JOIN shop_order o ON o.id = u.order_id LEFT JOIN shop_sellerorder p ON p.order_id = o.id
LEFT JOIN ledger_sale s ON s.key = p.public_id
WHERE u.id BETWEEN %s AND %s GROUP BY u.id, o.public_id, u.state, u.cents, u.back_cents
HAVING CASE WHEN u.state = 'spent' THEN u.cents - u.back_cents ELSE 0 END <>
  COALESCE(SUM(s.gift_cents - s.gift_refunded_cents), 0) ORDER BY u.id
"""
# What went back on it is what its refunds say.
BACK = """
SELECT o.public_id, u.back_cents,
  COALESCE(SUM(CASE WHEN r.gesture_cents > 0 THEN 0 ELSE r.card_cents + r.card_before_cents END), 0)
FROM shop_giftspend u JOIN shop_order o ON o.id = u.order_id LEFT JOIN shop_payment y ON y.order_id = o.id
LEFT JOIN shop_refund r ON r.payment_id = y.id
WHERE u.id BETWEEN %s AND %s GROUP BY u.id, o.public_id, u.back_cents
HAVING u.back_cents <>
  COALESCE(SUM(CASE WHEN r.gesture_cents > 0 THEN 0 ELSE r.card_cents + r.card_before_cents END), 0) ORDER BY u.id
"""
# A payment of an order that a card pays in part is asked for the rest.
PAYMENTS = """
SELECT y.public_id, o.total_cents, y.amount_cents + u.cents FROM shop_payment y
JOIN shop_order o ON o.id = y.order_id JOIN shop_giftspend u ON u.order_id = o.id
WHERE y.id BETWEEN %s AND %s AND o.total_cents <> y.amount_cents + u.cents ORDER BY y.id
"""


def wrong_gift_cards() -> Iterator[Wrong]:
    """Cards, what orders have of them, and issuers whose account is not the sum of what their cards hold."""
    yield from spans(GiftCard, CARDS)
    yield from spans(GiftSpend, SPENT)
    yield from spans(GiftSpend, BACK)
    yield from spans(Payment, PAYMENTS)
    yield from _accounts()


def _accounts() -> Iterator[Wrong]:
    held = GiftCard.objects.order_by().values_list("issuer__organisation").annotate(n=Sum("balance_cents"))
    said = Counter(dict(held))
    waits = GiftSpend.objects.filter(state=GiftSpendState.HELD).order_by().values_list("card__issuer__organisation")
    said.update(dict(waits.annotate(n=Sum("cents"))))
    rows = Posting.objects.filter(account__kind=AccountKind.GIFT_CARD).order_by()
    owed = dict(rows.values_list("account__owner").annotate(n=Sum("cents")))
    owners = set(owed) | set(GiftIssuer.objects.order_by().values_list("organisation", flat=True))
    for owner in sorted(owners):
        holds, books = said[owner], -(owed.get(owner) or 0)
        if holds != books:
            yield f"issuer {owner}", holds, books
