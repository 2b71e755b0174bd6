"""What happens to an item when photos are added, ordered, described, removed, put back."""

import datetime
import errno
import functools
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.actions.photo import (
    MAX_PHOTOS,
    add_photo_from_bytes,
    add_photos,
    describe_photo,
    order_photos,
    remove_photo,
    restore_photo,
)
from rebond.catalogue.actions.photo_asset import (
    build_renditions,
    rebuild_renditions,
    remove_orphans,
    store_asset,
)
from rebond.catalogue.errors import PhotoAlreadyThere, TooManyPhotos
from rebond.catalogue.models import Item, Photo, PhotoAsset
from rebond.catalogue.signals import items_changed
from rebond.core.images import FIRST_WIDTHS, WIDTHS, ImageRefused, render_picture
from rebond.core.images.store import original_name, rendition_name
from rebond.core.locks import lock_rows
from rebond.core.storage import WholeFileStorage, private_storage
from rebond.journal.models import Entry
from tests.catalogue.pictures import broken_upload, picture_bytes, upload
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db, pytest.mark.usefixtures("folders")]


@pytest.fixture
def item(seller):
    return ItemFactory(seller=seller)


@pytest.fixture
def changed():
    """The ids of the signals sent during the test."""
    heard = []

    def listen(sender, ids, **kwargs):
        heard.append(list(ids))

    items_changed.connect(listen)
    yield heard
    items_changed.disconnect(listen)


def files_of(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def numbers(item):
    return list(item.photos.order_by("position").values_list("asset__width", flat=True))


def test_a_photo_is_stored_shown_and_told(item, owner, folders, changed):
    now = timezone.now()
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="a.jpg", by=owner, alt="De face", now=now)
    asset = photo.asset
    assert (photo.position, photo.alt, asset.width, asset.height) == (0, "De face", 90, 60)
    assert asset.renditions == list(FIRST_WIDTHS)
    assert files_of(folders / "private") == [original_name(asset.sha256, ".jpg")]
    assert files_of(folders / "media") == sorted(
        rendition_name(asset.sha256, width, fmt) for width in FIRST_WIDTHS for fmt in ("avif", "webp", "jpg")
    )
    fresh = Item.objects.get(pk=item.pk)
    assert (fresh.cover, fresh.cover_color, fresh.photo_count) == (asset.sha256, asset.color, 1)
    assert fresh.cover_placeholder == asset.placeholder
    assert (fresh.version, fresh.updated_at, item.version) == (2, now, 2)
    assert changed == [[item.pk]]
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_id, entry.actor_id) == ("catalogue.photo.added", item.code, owner.public_id)
    assert entry.data == {"photos": [{"sha256": asset.sha256, "name": "a.jpg"}]}
    task = DBTaskResult.objects.get(queue_name="images")
    assert (task.queue_name, task.args_kwargs) == ("images", {"args": [asset.sha256], "kwargs": {}})


def test_the_same_picture_is_stored_once(item, owner, folders):
    other = ItemFactory(seller=item.seller)
    first = add_photo_from_bytes(item=item, data=picture_bytes(), name="a.jpg", by=owner)
    before = {p: (folders / "media" / p).stat().st_mtime_ns for p in files_of(folders / "media")}
    second = add_photo_from_bytes(item=other, data=picture_bytes(), name="b.png", by=owner)
    assert first.asset_id == second.asset_id
    assert {p: (folders / "media" / p).stat().st_mtime_ns for p in files_of(folders / "media")} == before
    assert DBTaskResult.objects.filter(queue_name="images").count() == 1


def test_the_same_photo_twice_on_one_item_is_refused(item, owner):
    add_photo_from_bytes(item=item, data=picture_bytes(), name="a.jpg", by=owner)
    with pytest.raises(PhotoAlreadyThere):
        add_photo_from_bytes(item=item, data=picture_bytes(), name="a.jpg", by=owner)
    assert (item.photos.count(), Entry.objects.count()) == (1, 1)


def test_one_refused_of_ten_stops_no_other(item, owner):
    sent = [upload(i) for i in range(9)]
    sent.insert(4, broken_upload())
    result = add_photos(item=item, files=sent, by=owner)
    assert len(result.added) == 9
    assert [(r.name, r.code) for r in result.refused] == [("cassée.jpg", "not_image")]
    assert Item.objects.get(pk=item.pk).photo_count == 9
    assert Entry.objects.filter(action="catalogue.photo.added").count() == 1


def test_the_thirteenth_is_refused(item, owner):
    result = add_photos(item=item, files=[upload(i) for i in range(13)], by=owner)
    assert len(result.added) == MAX_PHOTOS
    assert [(r.name, r.code) for r in result.refused] == [("photo-12.jpg", "too_many_photos")]
    with pytest.raises(TooManyPhotos) as refused:
        add_photo_from_bytes(item=item, data=picture_bytes(99), name="x", by=owner)
    assert str(refused.value) == "This item already has 12 photos, the most it can have. Remove one first."
    assert item.photos.count() == MAX_PHOTOS


