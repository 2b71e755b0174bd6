"""What a carrier did with a parcel, told to its buyer by us: no address of theirs is given to anybody for that."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.models import OrderParcel, SellerOrder
from rebond.shop.queries.carried import read_reference
from rebond.shop.queries.orders import order_path
from rebond.warehouse.models import Shipment


def write_carried_mail(*, part_id: int, shipment_id: int, step: str) -> None:
    """`step`: at_point or delivered. One mail for a part, a parcel and a step (its key)."""
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part_id)
    shipment = Shipment.objects.select_related("account").get(pk=shipment_id)
    order, found = part.order, read_reference(shipment.reference)
    if not order.email:
        return
    parcel = OrderParcel.objects.filter(order=order, number=found[1] if found else 0).first()
    with translation.override(order.language), transaction.atomic():
        is_there = step == "at_point"
        title = _("Your parcel waits for you: order %(code)s") if is_there else _("Delivered: your order %(code)s")
        queue_mail(
            kind="shop.part",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/carried",
            context={
                "part": part,
                "shipment": shipment,
                "is_there": is_there,
                "point": parcel.point if parcel is not None else {},
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.carried:{part.public_id}:{shipment.public_id}:{step}",
        )
