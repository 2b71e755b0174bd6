"""The columns of the books' spreadsheets: lists of the desk, and the files of a month."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column
from rebond.ledger.queries.payouts import held_words
from rebond.ledger.queries.tax import missing_words

BALANCES = [
    Column(_("Seller"), "account.owner.name"),
    Column(_("SIREN"), "account.owner.siren"),
    Column(pgettext_lazy("ledger", "Owed"), "owed_cents", "cents"),
    Column(pgettext_lazy("ledger", "Lines"), "postings", "number"),
]


def _of_owner(posting: Any) -> int:
    return -int(posting.cents)


STATEMENT = [
    Column(pgettext_lazy("ledger", "Day"), "on", "date"),
    Column(pgettext_lazy("ledger", "Entry"), "entry_id", "number"),
    Column(pgettext_lazy("ledger", "Event"), "entry.get_kind_display"),
    Column(pgettext_lazy("ledger", "About"), "entry.subject_label"),
    Column(pgettext_lazy("ledger", "Part"), "get_part_display"),
    Column(pgettext_lazy("ledger", "Amount"), _of_owner, "cents"),
    Column(pgettext_lazy("ledger", "Reason"), "entry.reason"),
]

BATCHES = [
    Column(pgettext_lazy("batch", "Reference"), "reference"),
    Column(pgettext_lazy("batch", "State"), "get_state_display"),
    Column(pgettext_lazy("batch", "Day of the payment"), "execute_on", "date"),
    Column(pgettext_lazy("batch", "Invoices"), "number", "number"),
    Column(pgettext_lazy("batch", "Amount"), "cents", "cents"),
    Column(pgettext_lazy("batch", "Chosen by"), "asked_by"),
    Column(pgettext_lazy("batch", "Decided by"), "decided_by"),
    Column(pgettext_lazy("batch", "Given to the bank by"), "sent_by"),
    Column(pgettext_lazy("batch", "Ended on"), "ended_on", "date"),
]

SERVICES = [
    Column(pgettext_lazy("service", "Billed on"), "billed_at", "date"),
    Column(pgettext_lazy("service", "Service"), "label"),
    Column(pgettext_lazy("service", "Kind"), "get_kind_display"),
    Column(pgettext_lazy("service", "Billed to"), "customer_name"),
    Column(_("With VAT"), "cents", "cents"),
    Column(pgettext_lazy("paper", "VAT"), "vat_cents", "cents"),
    Column(pgettext_lazy("service", "How it is paid"), "get_paid_how_display"),
    Column(pgettext_lazy("service", "Paid on"), "paid_on", "date"),
    Column(pgettext_lazy("service", "Credited on"), "credited_at", "date"),
]

RATES = [
    Column(pgettext_lazy("rate", "First day of the half-year"), "starts_on", "date"),
    Column(pgettext_lazy("rate", "Last day"), "ends_on", "date"),
    Column(pgettext_lazy("rate", "Rate, in hundredths of a percent"), "basis_points", "number"),
    Column(pgettext_lazy("rate", "Where it is published"), "source"),
    Column(pgettext_lazy("rate", "State"), "get_state_display"),
    Column(pgettext_lazy("rate", "Entered by"), "asked_by"),
    Column(pgettext_lazy("rate", "Decided by"), "decided_by"),
]

RULES = [
    Column(pgettext_lazy("fee", "Rule"), "name"),
    Column(pgettext_lazy("fee", "What it is"), "get_part_display"),
    Column(pgettext_lazy("fee", "Priority"), "priority", "number"),
    Column(pgettext_lazy("fee", "Base"), "get_base_display"),
    Column(pgettext_lazy("fee", "Rate, in hundredths of a percent"), "rate_bp", "number"),
    Column(pgettext_lazy("fee", "Fixed part"), "fixed_cents", "cents"),
    Column(pgettext_lazy("fee", "At least"), "min_cents", "cents"),
    Column(pgettext_lazy("fee", "At most"), "max_cents", "cents"),
    Column(pgettext_lazy("fee", "VAT in it, in hundredths of a percent"), "vat_bp", "number"),
    Column(pgettext_lazy("fee", "Category"), "category"),
    Column(pgettext_lazy("fee", "First day"), "valid_from", "date"),
    Column(pgettext_lazy("fee", "Last day"), "valid_to", "date"),
]

PAYOUTS = [
    Column(_("Seller"), "account.owner.name"),
    Column(pgettext_lazy("ledger", "Amount"), "cents", "cents"),
    Column(pgettext_lazy("payout", "State"), "get_state_display"),
    Column(pgettext_lazy("payout", "Asked on"), "asked_on", "date"),
    Column(pgettext_lazy("payout", "Asked by"), "asked_by"),
    Column(pgettext_lazy("payout", "Granted by"), "granted_by"),
    Column(pgettext_lazy("payout", "Ended on"), "ended_on", "date"),
    Column(pgettext_lazy("payout", "Reference of the provider"), "reference"),
    Column(pgettext_lazy("ledger", "Reason"), "reason"),
]

DUES = [
    Column(_("Seller"), "account.owner.name"),
    Column(pgettext_lazy("ledger", "Owed"), "owed_cents", "cents"),
    Column(pgettext_lazy("payout", "Waiting"), "waiting_cents", "cents"),
    Column(pgettext_lazy("payout", "May be paid"), "cents", "cents"),
    Column(pgettext_lazy("payout", "On"), "next_on", "date"),
    Column(pgettext_lazy("payout", "Held"), lambda due: ", ".join(held_words(due.held))),
]

INVOICES = [
    Column(pgettext_lazy("paper", "Number"), "number"),
    Column(pgettext_lazy("paper", "Paper"), "get_kind_display"),
    Column(pgettext_lazy("ledger", "Day"), "issued_on", "date"),
    Column(_("Seller"), "seller.name"),
    Column(pgettext_lazy("paper", "Buyer"), "buyer_name"),
    Column(pgettext_lazy("paper", "VAT regime"), "get_regime_display"),
    Column(_("Without VAT"), "net_cents", "cents"),
    Column(pgettext_lazy("paper", "VAT"), "vat_cents", "cents"),
    Column(_("With VAT"), "signed_cents", "cents"),
]


def _quarter(name: str, n: int) -> Any:
    return lambda row: getattr(row.sold, name)[n]


TAX_ROWS = [
    Column(_("Seller"), "seller.name"),
    Column(_("SIREN"), "seller.siren"),
    Column(pgettext_lazy("tax", "Declared"), "is_declared", "yes"),
    Column(pgettext_lazy("tax", "Sales"), "sales", "number"),
    Column(pgettext_lazy("tax", "Paid, fees taken off"), "cents", "cents"),
    Column(pgettext_lazy("tax", "Fees"), "fees", "cents"),
    *(Column(f"T{n + 1}", _quarter("sales", n), "number") for n in range(4)),
    *(Column(f"T{n + 1} €", _quarter("cents", n), "cents") for n in range(4)),
    Column(pgettext_lazy("tax", "Data missing"), lambda row: ", ".join(missing_words(row.missing))),
    Column(pgettext_lazy("tax", "Verified"), "is_verified", "yes"),
]

DAY_SUMS = [
    Column(_("SIREN"), "siren"),
    Column(_("Seller"), "name"),
    Column(pgettext_lazy("ledger", "Day"), "on", "date"),
    Column(pgettext_lazy("ereporting", "Category"), "category"),
    Column(pgettext_lazy("ereporting", "Rate, in hundredths of a percent"), "vat_bp", "number"),
    Column(pgettext_lazy("ereporting", "Currency"), "currency"),
    Column(_("Without VAT"), "net_cents", "cents"),
    Column(pgettext_lazy("paper", "VAT"), "vat_cents", "cents"),
    Column(pgettext_lazy("ereporting", "Transactions"), "transactions", "number"),
]

SUPPLIERS = [
    Column(pgettext_lazy("supplier", "Supplier"), "supplier"),
    Column(pgettext_lazy("paper", "Number"), "number"),
    Column(pgettext_lazy("ledger", "Day"), "issued_on", "date"),
    Column(_("With VAT"), lambda row: -row.total if row.is_credit_note else row.total, "number"),
    Column(pgettext_lazy("ereporting", "Currency"), "currency"),
    Column(pgettext_lazy("supplier", "Adds up"), "adds_up", "yes"),
    Column(pgettext_lazy("supplier", "Added by"), "added_by"),
    Column(pgettext_lazy("supplier", "Added on"), "added_at", "date"),
]
