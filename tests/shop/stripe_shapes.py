"""Events of Stripe in the published shapes, signed as Stripe signs them (its own library's function)."""

import itertools
import json
import time

import stripe

SECRET = "whsec_of_the_tests"
_numbers = itertools.count(1)


def event(kind, subject, *, event_id=None, account=None, created=None):
    made = {
        "id": event_id or f"evt_{next(_numbers)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created or int(time.time()),
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    return made | ({"account": account} if account else {})


def intent(payment, *, status="succeeded", cents=None, intent_id="pi_1", **more):
    cents = payment.amount_cents if cents is None else cents
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": cents,
        "amount_received": cents if status == "succeeded" else 0,
        "currency": "eur",
        "latest_charge": "ch_1",
        "metadata": {"rebond_payment": payment.public_id, "rebond_order": payment.order.public_id},
        "receipt_email": "camille@example.org",
        "status": status,
    } | more


def refund(made, *, status="succeeded", cents=None, refund_id="re_1"):
    return {
        "id": refund_id,
        "object": "refund",
        "amount": made.amount_cents if cents is None else cents,
        "currency": "eur",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "metadata": {"rebond_refund": made.public_id},
        "status": status,
    }


def dispute(payment, *, status="needs_response", kind="created", cents=None, intent_id="pi_1", dispute_id="dp_1"):
    """As Stripe lists what moved: nothing before the money is taken, both ways once it came back; the fee stays taken."""
    cents = payment.amount_cents if cents is None else cents
    base = {"object": "balance_transaction", "currency": "eur", "type": "adjustment", "source": dispute_id}
    taken = base | {"id": "txn_1", "amount": -cents, "fee": 1500, "net": -cents - 1500, "reporting_category": "dispute"}
    back = base | {"id": "txn_2", "amount": cents, "fee": 0, "net": cents, "reporting_category": "dispute_reversal"}
    moves = {"created": [], "funds_reinstated": [taken, back]}.get(kind, [taken])
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": cents,
        "balance_transactions": [] if status.startswith("warning") else moves,
        "charge": "ch_1",
        "currency": "eur",
        "evidence": {"customer_name": "Camille Vasseur", "customer_email_address": "camille@example.org"},
        "evidence_details": {"due_by": 1_893_456_000, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False,
        "metadata": {},
        "payment_intent": intent_id,
        "reason": "fraudulent",
        "status": status,
    }


def signed(envelope, *, secret=SECRET, at=None):
    """The body and the headers of a webhook."""
    body = envelope if isinstance(envelope, str) else json.dumps(envelope)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return body, {"Stripe-Signature": header}


def send(client, envelope, **how):
    body, headers = signed(envelope, **how)
    return client.post("/paiements/stripe/", body, content_type="application/json", headers=headers)
