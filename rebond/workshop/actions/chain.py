"""From one step to the next: photographed, written, reviewed, stored."""

from typing import Any

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.network.models import Site
from rebond.workshop.actions.task import open_task
from rebond.workshop.data.chain import CHAIN, PHOTOGRAPH, REVIEW, STORE, WRITE
from rebond.workshop.errors import NowhereToGo
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.models import Task


def _open(item: Item, kind: str, *, site: Site | None, by: Any, **more: Any) -> Task | None:
    """The task of a kind that some room registered, at the object's site; None where there is none, or it is done."""
    place = site or item.site
    if place is None or not is_known(kind):
        return None
    is_done = kind_of(kind).is_done
    if is_done is not None and not more.get("is_training") and is_done(item):
        return None
    return open_task(kind=kind, subject=item, site=place, by=by, **more)


def next_step(
    item: Item, *, after: str = "", site: Site | None = None, by: Any, is_training: bool = False, **more: Any
) -> Task | None:
    """Open the step that follows `after` (none: the first one) in the chain; None at its end.

    Steps whose room is not there are passed over. A step that waits already for the object is given back.
    `more` goes to `open_task` (priority, data). Raise ValueError for a step that is not of the chain.
    """
    start = CHAIN.index(after) + 1 if after else 0
    for kind in CHAIN[start:]:
        task = _open(item, kind, site=site, by=by, is_training=is_training, **more)
        if task is not None:
            return task
    return None


def store_now(*, item: Item, site: Site | None = None, by: Any) -> Task | None:
    """Its place before its turn: what is in somebody's hand need not wait for a reviewer. None without a warehouse."""
    return _open(item, STORE, site=site, by=by)


def missing_step(item: Item) -> str:
    """The first step that the object lacks: pictures, then words and a price, then somebody's eye; "" on sale."""
    if item.state not in {ItemState.DRAFT, ItemState.IN_REVIEW}:
        return ""
    if item.state == ItemState.IN_REVIEW:
        return REVIEW
    if not item.photo_count and is_known(PHOTOGRAPH):
        return PHOTOGRAPH
    return WRITE if not (item.condition and item.price_cents and item.description) else REVIEW


def send_to_writing(*, item: Item, by: Any, site: Site | None = None, is_training: bool = False) -> Task:
    """Ask somebody to write the listing of a draft. Raise NowhereToGo where it is on sale, sold or without a site."""
    task = None
    if item.state in {ItemState.DRAFT, ItemState.WITHDRAWN}:
        task = _open(item, WRITE, site=site, by=by, is_training=is_training)
    if task is None:
        raise NowhereToGo
    return task


def send_to_workshop(*, item: Item, by: Any, site: Site | None = None) -> Task:
    """Open the first step that the object lacks. Raise NowhereToGo where nothing is missing or no room does it."""
    kind = missing_step(item)
    task = _open(item, kind, site=site, by=by) if kind else None
    if task is None:
        raise NowhereToGo
    return task
