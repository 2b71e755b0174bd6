"""Money acts let loose at the same moment, each on a connection of its own: one effect each, and right books."""

import datetime
import uuid

import pytest
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.legal_rate import ask_rate, decide_rate
from rebond.ledger.actions.payout import ask_payout, grant_payout, send_payout
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.errors import WrongState
from rebond.ledger.models import Account, Entry, LegalRate, Payout, Sale
from rebond.network.models import Admission, TraderFile
from rebond.shop.actions import bank
from rebond.shop.actions.by_hand import pay_later
from rebond.shop.actions.part import LowerPrice
from rebond.shop.actions.part_request import ask_change, grant_change
from rebond.shop.actions.refund import ask_refund
from rebond.shop.errors import BankLineStateError, PartStateError, RefundTooMuchError
from rebond.shop.models import BankLine, OrderLine, PartRequest, Refund
from tests.factories.catalogue import ItemFactory
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.racing import race
from tests.shop.test_by_hand import placed

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def by_trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def payable_sale(seller, operator):
    """A sale that may be paid out today, with all that a payout needs."""
    type(seller).objects.filter(pk=seller.pk).update(siren="732829320")
    SiteFactory(organisation=seller, address="1 rue du Port", postal_code="47200")
    admission = Admission.objects.create(
        name=seller.name, email="a@example.org", grid_version=1, state="draft", organisation=seller
    )
    now = timezone.now()
    TraderFile.objects.create(
        admission=admission, organisation=seller, legal_name=seller.name, representative="R", address="A",
        phone="0199000000", email="a@example.org", identity_kind="passport", account_holder="H", iban="I",
        iban_end="0189", register="rna", register_number="W1", certified_at=now, verified_at=now,
    )  # fmt: skip
    sale = post_sale(sale=sale_event(seller, [4_000], key="so-a"))
    set_payable(sale_key=sale.key, on=datetime.date(2020, 1, 1))
    return Account.objects.get(owner=seller, kind="seller")


def right():
    report = check_ledger()
    assert report.is_right, report.told


def test_the_limit_of_a_day_holds_over_orders_changed_at_once(seller, operator, index, owner, settings):
    """Eight gestures of 7 €, each on an order of its own, by one person who may give 10 € a day."""
    settings.REFUND_LIMIT_CENTS, settings.REFUND_DAY_TIMES = 1_000, 1
    parts = [paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=2_500)).parts.get() for _n in range(8)]

    def lower(part):
        change = LowerPrice(OrderLine.objects.get(part=part).pk, 700)
        return lambda: ask_change(part=part, changes=[change], by=owner, operation=uuid.uuid4(), may_grant=False)

    assert race([lower(part) for part in parts]) == []
    assert list(Refund.objects.values_list("amount_cents", flat=True)) == [700]
    assert PartRequest.objects.count() == 7
    right()


def only_one(raised, kind, number):
    """All but one were refused, each with this refusal."""
    assert [type(error) for error in raised] == [kind] * (number - 1)


@pytest.fixture
def people(operator):
    """Four treasurers of the operator."""
    return [MembershipFactory(organisation=operator, role="finance").user for _n in range(4)]


def test_gestures_on_one_line_at_once_never_pass_its_price(seller, operator, index, owner):
    """Six gestures of 10 € on an object of 25 €: two are given, and the provider is asked for these two."""
    part = paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=2_500)).parts.get()
    line = OrderLine.objects.get(part=part)

    def give():
        ask_refund(part=part, lines={line.pk: 1_000}, reason="gesture", by=owner, operation=uuid.uuid4())

    raised = race([give] * 6)
    assert [type(error) for error in raised] == [RefundTooMuchError] * 4
    line.refresh_from_db()
    assert (line.refunded_cents, Refund.objects.count(), Sale.objects.get().refunded_cents) == (2_000, 2, 2_000)
    right()


def test_the_same_gesture_sent_at_once_is_one(seller, operator, index, owner):
    part = paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=2_500)).parts.get()
    line, operation = OrderLine.objects.get(part=part), uuid.uuid4()
    give = lambda: ask_refund(part=part, lines={line.pk: 1_000}, reason="gesture", by=owner, operation=operation)  # noqa: E731
    assert race([give] * 5) == []
    assert Refund.objects.get().amount_cents == 1_000
    right()


def test_two_managers_who_grant_the_same_change_give_back_once(seller, operator, index, owner, settings):
    settings.REFUND_LIMIT_CENTS = 100
    others = [MembershipFactory(organisation=seller, role="manager").user for _n in range(4)]
    part = paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=2_500)).parts.get()
    change = LowerPrice(OrderLine.objects.get(part=part).pk, 700)
    wanted = ask_change(part=part, changes=[change], by=owner, operation=uuid.uuid4(), may_grant=False)
    assert wanted is not None
    works = [lambda by=by: grant_change(request=PartRequest.objects.get(), by=by) for by in others]
    only_one(race(works), PartStateError, 4)
    assert Refund.objects.get().amount_cents == 700
    right()


def test_treasurers_who_grant_the_same_payout_send_it_once(payable_sale, operator, people, settings):
    settings.PAYOUT_FOUR_EYES_CENTS = 0
    payout = ask_payout(account=payable_sale, by=people[0])
    works = [lambda by=by: grant_payout(payout=Payout.objects.get(), by=by, may_grant_any=True) for by in people[1:]]
    only_one(race(works), WrongState, 3)
    send = lambda: send_payout(payout=Payout.objects.select_related("account__owner", "account__operator").get())  # noqa: E731
    raised = race([send] * 4)
    assert {type(error) for error in raised} <= {WrongState}
    payout.refresh_from_db()
    assert (payout.state, Entry.objects.filter(kind="payout").count()) == ("paid", 1)
    assert Entry.objects.filter(kind="payout_paid").count() == 1
    right()


def test_treasurers_who_grant_the_same_rate_grant_it_once(operator, people):
    rate = ask_rate(
        organisation=operator, starts_on=datetime.date(2020, 1, 1), basis_points=315, source="JO", by=people[0]
    )
    works = [lambda by=by: decide_rate(rate=rate, is_granted=True, by=by) for by in people[1:]]
    only_one(race(works), WrongState, 3)
    assert LegalRate.objects.get().state == "granted"


def test_a_transfer_agreed_by_several_at_once_counts_once(seller, operator, index, people, settings):
    settings.TRANSFER_IBAN, settings.TRANSFER_HOLDER = "FR7630006000011234567890189", "Rebond"
    town = OrganisationFactory(name="Ville de Marmande", kind="community", siren="214701575")
    SiteFactory(organisation=town, address="1 place Clemenceau", postal_code="47200", city="Marmande")
    buyer = MembershipFactory(organisation=town, role="manager").user
    order = placed(buyer, ItemFactory(seller=seller, on_sale=True, price_cents=12_000))
    payment = pay_later(order=order, provider="transfer", by=buyer, organisation=town)
    operation, today = uuid.uuid4(), timezone.localdate()
    note = lambda: bank.note_receipt(payment=payment, on=today, cents=12_000, by=people[0], operation=operation)  # noqa: E731
    assert race([note] * 4) == []
    line = BankLine.objects.get()
    works = [
        lambda by=by: bank.grant_use(line=BankLine.objects.select_related("payment__order").get(pk=line.pk), by=by)
        for by in people[1:]
    ]
    only_one(race(works), BankLineStateError, 3)
    payment.refresh_from_db()
    line.refresh_from_db()
    assert (payment.state, line.state, line.owed_cents) == ("paid", "used", 0)
    assert Sale.objects.count() == 1
    right()
