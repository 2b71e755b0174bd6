"""What this room tells the rooms above."""

from django.dispatch import Signal

# An invoice or a credit note exists: `invoice`. Sent inside the transaction that made it.
invoice_issued = Signal()
