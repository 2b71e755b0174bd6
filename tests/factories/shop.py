"""Paid orders, as the embedded provider leaves them."""

import uuid

from django.utils import timezone

from rebond.network.models import Organisation
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.queries.keeper import Keeper
from tests.factories.network import OrganisationFactory

CONTACT = {
    "name": "Camille Vasseur",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "Marmande",
}


def paid_order(*items, user=None, email="camille@example.org", shipping=None, parcels=None, now=None):
    """An order of `items`, one parcel for each of their sellers, paid. `shipping` is in cents of each parcel.

    With `parcels`, each item is a parcel of its own, whose delivery costs these cents.
    """
    now = now or timezone.now()
    if not Organisation.objects.filter(kind="operator").exists():
        OrganisationFactory(kind="operator")  # who keeps the books
    keeper = Keeper(user=user) if user else Keeper(visitor=uuid.uuid4().hex)
    for item in items:
        take_item(keeper=keeper, item=item, now=now)
    sellers = {item.seller_id: n for n, item in reversed(list(enumerate(items, 1)))}
    ways = {item.pk: Way(sellers[item.seller_id], "home", shipping or 0) for item in items}
    total = sum(item.price_cents for item in items) + (shipping or 0) * len(sellers)
    if parcels:
        ways = {item.pk: Way(n, "home", cents) for n, (item, cents) in enumerate(zip(items, parcels, strict=True), 1)}
        total = sum(item.price_cents for item in items) + sum(parcels)
    payment = place_order(
        keeper=keeper,
        email=email,
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed(ways, total, CONTACT),
        now=now,
    )
    receive_event(told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents), now=now)
    payment.order.refresh_from_db()
    return payment.order
