"""Codes of the warehouse's steps, beside workshop.data.chain.STORE."""

COUNT = "warehouse.count"
LOAD = "warehouse.load"
UNLOAD = "warehouse.unload"
PICK = "warehouse.pick"
PACK = "warehouse.pack"
