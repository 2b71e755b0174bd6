"""Reading what an import will hold, by a task: a shop by its webservice, or the table inside an archive."""

import tempfile
from typing import Any
from urllib.parse import urlsplit

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from rebond.connect.actions.moves import move_import
from rebond.connect.actions.telling import language_of, tell_ended
from rebond.connect.actions.uploads import check_seller, keep_file, sniff_stored, start_values
from rebond.connect.enums import ImportState
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.fetch import Resolver, is_address, is_public, public_addresses
from rebond.connect.formats import prestashop_xml
from rebond.connect.live import ShopReader, shop_file_name, shop_root
from rebond.connect.models import ImportRun
from rebond.connect.phrases import reason
from rebond.connect.tasks import read_import as read_task
from rebond.core.models import Job, JobState
from rebond.journal.actions.record import record


def _checked(address: str) -> str:
    """The shop's root; raise ImportRefused where it is none, is private, or where the key would travel in clear."""
    root = shop_root(address)
    host = urlsplit(root).hostname or ""
    if is_address(host) and not is_public(host):
        raise ImportRefused(reason("private"))
    if not root.startswith("https://"):
        raise ImportRefused(_("The address must start with https: the key would travel in clear."))
    return root[:200]


@transaction.atomic
def start_shop(*, seller: Any, address: str, key: str, by: Any, enqueue: bool = True) -> ImportRun:
    """Have the PrestaShop shop at `address` read by a task. `key` is kept sealed until the reading ends.

    Raise ImportRefused where this is no address, or the seller has no letters yet.
    """
    check_seller(seller)
    root = _checked(address)
    run = ImportRun.objects.create(
        seller=seller,
        name=shop_file_name(root),
        address=root,
        key=key,
        format=prestashop_xml.KEY,
        state=ImportState.READING,
        by=by,
    )
    _begin(run)
    record("connect.import.shop_asked", subject=run, by=by, organisation=seller, address=root)
    if enqueue:
        read_task.enqueue(run.pk)
    return run


@transaction.atomic
def read_again(*, run: ImportRun, key: str, by: Any, enqueue: bool = True) -> None:
    """Try once more to read a shop, with a key given again. Raise WrongImportState where it was read."""
    if not run.address:
        raise WrongImportState(_("This import has moved on meanwhile. The page shows it as it is now."))
    move_import(run, "read_again", by=by, key=key, error="", by_id=by.pk if by else None)
    _begin(run)
    record("connect.import.shop_asked", subject=run, by=by, organisation=run.seller, address=run.address)
    if enqueue:
        read_task.enqueue(run.pk)


def _begin(run: ImportRun) -> None:
    """A job that the page follows."""
    run.job = Job.objects.create(
        kind="connect.reading", owner_kind="network.organisation", owner_id=run.seller.public_id
    )
    run.save(update_fields=["job"])


@transaction.atomic
def stop_reading(*, run: ImportRun, by: Any) -> None:
    """Stop before the end; the key is forgotten at once. Raise WrongImportState where nothing is being read."""
    move_import(run, "stop_reading", by=by, key="", error="")
    _close_job(run, JobState.FAILED)
    record("connect.import.reading_stopped", subject=run, by=by, organisation=run.seller)


def read_import(*, run_id: int, resolve: Resolver = public_addresses) -> str:
    """Read what the import waits for; return the state it ends in. Killed, it starts afresh; twice, it reads once.

    What goes wrong is told in the language of the person who asked.
    """
    run = ImportRun.objects.select_related("seller", "file", "job", "by").get(pk=run_id)
    if run.state != ImportState.READING:
        return str(run.state)
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.RUNNING, started_at=timezone.now())
    with translation.override(language_of(run)):
        try:
            if run.address:
                _read_shop(run, resolve)
            else:
                _read_archive(run)
        except WrongImportState:
            run.refresh_from_db(fields=["state"])
        except ImportRefused as error:
            _fail(run, str(error))
    return str(run.state)


def _read_shop(run: ImportRun, resolve: Resolver) -> None:
    with tempfile.TemporaryFile(prefix="rebond-shop-") as out:
        reader = ShopReader(run.address, run.key, told=lambda *said: _tell(run, *said), resolve=resolve)
        reader.read(out)
        out.seek(0)
        with transaction.atomic():
            run.file = keep_file(run.seller, File(out, name=run.name), run.by, is_ours=True)
            run.save(update_fields=["file"])
            _finish(run, wanted=prestashop_xml.KEY)


@transaction.atomic
def _read_archive(run: ImportRun) -> None:
    _finish(run, wanted=run.how.get("wanted", "auto"), mapping=run.how.get("mapping"))


def _finish(run: ImportRun, *, wanted: str, mapping: dict[str, str] | None = None) -> None:
    """What the file is, its columns and samples; called inside the transaction that ends the reading."""
    detected, samples = sniff_stored(run, wanted=wanted)
    move_import(
        run, "finish_reading", by=run.by, key="", error="", **start_values(run.seller, detected, samples, mapping)
    )
    _close_job(run, JobState.DONE)
    _tell_end(run)
    record("connect.import.read", subject=run, by=run.by, organisation=run.seller, format=run.format)


@transaction.atomic
def _fail(run: ImportRun, why: str) -> None:
    try:
        move_import(run, "fail_reading", by=run.by, key="", reason=why, error=why[:500])
    except WrongImportState:
        run.refresh_from_db(fields=["state"])  # stopped meanwhile
        return
    _close_job(run, JobState.FAILED, why[:500])
    _tell_end(run)
    record("connect.import.not_read", subject=run, by=run.by, organisation=run.seller, reason=why[:500])


def _tell_end(run: ImportRun) -> None:
    """A shop takes long to read: who asked is told. An archive is read within seconds, under their eyes."""
    if run.address:
        tell_ended(run=run, since=run.job.created_at if run.job else None, now=timezone.now())


def _close_job(run: ImportRun, state: str, message: str = "") -> None:
    Job.objects.filter(pk=run.job_id or 0).update(state=state, message=message, ended_at=timezone.now())


def _tell(run: ImportRun, resource: str, done: int, total: int) -> None:
    """How far the reading is, for the page; raise WrongImportState where somebody stopped it."""
    rows = ImportRun.objects.filter(pk=run.pk, state=ImportState.READING)
    if not rows.update(touched_at=timezone.now(), rows_read=done):
        raise WrongImportState(_("This import has moved on meanwhile. The page shows it as it is now."))
    Job.objects.filter(pk=run.job_id or 0).update(done=done, total=total, message=resource)


@transaction.atomic
def forget_keys(*, before: Any) -> int:
    """Empty the keys of readings that began before `before` and never ended; return how many."""
    rows = ImportRun.objects.exclude(address="").filter(state=ImportState.READING, touched_at__lt=before)
    stale = list(rows.select_related("seller", "job", "by").order_by("pk")[:100])
    for run in stale:
        _fail(run, str(_("The reading stopped without an answer: try again.")))
    return len(stale)
