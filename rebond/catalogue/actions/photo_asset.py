"""Pictures as they are stored: once by content, their renditions, and the clean-up of what nobody shows."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.core.files.storage import Storage, default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from rebond.catalogue.models import Photo, PhotoAsset
from rebond.catalogue.tasks import make_renditions
from rebond.core.images import FIRST_FILES, LATER_FILES, WIDTHS, ImageRefused, Refusal, render_picture
from rebond.core.images.store import read_original, save_original, save_renditions
from rebond.core.locks import lock_rows
from rebond.core.storage import TEMPORARY, private_storage

logger = logging.getLogger("rebond.photos")
KEPT = timedelta(days=7)  # an unused picture: long enough to undo a removal
FRESH = timedelta(days=1)  # a file without a row may belong to an upload under way


def store_asset(*, data: bytes, now: datetime | None = None) -> PhotoAsset:
    """Return the asset of this picture, decoded and written now where it is new (original, card and item widths).

    The other widths are made by a task, enqueued in the transaction that adds the row. Files come before the
    row, so a row never lacks them; what a failure leaves is an orphan file, taken away by `remove_orphans`.
    Raise ImageRefused, or OSError where the disk is full. Call it outside a transaction where that is
    possible: decoding takes a tenth of a second. No journal entry: the action on the item writes it.
    """
    now = now or timezone.now()
    sha256 = hashlib.sha256(data).hexdigest()
    known = PhotoAsset.objects.filter(sha256=sha256)
    known.filter(kept_until__lt=now + FRESH).update(kept_until=now + KEPT)
    found = known.first()
    if found is not None:
        return found
    picture = render_picture(data, FIRST_FILES)
    save_original(picture.sha256, picture.suffix, data)
    widths = save_renditions(picture.sha256, picture.renditions)
    with transaction.atomic():
        asset, is_new = PhotoAsset.objects.get_or_create(
            sha256=picture.sha256,
            defaults={
                "width": picture.width,
                "height": picture.height,
                "color": picture.color,
                "placeholder": picture.placeholder,
                "original_suffix": picture.suffix,
                "original_bytes": len(data),
                "renditions": widths,
                "created_at": now,
                "kept_until": now + KEPT,
            },
        )
        if is_new:
            make_renditions.enqueue(asset.sha256)
    return asset


def build_renditions(*, sha256: str, files: Sequence[tuple[int, str]] = LATER_FILES) -> bool:
    """Make `files` (width, format) again from the private original and note their widths.

    Return False, and change nothing, where the asset or its original is gone or cannot be read any more.
    Raise ImageRefused where it timed out: a busy machine, so a later attempt may do (the queue makes it).
    Safe to run twice or at the same time: the same names get the same content.
    """
    asset = PhotoAsset.objects.filter(sha256=sha256).first()
    if asset is None:
        return False
    try:
        picture = render_picture(read_original(sha256, asset.original_suffix), files)
    except (FileNotFoundError, ImageRefused) as error:
        if isinstance(error, ImageRefused) and error.code == Refusal.TIMED_OUT:
            raise
        logger.warning("renditions of %s: %r", sha256[:12], error)
        return False
    made = save_renditions(sha256, picture.renditions)
    with transaction.atomic():  # the row is locked: two workers that make different widths lose none
        for row in lock_rows(PhotoAsset.objects.filter(pk=asset.pk)):
            row.renditions = sorted({*row.renditions, *made})
            row.color, row.placeholder = picture.color, picture.placeholder
            row.save(update_fields=["renditions", "color", "placeholder"])
            return True
    return False


def rebuild_renditions(*, missing: bool = False) -> Iterator[tuple[str, bool]]:
    """Make all renditions of all assets again, or only of those that lack one; yield (sha256, made) for each."""
    every = (*FIRST_FILES, *LATER_FILES)
    rows = PhotoAsset.objects.order_by("pk").values_list("pk", "sha256", "renditions")
    last = 0
    while page := list(rows.filter(pk__gt=last)[:500]):
        for pk, sha256, widths in page:
            last = pk
            if not missing or not set(WIDTHS) <= set(widths):
                try:
                    yield sha256, build_renditions(sha256=sha256, files=every)
                except ImageRefused:
                    yield sha256, False


def count_to_rebuild(*, missing: bool = False) -> int:
    """How many assets `rebuild_renditions` will go through."""
    if not missing:
        return PhotoAsset.objects.count()
    widths = PhotoAsset.objects.order_by("pk").values_list("renditions", flat=True)
    return sum(not set(WIDTHS) <= set(found) for found in widths.iterator(chunk_size=2_000))


def keep_until(*, sha256s: Sequence[str], until: datetime) -> None:
    """These pictures stay stored at least so long, also where no item shows them any more; never less than before."""
    PhotoAsset.objects.filter(sha256__in=sha256s, kept_until__lt=until).update(kept_until=until)


def remove_orphans(*, now: datetime | None = None) -> dict[str, int]:
    """Delete the assets that no item has shown for a week, then the files of no asset; return both counts."""
    now = now or timezone.now()
    shown = Photo.objects.filter(asset=OuterRef("pk"))
    unused = PhotoAsset.objects.filter(~Exists(shown), kept_until__lt=now)
    assets = 0
    for pk in list(unused.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                assets += unused.filter(pk=pk).delete()[0]
        except IntegrityError:  # shown again in the meantime
            continue
    files = sum(_remove_files(storage, top, now - FRESH) for storage, top in _places())
    return {"assets": assets, "files": files}


def _places() -> list[tuple[Storage, str]]:
    return [(private_storage(), "originals"), (default_storage, "")]


def _remove_files(storage: Storage, top: str, before: datetime) -> int:
    """Files under `top`/ab/cd whose content no asset has, older than `before`: one query per folder."""
    removed = 0
    for folder in _folders(storage, top):
        names = storage.listdir(folder)[1]
        known = set(
            PhotoAsset.objects.filter(sha256__in={name[:64] for name in names}).values_list("sha256", flat=True)
        )
        for name in names:
            path = f"{folder}/{name}"
            if (name[:64] in known and not name.endswith(TEMPORARY)) or _modified(storage, path) >= before:
                continue
            storage.delete(path)
            removed += 1
    return removed


def _modified(storage: Storage, path: str) -> datetime:
    try:
        return storage.get_modified_time(path)
    except FileNotFoundError:  # taken away in the meantime
        return timezone.now()


def _folders(storage: Storage, top: str) -> Iterator[str]:
    try:
        firsts = sorted(storage.listdir(top)[0])
    except FileNotFoundError:
        return
    for first in firsts:
        outer = f"{top}/{first}" if top else first
        if len(first) == 2:
            for second in sorted(storage.listdir(outer)[0]):
                yield f"{outer}/{second}"