@pytest.mark.parametrize(("theirs", "code"), [(0, "already_there"), (5, "too_many_photos")])
def test_what_another_upload_took_meanwhile_is_refused_by_name(item, owner, monkeypatch, theirs, code):
    path = "rebond.catalogue.actions.photo"
    monkeypatch.setattr(f"{path}.MAX_PHOTOS", 2)

    def meanwhile(*, data, now=None):
        monkeypatch.setattr(f"{path}.store_asset", store_asset)
        add_photo_from_bytes(item=item, data=picture_bytes(theirs), name="theirs.jpg", by=owner)
        return store_asset(data=data, now=now)

    monkeypatch.setattr(f"{path}.store_asset", meanwhile)

    result = add_photos(item=item, files=[upload(0), upload(1)], by=owner)

    assert len(result.added) == 1
    assert [row.code for row in result.refused] == [code]
    assert item.photos.count() == 2


def test_three_hundred_bad_files_leave_nothing(item, owner, folders):
    bad = [broken_upload(f"{i}.jpg", bytes([i % 256]) * 50) for i in range(150)]
    bad += [broken_upload(f"{i}.jpg", b"\xff\xd8\xff\xe0" + bytes([i]) * 90) for i in range(150)]
    result = add_photos(item=item, files=bad, by=owner)
    assert len(result.refused) == 300
    assert files_of(folders) == []
    assert (PhotoAsset.objects.count(), Entry.objects.count(), DBTaskResult.objects.count()) == (0, 0, 0)
    assert Item.objects.get(pk=item.pk).version == 1


def test_a_refused_picture_changes_nothing(item, owner, folders, changed):
    with pytest.raises(ImageRefused):
        add_photo_from_bytes(item=item, data=b"", name="a.jpg", by=owner)
    assert (files_of(folders), changed, Item.objects.get(pk=item.pk).version) == ([], [], 1)


def test_a_full_disk_leaves_no_half_file_and_no_row(item, owner, folders, monkeypatch):
    real = WholeFileStorage._put
    written = []

    def full(self, part, name, *args):
        written.append(name)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, part, name, *args)

    monkeypatch.setattr(WholeFileStorage, "_put", full)
    with pytest.raises(OSError, match="No space"):
        add_photos(item=item, files=[upload(1)], by=owner)
    assert (PhotoAsset.objects.count(), item.photos.count()) == (0, 0)
    assert not [p for p in files_of(folders) if p.endswith(".part")]
    assert len(files_of(folders)) == 3
    monkeypatch.undo()


def test_order_first_is_main(item, owner, changed):
    photos = [
        add_photo_from_bytes(item=item, data=picture_bytes(i, size=(90 + i, 60)), name="", by=owner) for i in range(3)
    ]
    assert numbers(item) == [90, 91, 92]
    order_photos(item=item, order=[photos[2].pk, photos[0].pk, photos[1].pk], by=owner)
    assert numbers(item) == [92, 90, 91]
    assert Item.objects.get(pk=item.pk).cover == photos[2].asset.sha256
    assert len(changed) == 4


def test_an_order_that_changes_nothing_writes_nothing(item, owner):
    photos = add_photos(item=item, files=[upload(1), upload(2)], by=owner).added
    order_photos(item=item, order=[p.pk for p in photos], by=owner)
    assert Entry.objects.filter(action="catalogue.photo.ordered").count() == 0


def test_an_order_may_miss_new_photos_and_name_strange_ones(item, owner):
    photos = [
        add_photo_from_bytes(item=item, data=picture_bytes(i, size=(90 + i, 60)), name="", by=owner) for i in range(3)
    ]
    order_photos(item=item, order=[photos[1].pk, 987654], by=owner)
    assert numbers(item) == [91, 90, 92]


def test_describe_once(item, owner):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="", by=owner)
    for _ in range(2):
        describe_photo(photo=photo, alt="  Le dossier,\n de près ", by=owner)
    assert Photo.objects.get().alt == "Le dossier, de près"
    assert Entry.objects.filter(action="catalogue.photo.described").count() == 1


def test_remove_and_put_back_where_it_was(item, owner):
    photos = [
        add_photo_from_bytes(item=item, data=picture_bytes(i, size=(90 + i, 60)), name="", by=owner, alt=f"vue {i}")
        for i in range(3)
    ]
    remove_photo(photo=photos[0], by=owner)
    fresh = Item.objects.get(pk=item.pk)
    assert (numbers(item), fresh.cover, fresh.photo_count) == ([91, 92], photos[1].asset.sha256, 2)
    for _ in range(2):
        restore_photo(item=item, sha256=photos[0].asset.sha256, position=0, alt="vue 0", by=owner)
    assert numbers(item) == [90, 91, 92]
    assert item.photos.order_by("position").first().alt == "vue 0"
    assert Entry.objects.filter(action="catalogue.photo.restored").count() == 1


