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
    *("stray-detail", "stray-tie", "stray-end"),
)
RETURNS = {
    f"shop:{name}": {"public_id": lambda w: w.withdrawal.back.public_id, "token": _token}
    for name in ("return-back", "return-label", "return-sent")
} | {
    **{f"shop:{name}": {"public_id": lambda w: stray_of(w).public_id} for name in STRAY_PAGES},
    "shop:stray-photo": {
        "public_id": lambda w: stray_of(w).public_id,
        "file_id": lambda w: stray_of(w).photos.get().public_id,
    },
}
