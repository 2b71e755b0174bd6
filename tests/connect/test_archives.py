"""An archive: only its list of files is looked at when it is sent; a task reads the table inside."""

import datetime
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.connect.actions.intake import read_import
from rebond.connect.actions.uploads import upload_import
from rebond.connect.errors import ImportRefused
from rebond.connect.formats.safe_zip import directory_size
from rebond.connect.models import ImportRun
from rebond.journal.actions.files import sweep_stored_files
from rebond.journal.models import StoredFile
from tests.factories.connect import HEADINGS, imported, line, upload

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def archive(text, name="dossier/stock.csv", **others):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, text)
        for other, data in others.items():
            made.writestr(other, data)
    return out.getvalue()


def stock(*refs):
    return "\n".join([HEADINGS, *map(line, refs)])


def test_an_archive_is_kept_when_sent_and_read_by_a_task(as_user, owner, novels, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("nothing is taken out of the archive by the request")

    sent = upload(archive(stock("A", "B")), "a.zip")
    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "open", never)
        response = as_user(owner).post("/bureau/imports/", {"file": sent})
    run = ImportRun.objects.get()
    detail = reverse("connect:import-detail", args=[run.public_id])
    assert (response.status_code, response["Location"], run.state, run.columns) == (302, detail, "reading", [])
    assert "L’archive est en cours de lecture" in as_user(owner).get(detail).content.decode()
    assert read_import(run_id=run.pk) == "uploaded"
    assert read_import(run_id=run.pk) == "uploaded"
    run.refresh_from_db()
    assert (run.format, len(run.columns), run.samples["Titre"]) == ("rebond", 8, "Lampe orange")
    assert "Essayer tout le fichier" in as_user(owner).get(detail).content.decode()


def test_what_is_wrong_inside_is_told_on_the_page(as_user, owner, seller):
    run = upload_import(seller=seller, upload=upload(archive(b"\xd0\xcf\x11\xe0", "vieux.csv"), "a.zip"), by=owner)
    assert read_import(run_id=run.pk) == "unread"
    page = as_user(owner).get(reverse("connect:import-detail", args=[run.public_id])).content.decode()
    assert "ancien fichier Excel" in page
    assert "n’a pas été lu" in page


@pytest.mark.parametrize("others", [{}, {"b.csv": "x;y"}])
def test_an_archive_without_one_table_is_refused_at_once(seller, owner, others):
    sent = upload(archive("x", "a.jpg") if not others else archive("x;y", "a.csv", **others), "a.zip")
    with pytest.raises(ImportRefused, match="table"):
        upload_import(seller=seller, upload=sent, by=owner)
    assert StoredFile.objects.count() == 0


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(seller, owner, tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    path.write_bytes(archive(stock("A"), **{f"{n}.jpg": b"" for n in range(50)}))
    with zipfile.ZipFile(path) as opened:
        begins = opened.start_dir
    assert directory_size(path) == path.stat().st_size - begins - 22
    monkeypatch.setattr("rebond.connect.formats.safe_zip.MAX_DIRECTORY", 1_000)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *args, **kwargs: pytest.fail("the list was read"))
    with pytest.raises(ImportRefused, match="more than"):
        upload_import(seller=seller, upload=upload(path.read_bytes(), "a.zip"), by=owner)


def test_a_longer_record_cannot_hide_the_size_of_the_list(tmp_path):
    whole = archive("x;y", "a.csv")
    end = whole.rfind(b"PK\x05\x06")
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(28) + (9_000_000).to_bytes(8, "little") + bytes(8)
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    path = tmp_path / "b.zip"
    path.write_bytes(whole[:end] + record + locator + whole[end:])
    assert directory_size(path) == 9_000_000


def test_an_import_stays_once_its_file_is_swept(seller, owner, novels, as_user):
    run = imported(seller, upload(stock("A")), by=owner)
    StoredFile.objects.update(delete_after=timezone.localdate() - datetime.timedelta(days=1))
    sweep_stored_files()
    run.refresh_from_db()
    assert (run.file, run.state) == (None, "done")
    page = as_user(owner).get(reverse("connect:import-detail", args=[run.public_id]))
    assert page.status_code == 200
