"""Pictures of an import: from the archive, from an address, refused with a reason, detached by an undo."""

import io
import zipfile

import pytest
from PIL import Image

from rebond.catalogue.models import Item, Photo
from rebond.connect.actions.photos import take_photos
from rebond.connect.actions.undo import undo_batches, undo_import
from rebond.connect.errors import AddressRefused
from rebond.connect.fetch import Fetcher
from tests.factories.connect import HEADINGS, imported, line, upload

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def picture(color):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(out, "JPEG")
    return out.getvalue()


def archive(*lines, **files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("stock/annonces.csv", "\n".join((f"{HEADINGS};Photos", *lines)))
        for name, content in files.items():
            made.writestr(f"stock/photos/{name.replace('_', '.')}", content)
    return upload(out.getvalue(), "stock.zip")


class Web(Fetcher):
    """A web of two pages."""

    def get(self, url):
        if url != "https://exemple.fr/bleu.jpg":
            raise AddressRefused("private")
        return picture("blue")


def states(run):
    return list(run.pictures.order_by("pk").values_list("source", "state", "code"))


def test_pictures_come_from_the_archive_and_from_addresses(seller, owner, novels):
    file = archive(
        f"{line('A')};rouge.jpg | https://exemple.fr/bleu.jpg",
        f"{line('B', title='Vase')};absente.jpg | faux.jpg | http://10.0.0.1/x.jpg",
        rouge_jpg=picture("red"), faux_jpg=b"<html>",
    )  # fmt: skip
    run = imported(seller, file, by=owner)
    assert (run.created, run.refused) == (2, 0)
    assert take_photos(run_id=run.pk, fetcher=Web()) == 2
    assert [(source, state) for source, state, _code in states(run)] == [
        ("rouge.jpg", "done"), ("https://exemple.fr/bleu.jpg", "done"), ("absente.jpg", "refused"), ("faux.jpg", "refused"),
        ("http://10.0.0.1/x.jpg", "refused"),
    ]  # fmt: skip
    assert [code for *_rest, code in states(run)][2::2] == ["not_in_archive", "private"]
    item = Item.objects.get(external_ref="A")
    assert (item.photo_count, item.photos.count()) == (2, 2)
    assert run.pictures.get(source="faux.jpg").reason
    assert take_photos(run_id=run.pk, fetcher=Web()) == 0


def test_the_same_pictures_are_not_taken_twice_by_a_second_import(seller, novels):
    lines = f"{HEADINGS};Photos\n{line('A')};https://exemple.fr/bleu.jpg"
    first = imported(seller, upload(lines))
    take_photos(run_id=first.pk, fetcher=Web())
    second = imported(seller, upload(lines))
    assert (second.unchanged, second.pictures.count(), Photo.objects.count()) == (1, 0, 1)


def test_a_task_killed_between_the_picture_and_its_mark_knows_it_again(seller, novels):
    run = imported(seller, upload(f"{HEADINGS};Photos\n{line('A')};https://exemple.fr/bleu.jpg"))
    take_photos(run_id=run.pk, fetcher=Web())
    run.pictures.update(state="waiting", code="taking", photo=None)
    take_photos(run_id=run.pk, fetcher=Web())
    assert run.pictures.get().photo == Photo.objects.get()


def test_an_undo_takes_the_pictures_off_what_stays(seller, owner, novels):
    imported(seller, upload(f"{HEADINGS}\n{line('A')}"))
    run = imported(seller, upload(f"{HEADINGS};Photos\n{line('A', price='3')};https://exemple.fr/bleu.jpg"), by=owner)
    take_photos(run_id=run.pk, fetcher=Web())
    assert Item.objects.get().photo_count == 1
    undo_import(run=run, by=owner, enqueue=False)
    undo_batches(run_id=run.pk)
    item = Item.objects.get()
    assert (item.photo_count, item.cover, item.price_cents, Photo.objects.count()) == (0, "", 1800, 0)
