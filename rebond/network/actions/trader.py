"""The trader file of DSA art. 30 (rules.md F4): written by the applicant, read with a trace, deleted in time."""

from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.resealing import Count, batches
from rebond.core.sealed import SealBrokenError, is_current, seal, unseal
from rebond.journal.actions.record import record
from rebond.network.enums import AdmissionState
from rebond.network.errors import NetworkError, StaleError, WrongStateError
from rebond.network.models import Admission, TraderFile
from rebond.network.validators import clean_iban

KEPT_FOR = timedelta(days=183)  # DSA art. 30(5): six months after the end of the relation
FIELDS = (
    "legal_name",
    "representative",
    "address",
    "phone",
    "email",
    "identity_kind",
    "account_holder",
    "iban",
    "register",
    "register_number",
)
WRITABLE = frozenset({AdmissionState.DRAFT, AdmissionState.MORE_INFO})


def trader_mark(admission: Admission) -> str:
    """Which writing of the file this is; `new` where there is none."""
    at = TraderFile.objects.filter(admission=admission).values_list("certified_at", flat=True).first()
    return at.isoformat() if at else "new"


@transaction.atomic
def write_trader_file(
    *,
    admission: Admission,
    fields: dict[str, Any],
    document: "File[bytes] | None" = None,
    document_type: str = "",
    seen: str | None = None,
    now: datetime | None = None,
) -> TraderFile:
    """Write or replace the file while the applicant may (draft, or information asked); a new one must be
    verified again. An empty `iban` keeps the one that was given; a replaced document is deleted from the disk.
    `seen` is the mark of the file that the page showed (`trader_mark`). Raise StaleError where it was written
    since, WrongStateError, NetworkError.
    """
    if lock_row(admission).state not in WRITABLE:
        raise WrongStateError
    if seen is not None and seen != trader_mark(admission):
        raise StaleError
    values = {name: fields[name] for name in FIELDS}
    trader = TraderFile.objects.filter(admission=admission).first()
    if values["iban"]:
        values["iban"] = clean_iban(values["iban"])
        values["iban_end"] = values["iban"][-4:]
    elif trader is not None:
        del values["iban"]
    else:
        raise NetworkError(_("Give the IBAN of the organisation."), field="iban")
    trader = trader or TraderFile(admission=admission)
    for name, value in values.items():
        setattr(trader, name, value)
    trader.certified_at, trader.verified_at, trader.verified_by = now or timezone.now(), None, ""
    if document is not None:
        document.seek(0)
        _delete_document(trader)
        trader.document.save("", ContentFile(seal(document.read())), save=False)
        trader.document_type = document_type
    if not trader.document:
        raise NetworkError(_("Join the identity document."), field="document")
    trader.save()
    record("network.trader.written", subject=trader, by=None, organisation=admission.organisation)
    return trader


def _delete_document(trader: TraderFile) -> None:
    """Delete the document from the disk once the change is committed."""
    storage, path = trader.document.storage, str(trader.document.name or "")
    if path:
        transaction.on_commit(partial(storage.delete, path))


@transaction.atomic
def read_trader_file(*, admission: Admission, by: Any) -> TraderFile:
    """The opened file; the journal keeps who read it. Raise TraderFile.DoesNotExist."""
    trader = TraderFile.objects.select_related("admission", "organisation").get(admission=admission)
    record("network.trader.read", subject=trader, by=by, organisation=trader.organisation)
    return trader


@transaction.atomic
def open_document(*, admission: Admission, by: Any) -> tuple[BytesIO, str]:
    """The identity document and its type; the journal keeps who opened it."""
    trader = TraderFile.objects.get(admission=admission)
    record("network.trader.document_read", subject=trader, by=by, organisation=trader.organisation)
    with trader.document.open("rb") as file:
        return BytesIO(unseal(file.read())), trader.document_type


@transaction.atomic
def verify_trader_file(*, admission: Admission, by: Any, now: datetime | None = None) -> TraderFile:
    """Say that identity, account and register were compared with their proofs. Raise WrongStateError when done."""
    rows = TraderFile.objects.filter(admission=admission, verified_at__isnull=True)
    if not rows.update(verified_at=now or timezone.now(), verified_by=by.display_name[:160]):
        raise WrongStateError
    trader = TraderFile.objects.get(admission=admission)
    record("network.trader.verified", subject=trader, by=by, organisation=trader.organisation)
    return trader


def reseal_documents(count: Count) -> None:
    """Seal anew, by the key of today, the documents that older keys sealed (`rebond rotate-keys`)."""
    for batch in batches(TraderFile.objects.exclude(document="").only("pk", "document")):
        for trader in batch:
            count.rows += 1
            with trader.document.open("rb") as file:
                sealed = file.read()
            if is_current(sealed):
                continue
            try:
                plain = unseal(sealed)
            except SealBrokenError:
                count.broken += 1
                continue
            _delete_document(trader)
            trader.document.save("", ContentFile(seal(plain)), save=False)
            TraderFile.objects.filter(pk=trader.pk).update(document=trader.document.name)
            count.resealed += 1


def purge_trader_files(*, today: date | None = None) -> int:
    """Delete the files whose relation ended six months ago, and those of applications begun six months ago and
    never sent: document and row. Return how many (periodic).
    """
    limit = (today or timezone.localdate()) - KEPT_FOR
    never_sent = Q(admission__state=AdmissionState.DRAFT, certified_at__date__lte=limit)
    number = 0
    for trader in TraderFile.objects.filter(Q(ended_on__lte=limit) | never_sent).order_by("pk"):
        with transaction.atomic():
            record("network.trader.deleted", subject=trader, by=None, organisation=trader.organisation)
            _delete_document(trader)
            trader.delete()
        number += 1
    return number
