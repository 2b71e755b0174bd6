from rebond.ledger.models.account import Account, Balance
from rebond.ledger.models.entry import Claim, Entry, Posting
from rebond.ledger.models.payout import Payout, PayoutHold, PayoutTerms
from rebond.ledger.models.rule import FeeRule
from rebond.ledger.models.sale import FeeLine, RefundLine, Sale, SaleLine

__all__ = [
    "Account",
    "Balance",
    "Claim",
    "Entry",
    "FeeLine",
    "FeeRule",
    "Payout",
    "PayoutHold",
    "PayoutTerms",
    "Posting",
    "RefundLine",
    "Sale",
    "SaleLine",
]
