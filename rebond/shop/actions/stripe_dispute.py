"""Stripe's disputes: what each message says of one, and what is sent to the bank."""

import datetime
from typing import Any

from rebond.shop import stripe_api
from rebond.shop.actions.dispute import Contested, contradicts, receive_dispute
from rebond.shop.enums import MessageNote
from rebond.shop.errors import DisputeWaitsError, ProviderRefusedError
from rebond.shop.models import DisputeAnswer, DisputeProof, ProviderMessage, ProviderPayment
from rebond.shop.money_enums import DisputeChoice, DisputeState, ProofKind
from rebond.shop.stripe_api import NAME

STATES: dict[str, DisputeState] = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.REVIEW,
    "warning_closed": DisputeState.CLOSED,
    "needs_response": DisputeState.TO_ANSWER,
    "under_review": DisputeState.REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "prevented": DisputeState.CLOSED,
}
# Where each kind of file goes in Stripe's form.
PLACES = {
    ProofKind.DELIVERY: "shipping_documentation",
    ProofKind.EXCHANGE: "customer_communication",
    ProofKind.RECEIPT: "receipt",
    ProofKind.CONDITIONS: "refund_policy",
    ProofKind.OTHER: "uncategorized_file",
}


def handle_dispute(message: ProviderMessage, now: datetime.datetime) -> str:
    """`charge.dispute.*`: created, updated, closed, funds_withdrawn, funds_reinstated. Raise ShopError, LedgerError."""
    body = message.body
    state = STATES.get(str(body.get("status")))
    cents = body.get("amount")
    if state is None or not isinstance(cents, int) or isinstance(cents, bool) or not 0 < cents < 2**31:
        return MessageNote.NO_MATCH
    intent = body.get("payment_intent")
    known = (
        ProviderPayment.objects.filter(intent_id=intent).select_related("payment__order").first() if intent else None
    )
    if known is None or known.payment.provider != NAME:
        raise DisputeWaitsError(f"no payment of this name is known yet: {intent or body.get('charge')}")
    told = Contested(
        provider=NAME,
        dispute_id=message.object_id,
        payment=known.payment,
        state=state,
        cents=cents,
        told_at=message.told_at,
        fee_cents=max(_fees(body), 0),
        reason=str(body.get("reason") or ""),
        due_at=_due(body),
        is_taken=message.kind == "charge.dispute.funds_withdrawn" or _taken(body) > 0,
        is_back=message.kind == "charge.dispute.funds_reinstated",
        is_fee_back=len(_movements(body)) > 1 and _fees(body) == 0,
    )
    return MessageNote.DISPUTE_AFTER if contradicts(receive_dispute(told=told, now=now), told) else ""


def _movements(body: dict[str, Any]) -> list[dict[str, Any]]:
    rows = body.get("balance_transactions")
    rows = rows if isinstance(rows, list) else []
    return [row for row in rows if isinstance(row, dict) and row.get("currency") == stripe_api.CURRENCY]


def _sum(body: dict[str, Any], name: str) -> int:
    found = (row.get(name) for row in _movements(body))
    return sum(n for n in found if isinstance(n, int) and not isinstance(n, bool) and abs(n) < 2**31)


def _fees(body: dict[str, Any]) -> int:
    return _sum(body, "fee")


def _taken(body: dict[str, Any]) -> int:
    """What left and did not come back, as the dispute itself lists it."""
    return -_sum(body, "amount")


def _due(body: dict[str, Any]) -> datetime.datetime | None:
    details = body.get("evidence_details")
    due = details.get("due_by") if isinstance(details, dict) else None
    if not isinstance(due, int) or isinstance(due, bool) or not 0 < due < 2**33:
        return None
    return datetime.datetime.fromtimestamp(due, datetime.UTC)


def send_answer(answer: DisputeAnswer) -> None:
    """Send the files, then the text, or accept. Asked again with the same answer, it has one effect.

    Raise ProviderAwayError (ask again), ProviderRefusedError.
    """
    name = answer.dispute.provider_id
    if answer.choice == DisputeChoice.ACCEPT:
        stripe_api.accept_dispute(name, key=f"dispute-{answer.public_id}")
        return
    evidence = {"uncategorized_text": answer.text} if answer.text else {}
    for proof in answer.proofs.select_related("stored").order_by("pk"):
        evidence[PLACES[ProofKind(proof.kind)]] = proof.provider_file or _send(proof)
    stripe_api.send_evidence(name, evidence, key=f"dispute-{answer.public_id}")


def _send(proof: DisputeProof) -> str:
    try:
        with proof.stored.file.open("rb") as file:
            name = stripe_api.send_file(file, key=f"proof-{proof.public_id}")
    except FileNotFoundError:
        raise ProviderRefusedError(f"the file {proof} is gone") from None
    DisputeProof.objects.filter(pk=proof.pk).update(provider_file=name)
    return name
