"""Our calls to Stripe and its messages, against localstripe: a program that answers as Stripe's API does.

It knows payments, refunds, payouts and signed messages. It knows no page of payment, no connected account, no transfer,
no dispute: those are tested by the stub and by events of the published shapes (docs/payments.md has the whole list).
"""

import json
import uuid

import pytest
import stripe
from django.core.management import call_command
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.shop import stripe_api
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import place_order
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.stripe_payment import Stripe, _movement, pay_page
from rebond.shop.actions.stripe_payout import _sent_before
from rebond.shop.errors import ProviderAwayError, ProviderRefusedError
from rebond.shop.models import Order, Payment, PaymentEvent, ProviderMessage, ProviderPayment, ProviderTransfer, Refund
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.shop.stripe_process import IS_INSTALLED, LocalStripe, Mailbox

pytestmark = [
    pytest.mark.unit,
    pytest.mark.django_db,
    pytest.mark.skipif(not IS_INSTALLED, reason="localstripe is not installed (make setup-dev)"),
]

ACCEPTED, ASKS, DECLINED = "4242424242424242", "4000002500003155", "4000000000000341"


@pytest.fixture(scope="module")
def there():
    mailbox = Mailbox()
    made = LocalStripe(mailbox)
    yield made
    made.close()
    mailbox.close()


@pytest.fixture(autouse=True)
def by_stripe(settings, there):
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_another", "whsec_of_the_tests"]
    settings.STRIPE_API_URL = there.url


@pytest.fixture
def their(there):
    """What Stripe's own page does with the buyer's card: not a call of ours."""
    return stripe.StripeClient("sk_test_x", base_addresses={"api": there.url}, max_network_retries=0).v1


@pytest.fixture
def payment(seller, operator, index):
    return place(ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500))


def place(item, name="amina"):
    keeper, now = Keeper(visitor=name), timezone.now()
    take_item(keeper=keeper, item=item, now=now)
    return place_order(keeper=keeper, email="camille@example.org", operation=uuid.uuid4(), provider="stripe", now=now)


def begin(their, payment, number, cents=2500):
    """The payment as our page asks for it, with the card that the buyer types."""
    card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    method = their.payment_methods.create(params={"type": "card", "card": card})
    names = {"rebond_payment": payment.public_id, "rebond_order": payment.order.public_id}
    asked = {"amount": cents, "currency": "eur", "payment_method": method.id, "metadata": names}
    return their.payment_intents.create(params=asked)


def pay(their, payment, number=ACCEPTED, **how):
    return their.payment_intents.confirm(begin(their, payment, number, **how).id)


def tell(client, there, kind, subject):
    """Bring us the message with the bytes and the signature that it was sent with."""
    body, signature = there.mailbox.take(kind, subject)
    return client.post(
        "/paiements/stripe/", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def states(payment):
    payment.refresh_from_db()
    return payment.state, Order.objects.get(pk=payment.order_id).state


def paid(client, there, their, payment):
    made = pay(their, payment)
    assert tell(client, there, "payment_intent.succeeded", made.id).json()["state"] == "applied"
    return made


# --- payments and their messages


def test_a_card_that_is_accepted_pays_the_order_once(client, there, their, payment):
    made = pay(their, payment)

    answers = [tell(client, there, "payment_intent.succeeded", made.id) for _ in range(3)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "applied")] * 3
    assert states(payment) == ("paid", "paid")
    assert ProviderPayment.objects.get().intent_id == made.id
    assert (PaymentEvent.objects.count(), ProviderMessage.objects.get().times) == (1, 3)
    assert stripe_api.get_intent(made.id)["status"] == "succeeded"
    assert check_ledger().is_right


def test_a_card_that_is_refused_is_followed_by_one_that_pays(client, there, their, payment):
    first = begin(their, payment, DECLINED)
    with pytest.raises(stripe.CardError, match="declined"):
        their.payment_intents.confirm(first.id)
    assert tell(client, there, "payment_intent.payment_failed", first.id).json()["state"] == "applied"
    assert states(payment) == ("refused", "placed")

    paid(client, there, their, payment)

    assert states(payment) == ("paid", "paid")


def test_a_card_that_asks_who_pays_pays_nothing_before_the_answer(client, there, their, payment):
    asked = pay(their, payment, ASKS)
    assert asked.status == "requires_action"
    assert states(payment) == ("started", "placed")
    said = {"client_secret": asked.client_secret, "success": True}
    there.ask(f"/v1/payment_intents/{asked.id}/_authenticate", json.dumps(said).encode())

    tell(client, there, "payment_intent.succeeded", asked.id)

    assert states(payment) == ("paid", "paid")


def test_another_amount_pays_nothing(client, there, their, payment):
    made = pay(their, payment, cents=2400)
    assert tell(client, there, "payment_intent.succeeded", made.id).json()["state"] == "kept"
    assert ProviderMessage.objects.get().note == "no_match"
    assert states(payment) == ("started", "placed")


def test_a_signature_of_another_secret_or_other_bytes_is_refused(client, there, their, payment, settings):
    made = pay(their, payment)
    body, signature = there.mailbox.take("payment_intent.succeeded", made.id)
    ways = {"content_type": "application/json", "headers": {"Stripe-Signature": signature}}
    changed = client.post("/paiements/stripe/", body.replace(b"2500", b"9900"), **ways)
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_another"]
    strange = client.post("/paiements/stripe/", body, **ways)

    assert (changed.status_code, strange.status_code) == (400, 400)
    assert ProviderMessage.objects.count() == 0
    assert states(payment) == ("started", "placed")


