from rebond.ledger.models.account import Account, Balance
from rebond.ledger.models.chart import ChartLine
from rebond.ledger.models.entry import Claim, Entry, Posting
from rebond.ledger.models.invoice import (
    BilledSale,
    Invoice,
    InvoiceContest,
    InvoiceFile,
    InvoiceRest,
    InvoiceSeries,
    InvoiceTax,
)
from rebond.ledger.models.legal_rate import LegalRate
from rebond.ledger.models.mandate import InvoiceMandate
from rebond.ledger.models.mark import Mark
from rebond.ledger.models.money_request import MoneyLimit, MoneyRequest
from rebond.ledger.models.payout import Payout, PayoutHold, PayoutTerms
from rebond.ledger.models.rule import FeeRule
from rebond.ledger.models.sale import FeeLine, RefundLine, Sale, SaleLine
from rebond.ledger.models.service import BilledService
from rebond.ledger.models.sold_month import SoldMonth
from rebond.ledger.models.supplier import SupplierInvoice
from rebond.ledger.models.supplier_payment import PaymentBatch, SupplierPayment
from rebond.ledger.models.tax import SoldCount, TaxFile, TaxReturn, TaxReturnLine

__all__ = [
    "Account",
    "Balance",
    "BilledSale",
    "BilledService",
    "ChartLine",
    "Claim",
    "Entry",
    "FeeLine",
    "FeeRule",
    "Invoice",
    "InvoiceContest",
    "InvoiceFile",
    "InvoiceMandate",
    "InvoiceRest",
    "InvoiceSeries",
    "InvoiceTax",
    "LegalRate",
    "Mark",
    "MoneyLimit",
    "MoneyRequest",
    "PaymentBatch",
    "Payout",
    "PayoutHold",
    "PayoutTerms",
    "Posting",
    "RefundLine",
    "Sale",
    "SaleLine",
    "SoldCount",
    "SoldMonth",
    "SupplierInvoice",
    "SupplierPayment",
    "TaxFile",
    "TaxReturn",
    "TaxReturnLine",
]
