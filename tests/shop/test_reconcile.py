"""A day here beside the same day at the provider: each kind of gap is found, and nothing where all is right."""

import datetime
import json
import uuid

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import place_order
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.reconcile import reconcile_day, reconcile_yesterday
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import TrialCard
from rebond.shop.errors import ProviderAwayError
from rebond.shop.models import (
    Order,
    OrderLine,
    Payment,
    ProviderMessage,
    ProviderPayment,
    Reconciliation,
    ReconciliationGap,
    Refund,
    SellerOrder,
    TrialCharge,
)
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.shop.stripe_shapes import SECRET, event, intent, send

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def day():
    return timezone.localdate()


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def place(seller, operator, index, settings):
    settings.PAYMENT_PROVIDER = "test"

    def placed(cents, name, provider="test"):
        keeper = Keeper(visitor=name)
        take_item(keeper=keeper, item=ItemFactory(seller=seller, on_sale=True, price_cents=cents))
        return place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider=provider)

    return placed


def found(done):
    rows = done.gaps.order_by("pk").values_list("kind", "what", "here_cents", "there_cents", "is_mended")
    return list(rows)


def test_a_day_that_is_right_has_no_gap(place, day):
    for number, card in enumerate((TrialCard.ACCEPTED, TrialCard.TWICE, TrialCard.DISORDER, TrialCard.REFUSED)):
        charge_card(payment=place(1_000 + number, f"b{number}"), card=card)

    done = reconcile_day(day=day, provider="test")

    assert found(done) == []
    assert (done.paid, done.paid_cents, done.refunded, done.open_gaps) == (3, 3_003, 0, 0)
    assert done.fee_cents == sum(Payment.objects.values_list("fee_cents", flat=True)) > 0
    assert reconcile_day(day=day - datetime.timedelta(days=1), provider="test").paid == 0


def test_a_payment_that_was_never_told_is_found_then_taken_once(place, day):
    payment = place(2_500, "amina")
    charge_card(payment=payment, card=TrialCard.LOST)

    seen = reconcile_day(day=day, provider="test")
    assert found(seen) == [("missing_here", "paid", None, 2_500, False)]
    assert Order.objects.get().state == "placed"
    taken = reconcile_day(day=day, provider="test", is_applied=True)
    assert (found(taken), taken.open_gaps) == ([("missing_here", "paid", None, 2_500, True)], 0)
    assert Order.objects.get().state == "paid"
    assert found(reconcile_day(day=day, provider="test", is_applied=True)) == []
    assert Reconciliation.objects.count() == 1
    assert check_ledger().is_right


def test_each_kind_of_gap_is_found(place, day):
    paid = [place(1_000 * (number + 1), f"b{number}") for number in range(3)]
    for payment in paid:
        charge_card(payment=payment, card=TrialCard.ACCEPTED)
    TrialCharge.objects.filter(reference=paid[0].public_id).delete()
    TrialCharge.objects.filter(reference=paid[1].public_id).update(amount_cents=2_100)
    strange = {"kind": "paid", "amount_cents": 700, "told": 1}
    TrialCharge.objects.create(event_id="x", reference="unknown", **strange)
    TrialCharge.objects.create(event_id="y", reference=paid[2].public_id, **strange)

    done = reconcile_day(day=day, provider="test", is_applied=True)

    assert found(done) == [
        ("amount", "paid", 2_000, 2_100, False),
        ("amount", "fee", 55, 57, False),
        ("missing_here", "paid", None, 700, False),
        ("twice", "paid", None, 700, False),
        ("missing_there", "paid", 1_000, None, False),
    ]
    assert done.open_gaps == 5


def test_refunds_without_our_name_are_not_one_movement_told_twice(place, day):
    """Made by hand in the provider's dashboard."""
    for number in range(2):
        TrialCharge.objects.create(event_id=f"hand-{number}", reference="", kind="refunded", amount_cents=500, told=1)

    gaps = found(reconcile_day(day=day, provider="test", is_applied=True))

    assert gaps == [("missing_here", "refunded", None, 500, False)] * 2


def test_books_that_say_otherwise_are_found(place, day):
    payment = place(2_500, "amina")
    charge_card(payment=payment, card=TrialCard.ACCEPTED)
    Payment.objects.create(
        order=payment.order, provider="test", amount_cents=900, state="paid", paid_at=timezone.now()
    )  # written beside the actions: no entry of it
    TrialCharge.objects.create(
        event_id="z", reference=Payment.objects.latest("pk").public_id, kind="paid", amount_cents=900
    )
    done = reconcile_day(day=day, provider="test")
    assert [row[:4] for row in found(done) if row[0] == "books"] == [("books", "paid", 3_400, 2_500)]


