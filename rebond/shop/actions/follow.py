"""What is not left to chance: messages that wait, payments that were made without being told."""

import datetime

from django.conf import settings
from django.utils import timezone

from rebond.shop.actions import stripe_payment
from rebond.shop.actions.message import retry_messages


def follow_payments(*, now: datetime.datetime | None = None) -> dict[str, int]:
    """Try again what may be tried again; how many messages had their effect, and payments were found."""
    now = now or timezone.now()
    has_stripe = stripe_payment.Stripe.name == settings.PAYMENT_PROVIDER
    return {
        "messages": retry_messages(now=now),
        "payments": stripe_payment.catch_up(now=now) if has_stripe else 0,
    }
