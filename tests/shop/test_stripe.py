"""Stripe takes the payments: its page, its messages in any order and number, refunds, what is lost or malformed."""

import datetime
import json
import uuid

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from rebond.core.health import run_checks
from rebond.shop import stripe_api
from rebond.shop.actions import stripe_payment
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.follow import follow_payments
from rebond.shop.actions.message import HANDLERS, keep_message, retry_messages
from rebond.shop.actions.order import place_order
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.refund_again import resume_refunds
from rebond.shop.actions.stripe_payment import catch_up, pay_page
from rebond.shop.errors import ProviderAwayError, ProviderRefusedError
from rebond.shop.models import (
    Order,
    OrderLine,
    Payment,
    PaymentEvent,
    ProviderMessage,
    ProviderPayment,
    Refund,
    SellerOrder,
)
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from tests.conftest import SHARED, needs_shared
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.shop.stripe_shapes import SECRET, event, intent, refund, send, signed

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def by_stripe(settings):
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_another", SECRET]
    settings.STRIPE_ACCOUNT = ""
    settings.STRIPE_API_URL = "http://127.0.0.1:9"  # nothing answers there: a test that calls says so


@pytest.fixture
def payment(seller, operator, index):
    return place(ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500))


def place(item, name="amina"):
    keeper, now = Keeper(visitor=name), timezone.now()
    take_item(keeper=keeper, item=item, now=now)
    return place_order(keeper=keeper, email="camille@example.org", operation=uuid.uuid4(), provider="stripe", now=now)


def states(payment):
    payment.refresh_from_db()
    return payment.state, Order.objects.get(pk=payment.order_id).state


def told(client, envelope):
    answer = send(client, envelope)
    assert answer.status_code == 200, answer.content
    return answer.json()["state"]


# --- the page


def test_the_page_is_made_once_and_carries_our_names(stub, payment):
    first, again = pay_page(payment=payment), pay_page(payment=payment)

    assert first == again == "https://checkout.stripe.com/c/pay/cs_test_1"
    (_method, path, params, key, _account), *others = stub.asked
    assert (path, key) == ("checkout/sessions", f"payment-{payment.public_id}-1")
    assert [row[0] for row in others] == ["GET"]
    assert params["mode"] == "payment"
    assert params["line_items"][0]["price_data"] | {"product_data": None} == {
        "currency": "eur",
        "unit_amount": "2500",
        "product_data": None,
    }
    names = {"rebond_payment": payment.public_id, "rebond_order": payment.order.public_id}
    assert params["payment_intent_data"] == {
        "transfer_group": f"order-{payment.order.public_id}",
        "metadata": names,
    }
    assert params["success_url"].endswith(order_path(payment.order))


def test_a_page_that_was_asked_and_not_answered_is_the_same_one(stub, payment):
    stub.down = True
    with pytest.raises(ProviderAwayError):
        pay_page(payment=payment)
    stub.down = False
    pay_page(payment=payment, now=timezone.now() + datetime.timedelta(minutes=1))
    ProviderPayment.objects.update(session_id="")  # killed before the answer was kept
    pay_page(payment=payment, now=timezone.now() + datetime.timedelta(minutes=2))

    assert len([name for name in stub.things if name.startswith("cs_")]) == 1


def test_a_page_that_ended_is_followed_by_another_and_a_paid_one_by_none(stub, payment):
    pay_page(payment=payment)
    stub.things["cs_test_1"]["status"] = "expired"
    assert pay_page(payment=payment).endswith("cs_test_2")
    stub.things["cs_test_2"]["status"] = "complete"
    assert pay_page(payment=payment) == ""
    assert ProviderPayment.objects.get().attempt == 2


def test_no_call_is_made_inside_a_transaction(stub, payment, monkeypatch):
    class Block:
        _from_testcase = False

    monkeypatch.setattr(connections["default"], "atomic_blocks", [Block()])
    with pytest.raises(RuntimeError, match="inside a transaction"):
        stripe_api.get_session("cs_test_1")
    assert stub.asked == []