def test_a_refund_that_was_made_and_not_told(place, day):
    first = place(1_000, "amina")
    charge_card(payment=first, card=TrialCard.ACCEPTED)
    second = Payment.objects.create(order=first.order, provider="test", amount_cents=1_000)
    charge_card(payment=second, card=TrialCard.ACCEPTED)  # the order was paid already: all of it goes back
    refund = Refund.objects.get()
    TrialCharge.objects.create(
        event_id=f"refunded-{refund.public_id}", reference=refund.public_id, kind="refunded", amount_cents=1_000
    )
    assert found(reconcile_day(day=day, provider="test")) == [("missing_here", "refunded", None, 1_000, False)]
    assert reconcile_day(day=day, provider="test", is_applied=True).open_gaps == 0
    refund.refresh_from_db()
    assert (refund.state, make_refund(refund_id=refund.pk)) == ("made", "made")
    assert found(reconcile_day(day=day, provider="test")) == []


def test_the_nightly_one_takes_yesterday(place, settings):
    payment = place(2_500, "amina")
    charge_card(payment=payment, card=TrialCard.LOST)
    tomorrow = datetime.datetime.combine(timezone.localdate() + datetime.timedelta(days=1), datetime.time(12))
    tomorrow = timezone.make_aware(tomorrow)
    assert reconcile_yesterday(now=tomorrow) == {"days": 1, "gaps": 0}
    payment.refresh_from_db()
    assert payment.state == "paid"
    settings.PAYMENT_PROVIDER = ""
    assert reconcile_yesterday(now=tomorrow) == {"days": 0, "gaps": 0}


