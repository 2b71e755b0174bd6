"""What this room tells the rooms above."""

from django.dispatch import Signal

# An invoice or a credit note exists: `invoice`. Sent inside the transaction that made it.
invoice_issued = Signal()

# Money came to an operator's own account with the number of a service that was billed, and settles none: `operator`,
# `came` (bank_files.Came), `service` (the one it names, or None), `by`, `now`. Sent inside a transaction.
service_unfit = Signal()

# The rate of legal interest of a half-year is known, or was entered again: `starts_on`. Sent inside the transaction
# that granted it.
legal_rate_granted = Signal()