def test_a_refusal_is_not_a_silence(stub, payment):
    stub.refuse["checkout/sessions"] = "Invalid currency"
    with pytest.raises(ProviderRefusedError, match="Invalid currency"):
        pay_page(payment=payment)


@pytest.mark.page
def test_the_buyer_is_led_to_the_page_and_the_form_alone_may_lead_there(stub, payment, client):
    here = {"Sec-Fetch-Site": "same-origin"}
    path = order_path(payment.order, "order-pay")

    page = client.get(path)
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com" in policy
    assert policy.count("stripe.com") == 1
    assert b'<script src="https://' not in page.content
    answer = client.post(path, headers=here)
    assert (answer.status_code, answer["Location"]) == (302, "https://checkout.stripe.com/c/pay/cs_test_1")
    assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert "stripe" not in client.get(order_path(payment.order))["Content-Security-Policy"]


@pytest.mark.page
def test_a_provider_that_is_away_is_told_and_nothing_changes(stub, payment, client):
    stub.down = True
    path = order_path(payment.order, "order-pay")
    answer = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer["Location"] == path
    assert "ne répond pas" in client.get(path).content.decode()
    assert states(payment) == ("started", "placed")


# --- messages


def test_a_payment_is_told_once_however_often_it_comes(client, payment):
    envelope = event("payment_intent.succeeded", intent(payment))
    assert [told(client, envelope) for _ in range(3)] == ["applied"] * 3

    assert states(payment) == ("paid", "paid")
    message = ProviderMessage.objects.get()
    assert (message.times, message.kind, message.object_id) == (3, "payment_intent.succeeded", "pi_1")
    assert PaymentEvent.objects.count() == 1
    assert ProviderPayment.objects.get().intent_id == "pi_1"
    assert "receipt_email" not in message.body
    assert message.body["metadata"]["rebond_payment"] == payment.public_id


def test_any_order_ends_paid(client, payment):
    kinds = [
        ("charge.succeeded", {"id": "ch_1", "object": "charge", "amount": 2500, "currency": "eur"}),
        ("payment_intent.payment_failed", intent(payment, status="requires_payment_method")),
        ("payment_intent.succeeded", intent(payment)),
        ("payment_intent.canceled", intent(payment, status="canceled")),
        ("payment_intent.processing", intent(payment, status="processing")),
    ]
    for kind, subject in reversed(kinds):
        told(client, event(kind, subject))
    assert states(payment) == ("paid", "paid")
    for kind, subject in kinds:
        told(client, event(kind, subject))
    assert states(payment) == ("paid", "paid")


@pytest.mark.parametrize("kind", ["payment_intent.payment_failed", "payment_intent.canceled"])
def test_an_attempt_that_failed_never_takes_the_name_of_the_one_that_paid(client, payment, kind):
    """Its refunds would be asked of an attempt that moved no money."""
    failed = intent(payment, status="canceled", intent_id="pi_0")
    told(client, event(kind, failed))
    assert ProviderPayment.objects.get().intent_id == "pi_0"

    told(client, event("payment_intent.succeeded", intent(payment)))
    told(client, event(kind, failed))
    session = {"id": "cs_test_9", "object": "checkout.session", "amount_total": 2500, "currency": "eur"}
    session |= {"client_reference_id": payment.public_id, "payment_intent": "pi_0", "payment_status": "unpaid"}
    told(client, event("checkout.session.completed", session))

    assert states(payment) == ("paid", "paid")
    assert ProviderPayment.objects.get().intent_id == "pi_1"


def test_the_session_says_paid_as_well_as_the_payment(client, payment):
    session = {
        "id": "cs_test_9",
        "object": "checkout.session",
        "amount_total": 2500,
        "client_reference_id": payment.public_id,
        "currency": "eur",
        "payment_intent": "pi_7",
        "payment_status": "unpaid",
        "status": "complete",
    }
    assert told(client, event("checkout.session.completed", session)) == "kept"
    assert states(payment) == ("started", "placed")
    assert ProviderPayment.objects.get().intent_id == "pi_7"
    later = event("checkout.session.async_payment_succeeded", session | {"payment_status": "paid"})
    assert told(client, later) == "applied"
    assert told(client, event("payment_intent.succeeded", intent(payment, intent_id="pi_7"))) == "applied"
    assert states(payment) == ("paid", "paid")
    assert Refund.objects.count() == 0


