"""Kinds of accounts, events and parts of an amount."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AccountKind(models.TextChoices):
    """What an account holds. Its owner is a seller, a fund, an issuer, or the operator itself."""

    SELLER = "seller", pgettext_lazy("account", "Owed to the seller")
    PROVIDER = "provider", pgettext_lazy("account", "Held by the payment provider")
    COMMISSION = "commission", pgettext_lazy("account", "Commissions and services")
    VAT = "vat", pgettext_lazy("account", "VAT on commissions and services")
    SOLIDARITY = "solidarity", pgettext_lazy("account", "Solidarity levy")
    SHIPPING = "shipping", pgettext_lazy("account", "Shipping done by the platform")
    PAYMENT_FEE = "payment_fee", pgettext_lazy("account", "Fees of the payment provider")
    GESTURE = "gesture", pgettext_lazy("account", "Gestures of the platform")
    SURCHARGE = "surcharge", pgettext_lazy("account", "Surcharges for late refunds")
    GIFT_CARD = "gift_card", pgettext_lazy("account", "Gift cards not used yet")
    ROUND_UP = "round_up", pgettext_lazy("account", "Solidarity round-ups")
    DISPUTED = "disputed", pgettext_lazy("account", "Disputed, held back by the provider")
    TRANSIT = "transit", pgettext_lazy("account", "Payouts on their way")
    BUYER = "buyer", pgettext_lazy("account", "To give back to buyers")
    LOSS = "loss", pgettext_lazy("account", "Lost in disputes")
    SUPPLIER = "supplier", pgettext_lazy("account", "Suppliers paid")
    BANK = "bank", pgettext_lazy("account", "The operator’s own bank account")
    VOUCHER = "voucher", pgettext_lazy("account", "Vouchers of the network")
    CUSTOMER = "customer", pgettext_lazy("account", "Customers of services")
    WAITING = "waiting", pgettext_lazy("account", "Received, not known for what")


class EntryKind(models.TextChoices):
    SALE = "sale", pgettext_lazy("ledger", "Sale")
    REFUND = "refund", pgettext_lazy("ledger", "Refund")
    FEE = "fee", pgettext_lazy("ledger", "Service invoiced")
    PAYMENT_FEE = "payment_fee", pgettext_lazy("ledger", "Fee of the payment provider")
    SURCHARGE = "surcharge", pgettext_lazy("ledger", "Surcharge for a late refund")
    GESTURE = "gesture", pgettext_lazy("ledger", "Gesture")
    GIFT_CARD = "gift_card", pgettext_lazy("ledger", "Gift card sold")
    ROUND_UP = "round_up", pgettext_lazy("ledger", "Solidarity round-up")
    DISPUTE = "dispute", pgettext_lazy("ledger", "Payment disputed")
    DISPUTE_WON = "dispute_won", pgettext_lazy("ledger", "Dispute won")
    DISPUTE_LOST = "dispute_lost", pgettext_lazy("ledger", "Dispute lost")
    PAYOUT = "payout", pgettext_lazy("ledger", "Payout")
    PAYOUT_PAID = "payout_paid", pgettext_lazy("ledger", "Payout arrived")
    PAYOUT_BACK = "payout_back", pgettext_lazy("ledger", "Payout came back")
    PAYOUT_TAKEN = "payout_taken", pgettext_lazy("ledger", "Taken back from the seller’s account")
    STRAIGHT = "straight", pgettext_lazy("ledger", "Paid straight to the seller")
    EXCESS = "excess", pgettext_lazy("ledger", "Paid for nothing")
    EXCESS_BACK = "excess_back", pgettext_lazy("ledger", "Given back, nothing was sold")
    SUPPLIER = "supplier", pgettext_lazy("ledger", "Supplier paid")
    SERVICE_PAID = "service_paid", pgettext_lazy("ledger", "Service paid by transfer")
    SERVICE_DUE = "service_due", pgettext_lazy("ledger", "Service to be paid by transfer")
    CORRECTION = "correction", pgettext_lazy("ledger", "Correction")


class Part(models.TextChoices):
    """What one posting is a part of: the words of a statement, and of "where does my money go" (rules.md F4)."""

    GOODS = "goods", pgettext_lazy("part", "Price of the objects")
    SHIPPING = "shipping", pgettext_lazy("part", "Shipping")
    COMMISSION = "commission", pgettext_lazy("part", "Commission")
    SOLIDARITY = "solidarity", pgettext_lazy("part", "Solidarity levy")
    PAYMENT = "payment", pgettext_lazy("part", "Payment fee")
    COLLECTION = "collection", pgettext_lazy("part", "Collection")
    SORTING = "sorting", pgettext_lazy("part", "Sorting")
    LISTING = "listing", pgettext_lazy("part", "Photos and listing")
    STORAGE = "storage", pgettext_lazy("part", "Storage")
    AFTERSALES = "aftersales", pgettext_lazy("part", "After-sales service")
    SURCHARGE = "surcharge", pgettext_lazy("part", "Surcharge for a late refund")
    GESTURE = "gesture", pgettext_lazy("part", "Gesture")
    GIFT_CARD = "gift_card", pgettext_lazy("part", "Gift card")
    ROUND_UP = "round_up", pgettext_lazy("part", "Solidarity round-up")
    DISPUTE = "dispute", pgettext_lazy("part", "Disputed payment")
    PAYOUT = "payout", pgettext_lazy("part", "Payout")
    EXCESS = "excess", pgettext_lazy("part", "Paid for nothing")
    SUPPLIER = "supplier", pgettext_lazy("part", "Invoice of a supplier")
    VOUCHER = "voucher", pgettext_lazy("part", "Voucher of the network")
    SERVICE = "service", pgettext_lazy("part", "Billed service")
    CORRECTION = "correction", pgettext_lazy("part", "Correction")


# What a rule may take from a sale (commerce.md 6.16).
FEE_PARTS = (
    Part.COMMISSION,
    Part.SOLIDARITY,
    Part.PAYMENT,
    Part.COLLECTION,
    Part.SORTING,
    Part.LISTING,
    Part.STORAGE,
    Part.AFTERSALES,
)


class Base(models.TextChoices):
    """What a rate is taken of."""

    GOODS = "goods", pgettext_lazy("fee", "The objects")
    SHIPPING = "shipping", pgettext_lazy("fee", "The shipping")
    ALL = "all", pgettext_lazy("fee", "The objects and the shipping")


class SaleKind(models.TextChoices):
    """How the sale was made: a rule may concern one kind only."""

    ONLINE = "online", pgettext_lazy("sale", "On the shop")
    COLLECTED = "collected", pgettext_lazy("sale", "Collected on site")
    GIVEN = "given", pgettext_lazy("sale", "Given by a private person for a project")
    PROFESSIONAL = "professional", pgettext_lazy("sale", "To a professional")


# Entries that somebody of the finance team may undo by a reversing entry; the others have an act of their own.
REVERSIBLE = frozenset(
    {
        EntryKind.SALE,
        EntryKind.FEE,
        EntryKind.PAYMENT_FEE,
        EntryKind.SURCHARGE,
        EntryKind.ROUND_UP,
        EntryKind.CORRECTION,
    }
)


class PayoutState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("payout", "To be granted")
    GRANTED = "granted", pgettext_lazy("payout", "Granted")
    SENT = "sent", pgettext_lazy("payout", "On its way")
    PAID = "paid", pgettext_lazy("payout", "Paid")
    FAILED = "failed", pgettext_lazy("payout", "Came back")
    REFUSED = "refused", pgettext_lazy("payout", "Refused")


OPEN_PAYOUTS = frozenset({PayoutState.ASKED, PayoutState.GRANTED, PayoutState.SENT})
# verb: (states it may start from, state it leads to)
PAYOUT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "grant": (frozenset({PayoutState.ASKED}), PayoutState.GRANTED),
    "refuse": (frozenset({PayoutState.ASKED, PayoutState.GRANTED}), PayoutState.REFUSED),
    "send": (frozenset({PayoutState.GRANTED}), PayoutState.SENT),
    "pay": (frozenset({PayoutState.SENT}), PayoutState.PAID),
    "fail": (frozenset({PayoutState.SENT, PayoutState.PAID}), PayoutState.FAILED),
}


class Held(models.TextChoices):
    """Why nothing is paid out to a seller (rules.md F4 DSA 30, F5)."""

    NO_FILE = "no_file", pgettext_lazy("held", "No file of identity and account")
    NOT_VERIFIED = "not_verified", pgettext_lazy("held", "The file of identity and account is not verified")
    NO_SIREN = "no_siren", pgettext_lazy("held", "No SIREN number")
    NO_ADDRESS = "no_address", pgettext_lazy("held", "No address of the seat")
    TAX_DATA = "tax_data", pgettext_lazy("held", "Data for the tax declaration were not given after two reminders")
    NO_ACCOUNT = "no_account", pgettext_lazy("held", "The account at the payment provider is not complete")
    BY_HAND = "by_hand", pgettext_lazy("held", "Held by the treasurer")


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", pgettext_lazy("paper", "Invoice")
    CREDIT_NOTE = "credit_note", pgettext_lazy("paper", "Credit note")


class InvoiceHeld(models.TextChoices):
    """Why no invoice is made of a sale yet (rules.md F7: what an invoice must say, and the mandate)."""

    NO_MANDATE = "no_mandate", pgettext_lazy("held", "The mandate to invoice is not accepted")
    NO_REGIME = "no_regime", pgettext_lazy("held", "No VAT regime is recorded")
    NO_SIREN = "no_siren", pgettext_lazy("held", "No SIREN number")
    NO_ADDRESS = "no_address", pgettext_lazy("held", "No address of the seat")


class TaxReturnKind(models.TextChoices):
    """What a declaration to the tax office holds (DAC7: DPI401, DPI402, DPI403)."""

    NEW = "new", pgettext_lazy("declaration", "Declaration")
    CORRECTION = "correction", pgettext_lazy("declaration", "Correction")
    NOTHING = "nothing", pgettext_lazy("declaration", "Nothing to declare")


class TaxMissing(models.TextChoices):
    """What a seller's tax data lack (rules.md F5)."""

    NOT_GIVEN = "not_given", pgettext_lazy("tax", "Not given yet")
    NAME = "name", pgettext_lazy("tax", "Legal name")
    ADDRESS = "address", pgettext_lazy("tax", "Address of the seat")
    NUMBER = "number", pgettext_lazy("tax", "Tax number (SIREN)")
    ACCOUNT = "account", pgettext_lazy("tax", "Account on which payouts arrive")
    TOO_OLD = "too_old", pgettext_lazy("tax", "Older than 36 months: to be confirmed")


