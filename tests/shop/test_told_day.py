"""One day for one parcel: on the object's page, at the checkout, kept with the order, in its mail, and as promised."""

import datetime
import uuid

import pytest
from django.utils import translation

from rebond.journal.models import OutgoingMail
from rebond.network.models import Closure
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.models import Order, OrderLine
from rebond.shop.queries.basket import basket_page
from rebond.shop.queries.checkout import parcel_ways
from rebond.shop.queries.item_page import item_page
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
THURSDAY = datetime.datetime(2026, 11, 12, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def day(number, month=11):
    return datetime.date(2026, month, number)


def delivers(organisation, operator, days):
    AgreementFactory(organisation=organisation, operator=operator, shipping={"home_cents": 490})
    organisation.delivery_modes, organisation.ships_in_days = ["home"], days
    organisation.save()


def closed(organisation, first, last):
    Closure.objects.create(organisation=organisation, starts_on=day(first), ends_on=day(last))


def buy(*items):
    """As the checkout orders what it shows on that Thursday: what it says, then the words kept and those of the mail,
    and the day promised.
    """
    keeper = Keeper(visitor=uuid.uuid4().hex)
    for item in items:
        take_item(keeper=keeper, item=item, now=THURSDAY)
    [parcel] = parcel_ways(basket_page(keeper, now=THURSDAY).parcels, THURSDAY.date())
    [way] = parcel.ways
    ways = {line.item.pk: Way(1, "home", way.cents, by=parcel.parcel.carrier) for line in parcel.parcel.lines}
    agreed = Agreed(ways, way.cents + parcel.parcel.cents, CONTACT)
    payment = place_order(
        keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, now=THURSDAY
    )
    receive_event(told=Told("test", "e-1", "paid", payment.public_id, payment.amount_cents), now=THURSDAY)
    order = Order.objects.get()
    write_order_mail(order_id=order.pk)
    [asked] = announce_parcels(order_id=order.pk)
    kept = {line.seen["leaves"] for line in OrderLine.objects.all()}
    assert len(kept) == 1
    told = kept.pop()
    assert f"4,90\u00a0€. {told}" in OutgoingMail.objects.get(kind="shop.order").text
    return way.detail, told, asked.promised_on


@pytest.mark.parametrize(
    ("days", "closing", "leaves", "ships", "promised"),
    [
        (3, None, "sous 3 jours ouvrés", "en 3\u00a0jours ouvrés", day(21)),  # Friday, Monday, Tuesday the 17th
        (1, None, "sous 1 jour ouvré", "en 1\u00a0jour ouvré", day(17)),
        (3, (14, 15), "sous 3 jours ouvrés", "en 3\u00a0jours ouvrés", day(21)),  # a weekend was none of the days
        (3, (12, 25), "au plus tard le 30 novembre", "au plus tard le 30 novembre", day(4, 12)),
        (3, (13, 13), "au plus tard le 18 novembre", "au plus tard le 18 novembre", day(22)),
    ],
)
def test_the_day_that_is_told_is_the_day_that_is_promised(
    days, closing, leaves, ships, promised, seller, operator, index
):
    delivers(seller, operator, days)
    if closing:
        closed(seller, *closing)
    chair = ItemFactory(seller=seller, site=SiteFactory(organisation=seller), on_sale=True, price_cents=2500)
    [shown] = item_page(chair, THURSDAY.date()).deliveries
    detail, told, on = buy(chair)
    assert detail == shown.detail == f"Part de l’atelier {leaves}, puis 2 à 4 jours"
    assert (told.split(" ", 1)[1], on) == (ships, promised)


@pytest.mark.parametrize(
    ("of_seller", "of_host", "leaves"),
    [(None, None, "sous 4 jours ouvrés"), ((16, 16), None, 19), (None, (16, 16), 19), ((16, 16), (17, 18), 23)],
)
def test_a_parcel_at_anothers_place_waits_for_both(of_seller, of_host, leaves, seller, operator, index):
    host = OrganisationFactory(admitted=True, name="Le Grand Entrepôt", letters="GE")
    for organisation, days, closing in ((host, 4, of_host), (seller, 2, of_seller)):
        delivers(organisation, operator, days)
        if closing:
            closed(organisation, *closing)
    site = SiteFactory(organisation=host)
    vase, lamp = (ItemFactory(seller=who, site=site, on_sale=True, price_cents=900) for who in (seller, host))
    [shown] = item_page(vase, THURSDAY.date()).deliveries
    detail, told, promised = buy(vase, lamp)
    words = leaves if isinstance(leaves, str) else f"au plus tard le {leaves} novembre"
    assert detail == shown.detail == f"Part de l’atelier {words}, puis 2 à 4 jours"
    assert told == ("Expédie en 4\u00a0jours ouvrés" if isinstance(leaves, str) else f"Expédié {words}")
    assert promised == day(18 if isinstance(leaves, str) else leaves) + datetime.timedelta(days=4)
