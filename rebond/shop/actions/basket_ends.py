"""How a hold ends: by itself, when somebody wants the item, or by a sweep; and who is told that it is free."""

import datetime
import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.locks import lock_rows
from rebond.shop import tasks
from rebond.shop.enums import LINE_TRANSITIONS, AlertKind
from rebond.shop.models import Alert, BasketLine
from rebond.shop.queries.reserved import wrong_reserved

BATCH = 100
logger = logging.getLogger(__name__)


def move_line(line: BasketLine, verb: str, now: datetime.datetime) -> bool:
    """Move one line where its state allows `verb`; False where somebody was faster.

    An hour that is over ended then, not when it was noticed.
    """
    from_states, to_state = LINE_TRANSITIONS[verb]
    rows = BasketLine.objects.filter(pk=line.pk, state__in=from_states)
    return bool(rows.update(state=to_state, ended_at=line.ended_at or min(now, line.ends_at)))


def give_back(*, item_id: int, lines: Iterable[BasketLine], verb: str, now: datetime.datetime) -> int:
    """End these lines of one item and free what they kept; return the units. The caller has locked the item."""
    freed = sum(line.quantity for line in lines if move_line(line, verb, now))
    if freed:
        Item.objects.filter(pk=item_id).update(reserved=F("reserved") - freed)
        tell_freed(item_ids=[item_id])
    return freed


@transaction.atomic
def free_ended(*, item_ids: Iterable[int], now: datetime.datetime) -> int:
    """Free what baskets keep of these items beyond their hour; return the units. Locks nothing where nothing ended."""
    wanted = set(BasketLine.objects.over(now).filter(item_id__in=list(item_ids)).values_list("item_id", flat=True))
    if not wanted:
        return 0
    lock_rows(Item.objects.filter(pk__in=wanted), no_key=True)
    lines: dict[int, list[BasketLine]] = {}
    for line in BasketLine.objects.over(now).filter(item_id__in=wanted).order_by("pk"):
        lines.setdefault(line.item_id, []).append(line)
    return sum(give_back(item_id=pk, lines=rows, verb="lapse", now=now) for pk, rows in sorted(lines.items()))


def sweep_ended(*, now: datetime.datetime | None = None) -> int:
    """Free everything whose hour is over, 100 items a transaction; return the units (the periodic job)."""
    now = now or timezone.now()
    freed, last = 0, 0
    while True:
        rows = BasketLine.objects.over(now).filter(item_id__gt=last).order_by("item_id")
        ids = list(rows.values_list("item_id", flat=True).distinct()[:BATCH])
        if not ids:
            return freed
        freed += free_ended(item_ids=ids, now=now)
        last = ids[-1]


def mend_reserved() -> int:
    """Count again what baskets keep of each object on sale, and make `reserved` say it; return how many were wrong.

    Each should be right already: one that was not is told in the log, and may be bought again (the nightly job).
    """
    return sum(_mend(code) for code in list(wrong_reserved()))


@transaction.atomic
def _mend(code: str) -> bool:
    """Behind the item's lock, as all that changes either: what was under way when it was read is over."""
    found = lock_rows(Item.objects.filter(code=code, state=ItemState.ON_SALE), no_key=True)
    held = sum(BasketLine.objects.held().filter(item__in=found).values_list("quantity", flat=True))
    if not found or found[0].reserved == held or held > found[0].quantity:
        return False
    Item.objects.filter(pk=found[0].pk).update(reserved=held)
    logger.error("item %s: %s units were reserved, baskets keep %s", code, found[0].reserved, held)
    tell_freed(item_ids=[found[0].pk])
    return True


def tell_freed(*, item_ids: Iterable[int]) -> None:
    """Write to those who asked, once the transaction is saved; no task where nobody did."""
    asked = Alert.objects.active().filter(kind=AlertKind.FREED, item_id__in=list(item_ids)).order_by("item_id")
    for item_id in asked.values_list("item_id", flat=True).distinct():
        tasks.tell_freed.enqueue(item_id)


def over_units(*, item: Item, now: datetime.datetime) -> int:
    """Units whose hour is over but that nobody has given back yet."""
    rows = BasketLine.objects.over(now).filter(item=item)
    return int(rows.aggregate(n=Sum("quantity"))["n"] or 0)
