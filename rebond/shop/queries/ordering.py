"""Whether this site takes orders at all, and how they are paid."""

from django.conf import settings
from django.utils.translation import gettext as _

from rebond.ledger.queries.fees import operator_of
from rebond.shop.queries.by_hand import takes_transfers


def takes_orders() -> bool:
    """Somebody asks for the money (a payment provider is set) and somebody keeps its books (an operator)."""
    return bool(settings.PAYMENT_PROVIDER) and operator_of(None) is not None


def online_words() -> str:
    """How something is paid at once."""
    if settings.PAYMENT_PROVIDER == "test":
        return _("A trial: paid by a card that is none, no real money.")
    return _("Paid once, online: bank card, Apple Pay or Google Pay.")


def payment_words() -> str:
    """The means of payment that are accepted and the limits of delivery, told from the beginning of an order on.

    Rules.md F1, L221-14. Carriers and sellers' own rounds have zones: where each goes is said for each parcel.
    """
    said = [online_words()]
    if takes_transfers():
        said.append(_("Organisations may pay by bank transfer."))
    said.append(_("Some sellers take the payment when you collect."))
    said.append(
        _("Delivery is within mainland France; not every way goes everywhere: the order says which go to your address.")
    )
    return " ".join(said)
