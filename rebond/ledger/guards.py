"""What both databases refuse in the books (decision 16).

The postings of an entry come first, their entry last: it is refused unless they add up to zero, and nothing can be
added to it afterwards. A posting's key to its entry is checked at commit, so no posting stays without one. An invoice
takes the number after the last one, and stays as it was issued. A rate of legal interest is decided once.
"""

from typing import Any

from rebond.core.db import Guard, install_where_tables_are

BALANCE = (
    'COALESCE((SELECT SUM(p.cents) FROM "ledger_posting" p WHERE p.entry_id = NEW.claim_id), 1) <> 0 '
    'OR (SELECT COUNT(*) FROM "ledger_posting" p WHERE p.entry_id = NEW.claim_id) < 2'
)
CLOSED = 'EXISTS (SELECT 1 FROM "ledger_entry" e WHERE e.claim_id = NEW.entry_id)'
GAP = (
    'NEW.sequence <> 1 AND NOT EXISTS (SELECT 1 FROM "ledger_invoice" i WHERE i.seller_id = NEW.seller_id '
    "AND i.year = NEW.year AND i.sequence = NEW.sequence - 1)"
)
SUM_OF_TAXES = (
    'SELECT COALESCE(SUM(t.net_cents + t.vat_cents), 0) FROM "ledger_invoicetax" t WHERE t.invoice_id = NEW.invoice_id'
)
TAXED = (
    f"({SUM_OF_TAXES}) + NEW.net_cents + NEW.vat_cents > "  # noqa: S608 -- our own words
    '(SELECT i.total_cents FROM "ledger_invoice" i WHERE i.id = NEW.invoice_id)'
)
BOOKS = ("ledger_claim", "ledger_entry", "ledger_posting", "ledger_feeline", "ledger_refundline")
INVOICES = ("ledger_invoice", "ledger_invoicetax", "ledger_invoicefile")
RATE_SAYS = ["starts_on", "ends_on", "basis_points", "source", "asked_by_id", "asked_by", "asked_at"]
RATE_CHANGED = " OR ".join(["OLD.state <> 'asked'", *(f"NEW.{name} <> OLD.{name}" for name in RATE_SAYS)])

GUARDS = [
    Guard("ledger_rate_no_update", "ledger_legalrate", "UPDATE", "ledger: a rate stays as it is", RATE_CHANGED),
    Guard("ledger_rate_no_delete", "ledger_legalrate", "DELETE", "ledger: a rate stays as it is"),
    Guard("ledger_entry_balances", "ledger_entry", "INSERT", "ledger: this entry does not balance", BALANCE),
    Guard("ledger_entry_is_closed", "ledger_posting", "INSERT", "ledger: this entry is closed", CLOSED),
    Guard("ledger_invoice_no_gap", "ledger_invoice", "INSERT", "ledger: the number before this one is not used", GAP),
    Guard("ledger_invoice_taxes", "ledger_invoicetax", "INSERT", "ledger: more than the invoice", TAXED),
    *(
        Guard(f"{table}_no_{event.lower()}", table, event, f"ledger: what is {done} stays as it is")
        for tables, done in ((BOOKS, "posted"), (INVOICES, "invoiced"))
        for table in tables
        for event in ("UPDATE", "DELETE")
    ),
]


def install_guards(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the guards are there whatever the migration did to the tables."""
    install_where_tables_are(GUARDS, using=using)
