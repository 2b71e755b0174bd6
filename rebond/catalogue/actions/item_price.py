"""Prices: each change is a row, and a reduction shows the lowest price of 30 days (rules.md F4)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from rebond.catalogue.actions.item_shared import PUBLIC_STATES, announce, lock_item
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import ItemStateForbids, PriceInvalid
from rebond.catalogue.models import Item, PriceChange
from rebond.catalogue.queries.prices import WINDOW, PricePoint, reference_price
from rebond.catalogue.validators import MAX_PRICE_CENTS
from rebond.core.locks import lock_rows
from rebond.journal.actions.record import is_day_only, record


def check_price(price_cents: int) -> None:
    """Raise PriceInvalid where it is not whole cents between 0.01 and 1,000,000 euros."""
    if isinstance(price_cents, bool) or not isinstance(price_cents, int) or not 0 < price_cents <= MAX_PRICE_CENTS:
        raise PriceInvalid


@transaction.atomic
def change_price(
    *,
    item: Item,
    price_cents: int,
    by: Any,
    reason: str = "",
    is_progressive: bool = False,
    now: datetime | None = None,
) -> Item:
    """Set the price from now on; the same price changes nothing.

    `is_progressive`: the cut is part of one declared progressive promotion, whose reference stays the price
    before the first cut. Raise PriceInvalid, or ItemStateForbids on a sold item.
    """
    check_price(price_cents)
    item = lock_item(item)
    now = now or timezone.now()  # under the lock: prices stand in the order in which they were written
    if item.state == ItemState.SOLD:
        raise ItemStateForbids("change_price", item.state)
    old = item.price_cents
    if price_cents == old:
        return item
    write_price(item, price_cents, by=by, reason=reason, is_progressive=is_progressive, now=now)
    Item.objects.filter(pk=item.pk).update(updated_at=now, version=F("version") + 1)
    item.version += 1
    record(
        "catalogue.item.price_changed",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        reason=reason[:200],
        changes={"price_cents": [old, price_cents]},
    )
    if item.state in PUBLIC_STATES:
        announce([item.pk])
    return item


def write_price(
    item: Item, price_cents: int, *, by: Any, now: datetime, reason: str = "", is_progressive: bool = False
) -> None:
    """The row of the price history, the price, and the reference of a reduction. No journal entry."""
    PriceChange.objects.create(
        item=item,
        price_cents=price_cents,
        at=now,
        by_label="" if by is None or is_day_only() else by.display_name[:160],
        reason=reason[:200],
        is_progressive=is_progressive,
    )
    points = [
        PricePoint(row.at, row.price_cents, row.is_progressive)
        for row in PriceChange.objects.filter(item=item).order_by("at", "pk")
    ]
    item.price_cents = price_cents
    item.previous_price_cents = (
        reference_price(points, since=item.published_at) if item.published_at is not None else None
    )
    Item.objects.filter(pk=item.pk).update(price_cents=item.price_cents, previous_price_cents=item.previous_price_cents)


def end_old_reductions(*, now: datetime | None = None) -> int:
    """A cut older than 30 days is the price, no longer a reduction: its reference disappears. Returns how many.

    Rows are locked before they are looked at again: a cut made meanwhile keeps its own reference. The version
    rises, so that a card drawn before is drawn again.
    """
    now = now or timezone.now()
    ids = list(_old_reductions(now).order_by("pk").values_list("pk", flat=True)[:10_000])
    return sum(_end_reductions(ids[start : start + 500], now) for start in range(0, len(ids), 500))


def _old_reductions(now: datetime) -> QuerySet[Item]:
    recent = PriceChange.objects.filter(at__gt=now - WINDOW).values("item_id")
    rows: QuerySet[Item] = Item.objects.filter(previous_price_cents__isnull=False).exclude(pk__in=recent)
    return rows


@transaction.atomic
def _end_reductions(ids: list[int], now: datetime) -> int:
    lock_rows(Item.objects.filter(pk__in=ids))
    ended = list(_old_reductions(now).filter(pk__in=ids).values_list("pk", flat=True))
    Item.objects.filter(pk__in=ended).update(previous_price_cents=None, version=F("version") + 1)
    announce(ended)
    return len(ended)
