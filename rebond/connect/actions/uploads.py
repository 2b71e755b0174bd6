"""A file comes in: kept privately, recognised, its columns guessed or remembered."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition
from rebond.catalogue.models import Category
from rebond.connect.enums import ImportState, Target
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.fields import FIELDS
from rebond.connect.formats import Detected, Source, detect, open_rows
from rebond.connect.formats.detect import is_archive, table_in_archive
from rebond.connect.live import MAX_FILE
from rebond.connect.models import ImportProfile, ImportRun
from rebond.connect.reading import ATTRIBUTE, local_source
from rebond.connect.scratch import scratch_folder
from rebond.connect.tasks import read_import
from rebond.connect.texts import fold
from rebond.journal.actions.files import store_file
from rebond.journal.actions.record import record
from rebond.journal.errors import FileRefusedError, FileTooBigError
from rebond.journal.models import StoredFile

KINDS = frozenset({"csv", "xlsx", "zip", "xml", "txt", "json"})
KEPT = timedelta(days=90)  # the file itself; what it did stays in the journal
SAMPLED = 20
NEEDED = ("title", "price")


def check_seller(seller: Any) -> None:
    """Raise ImportRefused where `seller` has no letters yet: its items could have no code."""
    if not seller.letters:
        raise ImportRefused(
            _("Importing starts once the network has given you the letters of your codes, at admission.")
        )


def upload_import(
    *,
    seller: Any,
    upload: "File[bytes]",
    by: Any,
    wanted: str = "auto",
    mapping: dict[str, str] | None = None,
    enqueue: bool = True,
) -> ImportRun:
    """Keep `upload` privately, say which format it is, guess its columns; nothing else is read or written.

    Of an archive only the list of its files is looked at: its table is read by a task (`intake.read_import`),
    the import being `reading` until then. Columns come from `mapping` where given, else from what the seller kept
    for the same headings, else from the format. Raise ImportRefused with a sentence for the sender.
    """
    check_seller(seller)
    sniffed = _sniff_upload(upload, wanted)
    with transaction.atomic():
        values: dict[str, Any] = {"state": ImportState.READING, "how": {"wanted": wanted, "mapping": mapping}}
        if sniffed is not None:
            values = start_values(seller, *sniffed, mapping)
        stored = keep_file(seller, upload, by)
        run = ImportRun.objects.create(seller=seller, file=stored, name=stored.name, by=by, **values)
        StoredFile.objects.filter(pk=stored.pk).update(subject_kind="connect.importrun", subject_id=run.public_id)
        record("connect.import.uploaded", subject=run, by=by, organisation=seller, format=run.format)
        if enqueue and sniffed is None:
            read_import.enqueue(run.pk)
    return run


def start_values(
    seller: Any, detected: Detected, samples: dict[str, str], mapping: dict[str, str] | None
) -> dict[str, Any]:
    """The columns of ImportRun that say what its file is, and where its columns go."""
    profile = _profile(seller, detected)
    kept = profile.mapping if profile else {}
    return {
        "format": detected.format,
        "how": detected.how,
        "columns": list(detected.columns),
        "samples": samples,
        "mapping": clean_mapping(detected, {**detected.mapping, **kept, **(mapping or {})}),
        "defaults": profile.defaults if profile else {"condition": Condition.GOOD.value},
    }


def keep_file(seller: Any, upload: "File[bytes]", by: Any, *, is_ours: bool = False) -> StoredFile:
    """Keep a file privately for 90 days; one that we made (`is_ours`) may be heavier than what people send.

    Raise ImportRefused.
    """
    limit = MAX_FILE if is_ours else settings.UPLOAD_MAX_MB * 1_000_000
    try:
        return store_file(
            upload=upload,
            organisation=seller,
            permission="connect.import.view",
            by=by,
            kinds=KINDS,
            max_bytes=limit,
            delete_after=(timezone.now() + KEPT).date(),
        )
    except FileTooBigError as error:
        raise ImportRefused(
            _("This file is heavier than %(limit)s MB: part it."), limit=settings.UPLOAD_MAX_MB
        ) from error
    except FileRefusedError as error:
        raise ImportRefused(_("Send a CSV, XLSX, XML or ZIP file (its content must be what its name says).")) from error


def _profile(seller: Any, detected: Detected) -> ImportProfile | None:
    """What the seller kept for a file of the same format and headings."""
    return ImportProfile.objects.filter(
        seller=seller, format=detected.format, fingerprint=fingerprint(detected.columns)
    ).first()


def _sniff_upload(upload: "File[bytes]", wanted: str) -> tuple[Detected, dict[str, str]] | None:
    """What an upload is, with a value of each column; None for an archive, whose table a task reads.

    Raise ImportRefused where it is no catalogue, or an archive without one table.
    """
    with _on_disk(upload) as path:
        source = Source(path, upload.name or "")
        if is_archive(source):
            table_in_archive(source)
            return None
        return _sniff(source, wanted)


@contextmanager
def _on_disk(upload: "File[bytes]") -> Iterator[Path]:
    """The upload as a file of this disk: where the server already wrote it, else a copy."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with scratch_folder() as folder:
        path = folder / "upload"
        upload.seek(0)
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        upload.seek(0)
        yield path