def test_a_page_that_ended_is_a_refusal_that_a_payment_overrules(client, payment):
    session = {
        "id": "cs_test_9",
        "object": "checkout.session",
        "amount_total": 2500,
        "client_reference_id": payment.public_id,
        "currency": "eur",
        "payment_status": "unpaid",
    }
    assert told(client, event("checkout.session.expired", session)) == "applied"
    assert states(payment) == ("refused", "placed")
    told(client, event("payment_intent.succeeded", intent(payment)))
    assert states(payment) == ("paid", "paid")


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"cents": 2400}, "no_match"),
        ({"currency": "usd"}, "currency"),
        ({"metadata": {}}, "not_ours"),
        ({"metadata": "wrong"}, "not_ours"),
        ({"metadata": {"rebond_payment": "nobody"}}, "no_match"),
        ({"amount_received": True, "amount": "2500"}, "no_match"),
    ],
)
def test_what_does_not_fit_is_kept_and_changes_nothing(client, payment, change, note):
    assert told(client, event("payment_intent.succeeded", intent(payment, **change))) == "kept"
    assert ProviderMessage.objects.get().note == note
    assert states(payment) == ("started", "placed")


def test_a_kind_that_is_not_known_is_kept(client):
    assert told(client, event("treasury.received_credit.created", {"id": "x", "object": "y"})) == "kept"
    assert ProviderMessage.objects.get().note == "unknown_kind"


def test_another_provider_s_payment_cannot_be_paid_by_stripe(client, payment):
    Payment.objects.update(provider="test")
    assert told(client, event("payment_intent.succeeded", intent(payment))) == "kept"
    assert states(payment) == ("started", "placed")


def test_a_refund_is_made_once_by_the_answer_and_by_its_messages(client, stub, payment, seller):
    told(client, event("payment_intent.succeeded", intent(payment)))
    second = place(ItemFactory(seller=seller, on_sale=True, price_cents=900), "ben")
    Payment.objects.filter(pk=second.pk).update(order=payment.order, amount_cents=2500)
    second.refresh_from_db()
    told(client, event("payment_intent.succeeded", intent(second, intent_id="pi_2")))  # the same order, paid twice
    made = Refund.objects.get()

    assert make_refund(refund_id=made.pk) == make_refund(refund_id=made.pk) == "made"
    (call,) = [row for row in stub.asked if row[1] == "refunds"]
    assert call[2] == {"payment_intent": "pi_2", "amount": "2500", "metadata": {"rebond_refund": made.public_id}}
    assert call[3] == f"refund-{made.public_id}"
    for kind in ("refund.created", "refund.updated", "charge.refund.updated"):
        assert told(client, event(kind, refund(made))) == "applied"
    charge = {"id": "ch_2", "object": "charge", "currency": "eur", "refunds": {"data": [refund(made)]}}
    assert told(client, event("charge.refunded", charge)) == "applied"
    assert told(client, event("charge.refunded", {"id": "ch_2", "object": "charge", "currency": "eur"})) == "kept"
    made.refresh_from_db()
    assert made.state == "made"


def test_a_refund_that_waits_or_fails_is_not_made(client, stub, payment):
    told(client, event("payment_intent.succeeded", intent(payment)))
    other = Payment.objects.create(order=payment.order, provider="stripe", amount_cents=2500)
    told(client, event("payment_intent.succeeded", intent(other, intent_id="pi_2")))
    made = Refund.objects.get()

    assert told(client, event("refund.created", refund(made, status="pending"))) == "kept"
    assert told(client, event("refund.failed", refund(made, status="failed"))) == "kept"
    assert [row.note for row in ProviderMessage.objects.order_by("pk")[2:]] == ["nothing", "refund_failed"]
    made.refresh_from_db()
    assert made.state == "asked"


