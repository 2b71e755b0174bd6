"""A withdrawal that crossed the courier: declared before the parcel left, which its carrier has all the same (F2).

The buyer gives the objects back before the refund (L221-24), and is told; what was promised of it does not change.
And what a carrier brings back: what its buyer withdrew from is at the seller's then. The order is held by the caller.
"""

import datetime
import uuid
from collections.abc import Sequence

from django.db.models import F

from rebond.journal.actions.record import record
from rebond.shop.actions.returning import await_crossed, note_arrival
from rebond.shop.actions.stray import move_stray
from rebond.shop.actions.withdrawal_mail import tell_crossed
from rebond.shop.enums import RETURN_TRANSITIONS, OrderLineState, ReturnState
from rebond.shop.models import OrderLine, Return, ReturnLine, SellerOrder, StrayParcel, Withdrawal, WithdrawnLine
from rebond.shop.queries.packed import packed_without
from rebond.shop.queries.withdrawal import bought_in, shipping_back
from rebond.shop.stray_enums import StrayState
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment


def follow_crossed(*, part: SellerOrder, number: int, shipment: Shipment, now: datetime.datetime) -> bool:
    """What is kept of a withdrawal and left in parcel `number` is awaited. Whether that is all that is in it, now.

    Of a parcel in which something else was bought, only what was in it when its label was made, and was not taken out
    and packed anew since: the rest is still here.
    """
    sold = OrderLine.objects.filter(part__order=part.order_id, parcel=number, state=OrderLineState.SOLD)
    is_alone = not sold.exclude(coming_back__back__state=ReturnState.UNSENT).exists()
    found = False
    kept = part.returns.filter(state=ReturnState.UNSENT, lines__line__in=sold).distinct().order_by("pk")
    for back in kept.select_related("withdrawal", "part__seller", "part__order"):
        lines = list(sold.filter(coming_back__back=back).select_related("item", "part__order").order_by("pk"))
        if not is_alone:
            out = packed_without(lines)
            is_before = shipment.labelled_at is not None and shipment.labelled_at <= back.created_at
            lines = [line for line in lines if is_before and line.pk not in out]
        if lines:
            _await(back, lines, shipment, now)
            found = True
    return found and is_alone


def _await(back: Return, lines: Sequence[OrderLine], shipment: Shipment, now: datetime.datetime) -> None:
    others = ReturnLine.objects.filter(back=back, line__state=OrderLineState.SOLD)
    if others.exclude(line__in=[line.pk for line in lines]).exists():
        back = _split(back, lines)
    await_crossed(back=back, now=now)
    tell_crossed(back, lines, shipment)


def _split(back: Return, lines: Sequence[OrderLine]) -> Return:
    """What left of a withdrawal has a declaration and a return of its own: the same words, day, hour and amounts."""
    old = back.withdrawal
    assert old is not None  # noqa: S101 -- only a withdrawal is kept before it left
    keys, codes = [line.pk for line in lines], {line.item.code for line in lines}
    objects = min(back.objects_cents, sum(line.left_cents for line in lines))
    shipping = min(back.shipping_cents, shipping_back(lines, bought_in(back.part_id)))
    made = Withdrawal.objects.create(
        part=back.part,
        operation=uuid.uuid5(old.operation, f"parcel {lines[0].parcel}"),
        name=old.name,
        email=old.email,
        language=old.language,
        declared_at=old.declared_at,
        received_on=old.received_on,
        last_day=old.last_day,
        said=old.said | {"lines": [row for row in old.said["lines"] if row["code"] in codes]},
        reason=old.reason,
        comment=old.comment,
    )
    WithdrawnLine.objects.filter(line__in=keys).update(withdrawal=made)
    new = Return.objects.create(
        part=back.part,
        withdrawal=made,
        state=ReturnState.UNSENT,
        objects_cents=objects,
        shipping_cents=shipping,
        due_on=back.due_on,
        created_at=back.created_at,
    )
    left = {"objects_cents": F("objects_cents") - objects, "shipping_cents": F("shipping_cents") - shipping}
    Return.objects.filter(pk=back.pk).update(**left)
    ReturnLine.objects.filter(line__in=keys).update(back=new)
    return new


def follow_back(*, part: SellerOrder, number: int, shipment: Shipment, now: datetime.datetime) -> bool:
    """Parcel `number` comes back, or is lost: what its buyer gives back anyway has arrived once it is here.

    Whether nobody waits for anything in it any more.
    """
    sold = OrderLine.objects.filter(part=part, parcel=number, state=OrderLineState.SOLD)
    if shipment.state == ShipmentState.RETURNED:
        rows = part.returns.filter(state__in=RETURN_TRANSITIONS["arrive"][0], lines__line__in=sold).distinct()
        for back in rows.select_related("part__seller", "part__order").order_by("pk"):
            if not back.lines.filter(line__state=OrderLineState.SOLD).exclude(line__parcel=number).exists():
                note_arrival(back=back, by=None, now=now)
                tie_own(back=back, shipment=shipment, now=now)
    return shipment.state != ShipmentState.LOST and not sold.filter(coming_back=None).exists()


def tie_own(*, back: Return, shipment: Shipment, now: datetime.datetime) -> None:
    """Our own parcel that lies at the desk is this return's, where nothing in it is to leave again.

    The caller holds the order, in its transaction.
    """
    stray = StrayParcel.objects.filter(shipment=shipment, state=StrayState.OPEN, part=back.part_id).first()
    if stray is None or stray.seller_id != back.part.seller_id:
        return
    numbers = set(back.lines.values_list("line__parcel", flat=True))
    rows = OrderLine.objects.filter(part__order=back.part.order_id, parcel__in=numbers, state=OrderLineState.SOLD)
    if rows.filter(coming_back=None).exists():
        return
    move_stray(stray, "tie", None, now, back=back)
    record("shop.stray.tied", subject=stray, by=None, organisation=stray.seller, back=back.public_id)
