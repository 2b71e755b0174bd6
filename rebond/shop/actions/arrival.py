"""What came back is opened: what it is, its photos, what becomes of it. Each object has one check and one fate.

Locks: the order, then the check, then the item. The money is not moved here: the return is refunded at the desk.
"""

import contextlib
import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.item import change_item, publish_item
from rebond.catalogue.actions.item_back import take_back, write_off
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.intake.actions.balance import note_exit
from rebond.intake.actions.sorting import check_thing
from rebond.intake.enums import ExitKind
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.journal.actions.files import store_file
from rebond.journal.actions.record import record, record_transition
from rebond.journal.errors import FileRefusedError
from rebond.network.models import Site
from rebond.shop.actions.attachment import MAX_BYTES
from rebond.shop.actions.loss import drop_loss
from rebond.shop.actions.returning import note_arrival
from rebond.shop.data.steps import CHECK, REPAIR
from rebond.shop.enums import CHECK_TRANSITIONS, HERE, RETURN_TRANSITIONS, CheckState, Fate, Found, ReturnState
from rebond.shop.errors import AttachmentRefusedError, PhotoMissingError, ReturnStateForbidsError
from rebond.shop.models import CheckPhoto, ReturnCheck, ReturnLine
from rebond.workshop.actions.chain import send_to_writing, store_now
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.actions.task import open_task
from rebond.workshop.errors import NowhereToGo
from rebond.workshop.queries.queue import open_task_of

MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of it. `condition` and `price_cents` where they change; `weight_g` of what is recycled."""

    fate: str
    condition: str = ""
    price_cents: int | None = None
    weight_g: int | None = None
    note: str = ""


@transaction.atomic
def open_check(
    *, returned: ReturnLine, found: str, by: Any, site: Site | None = None, now: datetime.datetime | None = None
) -> ReturnCheck:
    """Somebody opened the parcel and says what came; said again before the fate is decided, it is corrected.

    The object itself here makes the return arrived; found whole after all, no loss of value is kept from its refund.
    Raise ReturnStateForbidsError where the object never left, or its fate is decided.
    """
    now = now or timezone.now()
    back = returned.back
    lock_row(back.part.order)
    back.refresh_from_db()
    if back.state == ReturnState.UNSENT or found not in Found.values:
        raise ReturnStateForbidsError
    check, is_new = ReturnCheck.objects.get_or_create(
        returned=returned,
        defaults={
            "found": found,
            "site": site,
            "opened_by": by.display_name[:160],
            "opened_on": timezone.localdate(now),
        },
    )
    if not is_new:
        rows = ReturnCheck.objects.filter(pk=check.pk, state=CheckState.OPEN)
        if not rows.update(found=found):
            raise ReturnStateForbidsError
        check.refresh_from_db()
        if found == Found.WHOLE:
            drop_loss(check=check, by=by, now=now)
    if found in HERE and back.state in RETURN_TRANSITIONS["arrive"][0]:
        note_arrival(back=back, by=by, now=now)
    record("shop.return.opened", subject=back, by=by, organisation=back.part.seller, found=found, check=check.public_id)
    return check


@transaction.atomic
def add_check_photo(*, check: ReturnCheck, upload: Any, operation: uuid.UUID, by: Any) -> CheckPhoto:
    """Keep a picture, as `ready_attachment` made it again; the same operation twice is one.

    Raise AttachmentRefusedError (no picture, or twelve already), ReturnStateForbidsError once its fate is decided.
    """
    check = lock_row(check)
    known = CheckPhoto.objects.filter(operation=operation).first()
    if known is not None:
        return known
    if check.state == CheckState.DONE:
        raise ReturnStateForbidsError
    if not upload or check.photos.count() >= MOST_PHOTOS:
        raise AttachmentRefusedError
    try:
        stored = store_file(
            upload=upload,
            organisation=check.returned.back.part.seller,
            permission="shop.return.view",
            by=by,
            subject=check.returned.back,
            kinds=frozenset({"webp"}),
            max_bytes=MAX_BYTES,
        )
    except FileRefusedError:
        raise AttachmentRefusedError from None
    return CheckPhoto.objects.create(check_in=check, operation=operation, stored=stored)


@transaction.atomic
def decide_check(
    *,
    check: ReturnCheck,
    decided: Decided,
    by: Any,
    operation: uuid.UUID,
    hands: Hands | None = None,
    now: datetime.datetime | None = None,
) -> ReturnCheck:
    """What becomes of it, once: back on the shelf under its own code, to repair, to recycle, or put aside.

    The units come back into stock first, at the place where returns wait. An object as it was goes on sale again; of
    one whose condition changed, the words and the price are written anew; a repair opens its task, and is decided
    again at its end; what is recycled leaves the stock and is weighed into the mass balance. `hands` records the step
    of who is at a station. The same operation twice is one. Raise PhotoMissingError, ReturnStateForbidsError, the
    intake's FieldInvalid without a weight, and the catalogue's refusals of a condition or a price.
    """
    now = now or timezone.now()
    back = check.returned.back
    lock_row(back.part.order)
    check = lock_row(check)
    if check.operation == operation:
        return check
    was = check.state
    _check_may(check, decided)
    item = Item.objects.select_related("seller", "category", "site").get(pk=check.returned.line.item_id)
    if was == CheckState.OPEN and decided.fate != Fate.ASIDE:
        item = take_back(item=item, n=check.returned.line.quantity, by=by, reason=f"retour {back.public_id}")
    facts = _do(check, item, decided, by, operation, now)
    check = _move(check, decided, by, operation, now, **facts)
    told: dict[str, Any] = {"fate": str(decided.fate), "found": str(check.found)}
    if hands is not None:
        kind = REPAIR if was == CheckState.REPAIR else CHECK
        task = open_task_of(kind, item.code)
        record_step(kind=kind, subject=item, hands=hands, task=task, site=check.site, now=now, **told)
    record("shop.return.checked", subject=back, by=by, organisation=back.part.seller, item=item.code, **told)
    return check


@transaction.atomic
def check_at_once(
    *, returned: ReturnLine, found: str, decided: Decided, upload: Any, by: Any, operation: uuid.UUID
) -> ReturnCheck:
    """At the desk what came, its picture (or none) and its fate are said together: all of it or nothing.

    Raise as `open_check`, `add_check_photo` and `decide_check`.
    """
    known = ReturnCheck.objects.filter(operation=operation).first()
    if known is not None:
        return known
    check = ReturnCheck.objects.filter(returned=returned, state=CheckState.REPAIR).first()
    if check is None:
        check = open_check(returned=returned, found=found, by=by)
    if upload:
        add_check_photo(check=check, upload=upload, operation=uuid.uuid5(operation, "photo"), by=by)
    return decide_check(check=check, decided=decided, by=by, operation=operation)


def _check_may(check: ReturnCheck, decided: Decided) -> None:
    if check.state == CheckState.DONE or decided.fate not in Fate.values:
        raise ReturnStateForbidsError
    is_here = check.found in HERE
    if is_here == (decided.fate == Fate.ASIDE) or (check.state == CheckState.REPAIR and decided.fate == Fate.REPAIR):
        raise ReturnStateForbidsError  # what is not here is put aside, what is here is not; a repair has an end
    if is_here and not check.photos.exists():
        raise PhotoMissingError


def _move(
    check: ReturnCheck, decided: Decided, by: Any, operation: uuid.UUID, now: datetime.datetime, **facts: Any
) -> ReturnCheck:
    """One conditional update; the caller holds the row."""
    verb = "repair" if decided.fate == Fate.REPAIR else "decide"
    from_states, to_state = CHECK_TRANSITIONS[verb]
    old = check.state
    changed = ReturnCheck.objects.filter(pk=check.pk, state__in=from_states).update(
        state=to_state,
        fate=decided.fate,
        note=(decided.note.strip() or check.note)[:300],
        operation=operation,
        decided_by=by.display_name[:160],
        decided_on=timezone.localdate(now),
        **facts,
    )
    if not changed:
        raise ReturnStateForbidsError
    seller = check.returned.back.part.seller
    record_transition(subject=check, verb=verb, from_state=old, to_state=to_state, by=by, organisation=seller)
    check.refresh_from_db()
    return check


def _do(
    check: ReturnCheck, item: Item, decided: Decided, by: Any, operation: uuid.UUID, now: datetime.datetime
) -> dict[str, Any]:
    """The effects of a fate; return what the check keeps of it."""
    if decided.fate == Fate.RESTOCK:
        return _restock(check, item, decided, by, now)
    if decided.fate == Fate.REPAIR:
        site = _site_of(check, item)
        if site is not None:
            open_task(kind=REPAIR, subject=item, site=site, by=by, data={"check": check.public_id}, now=now)
    if decided.fate == Fate.RECYCLE:
        return _recycle(check, item, decided, by, operation, now)
    return {}


def _site_of(check: ReturnCheck, item: Item) -> Site | None:
    return check.site or item.site or Site.objects.filter(organisation=item.seller).order_by("-is_main", "pk").first()


def _restock(check: ReturnCheck, item: Item, decided: Decided, by: Any, now: datetime.datetime) -> dict[str, Any]:
    """Under its own code: on sale where it is as it was, else to whoever writes what changed; to a shelf anyway."""
    changes: dict[str, Any] = {}
    if decided.condition and decided.condition != item.condition:
        changes["condition"] = decided.condition
    if decided.price_cents and decided.price_cents != item.price_cents:
        changes["price_cents"] = decided.price_cents
    site = _site_of(check, item)
    if site is not None and item.state == ItemState.WITHDRAWN and item.site_id != site.pk:
        changes["site"] = site
    if changes:
        item = change_item(item=item, changes=changes, by=by, now=now)
    is_same = check.found == Found.WHOLE and check.state == CheckState.OPEN and "condition" not in changes
    if item.state == ItemState.WITHDRAWN and not (is_same and _is_on_sale_again(item, by, now)):
        with contextlib.suppress(NowhereToGo):  # no site: it waits, withdrawn, in the seller's list
            send_to_writing(item=item, by=by, site=site)
    store_now(item=item, site=site, by=by)
    return {"condition": changes.get("condition", "")}


def _is_on_sale_again(item: Item, by: Any, now: datetime.datetime) -> bool:
    try:
        with transaction.atomic():
            publish_item(item=item, by=by, now=now)
    except CatalogueError:
        return False
    return True


def _recycle(
    check: ReturnCheck, item: Item, decided: Decided, by: Any, operation: uuid.UUID, now: datetime.datetime
) -> dict[str, Any]:
    """It leaves the stock for good; its grams are of its category's flow (rules.md E1)."""
    weight_g, flow = decided.weight_g or 0, flow_of(item.category, chosen_flows(item.seller))
    check_thing(weight_g, check.returned.line.quantity)
    reference = check.returned.back.public_id
    write_off(item=item, n=check.returned.line.quantity, by=by, reason=f"retour {reference}")
    site = _site_of(check, item)
    if site is not None:
        note_exit(
            site=site,
            flow=flow,
            kind=ExitKind.RECYCLED,
            day=timezone.localdate(now),
            weight_g=weight_g,
            by=by,
            reference=reference,
            operation_id=uuid.uuid5(operation, "exit"),
        )
    return {"flow": flow, "weight_g": weight_g}
