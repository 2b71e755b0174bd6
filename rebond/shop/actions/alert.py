"""Keep a search and write when something arrives (double opt-in for guests, one click to stop)."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.journal.queries.mail import mails_of_a_day
from rebond.shop import tasks
from rebond.shop.enums import AlertKind, AlertState, Frequency
from rebond.shop.errors import AlertsFullError
from rebond.shop.models import Alert
from rebond.shop.queries.alerts import digest_of, item_label, label_of, link
from rebond.shop.queries.params import Params

LIMIT = 100
ASKED_PER_DAY = 5


@transaction.atomic
def create_alert(
    *,
    email: str,
    by: Any,
    params: Params | None = None,
    item: Item | None = None,
    frequency: str = Frequency.DAILY,
    kind: str = "",
    now: datetime.datetime | None = None,
) -> Alert:
    """Keep the search `params`, "objects like `item`", or `item` itself once it is free (kind FREED), for an address.

    Active at once for a signed-in user's own address, else after its owner's click in a mail. Twice the same
    is one alert, put on again; a guest gets the mail again, so the page tells nothing about addresses.
    Raise AlertsFullError above 100 alerts for one address.
    """
    now = now or timezone.now()
    email = email.strip().lower()
    pairs = params.pairs(with_sort=False) if params else []  # sorted another way, it is the same search
    kind = kind or (AlertKind.SIMILAR if item is not None else AlertKind.SEARCH)
    is_own = by is not None and (by.email or "").lower() == email
    label = label_of(params) if params else item_label(kind, item)
    digest = digest_of(kind, pairs, item.pk if item else None)
    if Alert.objects.filter(email=email).exclude(digest=digest).count() >= LIMIT:
        raise AlertsFullError
    alert, _is_new = Alert.objects.get_or_create(email=email, digest=digest, defaults={"created_at": now})
    alert.user = by if is_own else alert.user
    alert.kind, alert.query, alert.item, alert.label = kind, [list(p) for p in pairs], item, label[:200]
    if is_own or alert.state != AlertState.ACTIVE:  # a stranger who types an address changes nothing of its alerts
        alert.frequency, alert.language = frequency, translation.get_language() or "fr"
    if is_own:
        alert.state, alert.confirmed_at, alert.checked_at = AlertState.ACTIVE, alert.confirmed_at or now, now
    elif alert.state != AlertState.ACTIVE:
        alert.state = AlertState.PENDING
    alert.save()
    record("shop.alert.created", subject=alert, by=by, kind=kind)
    if alert.state == AlertState.PENDING:
        _ask_to_confirm(alert)
    _tell_if_free(alert)
    return alert


def _tell_if_free(alert: Alert) -> None:
    """A hold lasts minutes: what was freed before the alert was on is told too; the task looks whether it still is."""
    if alert.kind == AlertKind.FREED and alert.state == AlertState.ACTIVE and alert.item_id is not None:
        tasks.tell_freed.enqueue(alert.item_id)


def _ask_to_confirm(alert: Alert) -> None:
    """One mail; none above five a day for one address, so that nobody is flooded by somebody else."""
    if mails_of_a_day(kind="shop.alert.confirm", to=alert.email) >= ASKED_PER_DAY:
        return
    with translation.override(alert.language):
        queue_mail(
            kind="shop.alert.confirm",
            to=alert.email,
            subject=_("Confirm your alert: %(label)s") % {"label": alert.label},
            template="shop/mail/alert_confirm",
            context={
                "alert": alert,
                "confirm_url": link(alert, "alert-confirm"),
                "stop_url": link(alert, "alert-stop"),
            },
        )


@transaction.atomic
def confirm_alert(*, alert: Alert, now: datetime.datetime | None = None) -> Alert:
    """The owner of the address said yes. Twice is once."""
    now = now or timezone.now()
    moved = Alert.objects.filter(pk=alert.pk, state=AlertState.PENDING).update(
        state=AlertState.ACTIVE, confirmed_at=now, checked_at=now
    )
    alert.refresh_from_db()
    if moved:
        record("shop.alert.confirmed", subject=alert, by=alert.user)
        _tell_if_free(alert)
    return alert


@transaction.atomic
def stop_alert(*, alert: Alert, by: Any = None) -> bool:
    """Write no more; the alert stays in the list of its owner, off. False where it was off."""
    moved = Alert.objects.filter(pk=alert.pk, state__in=[AlertState.ACTIVE, AlertState.PENDING]).update(
        state=AlertState.PAUSED
    )
    if moved:
        record("shop.alert.stopped", subject=alert, by=by or alert.user)
    return bool(moved)


@transaction.atomic
def resume_alert(*, alert: Alert, by: Any, now: datetime.datetime | None = None) -> bool:
    """Put on again an alert of one's own; what arrived meanwhile is not told."""
    now = now or timezone.now()
    moved = Alert.objects.filter(
        pk=alert.pk, state__in=[AlertState.PAUSED, AlertState.BOUNCED], confirmed_at__isnull=False
    ).update(state=AlertState.ACTIVE, checked_at=now)
    if moved:
        alert.refresh_from_db()
        record("shop.alert.resumed", subject=alert, by=by)
        _tell_if_free(alert)
    return bool(moved)


@transaction.atomic
def delete_alert(*, alert: Alert, by: Any) -> None:
    """Forget it, with what it found."""
    record("shop.alert.deleted", subject=alert, by=by)
    Alert.objects.filter(pk=alert.pk).delete()
