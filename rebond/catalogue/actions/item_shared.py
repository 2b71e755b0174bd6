"""What the item's actions share: telling that the shop changed, moving a state, checking before sale."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from rebond.catalogue.enums import ITEM_TRANSITIONS, Condition, ItemState, StockReason
from rebond.catalogue.errors import ItemHeld, ItemIncomplete, ItemStateForbids, ItemUnsafe
from rebond.catalogue.models import Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.recalls import stop_of_item
from rebond.catalogue.signals import items_changed, stock_changed
from rebond.catalogue.validators import safety_findings
from rebond.core.codes import make_code
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record_transition
from rebond.network.models import Site

PUBLIC_STATES = frozenset({ItemState.ON_SALE, ItemState.SOLD})
CODE_ATTEMPTS = 8
_gathered: ContextVar[set[int] | None] = ContextVar("items_gathered", default=None)
_stock: ContextVar[dict[str, set[int]] | None] = ContextVar("stock_gathered", default=None)


def lock_item(item: Item) -> Item:
    """The item, locked and fresh, with the seller that was loaded already."""
    seller = item.seller
    item = lock_row(item)
    item.seller = seller
    return item


def announce(ids: Iterable[int]) -> None:
    """Tell the search and the rooms above that the shop's view of these items changed (items_changed)."""
    held = _gathered.get()
    if held is not None:
        held.update(ids)
        return
    for chunk in batched(sorted(ids), 1_000):
        items_changed.send(sender=Item, ids=list(chunk))


def tell_stock(ids: Iterable[int], reason: str) -> None:
    """Tell the rooms above that what there is of these items changed, and why (stock_changed)."""
    held = _stock.get()
    if held is not None:
        held.setdefault(reason, set()).update(ids)
        return
    for chunk in batched(sorted(ids), 1_000):
        stock_changed.send(sender=Item, ids=list(chunk), reason=reason)


@contextmanager
def announced_together() -> Iterator[None]:
    """Gather the announcements of a batch and send them once at its end, inside its transaction."""
    ids: set[int] = set()
    stock: dict[str, set[int]] = {}
    token, stock_token = _gathered.set(ids), _stock.set(stock)
    try:
        yield
    finally:
        _gathered.reset(token)
        _stock.reset(stock_token)
    announce(ids)
    for reason, moved in stock.items():
        tell_stock(moved, reason)


def move(item: Item, verb: str, *, by: Any, reason: str = "", **fields: Any) -> Item:
    """Move the item's state where it allows `verb`, and write the transition (house style, rule 24).

    `item` must be locked by the caller. Raise ItemStateForbids where its state does not allow it.
    """
    from_states, to_state = ITEM_TRANSITIONS[verb]
    old = item.state
    changed = Item.objects.filter(pk=item.pk, state__in=from_states).update(
        state=to_state, updated_at=timezone.now(), version=F("version") + 1, **fields
    )
    if not changed:
        raise ItemStateForbids(verb, old)
    record_transition(
        subject=item,
        verb=verb,
        from_state=old,
        to_state=to_state,
        by=by,
        organisation=item.seller,
        reason=reason,
    )
    item = lock_item(item)
    if {old, to_state} & PUBLIC_STATES:
        announce([item.pk])
    return item


def check_not_held(item: Item) -> None:
    """Raise ItemHeld, with the reasons, where a moderators' decision keeps the item off sale (DSA art. 17)."""
    statement = item.holds.filter(lifted_at__isnull=True).order_by("-placed_at", "-pk").values_list("statement").first()
    if statement is not None:
        raise ItemHeld(statement[0])


def check_may_be_on_sale(item: Item) -> None:
    """Raise ItemIncomplete or ItemUnsafe where the item may not be (or stay) on sale (rules.md F3, F6)."""
    category = categories.get(item.category_id)
    missing: list[tuple[str, str]] = [
        (name, str(FIELD_LABELS[name])) for name in ("title", "condition", "price_cents") if not getattr(item, name)
    ]
    if item.weight_g is None and categories.default_weight_g(category) is None:
        missing.append(("weight_g", str(FIELD_LABELS["weight_g"])))
    missing += [
        (f"attributes.{attribute.key}", attribute.label)
        for attribute in categories.attributes_of(category)
        if attribute.is_required and item.attributes.get(attribute.key) in {None, ""}
    ]
    if item.condition == Condition.TO_REPAIR and not item.description and not item.flaws.exists():
        missing.append(("flaws", str(FIELD_LABELS["flaws"])))
    if missing:
        raise ItemIncomplete(missing)
    findings = safety_findings(
        rules=categories.safety_rules_of(category),
        title=item.title,
        text=f"{item.brand}\n{item.description}",
        attributes=item.attributes,
        condition=item.condition,
    )
    recalled = stop_of_item(item)
    if findings or recalled is not None:
        raise ItemUnsafe([*findings, *filter(None, [recalled])])


def insert_with_code(item: Item) -> Item:
    """Save a new item under a fresh code (unique in the network: a clash draws another), and tell its stock."""
    for attempt in range(CODE_ATTEMPTS):
        item.code = make_code(item.seller.letters or "")
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except IntegrityError:
            if attempt == CODE_ATTEMPTS - 1 or not Item.objects.filter(code=item.code).exists():
                raise
            item.pk = None
        else:
            break
    tell_stock([item.pk], StockReason.MADE)
    return item


def slug_of(title: str) -> str:
    """The readable end of an item's address."""
    return slugify(title.replace("œ", "oe").replace("’", " "))[:90].strip("-") or "objet"


def place_of(site: Site | None) -> str:
    """`Nantes (44)`, as cards show it."""
    return f"{site.city} ({site.department})"[:90] if site is not None else ""
