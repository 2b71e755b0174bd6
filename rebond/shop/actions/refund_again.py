"""Refunds that were asked and not made: asked again each day, until the provider makes them.

A task asks first, five times within three hours (`core.retry`); a provider that was away longer, or a refund that its
bank refused, would wait for ever after it. What the provider has under our name is looked for before anything is asked
anew, since it forgets keys after a day. Nothing here runs inside a transaction.
"""

import datetime
import logging

from django.utils import timezone

from rebond.shop.actions.provider import PROVIDERS
from rebond.shop.enums import RefundState
from rebond.shop.errors import ProviderError
from rebond.shop.models import Refund
from rebond.shop.queries.reconciliation import refunds_waiting

logger = logging.getLogger(__name__)
ASKED_FIRST = datetime.timedelta(days=1)  # longer than the task's own tries, and than Stripe keeps their key
AT_ONCE = 1_000


def resume_refunds(*, now: datetime.datetime | None = None) -> int:
    """Ask again for what was asked more than a day ago; return how many are made now.

    One that breaks stops no other.
    """
    now = now or timezone.now()
    rows = refunds_waiting().filter(created_at__lt=now - ASKED_FIRST, payment__provider__in=list(PROVIDERS))
    return sum(_again(refund, now) for refund in rows[:AT_ONCE])


def _again(refund: Refund, now: datetime.datetime) -> bool:
    try:
        PROVIDERS[refund.payment.provider].refund_again(refund, now)
    except ProviderError as error:
        logger.warning("refund %s waits: %s", refund.public_id, error)
    except Exception:
        logger.exception("refund %s breaks", refund.public_id)
    refund.refresh_from_db(fields=["state"])
    return refund.state == RefundState.MADE
