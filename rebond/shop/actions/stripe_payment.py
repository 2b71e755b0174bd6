"""Payments by Stripe: a page of Stripe where the buyer pays, refunds, and what was paid without being told.

Separate charges and transfers: the payment comes to the operator's account at Stripe, which holds it, with a
`transfer_group` of the order; sellers are sent their part later (decision 20). Nothing here runs inside a transaction.
"""

import datetime
import logging
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.seo import absolute
from rebond.ledger.models import Payout
from rebond.shop import stripe_api
from rebond.shop.actions import stripe_dispute
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.enums import PaymentEventKind, PaymentState
from rebond.shop.errors import ProviderAwayError, ProviderError, ProviderRefusedError
from rebond.shop.models import Dispute, DisputeAnswer, Order, Payment, ProviderPayment, Refund, TransferReversal
from rebond.shop.movements import Movement, hours_of
from rebond.shop.queries.orders import order_path
from rebond.shop.stripe_api import NAME

PAGE_LASTS = datetime.timedelta(minutes=35)  # Stripe refuses less than 30
PAGE_NEEDS = datetime.timedelta(minutes=31)
KEY_LASTS = datetime.timedelta(hours=20)  # Stripe forgets what a key was for after 24
UNTOLD_AFTER = datetime.timedelta(minutes=10)
UNTOLD_UNTIL = datetime.timedelta(days=3)
AT_ONCE = 50
logger = logging.getLogger(__name__)

type Row = Payment | Refund | Payout | Dispute | TransferReversal


class Stripe:
    """Implements `provider.Provider`."""

    name = NAME
    lists_payouts = True

    def refund(self, refund: Refund) -> None:
        """Ask for it; where the answer is that it is made already, take it as told. Raise ProviderError.

        Late, it is looked for there first, and has the key of the day: `refund_again` may have asked meanwhile.
        """
        if refund.created_at < timezone.now() - KEY_LASTS:
            self.refund_again(refund, timezone.now())
            return
        _take_refund(refund, _ask_refund(refund, key=f"refund-{refund.public_id}"))

    def refund_again(self, refund: Refund, now: datetime.datetime) -> None:
        """Stripe gives the first answer again for a key, a refusal too: each day has its own. Raise ProviderError."""
        made = _refund_there(refund) or _ask_refund(refund, key=f"refund-{refund.public_id}-{timezone.localdate(now)}")
        _take_refund(refund, made)

    def movements(self, day: datetime.date) -> Iterator[Movement]:
        """What moved on our balance at Stripe that day."""
        first, last = hours_of(day)
        for row in stripe_api.movements_of(int(first.timestamp()), int(last.timestamp())):
            yield _movement(row)

    def answer_dispute(self, answer: DisputeAnswer, now: datetime.datetime) -> None:
        """Send it to the bank, or accept; the bank's own hour counts. Raise ProviderError."""
        stripe_dispute.send_answer(answer)

    def find(self, row: Row) -> Movement | None:
        """Asked by Stripe's name of the payment, or by the group of the payout. Raise ProviderAwayError."""
        try:
            return _find(row)
        except ProviderRefusedError:  # it knows no such thing
            return None


# Stripe's types of what moves on a balance, the name that our own carry, and what it is here.
MOVES = {
    "charge": ("paid", "rebond_payment"),
    "payment": ("paid", "rebond_payment"),
    "refund": ("refunded", "rebond_refund"),
    "payment_refund": ("refunded", "rebond_refund"),
    "transfer": ("payout", "rebond_payout"),
    "transfer_refund": ("reversal", "rebond_reversal"),
}
DISPUTES = {"dispute": "disputed", "dispute_reversal": "reinstated"}  # of an adjustment, by what it is reported as


def _movement(row: dict[str, Any]) -> Movement:
    kind, name = MOVES.get(row.get("type", ""), ("other", ""))
    source = row.get("source")
    source = source if isinstance(source, dict) else {"id": source or row["id"]}
    names = source.get("metadata")
    reference = str((names if isinstance(names, dict) else {}).get(name) or "")
    if row.get("type") == "adjustment" and row.get("reporting_category") in DISPUTES:
        kind, reference = DISPUTES[row["reporting_category"]], str(source.get("id"))
    elif (
        kind == "reversal" and not reference
    ):  # a transfer whose bank's part failed came back whole: no debt of a seller
        kind = "other"
    if row.get("currency") != stripe_api.CURRENCY:
        kind = "other"
    cents, intent = abs(row["amount"]), source.get("payment_intent") if kind == "paid" else ""
    return Movement(kind, reference, str(source.get("id")), cents, abs(row.get("fee") or 0), str(intent or ""))