class ServiceKind(models.TextChoices):
    """What the operator bills apart from sales."""

    SHOP_WINDOW = "shop_window", pgettext_lazy("service", "Shop window")
    TUTORING = "tutoring", pgettext_lazy("service", "Tutoring")
    TRAINING = "training", pgettext_lazy("service", "Training")
    OTHER = "other", pgettext_lazy("service", "Other service")


class PaidHow(models.TextChoices):
    """How an invoice is paid, where it is not by the buyer on the shop."""

    NETTED = "netted", pgettext_lazy("service", "Taken from the next payout")
    TRANSFER = "transfer", pgettext_lazy("service", "By transfer")


class PaidBy(models.TextChoices):
    """How a sale was paid by its buyer, as its invoice says it."""

    ONLINE = "online", pgettext_lazy("paid by", "Online")
    TRANSFER = "transfer", pgettext_lazy("paid by", "By transfer")
    CARD = "card", pgettext_lazy("paid by", "By card at the counter")
    CASH = "cash", pgettext_lazy("paid by", "In cash at the counter")
    CHEQUE = "cheque", pgettext_lazy("paid by", "By cheque at the counter")
    COUNTER = "counter", pgettext_lazy("paid by", "At the counter")
    GIFT_CARD = "gift_card", pgettext_lazy("paid by", "With a gift card")


