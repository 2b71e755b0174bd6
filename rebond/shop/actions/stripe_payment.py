"""Payments by Stripe: a page of Stripe where the buyer pays, refunds, and what was paid without being told.

Separate charges and transfers: the payment comes to the operator's account at Stripe, which holds it, with a
`transfer_group` of the order; sellers are sent their part later (decision 20). Nothing here runs inside a transaction.
"""

import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.shop import stripe_api
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.enums import PaymentEventKind, PaymentState
from rebond.shop.errors import ProviderAwayError, ProviderError
from rebond.shop.models import Payment, ProviderPayment, Refund
from rebond.shop.queries.orders import order_path
from rebond.shop.stripe_api import NAME

PAGE_LASTS = datetime.timedelta(minutes=35)  # Stripe refuses less than 30
PAGE_NEEDS = datetime.timedelta(minutes=31)
UNTOLD_AFTER = datetime.timedelta(minutes=10)
UNTOLD_UNTIL = datetime.timedelta(days=3)
AT_ONCE = 50


class Stripe:
    """Implements `provider.Provider`."""

    name = NAME

    def refund(self, refund: Refund) -> None:
        """Ask for it; where the answer is that it is made already, take it as told. Raise ProviderError."""
        known = ProviderPayment.objects.filter(payment=refund.payment).first()
        intent = known.intent_id if known is not None else ""
        if not intent:
            raise ProviderAwayError(f"Stripe's name of the payment {refund.payment} is not known yet")
        params = {
            "payment_intent": intent,
            "amount": refund.amount_cents,
            "metadata": {"rebond_refund": refund.public_id},
        }
        made = stripe_api.create_refund(params, key=f"refund-{refund.public_id}")
        if made.get("status") == "succeeded":
            told = Told(NAME, f"{made['id']}:asked", PaymentEventKind.REFUNDED, refund.public_id, made["amount"])
            receive_event(told=told)


def pay_page(*, payment: Payment, now: datetime.datetime | None = None) -> str:
    """The address of Stripe's page for this payment; empty where it was paid there already.

    Asked again, it is the same page until it ends: two open pages could be paid twice. Raise ProviderError.
    """
    now = now or timezone.now()
    known = _attempt(payment, now)
    if known.session_id:
        session = stripe_api.get_session(known.session_id)
        if session["status"] == "open":
            return str(session["url"])
        if session["status"] == "complete":
            return ""
        known = _next_attempt(known, now)
    session = stripe_api.create_session(_page(payment, known), key=f"payment-{payment.public_id}-{known.attempt}")
    ProviderPayment.objects.filter(pk=known.pk, attempt=known.attempt).update(session_id=session["id"])
    return str(session["url"])


@transaction.atomic
def _attempt(payment: Payment, now: datetime.datetime) -> ProviderPayment:
    """The page under way. One that was asked and never answered (a process was killed) is left, nobody saw it."""
    known, _is_new = ProviderPayment.objects.get_or_create(payment=payment, defaults={"expires_at": now + PAGE_LASTS})
    if not known.session_id and known.expires_at < now + PAGE_NEEDS:
        return _next_attempt(known, now)
    return known


def _next_attempt(known: ProviderPayment, now: datetime.datetime) -> ProviderPayment:
    """Two browsers at once move it once."""
    ProviderPayment.objects.filter(pk=known.pk, attempt=known.attempt).update(
        attempt=known.attempt + 1, session_id="", expires_at=now + PAGE_LASTS
    )
    known.refresh_from_db()
    return known


def _page(payment: Payment, known: ProviderPayment) -> dict[str, object]:
    """The same words for the same attempt: else Stripe refuses the key that it knows with other words."""
    order = payment.order
    with translation.override(order.language):
        title = _("Order %(code)s") % {"code": order.public_id}
    names = {"rebond_payment": payment.public_id, "rebond_order": order.public_id}
    return {
        "mode": "payment",
        "client_reference_id": payment.public_id,
        "customer_email": order.email,
        "locale": "fr" if order.language == "fr" else "en",
        "expires_at": int(known.expires_at.timestamp()),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": stripe_api.CURRENCY,
                    "unit_amount": payment.amount_cents,
                    "product_data": {"name": title},
                },
            }
        ],
        "payment_intent_data": {"transfer_group": f"order-{order.public_id}", "metadata": names},
        "metadata": names,
        "success_url": absolute(order_path(order)),
        "cancel_url": absolute(order_path(order, "order-pay")),
    }


def catch_up(*, now: datetime.datetime | None = None) -> int:
    """Ask Stripe about payments whose page was opened and of which nothing was told; return how many were paid.

    A message that was lost costs minutes, not an order. Each answer is its own transaction.
    """
    now = now or timezone.now()
    rows = ProviderPayment.objects.filter(
        payment__state=PaymentState.STARTED,
        payment__provider=NAME,
        payment__created_at__range=(now - UNTOLD_UNTIL, now - UNTOLD_AFTER),
    ).exclude(session_id="")
    found = 0
    for known in rows.select_related("payment").order_by("-pk")[:AT_ONCE]:
        try:
            session = stripe_api.get_session(known.session_id)
        except ProviderError:
            continue
        found += take_session(payment=known.payment, session=session, now=now)
    return found


def remember_intent(reference: str, intent_id: str) -> None:
    """Stripe's own name of a payment: refunds and disputes need it."""
    payment = Payment.objects.filter(public_id=reference, provider=NAME).first()
    if payment is not None and intent_id:
        ProviderPayment.objects.update_or_create(
            payment=payment, defaults={"intent_id": intent_id}, create_defaults={
                "intent_id": intent_id, "expires_at": timezone.now()
            },
        )  # fmt: skip


@transaction.atomic
def take_session(*, payment: Payment, session: dict[str, object], now: datetime.datetime | None = None) -> bool:
    """What a page says of its payment, as a message of it would; whether it was paid. Told twice, it has one effect."""
    remember_intent(payment.public_id, str(session.get("payment_intent") or ""))
    if session.get("payment_status") != "paid":
        return False
    cents = session.get("amount_total")
    event = receive_event(
        told=Told(
            NAME,
            f"{session['id']}:paid"[:80],
            PaymentEventKind.PAID,
            payment.public_id,
            cents if isinstance(cents, int) else 0,
        ),
        now=now,
    )
    return event.applied_at is not None
