"""Samples of a return as its buyer follows it (tests/samples.py)."""

from django.utils import timezone

from rebond.shop.queries.buyer_return import return_path


def _token(world):
    return return_path(world.withdrawal.back).strip("/").rpartition("/")[2]


def stray_of(world):
    """A parcel that nobody expected, at the seller's, with a picture."""
    from rebond.shop.models import StrayParcel, StrayPhoto

    found = StrayParcel.objects.filter(number="ESSAI").first()
    if found is None:
        who = {"noted_by": "Ana", "noted_on": timezone.localdate()}
        found = StrayParcel.objects.create(seller=world.seller, number="ESSAI", **who)
        StrayPhoto.objects.create(stray=found, kind="parcel", stored=world.file)
    return found


STRAY_PAGES = (
    *("kiosk-stray-photo", "kiosk-stray-words", "kiosk-stray-place", "kiosk-stray-done"),
    *("stray-detail", "stray-tie", "stray-end", "stray-ask", "stray-again"),
)


def _came_back(world):
    """Our own parcel that its carrier brought back."""
    from rebond.shop.models import StrayParcel
    from rebond.warehouse.models import Shipment
    from tests.samples_carriers import CARRIERS

    found = StrayParcel.objects.filter(number="REVENU").first()
    if found is None:
        shipment = Shipment.objects.get(public_id=CARRIERS["warehouse-desk:shipment-detail"]["shipment_id"](world))
        part = world.carried_part
        who = {"noted_by": "Ana", "noted_on": timezone.localdate(), "part": part, "shipment": shipment}
        found = StrayParcel.objects.create(seller=world.seller, number="REVENU", **who)
    return found


def _again_token(world):
    from rebond.shop.queries.again import again_path

    return again_path(_came_back(world)).strip("/").rpartition("/")[2]


RETURNS = {
    f"shop:{name}": {"public_id": lambda w: w.withdrawal.back.public_id, "token": _token}
    for name in ("return-back", "return-label", "return-sent")
} | {
    **{f"shop:{name}": {"public_id": lambda w: stray_of(w).public_id} for name in STRAY_PAGES},
    "shop:again": {"public_id": lambda w: _came_back(w).public_id, "token": _again_token},
    "shop:stray-photo": {
        "public_id": lambda w: stray_of(w).public_id,
        "file_id": lambda w: stray_of(w).photos.get().public_id,
    },
}
