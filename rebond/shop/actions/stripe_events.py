"""What each kind of Stripe's messages means here. `handle` answers why a message has no effect, or nothing.

docs/payments.md lists the kinds, and those that were never seen from the real service.
"""

import datetime
import math
from collections.abc import Callable
from typing import Any

from rebond.shop import stripe_api
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.stripe_account import close_account, mirror_account
from rebond.shop.actions.stripe_dispute import handle_dispute
from rebond.shop.actions.stripe_payment import remember_intent, take_session
from rebond.shop.actions.stripe_payout import handle_payout
from rebond.shop.enums import MessageNote, PaymentEventKind
from rebond.shop.models import Payment, ProviderMessage
from rebond.shop.stripe_api import NAME

# What is kept of an object: what Rebond reads, nothing of the buyer or of a card.
FIELDS = frozenset(
    """id object amount amount_received amount_refunded amount_reversed amount_total arrival_date automatic
    balance_transaction balance_transactions charge charges_enabled client_reference_id code currency current_deadline
    currently_due data decline_code fee net reporting_category reversals type
    destination details_submitted disabled_reason disputed due_by evidence_details failure_code failure_message
    failure_reason last_payment_error latest_charge metadata past_due payment_intent payment_status payouts_enabled
    pending_verification reason refunds requirements reversed status transfer_group rebond_payment rebond_order
    rebond_refund rebond_payout rebond_transfer rebond_organisation""".split()  # noqa: SIM905 -- read as a text
)
MAX_TEXT = 300


def _kept(value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict):
        return {key: _kept(part, depth + 1) for key, part in value.items() if key in FIELDS} if depth < 5 else {}
    if isinstance(value, list):
        return [_kept(part, depth + 1) for part in value[:100]]
    if isinstance(value, float) and not math.isfinite(value):  # 1e999: read by Python, refused by a database
        raise ValueError("not an event")
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    """Without what a database refuses in JSON: the zero sign, halves of pairs."""
    return value[:MAX_TEXT].replace("\x00", "").encode(errors="replace").decode()


def read_envelope(envelope: Any) -> dict[str, Any]:
    """The columns of a message; raise ValueError where an envelope has not Stripe's shape."""
    try:
        event_id, kind, subject = envelope["id"], envelope["type"], envelope["data"]["object"]
        account = envelope.get("account") or ""
        told_at = datetime.datetime.fromtimestamp(envelope["created"], datetime.UTC)
    except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise ValueError("not an event") from error
    texts = (event_id, kind, account)
    if not isinstance(subject, dict) or not all(isinstance(text, str) and len(text) <= 80 for text in texts):
        raise ValueError("not an event")
    if not event_id or not kind or not _is_text([*texts, subject.get("id") or ""]):
        raise ValueError("not an event")
    return {
        "event_id": event_id,
        "kind": kind[:60],
        "account": account,
        "object_id": str(subject.get("id") or "")[:120],
        "body": _kept(subject),
        "told_at": told_at,
    }


def _is_text(values: list[Any]) -> bool:
    """No sign that a database refuses."""
    return all("\x00" not in str(value) for value in values)


def handle(message: ProviderMessage, now: datetime.datetime) -> str:
    """Apply one message, in the caller's transaction; "" where it had its effect, else a MessageNote.

    Raise ShopError or LedgerError where it is to be tried again.
    """
    handler = HANDLERS.get(message.kind)
    if handler is None:
        return MessageNote.UNKNOWN_KIND
    currency = message.body.get("currency")
    if currency is not None and currency != stripe_api.CURRENCY:
        return MessageNote.CURRENCY
    return handler(message, now)


def _name(body: dict[str, Any], name: str) -> str:
    known = body.get("metadata")
    value = known.get(name) if isinstance(known, dict) else None
    return value if isinstance(value, str) and len(value) <= 40 else ""


def _cents(body: dict[str, Any], *names: str) -> int:
    """The first of these amounts that is one, in cents; 0 without."""
    found = (body.get(name) for name in names)
    return next((n for n in found if isinstance(n, int) and not isinstance(n, bool) and 0 < n < 2**31), 0)


def _told(message: ProviderMessage, kind: str, reference: str, cents: int, now: datetime.datetime) -> str:
    event = receive_event(told=Told(NAME, message.event_id, kind, reference, cents), now=now)
    return "" if event.applied_at is not None else MessageNote.NO_MATCH


def _intent(kind: str) -> Callable[[ProviderMessage, datetime.datetime], str]:
    def handled(message: ProviderMessage, now: datetime.datetime) -> str:
        reference = _name(message.body, "rebond_payment")
        if not reference:
            return MessageNote.NOT_OURS
        remember_intent(reference, message.object_id, is_paid=kind == PaymentEventKind.PAID)
        return _told(message, kind, reference, _cents(message.body, "amount_received", "amount"), now)

    return handled


