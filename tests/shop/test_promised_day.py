"""The last day that a buyer is told to have a parcel: kept with the parcel when its site is asked for it."""

import datetime

import pytest

from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.models import Order, OrderLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
THURSDAY = datetime.datetime(2026, 11, 12, 9, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("mode", "promised"),
    [("home", datetime.date(2026, 11, 21)), ("relay", datetime.date(2026, 11, 22)), ("pickup", None), ("local", None)],
)
def test_working_days_to_leave_then_the_most_days_of_the_way(mode, promised, seller, operator, index):
    seller.ships_in_days = 3
    seller.save()
    chair = ItemFactory(seller=seller, site=SiteFactory(organisation=seller), on_sale=True, price_cents=2500)
    order = paid_order(chair)
    Order.objects.update(paid_at=THURSDAY)
    OrderLine.objects.update(delivery_mode=mode)
    (parcel,) = announce_parcels(order_id=order.pk)  # Friday, Monday, Tuesday the 17th; then 4 or 5 days
    assert parcel.promised_on == promised
    (again,) = announce_parcels(order_id=order.pk)
    assert again.promised_on == promised
