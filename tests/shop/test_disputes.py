"""Payments that a bank contests: any order, any repetition, and the books that follow."""

import itertools
import json
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.journal.models import Transition
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import TooMuch
from rebond.ledger.models import Posting, Sale
from rebond.ledger.queries.payouts import dues_of
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.message import retry_messages
from rebond.shop.actions.order import place_order
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.returning import note_arrival, tell_sent
from rebond.shop.actions.trial import charge_card
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.enums import TrialCard
from rebond.shop.errors import ContestedStaysError
from rebond.shop.models import Dispute, OrderLine, Payment, ProviderMessage, Refund, Return, SellerOrder
from rebond.shop.queries.keeper import Keeper
from tests.conftest import SHARED, needs_shared
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory
from tests.shop.stripe_shapes import SECRET, dispute, event, intent, send

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def by_stripe(settings):
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_API_URL = "http://127.0.0.1:9"  # nothing answers there: a test that calls says so


@pytest.fixture
def payment(seller, operator, index):
    return place(
        ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500),
        ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=1001),
        ItemFactory(seller=other_seller(), on_sale=True, title="Table", price_cents=3300),
    )


def other_seller():
    return OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")


def place(*items, name="amina", provider="stripe"):
    keeper, now = Keeper(visitor=name), timezone.now()
    for item in items:
        take_item(keeper=keeper, item=item, now=now)
    return place_order(keeper=keeper, email="camille@example.org", operation=uuid.uuid4(), provider=provider, now=now)


def paid(client, payment):
    assert told(client, event("payment_intent.succeeded", intent(payment))) == "applied"


def told(client, envelope):
    answer = send(client, envelope)
    assert answer.status_code == 200, answer.content
    return answer.json()["state"]


def held(kind=AccountKind.PROVIDER):
    return sum(Posting.objects.filter(account__kind=kind).values_list("cents", flat=True))


def right():
    report = check_ledger()
    assert report.is_right, report.told


FIRST = 1_790_000_000  # of its messages
LIFE = {  # what Stripe tells of one dispute, oldest first
    "won": [("created", "needs_response"), ("funds_withdrawn", "needs_response"), ("updated", "under_review"),
            ("closed", "won"), ("funds_reinstated", "won")],
    "lost": [("created", "needs_response"), ("funds_withdrawn", "needs_response"), ("updated", "under_review"),
             ("closed", "lost")],
}  # fmt: skip


def life(payment, end, cents=None):
    return [
        event(
            f"charge.dispute.{kind}", dispute(payment, status=status, kind=kind, cents=cents), created=1_790_000_000 + n
        )
        for n, (kind, status) in enumerate(LIFE[end])
    ]


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_from_its_opening_to_the_decision(client, payment, end):
    paid(client, payment)
    before = held()
    created, withdrawn, *rest = life(payment, end)

    assert told(client, created) == "applied"
    found = Dispute.objects.get()
    assert (found.state, found.money, found.cents, found.reason) == ("to_answer", "kept", 6801, "fraudulent")
    assert found.due_at is not None
    assert held() == before
    told(client, withdrawn)
    found.refresh_from_db()
    assert (found.money, found.fee_cents, found.excess_cents) == ("taken", 1500, 0)
    assert held() == before - 6801 - 1500
    assert sorted(found.shares.values_list("cents", flat=True)) == [3300, 3501]
    assert sorted(Sale.objects.values_list("disputed_cents", flat=True)) == [3300, 3501]
    right()
    for envelope in rest:
        told(client, envelope)
    found.refresh_from_db()
    assert (found.state, found.money) == (("won", "back") if end == "won" else ("lost", "gone"))
    assert found.closed_at is not None
    assert held() == (before - 1500 if end == "won" else before - 6801 - 1500)
    assert not any(Sale.objects.values_list("disputed_cents", flat=True))
    assert Refund.objects.count() == (0 if end == "won" else 2)
    assert held(AccountKind.DISPUTED) == 0
    right()