@pytest.fixture
def asked(client, stub, payment):
    """A refund that Stripe refused when it was asked: the task's own tries are over."""
    told(client, event("payment_intent.succeeded", intent(payment)))
    line = OrderLine.objects.get()
    part = SellerOrder.objects.get()
    refund = ask_refund(part=part, lines={line.pk: 500}, reason="gesture", by=None, operation=uuid.uuid4())
    stub.refuse["refunds"] = "insufficient funds"
    with pytest.raises(ProviderRefusedError):
        make_refund(refund_id=refund.pk)
    return refund


def creations(stub):
    return [row[3] for row in stub.asked if row[:2] == ("POST", "refunds")]


def test_a_refund_that_was_refused_is_asked_again_each_day_until_it_is_made(asked, stub):
    first = f"refund-{asked.public_id}"
    days = [timezone.now() + datetime.timedelta(days=n) for n in (0, 2, 3, 4)]
    assert (resume_refunds(now=days[0]), creations(stub)) == (0, [first])  # its task may still be trying

    assert resume_refunds(now=days[1]) == 0
    stub.refuse.clear()
    assert (resume_refunds(now=days[2]), resume_refunds(now=days[3])) == (1, 0)

    assert creations(stub) == [first, *(f"{first}-{timezone.localdate(day)}" for day in days[1:3])]
    asked.refresh_from_db()
    assert asked.state == "made"


@pytest.mark.parametrize(("status", "made", "asks"), [("succeeded", 1, 1), ("pending", 0, 1), ("failed", 1, 2)])
def test_what_stripe_has_already_is_looked_for_before_it_is_asked_again(asked, stub, status, made, asks):
    """Its message was lost, or its bank is slow: asked under another key, the money would go back twice."""
    stub.refuse.clear()
    there = {"id": "re_9", "object": "refund", "payment_intent": "pi_1", "amount": 500, "status": status}
    stub.things["re_9"] = there | {"metadata": {"rebond_refund": asked.public_id}}

    assert resume_refunds(now=timezone.now() + datetime.timedelta(days=2)) == made
    assert len(creations(stub)) == asks


@pytest.mark.parametrize(("days", "asks"), [(0, 2), (2, 1)])
def test_a_late_first_try_looks_there_before_it_asks(asked, stub, days, asks):
    """The worker was off for a day, or a person starts the dead task again: the day's job may have asked before."""
    stub.refuse.clear()
    there = {"id": "re_9", "object": "refund", "payment_intent": "pi_1", "amount": 500, "status": "pending"}
    stub.things["re_9"] = there | {"metadata": {"rebond_refund": asked.public_id}}
    Refund.objects.update(created_at=timezone.now() - datetime.timedelta(days=days))

    make_refund(refund_id=asked.pk)

    assert len(creations(stub)) == asks


def test_a_refund_that_breaks_stops_no_other(asked, stub, payment, monkeypatch, caplog):
    line, part = OrderLine.objects.get(), SellerOrder.objects.get()
    ask_refund(part=part, lines={line.pk: 700}, reason="gesture", by=None, operation=uuid.uuid4())
    stub.refuse.clear()
    known, seen = stripe_payment._refund_there, []

    def look(refund):
        seen.append(refund)
        return {}["unexpected"] if len(seen) == 1 else known(refund)

    monkeypatch.setattr(stripe_payment, "_refund_there", look)

    assert resume_refunds(now=timezone.now() + datetime.timedelta(days=2)) == 1
    assert f"refund {asked.public_id} breaks" in caplog.text


