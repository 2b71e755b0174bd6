"""Accounts at carriers and parcels of orders, as the desk makes them."""

import json

from rebond.shop.actions.carried import label_parcel
from rebond.shop.queries.carried import parcels_of
from rebond.warehouse.carriers.contract import Address
from rebond.warehouse.models import CarrierAccount

CAMILLE = {"name": "Camille Vasseur", "address": "18 rue de la Libération", "postal_code": "47200", "city": "Marmande"}


def account_of(organisation, carrier="test", **secrets):
    """Active; with the trial carrier any key opens."""
    secrets = secrets or ({"key": "open", "webhook": "shared"} if carrier == "test" else {})
    return CarrierAccount.objects.create(organisation=organisation, carrier=carrier, credentials=json.dumps(secrets))


def labelled(part, account=None, *, by=None, now=None, grams=1200, number=None, **address):
    """The shipment of the first parcel of a part (or of parcel `number`)."""
    account = account or CarrierAccount.objects.filter(organisation=part.seller).first() or account_of(part.seller)
    parcels = parcels_of(part)
    parcel = next(one for one in parcels if number in {None, one.number})
    receiver = Address(**(CAMILLE | address))
    return label_parcel(part=part, parcel=parcel, account=account, receiver=receiver, grams=grams, by=by, now=now)
