"""All that waits for a second person is in one list, and counted once on the home; limits are said before a form."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.legal_rate import ask_rate
from rebond.ledger.models import PaymentBatch, Payout
from rebond.ledger.queries.money_requests import AloneLeft
from rebond.shop.actions.dispute_answer import ask_answer
from rebond.shop.actions.part import LowerPrice
from rebond.shop.actions.part_request import ask_change
from rebond.shop.actions.trial import contest_payment
from rebond.shop.models import BankLine, OrderLine, PartRequest
from rebond.shop.queries.given import alone_on
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/double-regard/"


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def part(seller, operator, index):
    return paid_order(ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3200)).parts.get()


@pytest.fixture
def asked(operator, part, treasurer):
    """One of each kind that the operator's people grant, asked by the treasurer."""
    by = {"asked_by_id": treasurer.public_id, "asked_by": treasurer.display_name}
    ask_rate(
        organisation=operator,
        starts_on=datetime.date(2020, 1, 1),
        basis_points=315,
        source="Arrêté",
        by=treasurer,
    )
    PaymentBatch.objects.create(
        organisation=operator, execute_on=datetime.date(2026, 12, 1), cents=12_000, number=1, holder="R", iban="X", **by
    )
    account = part.seller.accounts.get(kind="seller")
    today = timezone.localdate()
    Payout.objects.create(account=account, cents=1_100, asked_on=today, **by)
    dispute = contest_payment(payment=part.order.payments.get())
    ask_answer(dispute=dispute, choice="accept", text="", files={}, by=treasurer, operation=uuid.uuid4())
    BankLine.objects.create(key="k", booked_on=today, cents=700, state="asked", payment=part.order.payments.get(), **by)


def test_the_list_shows_every_kind_with_its_link(as_user, asked, chief, treasurer, part):
    text = as_user(chief).get(LIST).text

    for words in (
        "Taux de l’intérêt légal",
        "Payer des fournisseurs",
        "1 versement à un vendeur",
        "Répondre à la banque",
        "Dire pour quelle commande est un virement",
    ):
        assert words in text
    for name in ("ledger:rate-list", "ledger:payout-list"):
        assert reverse(name) in text
    assert "Tina Trésor" in text
    mine = as_user(treasurer).get(LIST).text
    assert "Taux de l’intérêt légal" not in mine.split('id="results"')[1]


def test_the_home_counts_what_has_no_line_of_its_own(as_user, asked, chief):
    text = as_user(chief).get("/bureau/").text
    assert "2 demandes attendent votre oui ou votre non" in text  # the batch and the answer; the others have a line


def test_others_do_not_see_them(as_user, asked, owner, stranger):
    for user in (owner, stranger):
        assert "Payer des fournisseurs" not in as_user(user).get(LIST).text


def test_the_list_asks_the_same_whatever_the_number(as_user, chief, treasurer, operator, part):
    client = as_user(chief)
    client.get(LIST)
    counts = []
    for number in (1, 3):
        while PaymentBatch.objects.count() < number:
            PaymentBatch.objects.create(
                organisation=operator,
                execute_on=datetime.date(2026, 12, 1),
                cents=100,
                number=PaymentBatch.objects.count() + 1,
                holder="R",
                iban="X",
                asked_by_id=treasurer.public_id,
                asked_by="T",
            )
        with CaptureQueriesContext(connection) as caught:
            assert client.get(LIST).text.count("Payer des fournisseurs") == number
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_change_of_an_order_waits_at_the_seller_s(as_user, part, colleague, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1_000
    change = LowerPrice(OrderLine.objects.get(part=part).pk, 1_500)
    ask_change(part=part, changes=[change], by=colleague, operation=uuid.uuid4(), may_grant=False)

    shown = as_user(owner).get(LIST).text
    assert reverse("shop:part-detail", args=[part.public_id]) in shown
    assert "15,00" in shown
    assert PartRequest.objects.get().state == "asked"
    assert reverse("shop:part-detail", args=[part.public_id]) not in as_user(colleague).get(LIST).text


def test_what_one_may_alone_is_said_before_the_form(as_user, part, colleague, owner, settings):
    settings.REFUND_LIMIT_CENTS, settings.REFUND_FOUR_EYES_CENTS, settings.REFUND_DAY_TIMES = 1_000, 2_000, 2
    url = reverse("shop:part-detail", args=[part.public_id])
    assert alone_on(part, colleague, may_grant=False) == AloneLeft(1_000, is_sole=False)
    assert "10,00" in as_user(colleague).get(url).text
    assert alone_on(part, owner, may_grant=True).is_sole
    MembershipFactory(organisation=part.seller, role="manager")
    assert alone_on(part, owner, may_grant=True) == AloneLeft(2_000, is_sole=False)

    change = LowerPrice(OrderLine.objects.get(part=part).pk, 400)
    ask_change(part=part, changes=[change], by=colleague, operation=uuid.uuid4(), may_grant=False)

    assert alone_on(part, colleague, may_grant=False).cents == 600
    settings.REFUND_LIMIT_CENTS = 0
    assert alone_on(part, colleague, may_grant=False).cents is None
