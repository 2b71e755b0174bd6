"""What `check-ledger` proves of round-ups: what was given is what the books owe to its receiver, order by order."""

from collections.abc import Iterator

from rebond.ledger.proofs import Wrong
from rebond.shop.models import RoundUp
from rebond.shop.queries.proofs import spans

GIFTS = """
SELECT g.public_id, CASE WHEN g.state = 'given' THEN g.cents ELSE 0 END, -COALESCE(SUM(
  CASE WHEN a.kind = 'round_up' THEN p.cents ELSE 0 END), 0)
FROM shop_roundup g LEFT JOIN ledger_entry e ON e.subject_kind = 'shop.roundup' AND e.subject_id = g.public_id
LEFT JOIN ledger_posting p ON p.entry_id = e.claim_id LEFT JOIN ledger_account a ON a.id = p.account_id
WHERE g.id BETWEEN %s AND %s GROUP BY g.id, g.public_id, g.state, g.cents
HAVING CASE WHEN g.state = 'given' THEN g.cents ELSE 0 END <> -COALESCE(SUM(
  CASE WHEN a.kind = 'round_up' THEN p.cents ELSE 0 END), 0) ORDER BY g.id
"""


def wrong_gifts() -> Iterator[Wrong]:
    """Round-ups whose receiver is owed another amount than was given."""
    yield from spans(RoundUp, GIFTS)