def _session(message: ProviderMessage, now: datetime.datetime) -> str:
    reference = str(message.body.get("client_reference_id") or "")
    payment = Payment.objects.filter(public_id=reference, provider=NAME).first() if reference else None
    if payment is None:
        return MessageNote.NO_MATCH if reference else MessageNote.NOT_OURS
    if message.kind == "checkout.session.expired":
        return _told(message, PaymentEventKind.REFUSED, reference, _cents(message.body, "amount_total"), now)
    is_paid = take_session(payment=payment, session=message.body, now=now)
    return "" if is_paid else MessageNote.NOTHING


def _refund(message: ProviderMessage, now: datetime.datetime) -> str:
    body = message.body
    reference = _name(body, "rebond_refund")
    if not reference:
        return MessageNote.NOT_OURS
    if body.get("status") in {"failed", "canceled"}:
        return MessageNote.REFUND_FAILED
    if body.get("status") != "succeeded":
        return MessageNote.NOTHING
    return _told(message, PaymentEventKind.REFUNDED, reference, _cents(body, "amount"), now)


def _charge_refunded(message: ProviderMessage, now: datetime.datetime) -> str:
    """Older versions list the refunds in the charge; newer ones tell each by a message of its own."""
    listed = (message.body.get("refunds") or {}).get("data") or []
    notes = []
    for row in listed:
        reference = _name(row, "rebond_refund")
        if reference and row.get("status") == "succeeded":
            event_id = f"{message.event_id}:{row.get('id')}"[:80]
            told = Told(NAME, event_id, PaymentEventKind.REFUNDED, reference, _cents(row, "amount"))
            notes.append("" if receive_event(told=told, now=now).applied_at else MessageNote.NO_MATCH)
    return max(notes) if notes else MessageNote.NOTHING


def _account(message: ProviderMessage, now: datetime.datetime) -> str:
    is_ours = mirror_account(account_id=message.object_id, said=message.body, told_at=message.told_at)
    return "" if is_ours else MessageNote.NOT_OURS


def _account_closed(message: ProviderMessage, now: datetime.datetime) -> str:
    """The seller took its account away from us: nothing can be paid there any more."""
    return "" if close_account(account_id=message.account, told_at=message.told_at) else MessageNote.NOT_OURS


def _payout(message: ProviderMessage, now: datetime.datetime) -> str:
    reference = _name(message.body, "rebond_payout")
    return handle_payout(message, reference, now) if reference else MessageNote.NOT_OURS


def _nothing(message: ProviderMessage, now: datetime.datetime) -> str:
    return MessageNote.NOTHING


def _of_platform(handler: Callable[[ProviderMessage, datetime.datetime], str]) -> Any:
    """Buyers pay the platform's own account: what a seller's account tells of payments is no payment of ours.

    Its owner may write any metadata there.
    """

    def handled(message: ProviderMessage, now: datetime.datetime) -> str:
        return MessageNote.NOT_OURS if message.account else handler(message, now)

    return handled


HANDLERS: dict[str, Callable[[ProviderMessage, datetime.datetime], str]] = {
    "payment_intent.succeeded": _of_platform(_intent(PaymentEventKind.PAID)),
    "payment_intent.payment_failed": _of_platform(_intent(PaymentEventKind.REFUSED)),
    "payment_intent.canceled": _of_platform(_intent(PaymentEventKind.REFUSED)),
    "payment_intent.processing": _nothing,
    "payment_intent.created": _nothing,
    "payment_intent.requires_action": _nothing,
    "charge.succeeded": _nothing,
    "charge.failed": _nothing,
    "charge.updated": _nothing,
    "checkout.session.completed": _of_platform(_session),
    "checkout.session.async_payment_succeeded": _of_platform(_session),
    "checkout.session.async_payment_failed": _nothing,
    "checkout.session.expired": _of_platform(_session),
    "refund.created": _of_platform(_refund),
    "refund.updated": _of_platform(_refund),
    "refund.failed": _of_platform(_refund),
    "charge.refund.updated": _of_platform(_refund),
    "charge.refunded": _of_platform(_charge_refunded),
    "charge.dispute.created": handle_dispute,
    "charge.dispute.updated": handle_dispute,
    "charge.dispute.closed": handle_dispute,
    "charge.dispute.funds_withdrawn": handle_dispute,
    "charge.dispute.funds_reinstated": handle_dispute,
    "account.updated": _account,
    "account.application.deauthorized": _account_closed,
    "payout.created": _nothing,
    "payout.updated": _nothing,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.canceled": _payout,
    "transfer.created": _nothing,
    "transfer.updated": _nothing,
    "transfer.reversed": _nothing,
}
