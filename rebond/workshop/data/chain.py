"""The way of an object through the workshop: the codes of its steps, in order.

Each room registers its own kinds (`kinds.register_kind`); a step whose room is not there is passed over.
"""

PHOTOGRAPH = "workshop.photograph"
WRITE = "workshop.write"
REVIEW = "workshop.review"
STORE = "warehouse.store"

CHAIN = (PHOTOGRAPH, WRITE, REVIEW, STORE)