def test_the_command_answers_for_scripts(place, day, capsys):
    charge_card(payment=place(2_500, "amina"), card=TrialCard.LOST)

    with pytest.raises(SystemExit):
        call_command("reconcile", "--day", day.isoformat(), "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["day"], said["ok"], said["open_gaps"], said["paid_cents"]) == (day.isoformat(), False, 1, 2_500)
    assert said["gaps"][0]["kind"] == "missing_here"
    call_command("reconcile", "--day", day.isoformat(), "--apply")
    assert "0 gaps are open" in capsys.readouterr().out
    for wrong in (["--day", "yesterday"], ["--day", "2999-01-01"], ["--provider", "nobody"]):
        with pytest.raises(CommandError):
            call_command("reconcile", *wrong)


# --- Stripe's own list


@pytest.fixture
def stub(stub, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    return stub


def move(kind, cents, number, *, fee=0, currency="eur", **metadata):
    source = {"id": f"src_{number}", "object": kind, "metadata": metadata}
    return {
        "id": f"txn_{number}",
        "object": "balance_transaction",
        "amount": cents,
        "fee": fee,
        "currency": currency,
        "created": int(timezone.now().timestamp()),
        "type": kind,
        "source": source,
    }


def test_stripe_s_list_is_read_page_by_page_and_its_fees_enter_the_books(place, day, stub, client):
    payment = place(2_500, "amina", "stripe")
    send(client, event("payment_intent.succeeded", intent(payment)))
    ours = move("charge", 2_500, 0, fee=63, rebond_payment=payment.public_id)
    others = [move("stripe_fee", -1, number) for number in range(1, 120)]
    stub.things["movements"] = [ours, *others, move("charge", 100, 200, currency="usd")]

    done = reconcile_day(day=day, provider="stripe")

    assert (found(done), done.paid, done.others, done.fee_cents) == ([], 1, 120, 63)
    assert len([row for row in stub.asked if row[1] == "balance_transactions"]) == 2
    payment.refresh_from_db()
    assert payment.fee_cents == 63
    reconcile_day(day=day, provider="stripe")
    assert check_ledger().is_right


def test_what_stripe_lists_on_another_day_is_asked_for_by_its_name(place, day, stub, client):
    payment = place(2_500, "amina", "stripe")
    send(client, event("payment_intent.succeeded", intent(payment)))
    stub.things["pi_1"] = {"id": "pi_1", "status": "succeeded", "amount_received": 2_500}
    assert found(reconcile_day(day=day, provider="stripe")) == []
    stub.things["pi_1"]["amount_received"] = 2_400
    assert found(reconcile_day(day=day, provider="stripe")) == [("amount", "paid", 2_500, 2_400, False)]
    del stub.things["pi_1"]
    assert found(reconcile_day(day=day, provider="stripe")) == [("missing_there", "paid", 2_500, None, False)]
    ProviderPayment.objects.all().delete()
    assert found(reconcile_day(day=day, provider="stripe"))[0][0] == "missing_there"
    stub.down = True
    with pytest.raises(ProviderAwayError):
        reconcile_day(day=day, provider="stripe")
    with pytest.raises(CommandError, match="does not answer"):
        call_command("reconcile", "--day", day.isoformat())


def test_a_payment_that_only_stripe_s_list_told_can_be_refunded(place, day, stub):
    payment = place(2_500, "amina", "stripe")
    paid = move("charge", 2_500, 0, fee=63, rebond_payment=payment.public_id)
    paid["source"]["payment_intent"] = "pi_9"
    stub.things["movements"] = [paid]

    assert reconcile_day(day=day, provider="stripe", is_applied=True).open_gaps == 0

    assert ProviderPayment.objects.get(payment=payment).intent_id == "pi_9"
    part, line = SellerOrder.objects.get(), OrderLine.objects.get()
    refund = ask_refund(part=part, lines={line.pk: 500}, reason="gesture", by=None, operation=uuid.uuid4())
    assert make_refund(refund_id=refund.pk) == "made"
    assert next(row for row in stub.asked if row[1] == "refunds")[2]["payment_intent"] == "pi_9"


# --- the treasurer's desk


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_days_are_listed(as_user, treasurer, django_assert_num_queries, number):
    for n in range(number):
        Reconciliation.objects.create(provider="test", day=datetime.date(2026, 11, n + 1), open_gaps=n)
    client = as_user(treasurer)
    client.get("/bureau/finances/rapprochements/")
    with django_assert_num_queries(7):
        page = client.get("/bureau/finances/rapprochements/").content.decode()
    assert page.count("/bureau/finances/rapprochements/") >= number


@pytest.mark.page
def test_a_gap_is_shown_and_taken_from_the_desk(as_user, treasurer, place, day, coordinator, owner):
    charge_card(payment=place(2_500, "amina"), card=TrialCard.LOST)
    done = reconcile_day(day=day, provider="test")
    path = f"/bureau/finances/rapprochements/{done.public_id}/"
    client = as_user(treasurer)

    page = client.get(path).content.decode()
    assert "25,00" in page
    assert "<button" in page.split("<main")[1]
    assert as_user(owner).get(path).status_code == 403
    reader = as_user(coordinator)
    assert reader.get(path).status_code == 200
    assert as_user(owner).post(path).status_code == 403
    assert Order.objects.get().state == "placed"
    assert client.post(path)["Location"] == path
    assert Order.objects.get().state == "paid"
    assert client.get("/bureau/finances/rapprochements/nobody/").status_code == 404
    assert client.delete(path).status_code == 405


@pytest.mark.page
def test_many_gaps_come_page_by_page(as_user, treasurer):
    done = Reconciliation.objects.create(provider="test", day=datetime.date(2026, 11, 1), open_gaps=150)
    ReconciliationGap.objects.bulk_create(
        ReconciliationGap(reconciliation=done, kind="twice", what="paid", reference=f"r{n:03}", is_mended=n < 60)
        for n in range(210)
    )
    client, path, shown = as_user(treasurer), f"/bureau/finances/rapprochements/{done.public_id}/", []
    after = ""
    for _ in range(3):
        response = client.get(path + after)
        shown += [gap.reference for gap in response.context["gaps"]]
        after = f"?avant={response.context['next_key']}"
    assert shown == [f"r{n:03}" for n in [*range(60, 210), *range(60)]]
    assert client.get(path + "?avant=x").status_code == client.get(path + "?avant=" + "9" * 40).status_code == 200


@pytest.mark.page
def test_messages_to_look_at_are_above_the_days(as_user, treasurer, place, client, stub):
    payment = place(2_500, "amina", "stripe")
    send(client, event("payment_intent.succeeded", intent(payment, cents=2_400)))
    send(client, event("invoice.paid", {"id": "in_1"}))
    page = as_user(treasurer).get("/bureau/finances/rapprochements/").content.decode()
    assert "payment_intent.succeeded" in page
    assert "invoice.paid" not in page
    assert ProviderMessage.objects.count() == 2