def _find(row: Row) -> Movement | None:
    if isinstance(row, Payment):
        return _find_payment(row)
    if isinstance(row, Refund):
        return _find_refund(row)
    if isinstance(row, Dispute):
        made = stripe_api.get_dispute(row.provider_id)
        return Movement("disputed", row.provider_id, made["id"], made["amount"])
    if isinstance(row, TransferReversal):
        return Movement("reversal", row.public_id, row.reference, row.cents) if row.reference else None
    for made in stripe_api.transfers_of(f"payout-{row.public_id}"):
        return Movement("payout", row.public_id, made["id"], made["amount"])
    return None


def _intent_of(payment: Payment) -> str:
    return ProviderPayment.objects.filter(payment=payment).values_list("intent_id", flat=True).first() or ""


def _find_payment(payment: Payment) -> Movement | None:
    intent = _intent_of(payment)
    found = stripe_api.get_intent(intent) if intent else {}
    is_paid = found.get("status") == "succeeded"
    return Movement("paid", payment.public_id, intent, found["amount_received"]) if is_paid else None


def _ask_refund(refund: Refund, *, key: str) -> dict[str, Any]:
    intent = _intent_of(refund.payment)
    if not intent:
        raise ProviderAwayError(f"Stripe's name of the payment {refund.payment} is not known yet")
    params = {
        "payment_intent": intent,
        "amount": refund.amount_cents,
        "metadata": {"rebond_refund": refund.public_id},
    }
    return stripe_api.create_refund(params, key=key)


def _take_refund(refund: Refund, made: dict[str, Any]) -> None:
    if made.get("status") == "succeeded":
        told = Told(NAME, f"{made['id']}:asked", PaymentEventKind.REFUNDED, refund.public_id, made["amount"])
        receive_event(told=told)


def _refund_there(refund: Refund) -> dict[str, Any] | None:
    """What Stripe has under our name, made or under way; what failed there is no refund."""
    intent = _intent_of(refund.payment)
    for made in stripe_api.refunds_of(intent) if intent else []:
        is_ours = (made.get("metadata") or {}).get("rebond_refund") == refund.public_id
        if is_ours and made.get("status") not in {"failed", "canceled"}:
            return made
    return None


def _find_refund(refund: Refund) -> Movement | None:
    made = _refund_there(refund)
    if made is None or made.get("status") != "succeeded":
        return None
    return Movement("refunded", refund.public_id, made["id"], made["amount"])


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

    A message that was lost costs minutes, not an order. Each answer is its own transaction. Those asked the longest
    ago come first, so that many abandoned pages hide none behind them. One that breaks stops no other.
    """
    now = now or timezone.now()
    rows = ProviderPayment.objects.filter(
        payment__state__in=[PaymentState.STARTED, PaymentState.REFUSED],
        payment__provider=NAME,
        payment__created_at__range=(now - UNTOLD_UNTIL, now - UNTOLD_AFTER),
    ).exclude(session_id="")
    found = 0
    for known in rows.select_related("payment").order_by(F("asked_at").asc(nulls_first=True), "-pk")[:AT_ONCE]:
        ProviderPayment.objects.filter(pk=known.pk).update(asked_at=now)
        try:
            session = stripe_api.get_session(known.session_id)
            found += take_session(payment=known.payment, session=session, now=now)
        except ProviderError:
            continue
        except Exception:
            logger.exception("what Stripe says of the payment %s breaks", known.payment)
    return found


@transaction.atomic
def remember_intent(reference: str, intent_id: str, *, is_paid: bool) -> None:
    """Stripe's own name of a payment: refunds and disputes need it.

    A buyer may try several times: what was refused or left never takes the place of what paid. Locks the order, as
    what is told of the payment next does.
    """
    payment = Payment.objects.filter(public_id=reference, provider=NAME).first()
    if payment is None or not intent_id:
        return
    lock_row(Order(pk=payment.order_id))
    payment.refresh_from_db(fields=["state"])
    if payment.state == PaymentState.PAID and not is_paid:
        return
    ProviderPayment.objects.update_or_create(
        payment=payment, defaults={"intent_id": intent_id}, create_defaults={
            "intent_id": intent_id, "expires_at": timezone.now()
        },
    )  # fmt: skip


@transaction.atomic
def take_session(*, payment: Payment, session: dict[str, object], now: datetime.datetime | None = None) -> bool:
    """What a page says of its payment, as a message of it would; whether it was paid. Told twice, it has one effect."""
    is_paid = session.get("payment_status") == "paid"
    remember_intent(payment.public_id, str(session.get("payment_intent") or ""), is_paid=is_paid)
    if not is_paid:
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
