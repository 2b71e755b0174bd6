"""A form that comes back with the same operation: the same order where it says the same, else it is said."""

from typing import TYPE_CHECKING

from rebond.shop.errors import OrderOtherError
from rebond.shop.models import Appointment, Order, OrderLine, Payment, RoundUp

if TYPE_CHECKING:
    from rebond.shop.actions.order import Agreed


def check_same(*, payment: Payment, email: str, agreed: "Agreed") -> None:
    """Raise OrderOtherError where the order of this payment is not what is agreed now: its objects and how each is
    received, its total, its address, the gift to a project, what a gift card pays.
    """
    order = payment.order
    contact = {"email": email.strip(), **agreed.contact}
    is_same = (
        all(getattr(order, name) == value for name, value in contact.items())
        and order.total_cents == agreed.total_cents
        and order.total_cents - payment.amount_cents == (agreed.card_cents if agreed.card else 0)
        and _gift_of(order) == ((agreed.gift.project.pk, agreed.gift.cents) if agreed.gift else None)
        and _ways_of(order) == _ways_agreed(agreed)
    )
    if not is_same:
        raise OrderOtherError(order.public_id)


def _gift_of(order: Order) -> tuple[int, int] | None:
    return RoundUp.objects.filter(order=order).values_list("project_id", "cents").first()


def _ways_of(order: Order) -> set[tuple[object, ...]]:
    """(item, parcel, mode, carrier, pick-up point, words, slot) of each line, as it was ordered."""
    parcels = {row.number: row for row in order.parcels.all()}
    kept = Appointment.objects.filter(parcel__order=order).order_by("pk")
    slots = {row.parcel_id: row.slot.starts_at for row in kept.select_related("slot")}
    found: set[tuple[object, ...]] = set()
    for item, number, mode in OrderLine.objects.filter(part__order=order).values_list(
        "item", "parcel", "delivery_mode"
    ):
        parcel = parcels.get(number)
        said = (parcel.carrier, parcel.point.get("code", ""), parcel.gift, slots.get(parcel.pk)) if parcel else ()
        found.add((item, number, mode, *said))
    return found


def _ways_agreed(agreed: "Agreed") -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    for item, way in agreed.ways.items():
        said = (way.carrier, way.point.get("code", ""), way.gift, way.slot.starts_at if way.slot else None)
        found.add((item, way.parcel, way.mode, *(said if way.mode else ())))
    return found
