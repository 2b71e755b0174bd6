"""Whether this site takes orders at all."""

from django.conf import settings

from rebond.ledger.queries.fees import operator_of


def takes_orders() -> bool:
    """Somebody asks for the money (a payment provider is set) and somebody keeps its books (an operator)."""
    return bool(settings.PAYMENT_PROVIDER) and operator_of(None) is not None
