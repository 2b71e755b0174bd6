"""Samples of carriers and of parcels given to them, for the test of rights (tests/samples.py)."""

from django.utils import timezone

from tests.factories.carriers import account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order


def _account(world):
    if "carrier_account" not in vars(world):
        world.carrier_account = account_of(world.seller)
    return world.carrier_account


def _part(world):
    if "carried_part" not in vars(world):
        item = ItemFactory(seller=world.seller, category=world.category, on_sale=True)
        world.carried_part = paid_order(item, shipping=490).parts.select_related("order", "seller").get()
    return world.carried_part


def _shipment(world):
    if "shipment" not in vars(world):
        world.shipment = labelled(_part(world), _account(world), now=timezone.now())
    return world.shipment


def _with_label(world):
    _shipment(world)
    return _part(world).public_id


def _manifest(world):
    from rebond.warehouse.actions.manifest import open_manifest, scan_parcel

    if "manifest" not in vars(world):
        world.manifest = open_manifest(account=_account(world), site=world.site, by=None)
        scan_parcel(manifest=world.manifest, text=_shipment(world).number, by=None)
    return world.manifest


MANIFEST = {"manifest_id": lambda w: _manifest(w).public_id}


def give_to_carrier(seller, site):
    """One row in each list of carriers."""
    from rebond.warehouse.models import Manifest, Shipment

    account = account_of(seller)
    Shipment.objects.create(organisation=seller, account=account, reference="x-1", subject="x", mode="home", grams=1)
    Manifest.objects.create(organisation=seller, account=account, site=site, day=timezone.localdate())


ACCOUNT = {"account_id": lambda w: _account(w).public_id}
SHIPMENT = {"shipment_id": lambda w: _shipment(w).public_id}
PARCEL = {"public_id": _with_label, "number": lambda w: 1}
CARRIERS = {
    "warehouse-desk:carrier-add": {"carrier": lambda w: "letter"},
    "warehouse-desk:carrier-detail": ACCOUNT,
    "warehouse-desk:carrier-change": ACCOUNT,
    "warehouse-desk:carrier-try": ACCOUNT,
    "warehouse-short:carrier-hook": ACCOUNT,
    "warehouse-desk:shipment-detail": SHIPMENT,
    "warehouse-desk:shipment-label": SHIPMENT | {"ending": lambda w: "pdf"},
    "warehouse-desk:shipment-cancel": SHIPMENT,
    "warehouse-desk:shipment-proof": SHIPMENT,
    **{f"warehouse-desk:manifest-{verb}": MANIFEST for verb in ("detail", "scan", "close", "paper", "csv")},
    "warehouse-desk:manifest-take-out": MANIFEST | {"shipment_id": lambda w: _shipment(w).public_id},
    "shop:parcel-label": PARCEL,
    "shop:parcel-papers": PARCEL,
}