class RateState(models.TextChoices):
    """Of a rate of legal interest: one person enters it, another one grants it."""

    ASKED = "asked", pgettext_lazy("rate", "To be granted")
    GRANTED = "granted", pgettext_lazy("rate", "Granted")
    REFUSED = "refused", pgettext_lazy("rate", "Refused")


class RequestState(models.TextChoices):
    """An act on money that one person asked and another grants."""

    ASKED = "asked", pgettext_lazy("money request", "Waits for somebody else")
    GRANTED = "granted", pgettext_lazy("money request", "Granted")
    REFUSED = "refused", pgettext_lazy("money request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("money request", "Taken back")


class Alone(models.TextChoices):
    """Why one person was enough."""

    LIMIT = "limit", pgettext_lazy("money request", "Within what this person does alone")
    SOLE = "sole", pgettext_lazy("money request", "Nobody else of the organisation could grant it")


class BatchState(models.TextChoices):
    """A file for the bank that pays suppliers of the operator."""

    ASKED = "asked", pgettext_lazy("batch", "To be granted")
    GRANTED = "granted", pgettext_lazy("batch", "File made")
    SENT = "sent", pgettext_lazy("batch", "At the bank")
    PAID = "paid", pgettext_lazy("batch", "Paid")
    REFUSED = "refused", pgettext_lazy("batch", "Refused")
    FAILED = "failed", pgettext_lazy("batch", "Not paid by the bank")


BATCH_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "grant": (frozenset({BatchState.ASKED}), BatchState.GRANTED),
    "refuse": (frozenset({BatchState.ASKED, BatchState.GRANTED}), BatchState.REFUSED),
    "send": (frozenset({BatchState.GRANTED}), BatchState.SENT),
    "pay": (frozenset({BatchState.SENT}), BatchState.PAID),
    "fail": (frozenset({BatchState.SENT}), BatchState.FAILED),
}