def test_removing_twice_is_told(item, owner):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="", by=owner)
    again = Photo.objects.get(pk=photo.pk)
    remove_photo(photo=photo, by=owner)
    with pytest.raises(Photo.DoesNotExist):
        remove_photo(photo=again, by=owner)
    fresh = Item.objects.get(pk=item.pk)
    assert (fresh.cover, fresh.cover_color, fresh.cover_placeholder, fresh.photo_count) == ("", "", "", 0)


def test_the_task_makes_the_other_widths(item, owner):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(size=(2000, 1500)), name="", by=owner)
    assert build_renditions(sha256=photo.asset.sha256)
    asset = PhotoAsset.objects.get()
    assert asset.renditions == list(WIDTHS)
    for width in WIDTHS:
        assert default_storage.exists(rendition_name(asset.sha256, width, "avif"))


def test_two_workers_making_different_widths_lose_none(item, owner, monkeypatch):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(size=(2000, 1500)), name="", by=owner)
    made_by_another = sorted({*FIRST_WIDTHS, WIDTHS[-1]})

    def another_first(rows):
        PhotoAsset.objects.update(renditions=made_by_another)
        return lock_rows(rows)

    monkeypatch.setattr("rebond.catalogue.actions.photo_asset.lock_rows", another_first)
    assert build_renditions(sha256=photo.asset.sha256, files=[(WIDTHS[1], "webp")])
    assert set(PhotoAsset.objects.get().renditions) == {*made_by_another, WIDTHS[1]}


def test_an_asset_deleted_meanwhile_is_told_not_raised(item, owner, monkeypatch):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="", by=owner)
    monkeypatch.setattr("rebond.catalogue.actions.photo_asset.lock_rows", lambda rows: [])
    assert build_renditions(sha256=photo.asset.sha256) is False


def test_renditions_are_rebuilt_from_the_originals(item, owner, folders):
    add_photos(item=item, files=[upload(1), upload(2)], by=owner)
    for path in (folders / "media").rglob("*.*"):
        path.unlink()
    assert [made for _, made in rebuild_renditions()] == [True, True]
    assert len(files_of(folders / "media")) == 2 * (2 * len(WIDTHS) + len(FIRST_WIDTHS))
    assert list(rebuild_renditions(missing=True)) == []


def test_an_original_that_is_gone_is_told_not_raised(item, owner):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="", by=owner)
    private_storage().delete(original_name(photo.asset.sha256, ".jpg"))
    assert build_renditions(sha256=photo.asset.sha256) is False
    assert build_renditions(sha256="f" * 64) is False
    assert PhotoAsset.objects.get().renditions == list(FIRST_WIDTHS)


def test_a_time_out_is_tried_again_later_by_the_queue(item, owner, monkeypatch):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(size=(3000, 3000)), name="", by=owner)
    slow = functools.partial(render_picture, seconds=0)
    monkeypatch.setattr("rebond.catalogue.actions.photo_asset.render_picture", slow)
    with pytest.raises(ImageRefused):
        build_renditions(sha256=photo.asset.sha256)
    assert list(rebuild_renditions()) == [(photo.asset.sha256, False)]
    assert PhotoAsset.objects.get().renditions == list(FIRST_WIDTHS)


def test_orphans_go_after_a_week_and_nothing_else(item, owner, folders):
    kept, removed = add_photos(item=item, files=[upload(1), upload(2)], by=owner).added
    remove_photo(photo=removed, by=owner)
    stray = folders / "media" / "ab" / "cd" / ("ab" * 32 + "-480.avif")
    part = folders / "media" / kept.asset.sha256[:2] / kept.asset.sha256[2:4] / f"{kept.asset.sha256}-480.avif.0a.part"
    for path in (stray, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left by a kill")
    now = timezone.now()
    assert remove_orphans(now=now) == {"assets": 0, "files": 0}
    assert remove_orphans(now=now + datetime.timedelta(days=2)) == {"assets": 0, "files": 2}
    assert remove_orphans(now=now + datetime.timedelta(days=8)) == {"assets": 1, "files": 7}
    assert PhotoAsset.objects.get() == kept.asset
    assert len(files_of(folders)) == 7


def test_an_unused_picture_sent_again_is_kept_another_week(item, owner):
    photo = add_photo_from_bytes(item=item, data=picture_bytes(), name="", by=owner)
    remove_photo(photo=photo, by=owner)
    later = timezone.now() + datetime.timedelta(days=6, hours=12)
    store_asset(data=picture_bytes(), now=later)
    assert remove_orphans(now=later + datetime.timedelta(days=2))["assets"] == 0


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_at_once_never_pass_the_limit(item, owner, colleague):
    add_photos(item=item, files=[upload(i) for i in range(MAX_PHOTOS - 1)], by=owner)
    results = []

    def add(number, by):
        try:
            add_photo_from_bytes(item=Item.objects.get(pk=item.pk), data=picture_bytes(number), name="", by=by)
            results.append("added")
        except TooManyPhotos:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(200 + i, by)) for i, by in enumerate((owner, colleague))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["added", "refused"]
    assert item.photos.count() == MAX_PHOTOS
