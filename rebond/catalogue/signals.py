"""What the catalogue tells the rooms above and its own search."""

from django.dispatch import Signal

# Sent with ids=[…] (Item primary keys, at most 1,000 at a time) inside the transaction of every change of
# what the shop shows: published, withdrawn, sold, price, texts, photos, availability. sender: Item.
items_changed = Signal()

# Sent with keys=[…] inside the transaction when categories change (names, place in the tree, attributes).
categories_changed = Signal()
