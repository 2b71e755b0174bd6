"""Public pictures: served by name, kept for ever, or the nearest width for a minute."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from rebond.core.images.store import rendition_name
from rebond.core.storage import WholeFileStorage

pytestmark = pytest.mark.page
SHA = "ab" * 32


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    for width in (480, 720):
        name = rendition_name(SHA, width, "avif")
        default_storage.save(name, ContentFile(name.encode()))


def body(response):
    return b"".join(response.streaming_content)


def test_a_rendition_is_kept_for_ever(client, media):
    response = client.get(f"/media/{rendition_name(SHA, 480, 'avif')}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/avif"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert body(response) == rendition_name(SHA, 480, "avif").encode()


@pytest.mark.parametrize(("asked", "given"), [(160, 480), (360, 480), (1120, 720), (1600, 720)])
def test_a_width_not_made_yet_is_the_nearest_for_a_minute(client, media, asked, given):
    response = client.get(f"/media/{rendition_name(SHA, asked, 'avif')}")
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert body(response) == rendition_name(SHA, given, "avif").encode()


@pytest.mark.parametrize(
    "path",
    [
        "ab/ab/" + "cd" * 32 + "-480.avif",
        rendition_name(SHA, 480, "webp"),
        "../private/originals/ab/ab/" + SHA + ".jpg",
        "ab/ab/" + SHA + "-480.html",
        "",
    ],
)
def test_anything_else_is_not_found(client, media, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    class Breaking(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError(28, "No space left on device")

    storage = WholeFileStorage(location=tmp_path)
    with pytest.raises(OSError, match="No space"):
        storage.save("a/b.txt", Breaking(b""))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_names_are_taken_once_or_written_over_as_asked(tmp_path):
    careful, over = WholeFileStorage(location=tmp_path), WholeFileStorage(location=tmp_path, allow_overwrite=True)
    assert careful.save("a.txt", ContentFile(b"1")) == "a.txt"
    second = careful.save("a.txt", ContentFile("2"))
    assert second != "a.txt"
    assert over.save("a.txt", ContentFile(b"3")) == "a.txt"
    assert isinstance(over, FileSystemStorage)
    assert sorted(p.read_bytes() for p in tmp_path.iterdir()) == [b"2", b"3"]
