"""A gift card by mail: the code to whom it is for, on the day that was chosen; the receipt to who paid."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.money import format_cents
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.shop.models import GiftCard, Refund
from rebond.shop.money_enums import GiftCardState
from rebond.shop.queries.gift_cards import back_until, display_card, to_send
from rebond.shop.queries.orders import order_path

AT_ONCE = 500


@transaction.atomic
def send_gift_card(*, card_id: int, now: datetime.datetime | None = None) -> bool:
    """One mail for a code, once its day has come; whether it was this time. Then the code is kept nowhere here."""
    now = now or timezone.now()
    card = GiftCard.objects.select_related("order", "issuer__organisation").get(pk=card_id)
    order, issuer = card.order, card.issuer
    card = lock_row(card)
    is_early = card.send_on is not None and card.send_on > timezone.localdate(now)
    to = card.recipient_email or order.email  # nobody's, once the order was erased
    if card.state != GiftCardState.LIVE or not card.code or not to or is_early:
        return False
    with translation.override(order.language):
        queue_mail(
            kind="shop.gift_card",
            to=to,
            subject=_("A gift card of %(sum)s for you") % {"sum": format_cents(card.balance_cents)},
            template="shop/mail/gift_card",
            context={
                "card": card,
                "code": display_card(card.code),
                "issuer": issuer,
                "balance_url": absolute(reverse("shop:gift-balance")),
            },
            key=f"shop.gift_card:{card.public_id}:{(card.code_hash or '')[:12]}",
            is_secret=True,
        )
    GiftCard.objects.filter(pk=card.pk).update(code="", sent_at=now)
    record("shop.gift_card.sent", subject=card, by=None, organisation=issuer.organisation)
    return True


def send_gift_cards(*, now: datetime.datetime | None = None) -> int:
    """Those whose day has come, 500 at a time, the oldest first; return how many left."""
    now = now or timezone.now()
    keys = list(to_send(timezone.localdate(now)).values_list("pk", flat=True)[:AT_ONCE])
    return sum(send_gift_card(card_id=key, now=now) for key in keys)


def write_gift_receipt(*, card_id: int) -> None:
    """What was bought, from whom, under which conditions, and how to withdraw: on a durable medium (L221-13). Once."""
    card = GiftCard.objects.select_related("order", "issuer__organisation").get(pk=card_id)
    order = card.order
    with translation.override(order.language), transaction.atomic():
        queue_mail(
            kind="shop.gift_card.paid",
            to=order.email,
            subject=_("Your gift card of %(sum)s: receipt") % {"sum": format_cents(card.amount_cents)},
            template="shop/mail/gift_paid",
            context={
                "card": card,
                "order": order,
                "issuer": card.issuer,
                "until": back_until(card),
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.gift_card.paid:{card.public_id}",
        )


def acknowledge_back(*, card: GiftCard, refund: Refund, now: datetime.datetime) -> None:
    """The acknowledgement of a withdrawal (rules.md F2; D221-5): its content, the day and the hour. Once.

    In the caller's transaction. Nobody is told where the order was erased.
    """
    order = card.order
    if not order.email:
        return
    with translation.override(order.language):
        queue_mail(
            kind="shop.gift_card.withdrawal",
            to=order.email,
            subject=_("Acknowledgement of your withdrawal, order %(code)s") % {"code": order.public_id},
            template="shop/mail/gift_back",
            context={
                "card": card,
                "order": order,
                "issuer": card.issuer,
                "refund": refund,
                "declared_at": now,
                "ordered_at": order.paid_at or order.created_at,
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.gift_card.withdrawal:{card.public_id}",
        )
