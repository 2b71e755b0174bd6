"""Pictures of an import: fetched or taken out of the archive by a task, one by one, each once."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.utils import timezone

from rebond.catalogue.actions.photo import add_photo_from_bytes, remove_photo
from rebond.catalogue.errors import PhotoAlreadyThere, TooManyPhotos
from rebond.catalogue.models import Item, Photo
from rebond.connect.enums import ImportState, PhotoState
from rebond.connect.errors import AddressRefused
from rebond.connect.fetch import Fetcher
from rebond.connect.formats.safe_zip import check_zip
from rebond.connect.models import ImportPhoto, ImportRun
from rebond.connect.reading import local_source
from rebond.core.images import ImageRefused

MAX_PICTURE = 25_000_000
CHUNK = 100
TAKING = "taking"
GONE = frozenset({ImportState.UNDOING, ImportState.UNDONE})


def take_photos(*, run_id: int, fetcher: Fetcher | None = None) -> int:
    """Take in every picture of an import that still waits; return how many came in.

    Each is settled in its own transaction: killed, the task goes on with those that wait. A refused one says why
    (phrases.PHOTO_REASONS) and stops no other. Nothing is fetched for an undone import.
    """
    run = ImportRun.objects.select_related("seller", "file", "by").get(pk=run_id)
    fetcher = fetcher or Fetcher(max_bytes=MAX_PICTURE)
    taken = 0
    with _archive(run) as from_archive:
        while run.state not in GONE:
            waiting = list(run.pictures.filter(state=PhotoState.WAITING).select_related("item").order_by("pk")[:CHUNK])
            if not waiting:
                break
            for picture in waiting:
                taken += _settle(picture, run, fetcher, from_archive)
            ImportRun.objects.filter(pk=run.pk).update(touched_at=timezone.now())
            run.refresh_from_db(fields=["state"])
    return taken


@contextmanager
def _archive(run: ImportRun) -> Iterator[Callable[[str], bytes]]:
    """A function that gives the bytes of a picture of the archive by its name; AddressRefused where it has none."""
    with local_source(run.file, run.name) as (_source, path):
        if path is None:
            yield _no_archive
            return
        names: dict[str, zipfile.ZipInfo] = {}
        for info in check_zip(path):
            names.setdefault(PurePosixPath(info.filename).name.casefold(), info)
            names[info.filename.casefold()] = info
        with zipfile.ZipFile(path) as archive:

            def read(name: str) -> bytes:
                info = names.get(name.casefold().lstrip("/")) or names.get(PurePosixPath(name).name.casefold())
                if info is None:
                    raise AddressRefused("not_in_archive")
                if info.file_size > MAX_PICTURE:
                    raise AddressRefused("too_large")
                return archive.read(info)

            yield read


def _no_archive(name: str) -> bytes:
    raise AddressRefused("no_archive")


def _settle(  # noqa: PLR0911 -- one return per way to end
    picture: ImportPhoto, run: ImportRun, fetcher: Fetcher, from_archive: Callable[[str], bytes]
) -> int:
    """Take one picture in, or note why not; return 1 where it came in.

    `taking` is noted first: killed between the picture and its mark, a second run knows that it is ours.
    """
    was_taking = picture.code == TAKING
    try:
        data = fetcher.get(picture.source) if "://" in picture.source else from_archive(picture.source)
        ImportPhoto.objects.filter(pk=picture.pk).update(code=TAKING)
        name = PurePosixPath(picture.source.split("?", 1)[0]).name[:120]
        photo = add_photo_from_bytes(item=picture.item, data=data, name=name, by=run.by, alt=picture.item.title[:160])
    except AddressRefused as error:
        return _note(picture, PhotoState.REFUSED, code=error.code)
    except (zipfile.BadZipFile, EOFError):
        return _note(picture, PhotoState.REFUSED, code="not_image")
    except ImageRefused as error:
        return _note(picture, PhotoState.REFUSED, code=str(error.code.value)[:40], text=str(error))
    except TooManyPhotos:
        return _note(picture, PhotoState.REFUSED, code="too_many")
    except PhotoAlreadyThere:
        sha256 = hashlib.sha256(data).hexdigest()
        mine = picture.item.photos.filter(asset__sha256=sha256).first() if was_taking else None
        return _note(picture, PhotoState.DONE, photo=mine)
    except Item.DoesNotExist:
        return _note(picture, PhotoState.REFUSED, code="item_gone")
    _note(picture, PhotoState.DONE, photo=photo)
    return 1


def _note(picture: ImportPhoto, state: str, *, code: str = "", text: str = "", photo: Photo | None = None) -> int:
    ImportPhoto.objects.filter(pk=picture.pk).update(state=state, code=code, text=text[:200], photo=photo)
    return 0


def detach_photos(*, run: ImportRun, item_ids: list[int]) -> None:
    """Take the pictures of this import off these items; called inside the undo's transaction."""
    pictures = ImportPhoto.objects.filter(run=run, item__in=item_ids, photo__isnull=False)
    for picture in pictures.select_related("photo__item", "photo__asset").order_by("pk"):
        if picture.photo is not None:
            remove_photo(photo=picture.photo, by=run.by)
    ImportPhoto.objects.filter(run=run, item__in=item_ids).delete()
