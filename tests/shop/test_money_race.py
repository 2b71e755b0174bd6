"""Money acts let loose at the same moment, each on a connection of its own: one effect each, and right books."""

import uuid

import pytest

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.part import LowerPrice
from rebond.shop.actions.part_request import ask_change
from rebond.shop.models import OrderLine, PartRequest, Refund
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def by_trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


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
