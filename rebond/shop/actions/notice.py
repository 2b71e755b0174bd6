"""Notices of illegal content and their decisions (DSA art. 16 and 17; rules.md F4)."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.shop.enums import NoticeReason, NoticeState
from rebond.shop.models import Notice


@transaction.atomic
def create_notice(
    *,
    item: Item,
    reason: str,
    explanation: str,
    name: str,
    email: str,
    by: Any = None,
    now: datetime.datetime | None = None,
) -> Notice:
    """Write the notice down and confirm its receipt by mail without delay (art. 16.4).

    The notifier declared good faith. The same person, object and text within a day is one notice.
    """
    now = now or timezone.now()
    same = Notice.objects.filter(
        item=item, email__iexact=email, explanation=explanation, created_at__gte=now - datetime.timedelta(days=1)
    ).first()
    if same is not None:
        return same
    notice = Notice.objects.create(
        item=item,
        item_title=item.title,
        reason=reason,
        explanation=explanation,
        name=name,
        email=email,
        is_good_faith=True,
        language=translation.get_language() or "fr",
        created_at=now,
    )
    record("shop.notice.created", subject=notice, by=by, item=item.code, reason=reason)
    record_transition(subject=notice, verb="create", from_state="", to_state=NoticeState.RECEIVED, by=by)
    queue_mail(
        kind="shop.notice.received",
        to=email,
        subject=_("We received your report on “%(title)s”") % {"title": item.title},
        template="shop/mail/notice_received",
        context={"notice": notice, "item": item, "reason": NoticeReason(reason).label},
        key=f"shop.notice.received:{notice.public_id}",
    )
    return notice
