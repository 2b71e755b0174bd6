"""Each kind of Stripe's messages: what proves it here, the same list in docs/payments.md, and no claim without proof.

`localstripe` is a program that answers as Stripe does (test_localstripe.py), `published` an object that Stripe answered
to another project in test mode (stripe_shapes.py), `ours` one that the tests write from Stripe's documentation. No kind was seen from
the real service by these tests, which run without network: docs/payments.md says so.
"""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from rebond.shop.actions.stripe_events import HANDLERS, handle
from rebond.shop.enums import MessageNote
from rebond.shop.models import ProviderMessage

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
LOCAL, PUBLISHED, OURS = "localstripe", "published shape", "our shape"
PROOFS: dict[str, set[str]] = {
    "payment_intent.succeeded": {LOCAL, PUBLISHED, OURS},
    "payment_intent.payment_failed": {LOCAL, OURS},
    "payment_intent.canceled": {OURS},
    "payment_intent.processing": {OURS},
    "payment_intent.created": {OURS},
    "payment_intent.requires_action": {OURS},
    "charge.succeeded": {OURS},
    "charge.failed": {OURS},
    "charge.updated": {OURS},
    "checkout.session.completed": {OURS},
    "checkout.session.async_payment_succeeded": {OURS},
    "checkout.session.async_payment_failed": {OURS},
    "checkout.session.expired": {OURS},
    "refund.created": {OURS},
    "refund.updated": {OURS},
    "refund.failed": {OURS},
    "charge.refund.updated": {OURS},
    "charge.refunded": {PUBLISHED, OURS},
    "charge.dispute.created": {PUBLISHED, OURS},
    "charge.dispute.updated": {OURS},
    "charge.dispute.closed": {OURS},
    "charge.dispute.funds_withdrawn": {PUBLISHED, OURS},
    "charge.dispute.funds_reinstated": {OURS},
    "account.updated": {PUBLISHED, OURS},
    "account.application.deauthorized": {OURS},
    "payout.created": {LOCAL, OURS},
    "payout.updated": {OURS},
    "payout.paid": {PUBLISHED, OURS},
    "payout.failed": {OURS},
    "payout.canceled": {LOCAL, OURS},
    "transfer.created": {OURS},
    "transfer.updated": {OURS},
    "transfer.reversed": {OURS},
}
NOTHING = sorted(kind for kind, handler in HANDLERS.items() if handler is HANDLERS["transfer.created"])


def told_in_the_document():
    """kind → proofs, as the table of docs/payments.md tells them: `.name` stands for the same family."""
    found = {}
    for row in re.findall(r"^\| (`.*?) \| .*? \| (.*?) \|$", (ROOT / "docs" / "payments.md").read_text(), re.MULTILINE):
        family = ""
        for name in re.findall(r"`([a-z_.]+)`", row[0]):
            kind = f"{family}{name}" if name.startswith(".") else name
            family = kind.rpartition(".")[0]
            found[kind] = {proof for proof in (LOCAL, PUBLISHED, OURS) if proof in row[1]}
    return found


def test_each_kind_that_is_handled_says_what_proves_it():
    assert set(PROOFS) == set(HANDLERS)
    assert all(PROOFS.values())


def test_the_document_has_the_same_list():
    told = {kind: proofs for kind, proofs in told_in_the_document().items() if "." in kind}
    assert told == PROOFS


def test_the_document_says_that_none_came_from_the_real_service():
    text = (ROOT / "docs" / "payments.md").read_text()
    assert "None of these was seen from the real service" in text


@pytest.mark.parametrize("kind", sorted(kind for kind, proofs in PROOFS.items() if LOCAL in proofs))
def test_what_localstripe_proves_is_tried_there(kind):
    assert f'"{kind}"' in (ROOT / "tests" / "shop" / "test_localstripe.py").read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NOTHING)
def test_kinds_that_mean_nothing_here_write_and_read_nothing(kind, django_assert_num_queries):
    named = {"rebond_payment": "x" * 12, "rebond_payout": "x" * 12}
    body = {"currency": "eur", "amount": 2500, "status": "succeeded", "metadata": named}
    message = ProviderMessage(provider="stripe", event_id="evt_1", kind=kind, object_id="o_1", body=body)
    with django_assert_num_queries(0):
        assert handle(message, timezone.now()) == MessageNote.NOTHING


PAYING = sorted(kind for kind, handler in HANDLERS.items() if handler.__qualname__.startswith("_of_platform"))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PAYING)
def test_payments_of_a_sellers_account_are_not_ours_whatever_they_carry(kind, django_assert_num_queries):
    named = dict.fromkeys(("rebond_payment", "rebond_order", "rebond_refund"), "abcdefghijkl")
    body = {"currency": "eur", "amount": 2500, "status": "succeeded", "metadata": named, "client_reference_id": "abc"}
    message = ProviderMessage(
        provider="stripe", event_id="evt_1", kind=kind, object_id="o_1", account="acct_other", body=body
    )
    with django_assert_num_queries(0):
        assert handle(message, timezone.now()) == MessageNote.NOT_OURS
