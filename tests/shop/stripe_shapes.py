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


def signed(envelope, *, secret=SECRET, at=None):
    """The body and the headers of a webhook."""
    body = envelope if isinstance(envelope, str) else json.dumps(envelope)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return body, {"Stripe-Signature": header}


def send(client, envelope, **how):
    body, headers = signed(envelope, **how)
    return client.post("/paiements/stripe/", body, content_type="application/json", headers=headers)
