"""What the catalogue tells the rooms above and its own search."""

from django.dispatch import Signal

# Sent with ids=[…] (Item primary keys, at most 1,000 at a time) inside the transaction of every change of
# what the shop shows: published, withdrawn, sold, price, texts, photos, availability. sender: Item.
items_changed = Signal()

# Sent with ids=[…] (Item primary keys, at most 1,000 at a time) and reason (`enums.StockReason`) inside the
# transaction of every change of what there is of an item: made, sold, taken back, corrected (quantity or site),
# and just before it is deleted. Its rows are locked. sender: Item.
stock_changed = Signal()

# Sent with item and at inside a transaction that lacks free units of an item (somebody takes, sells or withdraws it):
# whoever holds units longer than they may (a basket whose time is over) gives them back now. sender: Item.
units_wanted = Signal()

# Sent with keys=[…] inside the transaction when categories change (names, place in the tree, attributes).
categories_changed = Signal()

# Sent with item, n and at inside the transaction of a sale that leaves units of the item (the last ones are told by its
# state and `sold_at`). sender: Item.
units_sold = Signal()

# Sent with item, n, counted and at inside the transaction that takes back n units that were sold. counted: how many
# sold units the item's row told until then (0 for a batch that still has some), at: when those were sold. sender: Item.
units_back = Signal()
