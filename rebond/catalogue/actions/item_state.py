"""The verbs of an item's life; the table of moves is `enums.ITEM_TRANSITIONS`."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_shared import (
    announce,
    check_may_be_on_sale,
    check_not_held,
    lock_item,
    move,
    tell_stock,
)
from rebond.catalogue.actions.item_stock import give_back_what_ended
from rebond.catalogue.enums import ITEM_TRANSITIONS, StockReason, WithdrawReason
from rebond.catalogue.errors import FieldInvalid, ItemIncomplete, ItemStateForbids, NotEnoughLeft, SellerNotSelling
from rebond.catalogue.models import Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.publishing import check_publishing, tell_published
from rebond.catalogue.queries import categories
from rebond.catalogue.signals import units_sold
from rebond.journal.actions.record import record


def _locked(item: Item, verb: str) -> Item:
    """The item, fresh and locked; raise ItemStateForbids where its state does not allow `verb`."""
    return _allowing(lock_item(item), verb)


def _allowing(item: Item, verb: str) -> Item:
    if item.state not in ITEM_TRANSITIONS[verb][0]:
        raise ItemStateForbids(verb, item.state)
    return item


@transaction.atomic
def submit_item(*, item: Item, by: Any) -> Item:
    """A draft is given to somebody who checks it. Raise ItemStateForbids, or ItemIncomplete without a price."""
    item = _locked(item, "submit")
    if not item.price_cents:
        raise ItemIncomplete([("price_cents", str(FIELD_LABELS["price_cents"]))])
    item = move(item, "submit", by=by)
    record("catalogue.item.submitted", subject=item, by=by, organisation=item.seller, version=item.version)
    return item


@transaction.atomic
def send_back_item(*, item: Item, reason: str, by: Any) -> Item:
    """The checker asks for more: back to draft with the reason. Raise ItemStateForbids, FieldInvalid."""
    if not reason.strip():
        raise FieldInvalid("reason", _("Say what is to be completed."))
    item = move(_locked(item, "send_back"), "send_back", by=by, reason=reason.strip())
    record(
        "catalogue.item.sent_back",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        reason=reason.strip()[:200],
    )
    return item


@transaction.atomic
def publish_item(*, item: Item, by: Any, now: datetime | None = None) -> Item:
    """Put the item on sale. A missing weight is estimated from the category and flagged as such.

    The date of the first publication is kept, so that coming back does not make it look new. Raise
    ItemStateForbids, SellerNotSelling, ItemHeld, ItemIncomplete, ItemUnsafe, PublishRefused, or NotEnoughLeft.
    """
    now = now or timezone.now()
    item = _locked(item, "publish")
    if not item.seller.is_selling:
        raise SellerNotSelling
    check_not_held(item)
    check_may_be_on_sale(item)
    check_publishing(item)
    if item.quantity <= item.reserved:
        raise NotEnoughLeft
    fields: dict[str, Any] = {"published_at": item.published_at or now, "withdraw_reason": ""}
    if item.weight_g is None:
        fields["weight_g"] = categories.default_weight_g(categories.get(item.category_id))
        fields["is_weight_estimated"] = True
    item = move(item, "publish", by=by, **fields)
    record("catalogue.item.published", subject=item, by=by, organisation=item.seller, version=item.version)
    tell_published(item, by)
    return item


@transaction.atomic
def withdraw_item(*, item: Item, reason: str, by: Any, note: str = "") -> Item:
    """Take the item out of sale; `reason` is a WithdrawReason. Raise FieldInvalid, ItemStateForbids.

    An item that somebody holds in a basket is not withdrawn under them: NotEnoughLeft.
    """
    if reason not in WithdrawReason.values:
        raise FieldInvalid("reason", _("Choose why it is withdrawn."))
    item = give_back_what_ended(_locked(item, "withdraw"))
    if item.reserved:
        raise NotEnoughLeft
    item = move(item, "withdraw", by=by, reason=note or reason, withdraw_reason=reason)
    record(
        "catalogue.item.withdrawn",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        reason=reason,
        note=note[:200],
    )
    return item


@transaction.atomic
def sell_item(
    *,
    item: Item,
    by: Any,
    n: int | None = 1,
    is_held: bool = True,
    note: str = "",
    now: datetime | None = None,
    is_locked: bool = False,
) -> Item:
    """`n` units are sold: held ones leave the stock; with the last one the item itself is sold.

    The last units stay counted on the row (quantity = reserved = n), so a return can bring them back.
    `is_held=False` sells units that nobody holds (at the counter); `n=None` sells all of those that are left.
    `is_locked`: the caller has locked this very row, with its seller. Raise ItemStateForbids, NotEnoughLeft.
    """
    now = now or timezone.now()
    item = _allowing(item, "sell") if is_locked else _locked(item, "sell")
    if not is_held:
        item = give_back_what_ended(item, now)
    left = item.reserved if is_held else item.quantity - item.reserved
    n = left if n is None else n
    if not 1 <= n <= left:
        raise NotEnoughLeft
    if n == item.quantity:
        item = move(item, "sell", by=by, reason=note, sold_at=now, reserved=n)
    else:
        held = {"reserved": F("reserved") - n} if is_held else {}
        Item.objects.filter(pk=item.pk).update(
            quantity=F("quantity") - n, updated_at=now, version=F("version") + 1, **held
        )
        item.refresh_from_db(from_queryset=Item.objects.select_related("seller"))
        announce([item.pk])
        units_sold.send(sender=Item, item=item, n=n, at=now)
    tell_stock([item.pk], StockReason.SOLD)
    record(
        "catalogue.item.sold",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        n=n,
        at_workshop=not is_held,
        note=note[:200],
    )
    return item


@transaction.atomic
def restock_item(*, item: Item, by: Any, reason: str = "") -> Item:
    """A sold item came back: out of sale until somebody checks and publishes it again. Raise ItemStateForbids."""
    item = _locked(item, "restock")
    item = move(item, "restock", by=by, reason=reason, reserved=0, sold_at=None, withdraw_reason=WithdrawReason.OTHER)
    tell_stock([item.pk], StockReason.RETURNED)
    record(
        "catalogue.item.restocked",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        note=reason[:200],
    )
    return item
