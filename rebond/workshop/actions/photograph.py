"""The photo table: scan an object, take its pictures one by one, finish, take back.

While it goes on, the task's answers hold what was taken: `op:<operation>` tells what each upload made (a repeated one
is told the same), `shot:<key>` the operation whose picture the shot shows now.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebond.catalogue.actions.photo import add_photo_from_bytes, order_photos, remove_photo
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.errors import PhotoAlreadyThere
from rebond.catalogue.models import Item, PhotoAsset
from rebond.catalogue.queries.by_code import item_by_code
from rebond.core.codes import parse_code
from rebond.core.images.check import check_picture, retouch_picture
from rebond.core.images.store import read_original
from rebond.workshop.actions.chain import next_step
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import cancel_task, open_task, save_answers, take_inside
from rebond.workshop.data.chain import CHAIN, PHOTOGRAPH
from rebond.workshop.data.shots import Shot, shots_of
from rebond.workshop.enums import OPEN_STATES, TaskState
from rebond.workshop.errors import (
    AlreadyPhotographed,
    BadgeScanned,
    BookBarcode,
    CodeUnknown,
    FieldInvalid,
    NoPicture,
    NotALabel,
    NotAtASite,
    NotUndoable,
    OfSomebodyElse,
    OrderScanned,
    PlaceScanned,
    SoldAlready,
    TaskStateForbids,
)
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.photograph import flaws_taken, item_of, pictures_of, shots_taken
from rebond.workshop.queries.queue import open_task_of
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture kept: for which shot, its content's name, and what the checks found (`core.images.check.Fault`).

    `doubts` may be faults: told in passing.
    """

    shot: str
    sha256: str
    faults: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def _check_other(code: str, hands: Hands) -> None:
    """Raise PlaceScanned, OrderScanned, BadgeScanned where the code is of something else that people have at hand."""
    found = resolve(code, hands.worker.organisation)
    if found.kind in {ScanKind.PLACE, ScanKind.BOX}:
        raise PlaceScanned(found.label)
    if found.kind == ScanKind.ORDER:
        raise OrderScanned(found.label)
    if found.kind == ScanKind.BADGE:
        raise BadgeScanned


def item_of_label(*, code: str, hands: Hands) -> Item:
    """The object whose label was scanned. Raise the precise reason where it is none to photograph here."""
    squeezed = code.strip()
    parsed = parse_code(squeezed)
    if parsed is None:
        _check_other(squeezed, hands)
        digits = squeezed.replace("-", "").replace(" ", "")
        raise BookBarcode if digits.isdigit() and len(digits) in {8, 12, 13} else NotALabel
    item = item_by_code(parsed)
    if item is None:
        raise CodeUnknown
    if item.seller_id != hands.worker.organisation_id:
        raise OfSomebodyElse
    is_mended = item.state == ItemState.WITHDRAWN and item.withdraw_reason == WithdrawReason.ERROR
    if item.state in {ItemState.SOLD, ItemState.WITHDRAWN} and not is_mended:  # its listing was taken back
        raise SoldAlready
    return item


@transaction.atomic
def begin_photos(*, code: str, hands: Hands, again: bool = False, now: datetime | None = None) -> Task:
    """Open (or find) the object's photo task and give it to the person.

    `again` says that more pictures of a photographed object are wanted. Raise the errors of `item_of_label`,
    AlreadyPhotographed, TaskTaken where a colleague has it.
    """
    item = item_of_label(code=code, hands=hands)
    task = open_task_of(PHOTOGRAPH, item.code)
    if task is None:
        if item.photo_count and not again:
            raise AlreadyPhotographed(item.photo_count)
        site = hands.station.site if hands.station else item.site or item.seller.sites.order_by("pk").first()
        if site is None:
            raise NotAtASite
        task = open_task(kind=PHOTOGRAPH, subject=item, site=site, by=hands.user, now=now, is_asked=True)
    return take_inside(task=task, worker=hands.worker, now=now)


def _check_held(task: Task, hands: Hands) -> None:
    if task.state not in OPEN_STATES or hands.worker.pk not in {task.worker_id, task.partner_id}:
        raise TaskStateForbids


def _shot(task: Task, item: Item, key: str) -> Shot:
    shots = shots_of(item.category.path, flaws_taken(task))
    found = next((shot for shot in shots if shot.key == key), None)
    if found is None:
        raise FieldInvalid("shot", str(TaskStateForbids.message))
    return found


def take_photo(*, task: Task, shot: str, data: bytes, name: str, hands: Hands, now: datetime | None = None) -> Taken:
    """Attach one picture to the task's object; a picture of the same shot taken before leaves its place to it.

    The checks advise, they refuse nothing. The same operation sent again adds nothing and answers as the first
    time. Raise TaskStateForbids, FieldInvalid, ImageRefused, TooManyPhotos, PhotoAlreadyThere.
    """
    _check_held(task, hands)
    operation = f"op:{hands.operation_id}"
    before = task.data.get(operation)
    if before is not None:
        return Taken(before["shot"], before["sha256"], tuple(before["faults"]), tuple(before.get("doubts", ())))
    item = item_of(task)
    _shot(task, item, shot)
    check = check_picture(data)
    faults, doubts = (tuple(fault.value for fault in found) for found in (check.faults, check.doubts))
    earlier = shots_taken(task).get(shot)
    sha256 = _attach(item, data=data, name=name, shot=shot, task=task, by=hands.user, now=now)
    if earlier is not None and earlier.sha256 != sha256:
        _detach(item, [earlier.sha256], by=hands.user, now=now)
    kept = {"shot": shot, "sha256": sha256, "faults": list(faults), "doubts": list(doubts)}
    save_answers(task=task, worker=hands.worker, now=now, **{operation: kept, f"shot:{shot}": operation})
    _in_order(item, task, by=hands.user, now=now)
    return Taken(shot, sha256, faults, doubts)


