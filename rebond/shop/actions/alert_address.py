"""The address that an account's alerts write to: it refuses our mails, it works again, it is another one."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rebond.core.locks import lock_rows
from rebond.journal.actions.mail import trust_address
from rebond.journal.actions.record import record
from rebond.journal.queries.mail import refusal_of
from rebond.shop.enums import AlertState
from rebond.shop.models import Alert


@transaction.atomic
def retry_address(*, user: Any, now: datetime.datetime | None = None) -> bool:
    """Write again to the account's own address, on its owner's word; alerts paused by it are on. False where it
    refuses nothing.

    What arrived meanwhile is not told. An address that refuses the next mail too is paused again.
    """
    refusal = refusal_of(user.email or "")
    paused = Alert.objects.filter(user=user, state=AlertState.BOUNCED, confirmed_at__isnull=False)
    woken = paused.update(state=AlertState.ACTIVE, checked_at=now or timezone.now())
    if refusal is not None:
        trust_address(address=refusal, by=user)
    return refusal is not None or woken > 0


@transaction.atomic
def follow_address(*, user: Any, now: datetime.datetime | None = None) -> int:
    """The account's alerts write to its present, confirmed address; return how many moved. Twice is once.

    Those that the former address had paused by refusing our mails are on again. Where the new address had an alert
    of the same search (asked as a guest), the account's own stays.
    """
    email = (user.email or "").strip().lower()
    former = list(Alert.objects.filter(user=user).exclude(email=email).values_list("digest", flat=True))
    if not email or not former:
        return 0
    same = lock_rows(Alert.objects.filter(Q(user=user) | Q(email=email), digest__in=former))
    for digest in set(former):
        alerts = [alert for alert in same if alert.digest == digest]
        kept = max(alerts, key=lambda alert: (alert.user_id == user.pk, alert.state == AlertState.ACTIVE, alert.pk))
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts if alert.pk != kept.pk]).delete()
        Alert.objects.filter(pk=kept.pk).update(email=email)
    woken = Alert.objects.filter(user=user, email=email, digest__in=former, state=AlertState.BOUNCED)
    woken.update(state=AlertState.ACTIVE, checked_at=now or timezone.now())
    record("shop.alerts.followed", subject=user, by=user, number=len(set(former)))
    return len(set(former))
