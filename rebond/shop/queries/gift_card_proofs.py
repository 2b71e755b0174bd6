"""What `check-ledger` proves of gift cards: what they hold is what the books say that their issuers owe."""

from collections.abc import Iterator

from django.db.models import Sum

from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Posting
from rebond.ledger.proofs import Wrong
from rebond.shop.models import GiftCard, GiftIssuer
from rebond.shop.queries.proofs import spans

# A card: what its own entries (its sale, what went back) left of the debt is what it holds.
CARDS = """
SELECT c.public_id, c.balance_cents, -COALESCE(SUM(CASE WHEN a.kind = 'gift_card' THEN p.cents ELSE 0 END), 0)
FROM shop_giftcard c LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.giftcard' AND e.subject_id = c.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE c.id BETWEEN %s AND %s GROUP BY c.id, c.public_id, c.balance_cents
HAVING c.balance_cents <> -COALESCE(SUM(CASE WHEN a.kind = 'gift_card' THEN p.cents ELSE 0 END), 0) ORDER BY c.id
"""


def wrong_gift_cards() -> Iterator[Wrong]:
    """Cards, and issuers whose account is not the sum of what their cards hold."""
    yield from spans(GiftCard, CARDS)
    yield from _accounts()


def _accounts() -> Iterator[Wrong]:
    held = GiftCard.objects.order_by().values_list("issuer__organisation").annotate(n=Sum("balance_cents"))
    said = dict(held)
    rows = Posting.objects.filter(account__kind=AccountKind.GIFT_CARD).order_by()
    owed = dict(rows.values_list("account__owner").annotate(n=Sum("cents")))
    owners = set(owed) | set(GiftIssuer.objects.order_by().values_list("organisation", flat=True))
    for owner in sorted(owners):
        holds, books = said.get(owner) or 0, -(owed.get(owner) or 0)
        if holds != books:
            yield f"issuer {owner}", holds, books
