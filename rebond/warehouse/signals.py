"""What the warehouse tells the rooms above. All are sent inside the transaction of the change."""

from django.dispatch import Signal

# shipment: Shipment, at: datetime. Its state is another one: labelled, on its way, at the pick-up point, delivered…
shipment_moved = Signal()
# shipment: Shipment, at: datetime. The carrier should have delivered it: told once.
shipment_late = Signal()
# line: PickLine (its state says which), order_code, by. A picker did not find an object, or found it damaged.
# Receivers lock nothing and raise nothing: they queue what they do.
line_missing = Signal()
# line: PickLine, order_code, by. What was not found is found, and goes back into its parcel; sent before the parcel is
# held: receivers hold the order first, take back what they asked, and refuse by raising `errors.ParcelStays`.
line_found = Signal()
# parcel: Parcel, grams (the closed parcel's, None: nobody weighed it), by. A parcel was packed at a table: receivers
# ask its label, lock nothing and raise nothing. The carrier is asked later, outside this transaction.
parcel_packed = Signal()
# parcel: Parcel, tracking, by. A prepared parcel leaves, or waits for its buyer; sent before the parcel is held:
# receivers hold the order first, move it on, and refuse by raising `errors.ParcelStays`.
parcel_leaving = Signal()
