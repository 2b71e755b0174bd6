"""Codes of the warehouse's steps, beside workshop.data.chain.STORE."""

COUNT = "warehouse.count"
LOAD = "warehouse.load"
UNLOAD = "warehouse.unload"
PICK = "warehouse.pick"
EMPTY = "warehouse.empty"  # whether a place is empty, said by who took its last object
FULL = "warehouse.full"  # an object that does not fit in the slot of its parcel
PACK = "warehouse.pack"
