"""Find what is new for the alerts, then write: by query and per batch, never per pair of alert and object."""

import datetime
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import ngettext

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.catalogue.search import Sort
from rebond.core.locks import lock_rows
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.models import MailState
from rebond.shop.enums import AlertKind, AlertState, Frequency
from rebond.shop.models import Alert, AlertHit
from rebond.shop.queries import index
from rebond.shop.queries.alerts import alert_path, link, params_of
from rebond.shop.queries.cards import Card, cards_of

FOUND = 48  # objects of one page of the index
PAGES = 20  # of one query and run: the newest 960
SHOWN = 6  # objects in a mail
OVERLAP = datetime.timedelta(minutes=30)  # the index may be late; a hit is told once anyway
BATCH = 200


def match_alerts(*, now: datetime.datetime | None = None) -> int:
    """Search once for each different query of the active alerts; keep what is new to each. Return the hits."""
    now = now or timezone.now()
    searches = Alert.objects.active().exclude(kind=AlertKind.FREED)  # told at once: actions/freed.py
    digests = list(searches.order_by("digest").values_list("digest", flat=True).distinct())
    return sum(match_group(digest=digest, now=now) for digest in digests)


@transaction.atomic
def match_group(*, digest: str, now: datetime.datetime) -> int:
    """All active alerts of one query: one search, whatever their number. 0 while the index is away."""
    alerts = list(Alert.objects.active().filter(digest=digest).select_related("item").order_by("pk"))
    if not alerts:
        return 0
    since = min(alert.checked_at for alert in alerts) - OVERLAP
    ids = _search(alerts[0], since)
    if ids is None:
        return 0
    found = Item.objects.on_sale().filter(pk__in=ids, published_at__isnull=False).order_by()
    dates = {pk: at for pk, at in found.values_list("pk", "published_at") if at is not None}
    hits = [
        AlertHit(alert=alert, item_id=item_id, found_at=now)
        for alert in alerts
        for item_id, published_at in dates.items()
        if published_at > max(alert.checked_at - OVERLAP, alert.confirmed_at or alert.checked_at)
    ]
    before = AlertHit.objects.filter(alert__in=alerts).count()
    AlertHit.objects.bulk_create(hits, ignore_conflicts=True, batch_size=500)
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(checked_at=now)
    return AlertHit.objects.filter(alert__in=alerts).count() - before


def _search(alert: Alert, since: datetime.datetime) -> list[int] | None:
    if alert.kind == AlertKind.SIMILAR:
        return index.similar_since(alert.item_id, since, FOUND * PAGES) if alert.item_id else []
    with translation.override(alert.language):  # its words are those of the page where it was made
        query = params_of(alert.query).search_query(
            sort=Sort.NEWEST, page=1, size=FOUND, with_facets=False, published_after=since
        )
    ids: list[int] = []
    for number in range(1, PAGES + 1):
        found = index.run(replace(query, page=number))
        if found is None:
            return None
        ids += found.ids
        if len(found.ids) < FOUND:
            break
    return ids


def send_alerts(*, now: datetime.datetime | None = None) -> int:
    """Write to those who are due: at once, or a day after the last mail. Return the number of mails."""
    now = now or timezone.now()
    waiting = AlertHit.objects.filter(alert=OuterRef("pk"), sent_at__isnull=True)
    due = Q(frequency=Frequency.AT_ONCE) | Q(sent_at__isnull=True) | Q(sent_at__lte=now - datetime.timedelta(hours=23))
    alerts = Alert.objects.active().filter(due, Exists(waiting)).select_related("item").order_by("pk")[:5_000]
    return sum(send_alert(alert=alert, now=now) for alert in alerts)


@transaction.atomic
def send_alert(*, alert: Alert, now: datetime.datetime) -> bool:
    """One mail with what is still on sale among what was found; an address that refuses mail is paused.

    The alert's row is locked and read again: two senders write once, and what its owner stopped or deleted
    since the list was made stays so. False where nothing was written.
    """
    found = lock_rows(Alert.objects.active().filter(pk=alert.pk).select_related("item"))
    if not found:
        return False
    alert = found[0]
    hits = AlertHit.objects.filter(alert=alert, sent_at__isnull=True)
    last = hits.aggregate(last=Max("pk"))["last"]
    told = hits.filter(pk__lte=last or 0)
    waiting = Item.objects.on_sale().filter(pk__in=told.values("item_id"))
    count = waiting.count()
    cards = cards_of(waiting.order_by("-published_at", "-pk")[:SHOWN])
    told.update(sent_at=now)
    if not count:
        return False
    with translation.override(alert.language):
        mail = queue_mail(
            kind="shop.alert",
            to=alert.email,
            subject=_subject(alert, count),
            template="shop/mail/alert",
            context=_context(alert, cards, count),
            key=f"shop.alert:{alert.public_id}:{now:%Y%m%d%H%M%S}",
            headers={
                "List-Unsubscribe": f"<{link(alert, 'alert-stop')}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
    Alert.objects.filter(pk=alert.pk).update(sent_at=now)
    if mail.state in {MailState.BOUNCED, MailState.SUPPRESSED}:
        Alert.objects.filter(pk=alert.pk, state=AlertState.ACTIVE).update(state=AlertState.BOUNCED)
        return False
    return True


def _subject(alert: Alert, count: int) -> str:
    text = ngettext("%(count)s new object for %(label)s", "%(count)s new objects for %(label)s", count)
    return text % {"count": count, "label": alert.label}


def _context(alert: Alert, cards: list[Card], count: int) -> dict[str, object]:
    return {
        "alert": alert,
        "rows": [(card, absolute(card.url)) for card in cards],
        "more": count - len(cards),
        "all_url": absolute(alert_path(alert)),
        "stop_url": link(alert, "alert-stop"),
    }


def forget_old_hits(*, now: datetime.datetime | None = None) -> int:
    """Hits told more than 90 days ago, and alerts never confirmed after 7 days, are of no use; nor is
    one for an object that can no longer become free.
    """
    now = now or timezone.now()
    stale = Alert.objects.filter(
        state=AlertState.PENDING, confirmed_at__isnull=True, created_at__lt=now - datetime.timedelta(days=7)
    )
    deleted = stale.delete()[0]
    deleted += Alert.objects.filter(kind=AlertKind.FREED).exclude(item__state=ItemState.ON_SALE).delete()[0]
    old = AlertHit.objects.filter(sent_at__lt=now - datetime.timedelta(days=90))
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        deleted += AlertHit.objects.filter(pk__in=keys).delete()[0]
    return deleted
