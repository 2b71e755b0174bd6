"""What a carrier did with a parcel, told to its buyer by us: no address of theirs is given to anybody for that."""

from django.db import transaction
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.data.carriers import tracking_url
from rebond.shop.enums import OrderLineState, SellerOrderState
from rebond.shop.models import Order, OrderLine, OrderParcel, SellerOrder
from rebond.shop.queries.carried import read_reference
from rebond.shop.queries.inside import inside, still_here
from rebond.shop.queries.orders import order_path
from rebond.warehouse.models import Shipment


def write_carried_mail(*, part_id: int, shipment_id: int, step: str) -> None:
    """`step`: left, at_point or delivered. One mail for a parcel and a step (its key), whoever's objects are in it."""
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part_id)
    shipment = Shipment.objects.select_related("account").get(pk=shipment_id)
    order, found = part.order, read_reference(shipment.reference)
    if not order.email:
        return
    number = found[1] if found else 0
    parcel = OrderParcel.objects.filter(order=order, number=number).first()
    lines = _lines(order, part, number, step)
    parts = {line.part_id: line.part for line in lines} or {part.pk: part}
    with translation.override(order.language), transaction.atomic():
        title = {
            "left": _("On its way: your order %(code)s"),
            "at_point": _("Your parcel waits for you: order %(code)s"),
            "delivered": _("Delivered: your order %(code)s"),
        }[step]
        queue_mail(
            kind="shop.part",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/carried",
            context={
                "step": step,
                "names": get_text_list([one.seller.name for one in parts.values()], pgettext("sellers", "and")),
                "shipment": shipment,
                "day": max((one.delivered_at for one in parts.values() if one.delivered_at), default=None),
                "lines": lines,
                "has_more": step == "left" and _has_more(parts, number),
                "follow_url": tracking_url(str(shipment.account), shipment.number),
                "point": parcel.point if parcel is not None else {},
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.carried:{shipment.public_id}:{step}",
        )


def _lines(order: Order, part: SellerOrder, number: int, step: str) -> list[OrderLine]:
    """What it is about: all that is in the parcel; once delivered, what is received whole, of other parcels too."""
    rows = OrderLine.objects.filter(part__order=order, state=OrderLineState.SOLD).select_related(
        "part__seller", "part__order"
    )
    here = inside(rows.filter(parcel=number).order_by("part_id", "pk"))
    if step != "delivered":
        return here
    done = {line.part_id for line in here if line.part.state == SellerOrderState.DELIVERED} | {part.pk}
    return inside(rows.filter(part__in=done).order_by("part_id", "pk"))


def _has_more(parts: dict[int, SellerOrder], number: int) -> bool:
    """Whether something that was bought from them is still to leave in another parcel."""
    others = OrderLine.objects.filter(part__in=parts, state=OrderLineState.SOLD, withdrawn=None).exclude(parcel=number)
    return bool(still_here(inside(others.select_related("part__order"))))
