"""What both databases refuse in the books (decision 16).

The postings of an entry come first, their entry last: it is refused unless they add up to zero, and nothing can be
added to it afterwards. A posting's key to its entry is checked at commit, so no posting stays without one.
"""

from typing import Any

from rebond.core.db import Guard, install

BALANCE = (
    'COALESCE((SELECT SUM(p.cents) FROM "ledger_posting" p WHERE p.entry_id = NEW.claim_id), 1) <> 0 '
    'OR (SELECT COUNT(*) FROM "ledger_posting" p WHERE p.entry_id = NEW.claim_id) < 2'
)
CLOSED = 'EXISTS (SELECT 1 FROM "ledger_entry" e WHERE e.claim_id = NEW.entry_id)'
FROZEN = ("ledger_claim", "ledger_entry", "ledger_posting", "ledger_feeline", "ledger_refundline")

GUARDS = [
    Guard("ledger_entry_balances", "ledger_entry", "INSERT", "ledger: this entry does not balance", BALANCE),
    Guard("ledger_entry_is_closed", "ledger_posting", "INSERT", "ledger: this entry is closed", CLOSED),
    *(
        Guard(f"{table}_no_{event.lower()}", table, event, "ledger: what is posted stays as it is")
        for table in FROZEN
        for event in ("UPDATE", "DELETE")
    ),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the tables."""
    from django.db import connections  # noqa: PLC0415 -- app registry

    connection = connections[using]
    if "ledger_refundline" in connection.introspection.table_names():
        install(connection, GUARDS)
