"""The last day that a buyer is told to have a parcel: kept with the parcel when its site is asked for it."""

import datetime

import pytest

from rebond.network.models import Closure
from rebond.shop.actions.parcels import announce_parcels, promised_on
from rebond.shop.models import Order, OrderLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
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


def closed(organisation, first, last):
    days = {"starts_on": datetime.date(2026, 11, first), "ends_on": datetime.date(2026, 11, last)}
    Closure.objects.create(organisation=organisation, **days)


@pytest.mark.parametrize(
    ("of_seller", "of_site", "left"),
    [
        ([], [], 17),
        ([(13, 13)], [], 18),  # Monday to Wednesday
        ([(9, 17)], [(18, 18)], 23),  # both are closed in turn: Thursday, Friday, Monday
        ([], [(14, 15)], 17),  # a weekend was none of the days
        ([(1, 10)], [(20, 30)], 17),  # over, or later
    ],
)
def test_closing_days_of_the_seller_and_of_the_place_are_not_counted(
    of_seller, of_site, left, seller, operator, index, django_assert_num_queries
):
    seller.ships_in_days = 3
    seller.save()
    host = OrganisationFactory(admitted=True)
    for organisation, rows in ((seller, of_seller), (host, of_site)):
        for first, last in rows:
            closed(organisation, first, last)
    chair = ItemFactory(seller=seller, site=SiteFactory(organisation=seller), on_sale=True, price_cents=2500)
    lines = list(paid_order(chair).parts.get().lines.select_related("item__seller"))
    lines[0].delivery_mode = "home"
    site = SiteFactory(organisation=host)
    with django_assert_num_queries(1):
        promised = promised_on(lines, site, THURSDAY.date())
    assert promised == datetime.date(2026, 11, left) + datetime.timedelta(days=4)


def test_public_holidays_are_not_counted(seller, operator, index):
    chair = ItemFactory(seller=seller, site=SiteFactory(organisation=seller), on_sale=True, price_cents=2500)
    chair.seller.ships_in_days = 2
    (line,) = paid_order(chair).parts.get().lines.select_related("item")
    line.delivery_mode, line.item = "home", chair
    # Wednesday the 11th is Armistice Day: Tuesday, then Thursday
    assert promised_on([line], chair.site, datetime.date(2026, 11, 9)) == datetime.date(2026, 11, 16)
