"""Private files: kept outside the public folder, checked by content, read only with the right asked for."""

import hashlib
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.db import models, transaction
from django.utils import timezone

from rebond.core.permissions import roles_of
from rebond.core.storage import private_storage
from rebond.journal.actions.record import record
from rebond.journal.errors import FileEmptyError, FileTooBigError, FileTypeRefusedError
from rebond.journal.models import StoredFile

MAX_BYTES = 20_000_000
# First bytes of each kind, by extension: what the name says must be what the file is.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "webp": ("image/webp", (b"RIFF",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK\x03\x04",)),
    "zip": ("application/zip", (b"PK\x03\x04", b"PK\x05\x06")),
    "csv": ("text/csv", ()),
    "txt": ("text/plain", ()),
    "xml": ("application/xml", ()),
    "json": ("application/json", ()),
}
DOCUMENTS = frozenset({"pdf", "png", "jpg", "jpeg", "webp", "docx", "odt"})


@transaction.atomic
def store_file(
    *,
    upload: "File[bytes]",
    organisation: Any,
    permission: str,
    by: Any,
    subject: models.Model | None = None,
    kinds: frozenset[str] = DOCUMENTS,
    max_bytes: int = MAX_BYTES,
    delete_after: date | None = None,
) -> StoredFile:
    """Keep `upload` for `organisation`; whoever holds `permission` there may read it.

    `kinds` are the extensions accepted (keys of KINDS). Raise FileEmptyError, FileTooBigError or
    FileTypeRefusedError, all of them FileRefusedError; raise KeyError where nobody registered the
    permission. Size in bytes.
    """
    roles_of(permission)
    name = PurePath((upload.name or "fichier").replace("\\", "/")).name[-200:]
    extension = PurePath(name).suffix.lower().lstrip(".")
    if not upload.size:
        raise FileEmptyError
    if upload.size > max_bytes:
        raise FileTooBigError
    if extension not in kinds or not _is_kind(upload, extension):
        raise FileTypeRefusedError
    stored = StoredFile(
        file=upload,
        name=name,
        content_type=KINDS[extension][0],
        size=upload.size,
        sha256=_sha256(upload),
        organisation_id=organisation.public_id if organisation is not None else "",
        permission=permission,
        subject_kind=subject._meta.label_lower if subject is not None else "",  # noqa: SLF001 -- Django's documented name
        subject_id=str(getattr(subject, "public_id", subject.pk)) if subject is not None else "",
        uploaded_by_id=by.public_id if by is not None else "",
        delete_after=delete_after,
    )
    stored.save()
    record("journal.file.stored", subject=stored, by=by, organisation=organisation, sha256=stored.sha256)
    return stored


@transaction.atomic
def remove_file(*, stored: StoredFile, by: Any, organisation: Any = None) -> None:
    """Delete a private file: its row now, what is on the disk once that is sure (else the night's sweep does)."""
    path = str(stored.file.name)
    record("journal.file.removed", subject=stored, by=by, organisation=organisation, sha256=stored.sha256)
    stored.delete()
    transaction.on_commit(lambda: private_storage().delete(path))


@transaction.atomic
def open_file(*, stored: StoredFile, by: Any, organisation: Any = None) -> BinaryIO:
    """Open a private file for reading, and note who did. The right to do so is checked before (perms)."""
    record("journal.file.read", subject=stored, by=by, organisation=organisation)
    return cast("BinaryIO", stored.file.open("rb"))


def sweep_stored_files(*, today: date | None = None) -> int:
    """Delete files past their date, and files on the disk that no row knows (a change that was undone).

    A file younger than a day is left: its transaction may still be open. Return how many went.
    """
    today = today or timezone.localdate()
    storage, gone = private_storage(), 0
    for stored in StoredFile.objects.filter(delete_after__lt=today).order_by("pk")[:1000]:
        path = str(stored.file.name)
        stored.delete()
        storage.delete(path)
        gone += 1
    folders = storage.listdir("files")[0] if storage.exists("files") else []
    for folder in folders:
        names = set(storage.listdir(f"files/{folder}")[1])
        known = set(StoredFile.objects.filter(public_id__in=names).values_list("public_id", flat=True))
        for name in names - known:
            if storage.get_modified_time(f"files/{folder}/{name}") < timezone.now() - timedelta(days=1):
                storage.delete(f"files/{folder}/{name}")
                gone += 1
    return gone


def _is_kind(upload: "File[bytes]", extension: str) -> bool:
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    starts = KINDS[extension][1]
    if not starts:
        return b"\x00" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))  # text; UTF-16 has zeros
    if extension == "webp" and head[8:12] != b"WEBP":
        return False
    return bool(head.startswith(starts))


def _sha256(upload: "File[bytes]") -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
