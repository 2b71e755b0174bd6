"""Tell those who asked that an item is free again."""

import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.core.locks import lock_rows
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.enums import AlertKind, AlertState
from rebond.shop.models import Alert
from rebond.shop.queries.basket import availability
from rebond.shop.queries.cards import item_url

TOLD_AT_ONCE = 20  # in the order they asked; one object cannot make more people happy


@transaction.atomic
def send_freed(*, item_id: int, now: datetime.datetime | None = None) -> int:
    """One mail to each of the first 20 who wait for this item, then their alert is off; return how many.

    Nothing where somebody has taken it meanwhile. Twice is once: an alert that was told is no longer active.
    """
    now = now or timezone.now()
    item = Item.objects.on_sale().select_related("seller").filter(pk=item_id).first()
    if item is None or not item.seller.is_selling or not availability(item, now).is_free:
        return 0
    waiting = Alert.objects.active().filter(kind=AlertKind.FREED, item=item)
    alerts = lock_rows(waiting.filter(pk__in=list(waiting.order_by("pk").values_list("pk", flat=True)[:TOLD_AT_ONCE])))
    for alert in alerts:
        Alert.objects.filter(pk=alert.pk).update(state=AlertState.PAUSED, sent_at=now)
        _write(alert, item, now)
    return len(alerts)


def _write(alert: Alert, item: Item, now: datetime.datetime) -> None:
    with translation.override(alert.language):
        queue_mail(
            kind="shop.freed",
            to=alert.email,
            subject=_("“%(title)s” is free again") % {"title": item.title},
            template="shop/mail/freed",
            context={"item": item, "item_url": absolute(item_url(item.slug, item.code))},
            key=f"shop.freed:{alert.public_id}:{now:%Y%m%d%H%M%S}",
        )