@pytest.mark.page
def test_a_refund_that_waits_is_told_to_the_buyer_and_listed_for_the_treasurer(asked, stub, client, operator, as_user):
    treasurer = as_user(MembershipFactory(organisation=operator, role="finance").user)
    desk, path = "/bureau/finances/rapprochements/", order_path(asked.payment.order)
    assert asked.public_id not in treasurer.get(desk).content.decode()  # its task may still be trying
    Refund.objects.update(created_at=timezone.now() - datetime.timedelta(hours=4))
    assert "demandé, pas encore fait" in client.get(path).content.decode()
    text = treasurer.get(desk).content.decode()
    assert "Remboursements que le prestataire n’a pas faits" in text
    assert asked.public_id in text

    stub.refuse.clear()
    stripe_payment.Stripe().refund_again(asked, timezone.now())

    assert "demandé, pas encore fait" not in client.get(path).content.decode()
    assert asked.public_id not in treasurer.get(desk).content.decode()


def test_what_fails_is_kept_and_tried_again(client, payment, monkeypatch):
    def broken(**kwargs):
        raise ProviderAwayError("later")

    with monkeypatch.context() as patch:
        patch.setattr("rebond.shop.actions.stripe_events.receive_event", broken)
        assert told(client, event("payment_intent.succeeded", intent(payment))) == "waiting"
    message = ProviderMessage.objects.get()
    assert (message.tries, message.note) == (1, "later")
    assert retry_messages(now=timezone.now()) == 0  # a minute at least
    assert retry_messages(now=timezone.now() + datetime.timedelta(minutes=2)) == 1
    assert states(payment) == ("paid", "paid")


def test_a_message_that_breaks_stops_no_other(stub, payment, monkeypatch, caplog):
    """Neither those after it, nor the payments that are asked for; and it is no longer the first."""
    known = HANDLERS["stripe"]

    def handle(message, now):
        return {}["unexpected"] if message.kind == "invoice.paid" else known(message, now)

    monkeypatch.setitem(HANDLERS, "stripe", handle)
    keep_message(provider="stripe", envelope=event("invoice.paid", {"id": "in_1"}))
    keep_message(provider="stripe", envelope=event("payment_intent.succeeded", intent(payment)))

    later = timezone.now() + datetime.timedelta(minutes=2)
    assert follow_payments(now=later) == {"messages": 1, "payments": 0, "answers": 0}

    assert states(payment) == ("paid", "paid")
    rows = ProviderMessage.objects.order_by("pk").values_list("state", "tries", "note")
    assert list(rows) == [("waiting", 1, "'unexpected'"), ("applied", 0, "")]
    assert "breaks" in caplog.text
    assert "KeyError" in caplog.text


def test_a_payment_that_breaks_hides_no_other(stub, seller, operator, index, monkeypatch, caplog):
    for name in ("amina", "bruno"):
        pay_page(payment=place(ItemFactory(seller=seller, on_sale=True, price_cents=2500), name))
    for name in ("cs_test_1", "cs_test_2"):
        stub.things[name] |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{name}"}
    known, seen = stripe_payment.take_session, []

    def take(**said):
        seen.append(said["payment"])
        return {}["unexpected"] if len(seen) == 1 else known(**said)

    monkeypatch.setattr(stripe_payment, "take_session", take)

    assert catch_up(now=timezone.now() + datetime.timedelta(minutes=11)) == 1
    assert f"{seen[0].public_id} breaks" in caplog.text


def test_a_message_that_was_lost_is_asked_for(stub, payment):
    pay_page(payment=payment)
    later = timezone.now() + datetime.timedelta(minutes=11)
    assert catch_up(now=later) == 0
    stub.things["cs_test_1"] |= {"status": "complete", "payment_status": "paid", "payment_intent": "pi_3"}
    assert catch_up(now=timezone.now()) == 0  # its message may still come
    assert follow_payments(now=later) == {"messages": 0, "payments": 1, "answers": 0}
    assert follow_payments(now=later) == {"messages": 0, "payments": 0, "answers": 0}
    assert states(payment) == ("paid", "paid")
    stub.down = True
    assert catch_up(now=later) == 0


