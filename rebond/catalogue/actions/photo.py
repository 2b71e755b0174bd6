"""Photos of an item: add, order, describe, remove, put back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.catalogue.actions.photo_asset import KEPT, keep_until, store_asset
from rebond.catalogue.errors import PhotoAlreadyThere, TooManyPhotos
from rebond.catalogue.models import Item, Photo, PhotoAsset
from rebond.catalogue.signals import items_changed
from rebond.core.images import ImageRefused, check_weight
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record

MAX_PHOTOS = 12
MAX_ALT = 160
COPIES = ("cover", "cover_color", "cover_placeholder", "photo_count", "version", "updated_at")


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """`code` is a stable key, `reason` the sentence in the current language."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddedPhotos:
    added: list[Photo] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)


def add_photo_from_bytes(
    *, item: Item, data: bytes, name: str, by: Any, alt: str = "", now: datetime | None = None
) -> Photo:
    """Add one picture at the end of the item's photos (imports, kiosk).

    The item's copies for cards, its version and `updated_at` change, `items_changed` is sent, one journal entry.
    Raise ImageRefused, TooManyPhotos, PhotoAlreadyThere; nothing changes then.
    """
    if item.photos.count() >= MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    asset = store_asset(data=data, now=now)
    return _attach(item=item, assets=[(asset, alt, name)], by=by, now=now)[0]


def add_photos(*, item: Item, files: Iterable[Any], by: Any, now: datetime | None = None) -> AddedPhotos:
    """Add the uploaded `files` (Django's UploadedFile), in order; each refused one is told and stops no other.

    Pictures are decoded before the transaction, so that nobody waits for them; then all accepted ones are
    attached together, with one journal entry. Raise OSError where the disk is full: nothing is added then.
    """
    result = AddedPhotos()
    accepted: list[tuple[PhotoAsset, str, str]] = []
    seen = set(item.photos.values_list("asset_id", flat=True))
    for file in files:
        name = str(file.name or "")[:120]
        try:
            if len(seen) >= MAX_PHOTOS:
                raise TooManyPhotos(limit=MAX_PHOTOS)  # noqa: TRY301 -- one refusal per file, one place
            check_weight(file.size)
            asset = store_asset(data=file.read(), now=now)
            if asset.pk in seen:
                raise PhotoAlreadyThere  # noqa: TRY301
        except (ImageRefused, TooManyPhotos, PhotoAlreadyThere) as error:
            result.refused.append(RefusedFile(name, str(error.code), str(error)))
        else:
            seen.add(asset.pk)
            accepted.append((asset, "", name))
    if accepted:
        _attach_rest(item=item, assets=accepted, result=result, by=by, now=now)
    return result


@transaction.atomic
def _attach_rest(
    *,
    item: Item,
    assets: Sequence[tuple[PhotoAsset, str, str]],
    result: AddedPhotos,
    by: Any,
    now: datetime | None,
) -> None:
    """Attach those that still may be, once the item is locked: what another upload took meanwhile is refused."""
    there = set(lock_row(item).photos.values_list("asset_id", flat=True))
    left: list[tuple[PhotoAsset, str, str]] = []
    for asset, alt, name in assets:
        error: PhotoAlreadyThere | TooManyPhotos | None = None
        if asset.pk in there:
            error = PhotoAlreadyThere()
        elif len(there) >= MAX_PHOTOS:
            error = TooManyPhotos(limit=MAX_PHOTOS)
        if error is not None:
            result.refused.append(RefusedFile(name, str(error.code), str(error)))
            continue
        there.add(asset.pk)
        left.append((asset, alt, name))
    if left:
        result.added.extend(_attach(item=item, assets=left, by=by, now=now))


@transaction.atomic
def _attach(*, item: Item, assets: Sequence[tuple[PhotoAsset, str, str]], by: Any, now: datetime | None) -> list[Photo]:
    locked = lock_row(item)
    existing = list(locked.photos.order_by("position", "pk"))
    if len(existing) + len(assets) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    if {photo.asset_id for photo in existing} & {asset.pk for asset, _, _ in assets}:
        raise PhotoAlreadyThere
    start = existing[-1].position + 1 if existing else 0
    added = [
        Photo.objects.create(item=item, asset=asset, position=start + i, alt=alt[:MAX_ALT])
        for i, (asset, alt, _) in enumerate(assets)
    ]
    data = [{"sha256": asset.sha256, "name": name} for asset, _, name in assets]
    _changed(item, by=by, now=now, action="catalogue.photo.added", photos=data)
    return added


