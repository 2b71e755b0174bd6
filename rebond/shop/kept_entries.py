"""Entries of the books that orders, disputes and round-ups follow: a correction in the books alone would part them."""

from django.utils.translation import gettext_lazy as _

from rebond.ledger.enums import EntryKind
from rebond.ledger.kept_entries import keep_entries

SALE = _("This is a sale of the shop: refund it in its order, and the books follow.")
ROUND_UP = _("This is a buyer’s gift: it goes back with the last refund of its order, and the books follow.")
FEE = _("The payment provider says what it takes for a dispute, and whether it gives it back: the books follow.")
PAID_FEE = _("The payment provider says what it takes for a payment: the comparison of the day tells what differs.")
SURCHARGE = _("The law makes it due with the late refund: it is paid in its return, and the books follow.")


def register() -> None:
    """Called when the app is ready."""
    keep_entries(kind=EntryKind.SALE, subject_kind="shop.sellerorder", words=SALE)
    keep_entries(kind=EntryKind.ROUND_UP, subject_kind="shop.roundup", words=ROUND_UP)
    keep_entries(kind=EntryKind.PAYMENT_FEE, subject_kind="shop.dispute", words=FEE)
    keep_entries(kind=EntryKind.PAYMENT_FEE, subject_kind="shop.payment", words=PAID_FEE)
    keep_entries(kind=EntryKind.SURCHARGE, subject_kind="shop.sellerorder", words=SURCHARGE)
