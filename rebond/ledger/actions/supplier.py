"""Taking in an invoice of a supplier: checked, read, kept as it came."""

import datetime
import hashlib
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from rebond.journal.actions.record import record
from rebond.ledger.errors import AlreadyThere
from rebond.ledger.models import SupplierInvoice
from rebond.ledger.received import amount, read_invoice
from rebond.network.models import Organisation


def add_supplier_invoice(*, organisation: Organisation, name: str, content: bytes, by: Any) -> SupplierInvoice:
    """Keep a Factur-X paper, or an XML in CII or UBL. Raise FileNotInvoice, AlreadyThere."""
    said = read_invoice(content)  # outside any transaction
    row = SupplierInvoice(
        organisation=organisation,
        name=PurePath(name.replace("\\", "/")).name[-200:] or "facture",
        content_type=said.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        number=said.number[:80],
        issued_on=datetime.date.fromisoformat(said.issued_on) if said.issued_on else None,
        supplier=said.seller.name[:200],
        currency=said.currency,
        total=amount(said.totals.get("total", "") or said.totals.get("due", "")),
        is_credit_note=said.is_credit_note,
        adds_up=not said.wrong,
        data=said.as_json(),
        added_by=by.display_name[:160],
    )
    if SupplierInvoice.objects.filter(organisation=organisation, sha256=row.sha256).exists():
        raise AlreadyThere
    try:
        with transaction.atomic():
            row.file.save("", ContentFile(content), save=False)
            row.save()
            record("ledger.supplier.added", subject=row, by=by, organisation=organisation, number=row.number)
    except IntegrityError:  # sent twice at the same moment
        row.file.delete(save=False)
        raise AlreadyThere from None
    return row
