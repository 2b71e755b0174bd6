"""What is not left to chance: messages that wait, payments that were made without being told."""

import datetime

from django.conf import settings
from django.utils import timezone

from rebond.shop.actions import stripe_payment
from rebond.shop.actions.dispute_answer import resume_answers
from rebond.shop.actions.message import retry_messages
from rebond.shop.actions.stripe_payout import resume_returns
from rebond.shop.actions.stripe_recovery import take_back_debts


def follow_payments(*, now: datetime.datetime | None = None) -> dict[str, int]:
    """Try again what may be tried again; how many messages had their effect, and payments were found."""
    now = now or timezone.now()
    has_stripe = stripe_payment.Stripe.name == settings.PAYMENT_PROVIDER
    return {
        "messages": retry_messages(now=now),
        "payments": stripe_payment.catch_up(now=now) if has_stripe else 0,
        "answers": resume_answers(),
    }


def follow_accounts(*, now: datetime.datetime | None = None) -> dict[str, int]:
    """Transfers that have to come back, debts that may be taken back; how many were."""
    return {"returned": resume_returns(now=now), "taken": take_back_debts(now=now)}
