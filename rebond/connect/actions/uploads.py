"""A file comes in: kept privately, recognised, its columns guessed or remembered."""

import hashlib
import re
import tempfile
from collections.abc import Iterable
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
from rebond.connect.fetch import Resolver, public_addresses
from rebond.connect.fields import FIELDS
from rebond.connect.formats import Detected, Source, detect, open_rows
from rebond.connect.live import read_shop, shop_root
from rebond.connect.models import ImportProfile, ImportRun
from rebond.connect.reading import ATTRIBUTE, opened
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


@transaction.atomic
def upload_import(
    *,
    seller: Any,
    upload: "File[bytes]",
    by: Any,
    wanted: str = "auto",
    mapping: dict[str, str] | None = None,
) -> ImportRun:
    """Keep `upload` privately, say which format it is, guess its columns; nothing else is read or written.

    Columns come from `mapping` where given, else from what the seller kept for the same headings, else from the
    format. Raise ImportRefused with a sentence for the sender.
    """
    check_seller(seller)
    detected, samples = sniff_upload(upload, wanted=wanted)
    stored = _store(seller, upload, by)
    profile = _profile(seller, detected)
    kept = profile.mapping if profile else {}
    run = ImportRun.objects.create(
        seller=seller,
        file=stored,
        name=stored.name,
        format=detected.format,
        how=detected.how,
        columns=list(detected.columns),
        samples=samples,
        mapping=clean_mapping(detected, {**detected.mapping, **kept, **(mapping or {})}),
        defaults=profile.defaults if profile else {"condition": Condition.GOOD.value},
        by=by,
    )
    StoredFile.objects.filter(pk=stored.pk).update(subject_kind="connect.importrun", subject_id=run.public_id)
    record("connect.import.uploaded", subject=run, by=by, organisation=seller, format=run.format)
    return run


def upload_shop(*, seller: Any, address: str, key: str, by: Any, resolve: Resolver = public_addresses) -> ImportRun:
    """Read a PrestaShop shop by its webservice into a file, then as `upload_import`. The key is not kept.

    `resolve` is given only by tests. Raise ImportRefused.
    """
    check_seller(seller)
    with tempfile.TemporaryFile(prefix="rebond-shop-") as out:
        read_shop(address, key, out, resolve=resolve)
        out.seek(0)
        name = f"{re.sub(r'[^a-z0-9.-]+', '-', shop_root(address).split('://')[1].lower())[:60]}.xml"
        return upload_import(seller=seller, upload=File(out, name=name), by=by, wanted="prestashop-xml")


def _store(seller: Any, upload: "File[bytes]", by: Any) -> StoredFile:
    try:
        return store_file(
            upload=upload,
            organisation=seller,
            permission="connect.import.view",
            by=by,
            kinds=KINDS,
            max_bytes=settings.UPLOAD_MAX_MB * 1_000_000,
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


def sniff_upload(upload: "File[bytes]", *, wanted: str = "auto") -> tuple[Detected, dict[str, str]]:
    """The format of an upload (or of the table in its archive), and a value of each column.

    Raise ImportRefused where it is no catalogue.
    """
    with tempfile.TemporaryDirectory(prefix="rebond-import-") as folder:
        path = Path(folder) / "upload"
        upload.seek(0)
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        upload.seek(0)
        (Path(folder) / "inside").mkdir()
        with opened(Source(path, upload.name or ""), Path(folder) / "inside") as (source, _archive):
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

    `defaults`: condition, origin (keys), category_id, weight_g, vat_percent (added to prices). Raise ImportRefused
    where title or price has no column, WrongImportState once the import has started.
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
    stored.delete()
    name = str(stored.file.name)
    transaction.on_commit(lambda: stored.file.storage.delete(name))
