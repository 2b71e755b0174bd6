"""The verbs of an item, under one public name; each family has its file beside."""

from rebond.catalogue.actions.item_bulk import (
    BulkResult,
    bulk_change_price,
    bulk_move_category,
    bulk_now,
    bulk_publish,
    bulk_sell,
    bulk_withdraw,
    start_bulk,
)
from rebond.catalogue.actions.item_price import change_price, end_old_reductions
from rebond.catalogue.actions.item_state import (
    publish_item,
    restock_item,
    sell_item,
    send_back_item,
    submit_item,
    withdraw_item,
)
from rebond.catalogue.actions.item_stock import release, reserve
from rebond.catalogue.actions.item_write import begin_item, change_item, create_item, duplicate_item

__all__ = [
    "BulkResult",
    "begin_item",
    "bulk_change_price",
    "bulk_move_category",
    "bulk_now",
    "bulk_publish",
    "bulk_sell",
    "bulk_withdraw",
    "change_item",
    "change_price",
    "create_item",
    "duplicate_item",
    "end_old_reductions",
    "publish_item",
    "release",
    "reserve",
    "restock_item",
    "sell_item",
    "send_back_item",
    "start_bulk",
    "submit_item",
    "withdraw_item",
]