@transaction.atomic
def order_photos(*, item: Item, order: Sequence[int], by: Any, now: datetime | None = None) -> None:
    """Put the photos in the `order` of their primary keys; the first is the main one.

    Photos that `order` does not name (added meanwhile) stay after; names of others are ignored. An order that
    changes nothing writes nothing.
    """
    lock_row(item)
    photos = list(item.photos.order_by("position", "pk"))
    place = {pk: i for i, pk in enumerate(order)}
    wanted = sorted(photos, key=lambda photo: (place.get(photo.pk, len(place)), photo.position, photo.pk))
    if [p.pk for p in wanted] == [p.pk for p in photos]:
        return
    for position, photo in enumerate(wanted):
        photo.position = position
    Photo.objects.bulk_update(wanted, ["position"])
    _changed(item, by=by, now=now, action="catalogue.photo.ordered", order=[p.pk for p in wanted])


@transaction.atomic
def describe_photo(*, photo: Photo, alt: str, by: Any, now: datetime | None = None) -> None:
    """Say what the photo shows, for those who do not see it: at most 160 characters, cut there."""
    alt = " ".join(alt.split())[:MAX_ALT]
    if alt == photo.alt:
        return
    old, photo.alt = photo.alt, alt
    photo.save(update_fields=["alt"])
    _changed(photo.item, by=by, now=now, action="catalogue.photo.described", photo=photo.pk, old=old, new=alt)


@transaction.atomic
def remove_photo(*, photo: Photo, by: Any, now: datetime | None = None) -> None:
    """Take the photo off its item. Its picture stays stored for a week, so that `restore_photo` can undo.

    Raise Photo.DoesNotExist where it is already gone (two people at once).
    """
    now = now or timezone.now()
    item = lock_row(photo.item)
    photo = item.photos.select_related("asset").get(pk=photo.pk)
    keep_until(sha256s=[photo.asset.sha256], until=now + KEPT)
    sha256, position, alt = photo.asset.sha256, photo.position, photo.alt
    photo.delete()
    _changed(item, by=by, now=now, action="catalogue.photo.removed", sha256=sha256, position=position, alt=alt)


@transaction.atomic
def restore_photo(*, item: Item, sha256: str, position: int, alt: str, by: Any, now: datetime | None = None) -> Photo:
    """Undo a removal: the photo comes back to its place. Twice is once.

    Raise PhotoAsset.DoesNotExist after a week, TooManyPhotos where its place was taken meanwhile.
    """
    lock_row(item)
    asset = PhotoAsset.objects.get(sha256=sha256)
    photos = list(item.photos.order_by("position", "pk"))
    found = next((photo for photo in photos if photo.asset_id == asset.pk), None)
    if found is not None:
        return found
    if len(photos) >= MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    photo = Photo.objects.create(item=item, asset=asset, position=position, alt=alt[:MAX_ALT])
    photos.insert(next((i for i, p in enumerate(photos) if p.position >= position), len(photos)), photo)
    for place, row in enumerate(photos):
        row.position = place
    Photo.objects.bulk_update(photos, ["position"])
    _changed(item, by=by, now=now, action="catalogue.photo.restored", sha256=sha256)
    return photo


def _copy(item: Item, cover: PhotoAsset | None, count: int) -> None:
    item.cover = cover.sha256 if cover else ""
    item.cover_color = cover.color if cover else ""
    item.cover_placeholder = cover.placeholder if cover else ""
    item.photo_count = count


def _changed(item: Item, *, by: Any, now: datetime | None, action: str, **data: Any) -> None:
    """Rebuild the copies for cards, raise the version, write the journal, tell the rooms above."""
    photos = list(item.photos.select_related("asset").order_by("position", "pk"))
    _copy(item, photos[0].asset if photos else None, len(photos))
    item.updated_at = now or timezone.now()
    Item.objects.filter(pk=item.pk).update(
        version=F("version") + 1, **{name: getattr(item, name) for name in COPIES if name != "version"}
    )
    item.refresh_from_db(fields=["version"])
    record(action, subject=item, by=by, organisation=item.seller, **data)
    items_changed.send(sender=Item, ids=[item.pk])
