"""Acts of the shop on money by two people: asked at the desk, granted by another, done once under their own checks."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.accounts.models import User
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money, refuse_money, withdraw_money
from rebond.ledger.errors import ActRefused, RequestInvalid, WrongState
from rebond.ledger.models import MoneyRequest
from rebond.ledger.money_acts import act_named
from rebond.shop.actions.asked_money import SETTLE, Settled
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.part import ship_part
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import BankLine, OrderLine, Payment, Refund, Return, Settlement
from rebond.shop.queries.given import given_alone, given_today
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.factories.shop import paid_order
from tests.racing import race

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def bursar(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Boris Bourse").user


@pytest.fixture
def part(seller, index):
    return paid_order(ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3200)).parts.get()


@pytest.fixture
def back(part, settings):
    """A withdrawal of 32 € before anything left, where one person refunds 10 € in a day."""
    settings.REFUND_FOUR_EYES_CENTS = 1_000
    lines = set(OrderLine.objects.filter(part=part).values_list("pk", flat=True))
    declare_withdrawal(order=part.order, said=Declaration(lines, "Ana", "ana@example.org", uuid.uuid4()))
    return Return.objects.get()


def _refund_of(as_user, user, back):
    url = reverse("shop:return-refund", args=[back.public_id])
    return as_user(user).post(url, {"operation": str(uuid.uuid4())}, follow=True).text


def test_a_return_is_refunded_by_two_above_the_limit(as_user, back, colleague, owner):
    said = _refund_of(as_user, colleague, back)

    row = MoneyRequest.objects.get()
    assert (row.state, row.cents, Refund.objects.count()) == ("asked", 3_200, 0)
    assert "une autre personne doit dire oui" in said
    assert reverse("ledger:request-detail", args=[row.public_id]) in said
    assert reverse("shop:return-refund", args=[back.public_id]) not in said
    as_user(colleague).post(reverse("ledger:request-grant", args=[row.public_id]))
    assert not Refund.objects.exists()

    as_user(owner).post(reverse("ledger:request-grant", args=[row.public_id]))

    back.refresh_from_db()
    assert (back.state, Refund.objects.get().amount_cents) == ("closed", 3_200)


def test_within_the_limit_and_alone_it_is_done_at_once(as_user, back, colleague, settings):
    settings.REFUND_FOUR_EYES_CENTS = 3_200

    _refund_of(as_user, colleague, back)

    assert (MoneyRequest.objects.get().alone, Refund.objects.get().amount_cents) == ("limit", 3_200)
    assert "Refused" not in _refund_of(as_user, colleague, back)
    assert Refund.objects.count() == 1


def test_a_manager_alone_in_the_organisation_does_it(as_user, back, owner):
    _refund_of(as_user, owner, back)

    assert (MoneyRequest.objects.get().alone, Refund.objects.get().amount_cents) == ("sole", 3_200)


def test_what_was_refunded_meanwhile_is_not_refunded_again(as_user, back, colleague, owner, part):
    _refund_of(as_user, colleague, back)
    line = OrderLine.objects.get(part=part)
    ask_refund(part=part, lines={line.pk: 3_200}, reason="gesture", by=owner, operation=uuid.uuid4())
    Return.objects.update(state="closed", closed_at=timezone.now())

    with pytest.raises(ActRefused):
        grant_money(request=MoneyRequest.objects.get(), by=owner)
    assert (MoneyRequest.objects.get().state, Refund.objects.count()) == ("asked", 1)
    refuse_money(request=MoneyRequest.objects.get(), reason="Déjà fait.", by=owner)


@pytest.mark.django_db(transaction=True)
def test_granted_twice_at_once_or_while_taken_back_it_is_one(as_user, back, colleague, owner, seller):
    _refund_of(as_user, colleague, back)
    other = MembershipFactory(organisation=seller, role="manager").user
    key = MoneyRequest.objects.get().pk

    def granting(by):
        return lambda: grant_money(request=MoneyRequest.objects.get(pk=key), by=User.objects.get(pk=by.pk))

    raised = race(
        [
            granting(owner),
            granting(other),
            lambda: withdraw_money(request=MoneyRequest.objects.get(pk=key), by=User.objects.get(pk=colleague.pk)),
        ]
    )

    row = MoneyRequest.objects.get()
    assert [type(one) for one in raised] == [WrongState, WrongState]
    assert Refund.objects.count() == (row.state == "granted")
    assert check_ledger().is_right


def test_a_decision_above_the_limit_is_asked_and_granted(as_user, part, colleague, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1_000
    conversation = write_to_seller(
        part=part, reason="not_working", line=None, written=Written("Elle est muette.", uuid.uuid4()), name="Ana"
    )
    line = OrderLine.objects.get(part=part)
    form = {"line": line.pk, "outcome": "refund", "words": "Nous vous remboursons.", "operation": str(uuid.uuid4())}
    url = reverse("shop:conversation-settle", args=[conversation.public_id])

    for _twice in range(2):
        assert as_user(colleague).post(url, form).status_code == 302
    row = MoneyRequest.objects.get()
    assert (row.state, row.cents, Settlement.objects.count()) == ("asked", 3_200, 0)
    assert as_user(colleague).post(url, form | {"operation": str(uuid.uuid4())}).status_code == 422
    shown = as_user(owner).get(reverse("ledger:request-detail", args=[row.public_id])).text
    assert "Nous vous remboursons." in shown

    as_user(owner).post(reverse("ledger:request-grant", args=[row.public_id]))

    made = Settlement.objects.get()
    assert (made.outcome, made.cents, made.decided_by) == ("refund", 3_200, owner.display_name)
    assert made.words == "Nous vous remboursons."
    assert (given_alone(part), given_today(owner)) == (0, 0)  # two people: it counts in nobody's limit
    assert conversation.messages.filter(text="Nous vous remboursons.").count() == 1


def test_a_refund_asked_before_it_left_is_decided_again_once_it_left(as_user, part, colleague, owner, settings):
    """It was granted as it was asked: the buyer kept the object, and the money."""
    settings.REFUND_LIMIT_CENTS = 1_000
    conversation = write_to_seller(
        part=part, reason="not_working", line=None, written=Written("Muette.", uuid.uuid4()), name="Ana"
    )
    settle = reverse("shop:conversation-settle", args=[conversation.public_id])
    form = {"line": OrderLine.objects.get(part=part).pk, "outcome": "refund", "words": "Nous vous remboursons."}
    as_user(colleague).post(settle, form)
    first = MoneyRequest.objects.get()
    ship_part(part=part, carrier="", tracking="", by=owner)

    said = as_user(owner).post(reverse("ledger:request-grant", args=[first.public_id]), follow=True).text

    assert "L’objet est parti depuis" in said
    first.refresh_from_db()
    assert (first.state, Settlement.objects.count(), Refund.objects.count()) == ("asked", 0, 0)
    refuse_money(request=first, reason="Il est parti.", by=owner)
    as_user(colleague).post(settle, form | {"operation": str(uuid.uuid4())})
    as_user(owner).post(reverse("ledger:request-grant", args=[MoneyRequest.objects.get(state="asked").public_id]))
    assert (Refund.objects.get().reason, Refund.objects.get().amount_cents) == ("flawed", 3_200)


def test_what_was_asked_before_the_place_was_kept_is_still_read():
    values = {"conversation": "a", "outcome": "refund", "line": 1, "words": "", "cents": 0, "operation": "b"}
    assert act_named(SETTLE).read(values) == Settled("a", "refund", 1, "", 0, "b", is_here=True)
    for wrong in ({"line": 1}, values | {"more": 1}, values | {"is_here": "yes"}):
        with pytest.raises(RequestInvalid):
            act_named(SETTLE).read(wrong)


def test_a_refused_decision_changes_nothing(as_user, part, colleague, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1_000
    conversation = write_to_seller(
        part=part, reason="not_working", line=None, written=Written("Muette.", uuid.uuid4()), name="Ana"
    )
    type(part).objects.update(state="shipped", shipped_at=part.created_at)
    form = {"line": OrderLine.objects.get(part=part).pk, "outcome": "return", "words": "Rendez-la."}
    as_user(colleague).post(reverse("shop:conversation-settle", args=[conversation.public_id]), form)
    row = MoneyRequest.objects.get()

    as_user(owner).post(reverse("ledger:request-refuse", args=[row.public_id]), {"reason": "Proposez la réparation."})

    row.refresh_from_db()
    assert (row.state, Settlement.objects.count(), Return.objects.count()) == ("refused", 0, 0)


def test_a_transfer_for_no_order_takes_two_above_the_limit(as_user, treasurer, bursar):
    line = BankLine.objects.create(key="x", booked_on=timezone.localdate(), cents=10_000, payer="Ville")
    small = BankLine.objects.create(key="y", booked_on=timezone.localdate(), cents=4_000, payer="Ville")
    client = as_user(treasurer)

    pages = [reverse("shop:bank-detail", args=[one.public_id]) for one in (line, small)]
    assert 'jusqu’à <b class="num">50,00' in client.get(pages[0]).text
    for one in (small, line):
        client.post(reverse("shop:bank-ignore", args=[one.public_id]), {"note": "Loyer"})
    waits = client.get(pages[0]).text
    assert ("Une autre personne" in waits or "doit dire oui" in waits, "bank-ignore" in waits) == (True, False)
    other = BankLine.objects.create(key="z", booked_on=timezone.localdate(), cents=100, payer="Ville")
    shown = client.get(reverse("shop:bank-detail", args=[other.public_id])).text
    assert 'jusqu’à <b class="num">10,00' in shown  # 40 € of the day's 50 were done alone
    line.refresh_from_db()
    small.refresh_from_db()
    assert (line.state, small.state) == ("open", "ignored")

    grant_money(request=MoneyRequest.objects.get(state="asked"), by=bursar)
    line.refresh_from_db()
    assert (line.state, line.note) == ("ignored", "Loyer")


def test_money_noted_as_sent_back_takes_two(as_user, part, treasurer, bursar, owner):
    Payment.objects.update(provider="transfer")
    line = OrderLine.objects.get(part=part)
    lines = {line.pk: 3_200}
    refund = ask_refund(part=part, lines=lines, reason="gesture", by=owner, operation=uuid.uuid4())
    Refund.objects.update(state="asked")
    client, url = as_user(treasurer), reverse("shop:bank-refund", args=[refund.public_id])
    row_of = MoneyRequest.objects.filter(act="shop.refund.given_transfer")

    client.post(url, {"operation": str(uuid.uuid4())})  # 32 € are within the 50 € of a day
    refund.refresh_from_db()
    assert (row_of.get().alone, refund.state) == ("limit", "made")
    client.post(url, {"operation": str(uuid.uuid4())})
    assert row_of.count() == 1
