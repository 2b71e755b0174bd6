"""What the network tells the rooms above. All are sent inside the transaction of the change."""

from django.dispatch import Signal

# organisation: Organisation, fields: frozenset of changed names. Name, tint, delivery or profile: pages to refresh.
organisation_changed = Signal()
# organisation: Organisation, before and after: SellerState values. The shop hides or shows its items.
seller_state_changed = Signal()
# organisation: Organisation. Days off changed: items hidden, or a longer delay shown.
closures_changed = Signal()
