"""A known book, from the pile to its shelf: its code says what it is, so that only its condition is left to say.

One book is the same four steps as any object (sorted, photographed, written, stored), recorded one by one: only the
screens are fewer. Two acts here, the shelf's scan is the warehouse's.
"""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebond.catalogue.enums import Condition
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.core.images import ImageRefused
from rebond.intake.actions.sorting import Thing, sort_thing
from rebond.intake.enums import Outcome
from rebond.intake.errors import BookUnknown, FieldInvalid
from rebond.intake.models import Donation, Sorting
from rebond.intake.queries.books import SHELF
from rebond.network.models import Site
from rebond.workshop.actions.chain import next_step, store_now
from rebond.workshop.actions.listing import send_listing
from rebond.workshop.actions.photograph import begin_photos, finish_photos, take_photo
from rebond.workshop.actions.step import Hands, already_done
from rebond.workshop.actions.task import cancel_task, save_answers, take_task
from rebond.workshop.data.chain import PHOTOGRAPH
from rebond.workshop.errors import TaskStateForbids, WorkshopError
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.listing import book_answers
from rebond.workshop.queries.photograph import item_of, pictures_of

BOOK_CONDITIONS = (Condition.LIKE_NEW, Condition.VERY_GOOD, Condition.GOOD)
COVER = "front"


def part_of(hands: Hands, name: str) -> Hands:
    """The same hands for one part of the act: its operation follows from the whole one, so a repeat finds it."""
    return replace(hands, operation_id=uuid.uuid5(hands.operation_id, name))


def shelf_of_books() -> Category:
    """Where known books are filed; raise BookUnknown where there is no such category."""
    found = categories.by_key(SHELF)
    if found is None:
        raise BookUnknown
    return found


def keep_book(
    *,
    isbn: str,
    price_cents: int,
    site: Site,
    hands: Hands,
    cover: bytes | None = None,
    donation: Donation | None = None,
    now: datetime | None = None,
) -> Task:
    """It is this book: an object with its code, its answers and its cover; its photo task, held by the person.

    Its weight is the category's (estimated, rules.md E1). Repeated, it makes nothing more. Raise BookUnknown for a
    code that the bibliographic table does not hold, FieldInvalid; a refused cover is left out.
    """
    category = shelf_of_books()
    answers = book_answers(isbn, category)
    if not answers:
        raise BookUnknown
    if price_cents <= 0:
        raise FieldInvalid("price", _("Write a price, such as 4."))
    grams = categories.default_weight_g(category)
    if grams is None:
        raise BookUnknown
    thing = Thing(category=category, weight_g=grams, suggested=Outcome.ONLINE, is_estimated=True, gtin=isbn)
    row = sort_thing(site=site, donation=donation, thing=thing, outcome=Outcome.ONLINE, hands=hands, now=now)
    task = _photo_task(row, hands, now)
    answers |= {"price": price_cents, "text": {"is_own": False}, "flaws": [], "weight": 0}
    task = save_answers(task=task, worker=hands.worker, now=now, book=answers)
    if cover:
        _with_cover(task, cover, hands, now)
    return task


def _photo_task(row: Sorting, hands: Hands, now: datetime | None) -> Task:
    if row.item is None:
        raise BookUnknown
    return begin_photos(code=row.item.code, hands=hands, again=True, now=now)


def _with_cover(task: Task, cover: bytes, hands: Hands, now: datetime | None) -> None:
    try:
        take_photo(task=task, shot=COVER, data=cover, name="cover.jpg", hands=part_of(hands, COVER), now=now)
    except (ImageRefused, CatalogueError, WorkshopError):
        return  # the book goes on without: a picture may be added at the photo table


def send_book(*, task: Task, condition: str, hands: Hands, now: datetime | None = None) -> Step:
    """Its condition is the last answer: on sale, or to a reviewer where the writer's agreed share says so.

    It goes on its shelf either way. `task` is what `keep_book` gave. Repeated, it answers as the first time. Raise
    FieldInvalid, TaskStateForbids, or the refusals of `send_listing`.
    """
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    if condition not in BOOK_CONDITIONS:
        raise FieldInvalid("condition", _("Say in what condition it is."))
    answers: dict[str, Any] = task.data.get("book") or {}
    if not answers:
        raise TaskStateForbids
    item = item_of(task)
    writing = _to_writing(task, item, hands, now)
    save_answers(task=writing, worker=hands.worker, now=now, **answers, condition=condition)
    step = send_listing(task=writing, item=item, hands=hands, now=now)
    store_now(item=item, site=task.site, by=hands.user)
    return step


def _to_writing(task: Task, item: Item, hands: Hands, now: datetime | None) -> Task:
    """The photo step ends, with a picture or without; its listing's task is the person's."""
    if pictures_of(task):
        finish_photos(task=task, hands=part_of(hands, PHOTOGRAPH), now=now)
    else:
        cancel_task(task=task, by=hands.user, now=now)
    writing = next_step(item, after=PHOTOGRAPH, site=task.site, by=hands.user)
    if writing is None:
        raise TaskStateForbids
    return take_task(task=writing, worker=hands.worker, now=now)