@pytest.mark.parametrize("end", ["won", "lost"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_any_order_and_any_repetition_end_the_same(client, payment, end, order):
    envelopes = life(payment, end)
    shuffled = [envelopes[n] for n in order] + envelopes[4:]
    for envelope in shuffled[:1]:  # before the payment is known: kept, and tried again
        assert told(client, envelope) == "waiting"
    paid(client, payment)
    before = held()
    for envelope in [*shuffled, *reversed(shuffled), *envelopes]:
        told(client, envelope)
    retry_messages(now=timezone.now() + timezone.timedelta(minutes=5))

    found = Dispute.objects.get()
    assert (found.state, found.money) == (("won", "back") if end == "won" else ("lost", "gone"))
    assert held() == before - 1500 - (6801 if end == "lost" else 0)
    assert not ProviderMessage.objects.exclude(state="applied").exists()
    right()


def test_a_loss_is_a_refund_that_nobody_asks_the_provider_for(client, payment, seller):
    paid(client, payment)
    for envelope in life(payment, "lost"):
        told(client, envelope)
    assert set(Refund.objects.values_list("reason", "state")) == {("disputed", "made")}
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 6801
    assert Payment.objects.get(pk=payment.pk).refunded_cents == 6801
    assert set(SellerOrder.objects.values_list("state", flat=True)) == {"cancelled"}  # nothing had left
    assert set(OrderLine.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(Item.objects.values_list("state", flat=True)).isdisjoint({"sold"})


def test_what_left_stays_and_the_seller_owes(client, payment, seller, owner):
    paid(client, payment)
    part = SellerOrder.objects.get(seller=seller)
    ship_part(part=part, carrier="", tracking="", by=owner)
    for envelope in life(payment, "lost"):
        told(client, envelope)
    part.refresh_from_db()
    assert part.state == "shipped"
    assert set(OrderLine.objects.filter(part=part).values_list("state", flat=True)) == {"sold"}
    right()


def test_nothing_leaves_and_nothing_is_paid_out_while_it_is_open(client, payment, seller, operator, owner):
    paid(client, payment)
    for envelope in life(payment, "won")[:2]:
        told(client, envelope)
    Sale.objects.update(payable_on=timezone.localdate())
    with pytest.raises(ContestedStaysError):
        ship_part(part=SellerOrder.objects.get(seller=seller), carrier="", tracking="", by=owner)
    assert {due.cents for due in dues_of(operator)} == {0}
    line = OrderLine.objects.get(title="Chaise")
    with pytest.raises(TooMuch):
        ask_refund(part=line.part, lines={line.pk: 100}, reason="gesture", by=owner, operation=uuid.uuid4())
    for envelope in life(payment, "won")[2:]:
        told(client, envelope)
    ship_part(part=SellerOrder.objects.get(seller=seller), carrier="", tracking="", by=owner)
    assert all(due.cents for due in dues_of(operator))


def test_a_part_of_a_payment_is_spread_to_the_cent(client, payment):
    paid(client, payment)
    for envelope in life(payment, "lost", cents=1000):
        told(client, envelope)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 1000
    assert set(SellerOrder.objects.values_list("state", flat=True)) == {"to_prepare"}
    right()


def test_what_was_given_back_before_is_the_operators_loss(client, payment, owner):
    paid(client, payment)
    line = OrderLine.objects.get(title="Table")
    ask_refund(part=line.part, lines={line.pk: 3000}, reason="gesture", by=owner, operation=uuid.uuid4())
    for envelope in life(payment, "lost"):
        told(client, envelope)
    assert Dispute.objects.get().excess_cents == 3000
    assert held(AccountKind.LOSS) == 3000
    right()


def test_a_payment_that_bought_nothing_costs_no_seller(client, payment, seller):
    paid(client, payment)
    second = place(ItemFactory(seller=seller, on_sale=True, price_cents=900), name="ben")
    Payment.objects.filter(pk=second.pk).update(order=payment.order)
    second.refresh_from_db()
    told(client, event("payment_intent.succeeded", intent(second, intent_id="pi_2")))  # the same order, paid twice
    lost = dispute(second, status="lost", kind="closed", intent_id="pi_2")
    assert told(client, event("charge.dispute.closed", lost)) == "applied"
    assert (Dispute.objects.get().money, Dispute.objects.get().excess_cents) == ("gone", 900)
    assert not any(Sale.objects.values_list("refunded_cents", flat=True))
    assert set(SellerOrder.objects.filter(order=payment.order).values_list("state", flat=True)) == {"to_prepare"}
    assert held(AccountKind.LOSS) == 900
    right()


def test_what_was_given_back_before_comes_back_where_it_is_won(client, payment, owner):
    paid(client, payment)
    line = OrderLine.objects.get(title="Table")
    ask_refund(part=line.part, lines={line.pk: 3000}, reason="gesture", by=owner, operation=uuid.uuid4())
    before = held()
    for envelope in life(payment, "won"):
        told(client, envelope)
    assert held() == before - 1500
    assert held(AccountKind.LOSS) == held(AccountKind.DISPUTED) == 0
    right()


def test_the_fee_comes_back_where_the_provider_gives_it_back(client, payment):
    paid(client, payment)
    before = held()
    for envelope in life(payment, "won")[:4]:
        told(client, envelope)
    last = dispute(payment, status="won", kind="funds_reinstated")
    last["balance_transactions"][1]["fee"] = -1500
    assert told(client, event("charge.dispute.funds_reinstated", last)) == "applied"
    assert held() == before
    assert Dispute.objects.get().fee_cents == 0
    right()


@pytest.mark.parametrize("state", ["awaited", "sent", "arrived"])
def test_a_return_of_what_the_bank_gave_back_is_over(client, payment, seller, owner, state):
    """The buyer withdrew, then the bank gave all of it back: nobody waits for that return any more."""
    paid(client, payment)
    part = SellerOrder.objects.get(seller=seller)
    deliver_part(part=ship_part(part=part, carrier="", tracking="", by=owner), by=owner)
    lines = set(OrderLine.objects.filter(part=part).values_list("pk", flat=True))
    declare_withdrawal(order=payment.order, said=Declaration(lines, "C", "c@example.org", uuid.uuid4()))
    back = Return.objects.get()
    if state != "awaited":
        tell_sent(back=back, way="drop_off")
    if state == "arrived":
        note_arrival(back=back, by=owner)
    for envelope in life(payment, "lost"):
        told(client, envelope)
    back.refresh_from_db()
    assert (back.state, back.refund, back.surcharge_cents) == ("closed", None, 0)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 6801
    right()


def test_a_return_with_nothing_left_to_refund_is_closed_at_the_desk(client, payment, seller, owner, as_user):
    paid(client, payment)
    part = SellerOrder.objects.get(seller=seller)
    deliver_part(part=ship_part(part=part, carrier="", tracking="", by=owner), by=owner)
    line = OrderLine.objects.get(title="Chaise")
    declare_withdrawal(order=payment.order, said=Declaration({line.pk}, "C", "c@example.org", uuid.uuid4()))
    ask_refund(part=part, lines={line.pk: 2500}, reason="gesture", by=owner, operation=uuid.uuid4())
    back = Return.objects.get()
    path = f"/bureau/apres-vente/retours/{back.public_id}/"
    assert "Clore ce retour" in as_user(owner).get(path).text
    for _n in range(2):
        as_user(owner).post(f"{path}remboursement/", {"operation": str(uuid.uuid4())})
    back.refresh_from_db()
    assert (back.state, back.refund, Refund.objects.count()) == ("closed", None, 1)
    right()


def test_an_older_message_with_another_amount_changes_none(client, payment):
    """Stripe says 9 €, then 5 €: whatever comes first, 5 € it is, and the bank takes 5 €."""
    paid(client, payment)
    before = held()

    def at(n, kind, cents, status="warning_needs_response"):
        body = dispute(payment, status=status, kind=kind, cents=cents)
        return event(f"charge.dispute.{kind}", body, created=FIRST + n)

    told(client, at(5, "updated", 500))
    told(client, at(0, "created", 900))
    assert Dispute.objects.get().cents == 500
    told(client, at(7, "updated", 600))  # a later one does
    assert Dispute.objects.get().cents == 600
    told(client, at(6, "updated", 700))
    told(client, at(8, "funds_withdrawn", 600, "needs_response"))
    assert held() == before - 600 - 1500
    right()


def test_an_inquiry_takes_nothing(client, payment):
    paid(client, payment)
    before = held()
    for kind, status in (("created", "warning_needs_response"), ("updated", "warning_under_review"),
                         ("closed", "warning_closed")):  # fmt: skip
        told(client, event(f"charge.dispute.{kind}", dispute(payment, status=status, kind=kind)))
    found = Dispute.objects.get()
    assert (found.state, found.money) == ("closed", "kept")
    assert held() == before
    right()


def test_an_older_message_does_not_open_it_again(client, payment):
    paid(client, payment)
    for envelope in life(payment, "lost"):
        told(client, envelope)
    late = dispute(payment, status="needs_response", kind="updated")
    told(client, event("charge.dispute.updated", late, created=1_800_000_000))
    assert Dispute.objects.get().state == "lost"


def test_a_bank_that_changes_its_mind_is_for_a_person(client, payment):
    paid(client, payment)
    for envelope in life(payment, "lost"):
        told(client, envelope)
    last = dispute(payment, status="won", kind="funds_reinstated")
    assert told(client, event("charge.dispute.funds_reinstated", last, created=1_800_000_000)) == "kept"
    assert ProviderMessage.objects.latest("pk").note == "dispute_after"
    right()


@pytest.mark.parametrize("change", [{"amount": 0}, {"amount": "x"}, {"status": "odd"}, {"currency": "usd"}])
def test_what_makes_no_sense_is_kept(client, payment, change):
    paid(client, payment)
    assert told(client, event("charge.dispute.created", dispute(payment, kind="created") | change)) == "kept"
    assert not Dispute.objects.exists()


def test_two_amounts_of_one_dispute_wait_for_a_person(client, payment):
    paid(client, payment)
    for envelope in life(payment, "lost", cents=1000)[:2]:
        told(client, envelope)
    assert told(client, event("charge.dispute.updated", dispute(payment, kind="updated", cents=1200))) == "waiting"


@needs_shared
def test_the_published_shape_is_understood(client, payment):
    shape = json.loads((SHARED / "data/payments/stripe-objects/dispute_dp_fakefakefakefake01.json").read_text())
    paid(client, payment)
    named = {"payment_intent": "pi_1", "currency": "eur", "amount": 6801}
    moved = shape["balance_transactions"][0] | {"currency": "eur", "amount": -6801}
    envelope = event("charge.dispute.funds_withdrawn", shape | named | {"balance_transactions": [moved]})
    assert told(client, envelope) == "applied"
    found = Dispute.objects.get()
    assert (found.money, found.fee_cents, found.reason, found.provider_id) == ("taken", 1500, "fraudulent", shape["id"])
    assert "test1@user.com" not in json.dumps(ProviderMessage.objects.latest("pk").body)
    right()


def test_the_trial_contests_a_payment_once(seller, operator, index, settings):
    settings.PAYMENT_PROVIDER = "test"
    payment = place(ItemFactory(seller=seller, on_sale=True, price_cents=2500), provider="test")
    charge_card(payment=payment, card=TrialCard.DISPUTED)
    charge_card(payment=payment, card=TrialCard.DISPUTED)
    found = Dispute.objects.get()
    assert (found.state, found.money, found.cents) == ("to_answer", "taken", 2500)
    assert Transition.objects.filter(subject_kind="shop.dispute").count() == 0
    right()


def test_a_file_in_stripe_s_own_order_is_applied_whole(payment, tmp_path):
    """Stripe lists the newest first: the dispute waits for its payment, which is in the same file."""
    rows = [
        event("charge.dispute.created", dispute(payment, kind="created"), created=1_790_000_010),
        event("payment_intent.succeeded", intent(payment), created=1_790_000_000),
    ]
    (tmp_path / "list.json").write_text(json.dumps({"object": "list", "data": rows}))
    call_command("replay_payment_event", str(tmp_path / "list.json"))
    payment.refresh_from_db()
    assert (payment.state, Dispute.objects.count()) == ("paid", 1)