def retouch_photo(*, task: Task, shot: str, ways: Collection[str], hands: Hands, now: datetime | None = None) -> Taken:
    """The shot's picture after `ways` (core.images.check.WAYS) of the one that was taken; none of them: that one again.

    Repeated, it changes nothing. Raise TaskStateForbids, NoPicture, ImageRefused, FileNotFoundError.
    """
    _check_held(task, hands)
    before = shots_taken(task).get(shot)
    if before is None:
        raise NoPicture
    item, first = item_of(task), before.original or before.sha256
    asset = PhotoAsset.objects.get(sha256=first)
    data = read_original(first, asset.original_suffix)
    if ways:
        data = retouch_picture(data, ways)
    sha256 = hashlib.sha256(data).hexdigest()
    kept = {"shot": shot, "sha256": sha256, "faults": list(before.faults), "original": first, "ways": sorted(ways)}
    if sha256 != before.sha256:
        add_photo_from_bytes(item=item, data=data, name=f"{shot}.jpg", by=hands.user, now=now)
        _detach(item, [before.sha256], by=hands.user, now=now)
    operation = f"op:{hands.operation_id}"
    save_answers(task=task, worker=hands.worker, now=now, **{operation: kept, f"shot:{shot}": operation})
    _in_order(item, task, by=hands.user, now=now)
    return Taken(shot, sha256, before.faults)


def _attach(item: Item, *, data: bytes, name: str, shot: str, task: Task, by: Any, now: datetime | None) -> str:
    """Add the picture; the very same one for the same shot (sent twice at once) is there already."""
    try:
        photo = add_photo_from_bytes(item=item, data=data, name=name, by=by, now=now)
    except PhotoAlreadyThere:
        sha256 = hashlib.sha256(data).hexdigest()
        task.refresh_from_db()
        there = shots_taken(task).get(shot)
        if there is None or there.sha256 != sha256:
            raise
        return sha256
    digest: str = photo.asset.sha256
    return digest


def _detach(item: Item, names: Sequence[str], *, by: Any, now: datetime | None = None) -> None:
    for photo in item.photos.filter(asset__sha256__in=names).order_by("position"):
        remove_photo(photo=photo, by=by, now=now)


def _in_order(item: Item, task: Task, *, by: Any, now: datetime | None) -> None:
    """The pictures in the order of the shots, after those that the object had before."""
    taken = shots_taken(task)
    keys = [shot.key for shot in shots_of(item.category.path, flaws_taken(task))]
    place = {taken[key].sha256: n for n, key in enumerate(keys) if key in taken}
    photos = list(item.photos.select_related("asset").order_by("position", "pk"))
    wanted = sorted(photos, key=lambda photo: place.get(photo.asset.sha256, -1))
    order_photos(item=item, order=[photo.pk for photo in wanted], by=by, now=now)


@transaction.atomic
def finish_photos(*, task: Task, hands: Hands, now: datetime | None = None) -> Step:
    """Record the step and open the next one of the chain for a draft. Raise NoPicture, TaskStateForbids."""
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    _check_held(task, hands)
    pictures = pictures_of(task)
    if not pictures:
        raise NoPicture
    item = item_of(task)
    kept = sorted({fault for picture in pictures for fault in picture.faults})
    step = record_step(
        kind=PHOTOGRAPH,
        subject=item,
        hands=hands,
        task=task,
        now=now,
        photos=[picture.sha256 for picture in pictures],
        kept_anyway=kept,
    )
    if item.state == ItemState.DRAFT:
        next_step(item, after=PHOTOGRAPH, site=task.site, by=hands.user, is_training=task.is_training)
    return step


def _close_what_follows(step: Step, by: Any) -> None:
    rows = Task.objects.open().filter(subject_kind=step.subject_kind, subject_id=step.subject_id)
    later = list(rows.filter(kind__in=CHAIN[CHAIN.index(PHOTOGRAPH) + 1 :]))
    if any(task.state != TaskState.WAITING for task in later):
        raise NotUndoable
    for task in later:
        if not task.data:
            cancel_task(task=task, by=by)


def undo_photos(step: Step, by: Any) -> None:
    """Take the step's pictures off the object, which waits for its photos again.

    What waits for an object past its draft does not hang on these pictures, and goes on; so does what holds answers.
    Raise NotUndoable where a colleague already works on what follows.
    """
    item = Item.objects.get(code=step.subject_id)
    if item.state == ItemState.DRAFT:
        _close_what_follows(step, by)
    _detach(item, step.data.get("photos", []), by=by)
    site = step.site or item.site
    if site is not None:
        open_task(kind=PHOTOGRAPH, subject=item, site=site, by=by)