def test_many_abandoned_pages_hide_no_payment_that_was_made(stub, seller, operator, index, monkeypatch):
    monkeypatch.setattr("rebond.shop.actions.stripe_payment.AT_ONCE", 1)
    for name in ("amina", "bruno"):
        pay_page(payment=place(ItemFactory(seller=seller, on_sale=True, price_cents=2500), name))
    stub.things["cs_test_1"] |= {"status": "complete", "payment_status": "paid", "payment_intent": "pi_3"}
    later = timezone.now() + datetime.timedelta(minutes=11)

    assert [catch_up(now=later), catch_up(now=later + datetime.timedelta(minutes=5))] == [0, 1]


def test_a_card_that_was_refused_may_be_followed_by_a_lost_acceptance(client, stub, payment):
    pay_page(payment=payment)
    told(client, event("payment_intent.payment_failed", intent(payment, status="requires_payment_method")))
    assert states(payment)[0] == "refused"
    stub.things["cs_test_1"] |= {"status": "complete", "payment_status": "paid", "payment_intent": "pi_3"}

    assert catch_up(now=timezone.now() + datetime.timedelta(minutes=11)) == 1

    assert states(payment) == ("paid", "paid")


# --- what comes to the address


@pytest.mark.page
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        ('{"id": "evt_1", "type": "a", "created": 1}', 400),
        ('{"id": "evt_1", "type": "a", "created": "x", "data": {"object": {}}}', 400),
        ('{"id": "evt_1", "type": "a", "created": NaN, "data": {"object": {}}}', 400),
        ('{"id": "", "type": "a", "created": 1, "data": {"object": {}}}', 400),
        ('{"id": "a\\u0000b", "type": "a", "created": 1, "data": {"object": {}}}', 400),
        ('{"id": ["a"], "type": "a", "created": 1, "data": {"object": {}}}', 400),
        ('{"id": "e", "type": "a", "created": 1e300, "data": {"object": {}}}', 400),
        ("[" * 200_000, 400),
        ('"' + "a" * 262_200 + '"', 413),
    ],
)
def test_what_is_malformed_is_refused_and_not_kept(client, body, status):
    assert send(client, body).status_code == status
    assert ProviderMessage.objects.count() == 0


@pytest.mark.page
def test_what_a_database_refuses_in_a_text_is_taken_out(client):
    body = '{"id": "evt_1", "type": "a", "created": 1, "data": {"object": {"id": "x", "status": "a\\u0000\\ud800b"}}}'
    assert send(client, body).status_code == 200
    assert ProviderMessage.objects.get().body == {"id": "x", "status": "a?b"}


@pytest.mark.page
def test_nobody_else_may_speak(client, payment, settings):
    envelope = event("payment_intent.succeeded", intent(payment))
    body, headers = signed(envelope)
    path = "/paiements/stripe/"

    def sent(text, given):
        return client.post(path, text, content_type="application/json", headers=given).status_code

    assert sent(body, {}) == 400
    assert sent(body, {"Stripe-Signature": "t=x,v1=y"}) == 400
    assert sent(body, {"Stripe-Signature": ""}) == 400
    assert sent(body.replace("2500", "2501"), headers) == 400
    assert send(client, envelope, secret="whsec_wrong").status_code == 400
    assert send(client, envelope, at=1_700_000_000).status_code == 400  # an old one, heard and sent again
    assert client.get(path).status_code == 405
    assert ProviderMessage.objects.count() == 0
    assert states(payment) == ("started", "placed")
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert send(client, envelope).status_code == 404


# --- the command and the check


def test_files_are_replayed_with_one_effect(payment, tmp_path, capsys):
    one, many, wrong = tmp_path / "one.json", tmp_path / "many.json", tmp_path / "wrong.json"
    envelope = event("payment_intent.succeeded", intent(payment))
    one.write_text(json.dumps(envelope))
    many.write_text(json.dumps({"object": "list", "data": [envelope, event("invoice.paid", {"id": "in_1"})]}))
    wrong.write_text('{"id": 1}')

    call_command("replay_payment_event", str(one), str(many), "--json")
    found = json.loads(capsys.readouterr().out)

    assert [row["state"] for row in found["events"]] == ["applied", "applied", "kept"]
    assert found["waiting"] == 0
    assert states(payment) == ("paid", "paid")
    with pytest.raises(CommandError, match="event 1: not an event"):
        call_command("replay_payment_event", str(wrong))
    with pytest.raises(CommandError, match="No such file"):
        call_command("replay_payment_event", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match="name a file"):
        call_command("replay_payment_event")


