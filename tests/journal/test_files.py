import datetime
import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebond.core.storage import private_storage
from rebond.journal.actions.files import open_file, store_file, sweep_stored_files
from rebond.journal.errors import FileEmptyError, FileTooBigError, FileTypeRefusedError
from rebond.journal.models import Entry, StoredFile

pytestmark = pytest.mark.unit
PDF = b"%PDF-1.7 a proof"


def keep(seller, owner, name="preuve.pdf", content=PDF, **fields):
    upload = SimpleUploadedFile(name, content)
    return store_file(upload=upload, organisation=seller, permission="network.agreement.view", by=owner, **fields)


def test_file_is_kept_under_its_public_id_with_its_digest(seller, owner):
    stored = keep(seller, owner, name="C:\\docs\\Avis d’impôt.pdf", subject=seller)

    assert (stored.name, stored.content_type, stored.size) == ("Avis d’impôt.pdf", "application/pdf", len(PDF))
    assert stored.sha256 == "54409c7457f9e9c1bd9fc664ab09b8c2e382843221003b75734c602837480807"
    assert stored.file.name == f"files/{stored.public_id[:2]}/{stored.public_id}"
    assert (stored.subject_kind, stored.subject_id) == ("network.organisation", seller.public_id)
    with open_file(stored=stored, by=owner) as file:
        assert file.read() == PDF
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "journal.file.stored",
        "journal.file.read",
    ]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("preuve.pdf", b"", FileEmptyError),
        ("preuve.pdf", PDF + b"x" * 100, FileTooBigError),
        ("preuve.pdf", b"MZ not a pdf", FileTypeRefusedError),
        ("preuve.exe", PDF, FileTypeRefusedError),
        ("preuve", PDF, FileTypeRefusedError),
        ("photo.webp", b"RIFF1234WAVE", FileTypeRefusedError),
    ],
)
def test_bad_file_is_refused_and_nothing_is_kept(seller, owner, name, content, error):
    with pytest.raises(error):
        keep(seller, owner, name=name, content=content, max_bytes=60)

    assert StoredFile.objects.count() == 0
    assert Entry.objects.count() == 0


def test_unknown_permission_is_a_mistake_of_the_code(seller, owner):
    with pytest.raises(KeyError):
        store_file(upload=SimpleUploadedFile("a.pdf", PDF), organisation=seller, permission="nobody.knows", by=owner)


def test_sweep_deletes_what_is_past_its_date_and_what_no_row_knows(seller, owner):
    kept = keep(seller, owner)
    old = keep(seller, owner, delete_after=datetime.date(2026, 1, 1))
    lost = keep(seller, owner)
    path = private_storage().path(lost.file.name)
    StoredFile.objects.filter(pk=lost.pk).delete()

    assert sweep_stored_files(today=datetime.date(2026, 1, 2)) == 1
    os.utime(path, (time.time() - 100_000, time.time() - 100_000))
    assert sweep_stored_files(today=datetime.date(2026, 1, 2)) == 1

    assert list(StoredFile.objects.values_list("pk", flat=True)) == [kept.pk]
    assert private_storage().exists(kept.file.name)
    assert not private_storage().exists(old.file.name)
    assert not Path(path).exists()
