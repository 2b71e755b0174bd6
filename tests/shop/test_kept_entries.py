"""What orders, disputes and round-ups follow is not undone in the books alone: payouts would stop, with no way back."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.asked_books import EntryUndo, plan_undo
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import check_reversible, reverse_entry, write_reversal
from rebond.ledger.errors import NotReversible
from rebond.ledger.models import Entry, Sale
from rebond.shop import kept_entries
from rebond.shop.actions.books import post_fee
from rebond.shop.actions.refund import ask_refund
from rebond.shop.models import Dispute, Payment
from rebond.shop.queries.proofs import wrong_provider
from tests.factories.network import MembershipFactory
from tests.shop.stripe_shapes import dispute, event
from tests.shop.test_disputes import by_stripe, held, life, paid, payment, told

__all__ = ["by_stripe", "payment"]
pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def test_a_sale_of_the_shop_is_refunded_in_its_order_only(client, payment, operator, owner):
    """The books' sale would be refunded and the order's lines not: the nightly proof wrong, every payout refused."""
    paid(client, payment)
    entry = Sale.objects.order_by("pk").first().entry
    for act in (
        lambda: reverse_entry(entry=entry, reason="x", by=owner),
        lambda: plan_undo(EntryUndo(entry.pk, "x"), operator),
    ):
        with pytest.raises(NotReversible, match=str(kept_entries.SALE)):
            act()
    part = payment.order.parts.get(public_id=entry.subject_id)
    lines = {line.pk: line.cents for line in part.lines.all()}
    ask_refund(part=part, lines=lines, reason="other", by=owner, operation=uuid.uuid4())
    report = check_ledger()
    assert report.is_right or report.told


def test_its_page_says_where_it_is_undone_and_offers_nothing(client, payment, operator):
    paid(client, payment)
    treasurer = MembershipFactory(organisation=operator, role="finance").user
    client.force_login(treasurer)
    entry = Sale.objects.order_by("pk").first().entry
    text = client.get(reverse("ledger:entry-detail", args=[entry.pk])).text
    assert "remboursez-la dans sa commande" in text
    assert "Annuler cette écriture" not in text
    asked = client.post(reverse("ledger:entry-reverse", args=[entry.pk]), {"reason": "x"})
    assert asked.status_code == 422
    assert not Entry.objects.filter(kind="correction").exists()


def test_the_fee_of_a_dispute_is_not_undone_by_hand_and_comes_back_all_the_same(client, payment, owner):
    paid(client, payment)
    before = held()
    for envelope in life(payment, "won")[:4]:
        told(client, envelope)
    fee = Entry.objects.get(kind="payment_fee", subject_kind="shop.dispute")
    with pytest.raises(NotReversible, match=str(kept_entries.FEE)):
        check_reversible(fee)
    write_reversal(entry=fee, reason="before it was kept", by=owner)  # as a correction did before
    last = dispute(payment, status="won", kind="funds_reinstated")
    last["balance_transactions"][1]["fee"] = -1500
    assert told(client, event("charge.dispute.funds_reinstated", last)) == "applied"
    assert (held(), Dispute.objects.get().fee_cents) == (before, 0)
    report = check_ledger()
    assert report.is_right or report.told


def test_a_round_up_is_not_undone_in_the_books_alone(db):
    with pytest.raises(NotReversible, match=str(kept_entries.ROUND_UP)):
        check_reversible(Entry(pk=10**9, kind="round_up", subject_kind="shop.roundup"))


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("surcharge", "shop.sellerorder", kept_entries.SURCHARGE),
        ("payment_fee", "shop.payment", kept_entries.PAID_FEE),
    ],
)
def test_surcharges_and_fees_of_payments_stay_with_what_they_follow(kind, subject, words):
    with pytest.raises(NotReversible, match=str(words)):
        check_reversible(Entry(pk=10**9, kind=kind, subject_kind=subject))


def test_a_fee_undone_before_it_was_kept_is_told_by_the_proof(client, payment, owner):
    paid(client, payment)
    Payment.objects.update(fee_cents=50)
    post_fee(payment=Payment.objects.get(), cents=50, now=timezone.now())
    fee = Entry.objects.get(kind="payment_fee")
    held = Payment.objects.get().amount_cents - 50
    assert list(wrong_provider()) == []
    write_reversal(entry=fee, reason="before it was kept", by=owner)
    assert list(wrong_provider()) == [("provider", held, held + 50)]
