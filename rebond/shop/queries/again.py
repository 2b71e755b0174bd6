"""A parcel that came back and may leave again: what is in it, where its buyer wants it, what stands against it."""

import json
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from rebond.catalogue.enums import DeliveryMode
from rebond.shop.enums import OrderLineState, SellerOrderState
from rebond.shop.links import is_ours, token_for
from rebond.shop.models import OrderLine, StrayParcel
from rebond.shop.queries.carried import Carried, parcels_of, read_reference, receiver_of
from rebond.shop.stray_enums import StrayState
from rebond.warehouse.carriers.contract import Address
from rebond.warehouse.models import Shipment
from rebond.warehouse.queries.shipments import accounts_for

SALT = "rebond.shop.again"
WAITS, COMES_BACK, MOVED_ON = "waits", "comes_back", "moved_on"


def again_path(stray: StrayParcel) -> str:
    """The signed address where the buyer says where it goes."""
    return reverse("shop:again", args=[stray.public_id, token_for(SALT, stray.public_id)])


def find_stray(public_id: str, token: str) -> StrayParcel | None:
    """Our own parcel of a signed link, with its order; None for a wrong token or any other parcel."""
    if not is_ours(SALT, public_id, token):
        return None
    rows = StrayParcel.objects.filter(public_id=public_id, part__isnull=False, shipment__isnull=False)
    return rows.select_related("part__order", "part__seller", "shipment__account", "seller", "again__account").first()


def has_label(stray: StrayParcel) -> bool:
    """Whether it has the label that it leaves again with, or waits for it."""
    return stray.again_id is not None and Shipment.objects.alive().filter(pk=stray.again_id).exists()


def lines_again(stray: StrayParcel) -> list[OrderLine]:
    """What left in it, whoever sells it, and is still bought; none where it is not our own parcel."""
    known = read_reference(stray.shipment.reference) if stray.shipment is not None else None
    if known is None or stray.part is None or stray.part.order.public_id != known[0]:
        return []
    rows = OrderLine.objects.filter(part__order=stray.part.order_id, parcel=known[1], state=OrderLineState.SOLD)
    return list(rows.select_related("part", "item", "coming_back").order_by("pk"))


def why_not(stray: StrayParcel, lines: list[OrderLine]) -> str:
    """What stands against sending these lines again, "" for nothing."""
    if stray.state == StrayState.OPEN and has_label(stray):
        return WAITS
    if any(hasattr(line, "coming_back") for line in lines):
        return COMES_BACK
    is_away = all(line.part.state == SellerOrderState.SHIPPED for line in lines)
    if stray.state != StrayState.OPEN or not lines or not is_away or lines[0].part.order.erased_at is not None:
        return MOVED_ON
    return ""


@dataclass(slots=True)
class Leaving:
    """`carried` has the accounts it may leave with; `receiver` is what was confirmed, else what the order says."""

    lines: list[OrderLine]
    why_not: str
    carried: Carried | None
    receiver: Address

    @property
    def point(self) -> dict[str, Any]:
        """The pick-up point, where it goes to one."""
        found = self.carried.parcel if self.carried is not None and self.carried.mode == DeliveryMode.RELAY else None
        return dict(found.point) if found is not None else {}


def leaving_again(stray: StrayParcel) -> Leaving | None:
    """None where it is not our own parcel: a return is all that an unknown one may be."""
    lines = lines_again(stray)
    if not lines or stray.part is None or stray.shipment is None:
        return None
    number = lines[0].parcel
    carried = next((one for one in parcels_of(stray.part) if one.number == number), None)
    if carried is not None:
        carried.accounts = accounts_for(carried.carrier, carried.mode)  # decision 56
        carried.grams = stray.shipment.grams
    return Leaving(lines, why_not(stray, lines), carried, confirmed_of(stray))


def confirmed_of(stray: StrayParcel) -> Address:
    """Whom and where it goes to."""
    if stray.address:
        return Address(**json.loads(stray.address))
    assert stray.part is not None  # noqa: S101 -- of our own parcel
    return receiver_of(stray.part.order)
