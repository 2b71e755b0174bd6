"""What the operator owes to its suppliers and may pay by a file, and the files made."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import bic as bic_numbers
from stdnum.exceptions import ValidationError as NumberError

from rebond.ledger.bank_files import Came, Went
from rebond.ledger.enums import BatchState
from rebond.ledger.errors import NoPayer
from rebond.ledger.models import PaymentBatch, SupplierInvoice, SupplierPayment
from rebond.ledger.pain001 import Payer, plain
from rebond.ledger.received import amount
from rebond.network.models import Organisation
from rebond.network.validators import clean_iban

CENT = Decimal("0.01")
UNPAYABLE: dict[str, Promise] = {
    "credit_note": _("A credit note is not paid: it comes off another invoice."),
    "wrong": _("It does not add up."),
    "currency": _("It is not in euros."),
    "nothing": _("Nothing is left to pay on it."),
    "iban": _("It gives no IBAN, or a wrong one."),
    "not_ours": _("It is addressed to somebody else."),
}


@dataclass(frozen=True, slots=True)
class Debt:
    """One invoice that may be chosen; `why` it may not, as a key of UNPAYABLE."""

    invoice: SupplierInvoice
    cents: int
    iban: str
    why: str = ""

    @property
    def words(self) -> Promise | str:
        return UNPAYABLE.get(self.why, "")


def payer() -> Payer:
    """The operator's own account of the settings; raise NoPayer where it is missing or wrong.

    Never the account of transfers: what is there is the sellers', held by the payment provider.
    """
    try:
        iban = clean_iban(settings.PAYER_IBAN)
        bic = bic_numbers.validate(settings.PAYER_BIC) if settings.PAYER_BIC else ""
        transfers = clean_iban(settings.TRANSFER_IBAN) if settings.TRANSFER_IBAN else ""
    except (ValidationError, NumberError):
        raise NoPayer from None
    if not iban or not settings.PAYER_NAME or iban == transfers:
        raise NoPayer
    return Payer(settings.PAYER_NAME, iban, bic)


def other_accounts(rows: Iterable[Came | Went]) -> set[str]:
    """Accounts that a bank's file names and that are not the operator's own: another file was chosen."""
    try:
        own = payer().iban
    except NoPayer:
        own = ""
    return {row.account for row in rows if row.account} - {own}


def debt_of(invoice: SupplierInvoice) -> Debt:
    """What is due on an invoice, to which account, or why it cannot be paid by a file."""
    said = invoice.data
    totals = said["totals"]
    due = amount(totals.get("due") or totals.get("total", ""))
    cents = int(due * 100) if due.is_finite() and due == due.quantize(CENT) else 0
    try:
        iban = clean_iban(said.get("iban", ""))
    except ValidationError:
        iban = ""
    siren, to = invoice.organisation.siren, "".join((said["buyer"].get("number") or "").split())
    checks = (
        ("credit_note", invoice.is_credit_note),
        ("wrong", not invoice.adds_up),
        ("currency", invoice.currency != "EUR"),
        ("nothing", cents <= 0),
        ("iban", not iban or not plain(invoice.supplier, 70)),
        ("not_ours", bool(siren and to and not to.startswith(siren))),
    )
    return Debt(invoice, cents, iban, next((key for key, is_so in checks if is_so), ""))


def unpaid_of(operator: Organisation) -> "QuerySet[SupplierInvoice]":
    """Invoices of the operator that are in no file, the newest first."""
    kept = SupplierPayment.objects.filter(invoice=OuterRef("pk"), is_dropped=False)
    rows: Any = SupplierInvoice.objects.filter(organisation=operator, is_credit_note=False).exclude(Exists(kept))
    found: QuerySet[SupplierInvoice] = rows.select_related("organisation").order_by("-pk")
    return found


def batches_of(operator: Organisation, state: str = "") -> "QuerySet[PaymentBatch]":
    """The operator's files, the newest first, of one state where it is said."""
    rows: QuerySet[PaymentBatch] = PaymentBatch.objects.filter(organisation=operator).order_by("-pk")
    return rows.filter(state=state) if state in BatchState.values else rows
