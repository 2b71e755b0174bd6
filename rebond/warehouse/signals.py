"""What the warehouse tells the rooms above. All are sent inside the transaction of the change."""

from django.dispatch import Signal

# shipment: Shipment, at: datetime. Its state is another one: labelled, on its way, at the pick-up point, delivered…
shipment_moved = Signal()
# shipment: Shipment, at: datetime. The carrier should have delivered it: told once.
shipment_late = Signal()
