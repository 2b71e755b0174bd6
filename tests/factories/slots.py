"""Agendas, and orders that took a place in them."""

import datetime
import uuid

from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.shop.actions.agenda import save_agenda
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.slots import Agendas, offers_of
from tests.factories.shop import CONTACT

MORNING = (datetime.time(9), datetime.time(11))


def make_agenda(site=None, *, organisation=None, windows=None, zone=None, **fields):
    """Open every day from 9 to 11 by half hours, two buyers each; with a zone, one round of the seller's own."""
    facts = {"slot_min": 30, "capacity": 2, "lead_days": 1, "ahead_days": 14} | fields
    if zone:
        facts |= {"zone": zone, "name": fields.get("name", "Vélo-cargo"), "slot_min": 0}
    return save_agenda(
        organisation=organisation or site.organisation,
        mode=DeliveryMode.LOCAL if zone else DeliveryMode.PICKUP,
        site=site,
        fields=facts,
        windows=windows or [(day, *MORNING) for day in range(7)],
        by=None,
    )


def offers(agenda, now=None):
    """What is left of it, whatever is being prepared."""
    now = now or timezone.now()
    found = Agendas([agenda], {agenda.organisation_id: list(agenda.organisation.closures.all())})
    return offers_of([agenda], found, {agenda.pk: timezone.localdate(now)}, now)


def placed_with(item, offer, *, now=None, keeper=None):
    """An order of one object, collected or brought at this slot: its payment, still to make."""
    now = now or timezone.now()
    keeper = keeper or Keeper(visitor=uuid.uuid4().hex)
    take_item(keeper=keeper, item=item, now=now)
    way = Way(1, offer.agenda.mode, 0, slot=offer)
    return place_order(
        keeper=keeper,
        email="camille@example.org",
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed({item.pk: way}, item.price_cents, CONTACT),
        now=now,
    )


def pay(payment, now=None):
    receive_event(
        told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents), now=now or timezone.now()
    )
    payment.order.refresh_from_db()
    return payment.order