def sniff_stored(run: ImportRun, *, wanted: str = "auto") -> tuple[Detected, dict[str, str]]:
    """What a kept file (or the table of a kept archive) is, with a value of each column. Raise ImportRefused."""
    with local_source(run.file, run.name) as (source, _archive):
        return _sniff(source, wanted)


def _sniff(source: Source, wanted: str) -> tuple[Detected, dict[str, str]]:
    detected = detect(source, wanted=wanted)
    rows = [row.values for row in islice(open_rows(source, detected), SAMPLED)]
    return detected, {c: next((r[c] for r in rows if r.get(c)), "")[:80] for c in detected.columns}


def fingerprint(columns: Iterable[str]) -> str:
    """The same headings, in whatever order and case, have the same fingerprint."""
    return hashlib.sha1("\x1f".join(sorted(fold(c) for c in columns)).encode(), usedforsecurity=False).hexdigest()


def clean_mapping(detected: Detected, wanted: dict[str, str]) -> dict[str, str]:
    """Every column of the file with a field that exists, "" where it is left out."""
    return {c: f if (f := wanted.get(c, "")) in FIELDS or f.startswith(ATTRIBUTE) else "" for c in detected.columns}


def missing_fields(mapping: dict[str, str]) -> list[str]:
    """The fields without which no item can be made and that no column gives."""
    given = set(mapping.values())
    return [f for f in NEEDED if f not in given and not (f == "price" and "sale_price" in given)]


@transaction.atomic
def set_columns(
    *, run: ImportRun, mapping: dict[str, str], defaults: dict[str, Any], by: Any, keep: bool = True
) -> ImportRun:
    """Correct where columns go and what stands for what the file does not say; `keep` remembers both.

    `defaults`: condition, origin (keys), category_id, weight_g, vat_percent (added to prices), site (where new
    objects lie). Raise ImportRefused where title or price has no column, WrongImportState once the import has started.
    """
    if run.state not in {ImportState.UPLOADED, ImportState.TRIED}:
        raise WrongImportState(_("This import has already started: its columns do not change any more."))
    missing = missing_fields(mapping)
    if missing:
        raise ImportRefused(
            _("No column gives: %(fields)s."), fields=", ".join(str(FIELDS[f].label).lower() for f in missing)
        )
    category = defaults.get("category_id")
    if category and not Category.objects.filter(pk=category, is_active=True, children__isnull=True).exists():
        raise ImportRefused(_("This category does not hold items: choose a more precise one."))
    run.mapping, run.defaults = mapping, {k: v for k, v in defaults.items() if v not in (None, "")}
    run.state, run.findings = ImportState.UPLOADED, {}
    run.save(update_fields=["mapping", "defaults", "state", "findings"])
    if keep:
        ImportProfile.objects.update_or_create(
            seller=run.seller,
            format=run.format,
            fingerprint=fingerprint(run.columns),
            defaults={"mapping": run.mapping, "defaults": run.defaults, "updated_at": timezone.now()},
        )
    record("connect.import.columns_set", subject=run, by=by, organisation=run.seller, mapping=mapping, kept=keep)
    return run


@transaction.atomic
def set_target(*, run: ImportRun, target: str, by: Any) -> None:
    """Say what new items become (a Target). Raise ImportRefused where only admitted sellers may publish."""
    if target == Target.PUBLISH and not run.seller.is_selling:
        raise ImportRefused(_("Only admitted sellers put items online: keep them as drafts."))
    run.target = Target(target)
    run.save(update_fields=["target"])
    record("connect.import.target_set", subject=run, by=by, organisation=run.seller, target=target)


@transaction.atomic
def forget_import(run: ImportRun) -> None:
    """Delete an import that wrote nothing (a trial of a script), its file too."""
    stored = run.file
    run.delete()
    if stored is None:
        return
    stored.delete()
    name = str(stored.file.name)
    transaction.on_commit(lambda: stored.file.storage.delete(name))