def test_its_list_of_events_is_replayed_by_the_tool(client, there, their, payment, tmp_path, capsys):
    made = pay(their, payment)
    listed = json.loads(there.ask("/v1/events?limit=1000&type=payment_intent.succeeded"))
    listed["data"] = [row for row in listed["data"] if row["data"]["object"]["id"] == made.id]
    file = tmp_path / "events.json"
    file.write_text(json.dumps(listed), encoding="utf-8")

    for _ in range(2):
        call_command("replay_payment_event", file, "--json")

    assert '"state": "applied"' in capsys.readouterr().out
    assert states(payment) == ("paid", "paid")
    assert tell(client, there, "payment_intent.succeeded", made.id).json()["state"] == "applied"
    assert PaymentEvent.objects.count() == 1


# --- refunds


def test_a_refund_is_made_there_and_found_again(client, there, their, payment, seller):
    paid(client, there, their, payment)
    second = Payment.objects.create(order=payment.order, provider="stripe", amount_cents=2500)
    made = paid(client, there, their, second)  # the same order, paid twice: the second comes back
    refund = Refund.objects.get()

    assert make_refund(refund_id=refund.pk) == make_refund(refund_id=refund.pk) == "made"

    (row,) = stripe_api.refunds_of(made.id)
    assert (row["amount"], row["metadata"], row["status"]) == (2500, {"rebond_refund": refund.public_id}, "succeeded")
    found = Stripe().find(refund)
    assert (found.kind, found.reference, found.provider_id, found.cents) == (
        "refunded",
        refund.public_id,
        row["id"],
        2500,
    )
    assert check_ledger().is_right


def test_a_refund_as_it_moves_on_the_balance_is_read_as_ours(client, there, their, payment):
    made = paid(client, there, their, payment)
    params = {"payment_intent": made.id, "amount": 700, "metadata": {"rebond_refund": "rf_one"}}
    refund = stripe_api.create_refund(params, key="refund-one")

    moved = json.loads(there.ask(f"/v1/balance_transactions/{refund['balance_transaction']}?expand[]=source"))
    movement = _movement(moved)

    assert (movement.kind, movement.reference, movement.provider_id) == ("refunded", "rf_one", refund["id"])
    assert (movement.cents, movement.fee_cents) == (700, 0)


def test_a_payment_that_was_not_made_cannot_be_refunded_there(their, payment):
    asked = their.payment_intents.create(params={"amount": 2500, "currency": "eur"})
    with pytest.raises(ProviderRefusedError, match="Cannot refund a failed payment"):
        stripe_api.create_refund({"payment_intent": asked.id, "amount": 2500}, key="refund-two")


# --- payouts


def test_a_payout_is_made_there_and_the_look_for_it_is_no_answer(there):
    """It has no filter by day, which the real list has: a look that it refuses proves nothing, so nothing is sent."""
    name = uuid.uuid4().hex[:12]
    payout = type("Asked", (), {"public_id": name, "asked_on": timezone.localdate()})()
    transfer = ProviderTransfer(account_id="acct_1", transfer_id="tr_1", cents=1200)
    params = {"amount": 1200, "currency": "eur", "metadata": {"rebond_payout": name, "rebond_transfer": "tr_1"}}
    made = stripe_api.create_payout(params, account="acct_1", key=f"payout-{name}")

    with pytest.raises(ProviderAwayError, match="Unexpected created"):
        _sent_before(payout, transfer)
    assert (made["amount"], made["status"], made["object"]) == (1200, "pending", "payout")


def test_a_payout_of_nobody_changes_nothing(client, there):
    made = stripe_api.create_payout({"amount": 1200, "currency": "eur"}, account="acct_1", key="payout-none")
    assert tell(client, there, "payout.created", made["id"]).json()["state"] == "kept"
    there.ask(f"/v1/payouts/{made['id']}/cancel", b"{}")
    assert tell(client, there, "payout.canceled", made["id"]).json()["state"] == "kept"
    assert [row.note for row in ProviderMessage.objects.order_by("pk")] == ["nothing", "not_ours"]


# --- refusals and silences


def test_what_it_does_not_know_is_a_refusal(payment):
    with pytest.raises(ProviderRefusedError):
        stripe_api.get_intent("pi_unknown")
    ProviderPayment.objects.create(payment=payment, intent_id="pi_unknown", expires_at=timezone.now())
    assert Stripe().find(payment) is None


def test_a_key_that_is_not_secret_is_told_as_a_silence(settings):
    settings.STRIPE_SECRET_KEY = "pk_test_x"
    with pytest.raises(ProviderAwayError, match="Unauthorized"):
        stripe_api.get_intent("pi_unknown")


@pytest.mark.parametrize(
    "call",
    [
        lambda payment: pay_page(payment=payment),
        lambda _payment: stripe_api.transfers_of("payout-x"),
        lambda _payment: stripe_api.create_account({"type": "express"}, key="account-x"),
        lambda _payment: stripe_api.get_dispute("dp_1"),
        lambda _payment: list(stripe_api.movements_of(0, 1)),
    ],
    ids=["the page", "transfers", "accounts", "disputes", "the list of a day"],
)
def test_what_it_has_not_is_tested_elsewhere(payment, call):
    """Where a newer localstripe answers one of these, this fails: it is then to be tested here too."""
    with pytest.raises((ProviderRefusedError, ProviderAwayError)):
        call(payment)
