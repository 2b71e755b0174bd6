"""Messages of providers: kept first, then applied. Any order, any number of times, each has one effect.

What cannot be applied yet (something it needs has not arrived, or the books refuse it) is kept and tried again; what
has no effect is kept and says why.
"""

import datetime
import logging
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.ledger.errors import LedgerError
from rebond.shop import stripe_api
from rebond.shop.actions import stripe_events
from rebond.shop.enums import MessageState
from rebond.shop.errors import ShopError
from rebond.shop.models import ProviderMessage

logger = logging.getLogger(__name__)
MAX_TRIES = 300  # every five minutes for a day
OPEN = (MessageState.NEW, MessageState.WAITING)

Handler = Callable[[ProviderMessage, datetime.datetime], str]
HANDLERS: dict[str, Handler] = {stripe_api.NAME: stripe_events.handle}


@transaction.atomic
def keep_message(*, provider: str, envelope: Any, now: datetime.datetime | None = None) -> ProviderMessage:
    """Keep one message whose signature was checked, once. Raise ValueError where it has not the shape of one."""
    now = now or timezone.now()
    read = stripe_events.read_envelope(envelope)
    message, is_new = ProviderMessage.objects.get_or_create(
        provider=provider, event_id=read.pop("event_id"), defaults=read | {"received_at": now}
    )
    if not is_new:
        ProviderMessage.objects.filter(pk=message.pk, times__lt=30_000).update(times=F("times") + 1)
    return message


def apply_message(*, message: ProviderMessage, now: datetime.datetime | None = None) -> ProviderMessage:
    """Apply it in one transaction; where that fails, nothing of it stays but the reason. Run again, nothing more."""
    now = now or timezone.now()
    try:
        _apply(message, now)
    except (ShopError, LedgerError, OperationalError) as error:
        said = _let_wait(message, error)
        logger.warning("message %s waits: %s", message.event_id, said)
    message.refresh_from_db()
    return message


def _let_wait(message: ProviderMessage, error: Exception) -> str:
    """It is tried again, after those that were tried less; return what is kept of the reason."""
    said = str(error) or type(error).__name__
    rows = ProviderMessage.objects.filter(pk=message.pk, state__in=OPEN)
    rows.update(state=MessageState.WAITING, tries=F("tries") + 1, note=said[:300])
    return said


@transaction.atomic
def _apply(message: ProviderMessage, now: datetime.datetime) -> None:
    fresh = lock_row(message)
    if fresh.state not in OPEN:
        return
    note = HANDLERS[fresh.provider](fresh, now)
    ProviderMessage.objects.filter(pk=fresh.pk).update(
        state=MessageState.KEPT if note else MessageState.APPLIED, note=note, applied_at=None if note else now
    )


def retry_messages(*, now: datetime.datetime | None = None) -> int:
    """Apply what was kept and had no effect yet (a process was killed, or it waits); return how many had one.

    One that breaks stops no other: its try counts, and the log has the traceback.
    """
    now = now or timezone.now()
    rows = ProviderMessage.objects.filter(state__in=OPEN, tries__lt=MAX_TRIES)
    rows = rows.filter(received_at__lte=now - datetime.timedelta(minutes=1))
    found = 0
    for message in rows.order_by("tries", "pk")[:200]:
        try:
            found += apply_message(message=message, now=now).state == MessageState.APPLIED
        except Exception as error:
            _let_wait(message, error)
            logger.exception("message %s breaks", message.event_id)
    return found