def test_an_amount_that_is_no_number_is_named(payment, client, tmp_path):
    """JSON has no infinity; Python reads one from 1e999, and from words of its own."""
    file = tmp_path / "odd.json"
    for odd in ("1e999", "-1e999", "NaN", "[1, -Infinity]"):
        text = json.dumps(event("payment_intent.succeeded", intent(payment, cents=123_456)))
        file.write_text(text.replace("123456", odd))
        with pytest.raises(CommandError, match="event 1: not an event"):
            call_command("replay_payment_event", str(file))
    told = event("payment_intent.succeeded", intent(payment, cents=float("inf")))
    assert send(client, told).status_code == 400
    assert not ProviderMessage.objects.exists()


def test_what_waits_is_replayed_without_a_file(payment, capsys):
    keep_message(provider="stripe", envelope=event("payment_intent.succeeded", intent(payment)))
    call_command("replay_payment_event", "--waiting")
    assert capsys.readouterr().out.startswith("applied  payment_intent.succeeded")
    assert states(payment) == ("paid", "paid")


def said_of_payments():
    return next((a.is_ok, a.detail) for a in run_checks() if a.part == "payments")


def test_the_check_says_who_takes_payments(stub, settings):
    assert said_of_payments() == (True, "by Stripe, account acct_own, with a test key")
    settings.STRIPE_ACCOUNT = "acct_other"
    assert said_of_payments() == (False, "STRIPE_SECRET_KEY opens acct_own, STRIPE_ACCOUNT is another one")
    settings.STRIPE_ACCOUNT = ""
    stub.things["account"] = {"id": "acct_own", "charges_enabled": False}
    assert said_of_payments()[1].startswith("Stripe lets acct_own take no payment yet")
    stub.down = True
    assert said_of_payments()[0] is False
    settings.PAYMENT_PROVIDER = ""
    assert said_of_payments() == (True, "nobody orders online")


# --- the published shapes


@needs_shared
def test_the_published_objects_are_read(client, payment):
    """Objects as Stripe answered them in test mode (dollars, old versions): kept, and no effect of theirs."""
    folder = SHARED / "data" / "payments" / "stripe-objects"
    for number, (name, kind) in enumerate(
        [
            ("payment_intent_pi_fakefakefakefakefake0001", "payment_intent.succeeded"),
            ("charge_ch_fakefakefakefakefake0001", "charge.refunded"),
            ("dispute_dp_fakefakefakefake01", "charge.dispute.created"),
            ("payout_custom_bank_account", "payout.paid"),
            ("account_express_acct_1IuHosQveW0ONQsd", "account.updated"),
        ]
    ):
        subject = json.loads((folder / f"{name}.json").read_text())
        assert told(client, event(kind, subject, event_id=f"evt_{number}")) == "kept", name
    for file in sorted(folder.glob("event_*.json")):
        assert told(client, json.loads(file.read_text())) == "kept", file.name
    assert states(payment) == ("started", "placed")
    text = json.dumps(list(ProviderMessage.objects.values_list("body", flat=True)))
    for private in ("4242", "last4", "fingerprint", "@", "Jane"):
        assert private not in text, private


@needs_shared
def test_the_published_payment_pays_once_it_is_ours(client, payment):
    folder = SHARED / "data" / "payments" / "stripe-objects"
    subject = json.loads((folder / "payment_intent_pi_fakefakefakefakefake0001.json").read_text())
    ours = {"currency": "eur", "amount": 2500, "amount_received": 2500}
    subject |= ours | {"metadata": {"rebond_payment": payment.public_id}}
    assert told(client, event("payment_intent.succeeded", subject)) == "applied"
    assert states(payment) == ("paid", "paid")
