"""One of several parcels of an order that no carrier tells of left, or waits for its buyer: told by us, once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.catalogue.enums import DeliveryMode
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.actions.part_mail import places_of
from rebond.shop.data.carriers import tracking_url
from rebond.shop.enums import OrderLineState
from rebond.shop.models import OrderLine, SellerOrder
from rebond.shop.queries.appointments import live_appointments
from rebond.shop.queries.inside import inside, still_here
from rebond.shop.queries.orders import order_path
from rebond.warehouse.enums import PickState
from rebond.warehouse.models import Parcel, PickLine


def write_parcel_mail(*, parcel_id: int, part_ids: Sequence[int], tracking: str) -> None:
    """One mail for a parcel (its key), whoever's objects are in it and however often this runs.

    `part_ids`: the parts of which another parcel left before, or is still to leave; one that left whole with this one
    has a mail of its own (`part_mail`). Nothing where all of it is bought no more.
    """
    parcel = Parcel.objects.get(pk=parcel_id)
    parts = list(SellerOrder.objects.filter(pk__in=part_ids).select_related("order", "seller").order_by("pk"))
    gone = PickLine.objects.filter(parcel=parcel, state=PickState.GONE).values("item")
    bought = OrderLine.objects.filter(part__in=parts, state=OrderLineState.SOLD)
    bought = bought.select_related("item__site", "part__order", "part__seller").order_by("part_id", "pk")
    lines = inside(bought.filter(item__in=gone))
    if not lines or not lines[0].part.order.email:
        return
    order, is_ready = parts[0].order, parcel.mode == DeliveryMode.PICKUP
    places = [one for part in parts for one in places_of(part, [x for x in lines if x.part_id == part.pk])]
    places = places if is_ready else []
    told = {line.pk for _site, here in places for line in here} if len(places) > 1 else set()
    with translation.override(order.language), transaction.atomic():
        title = _("Ready to collect: your order %(code)s") if is_ready else _("On its way: your order %(code)s")
        names = dict.fromkeys(line.part.seller.name for line in lines)
        queue_mail(
            kind="shop.part",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/part",
            context={
                "names": get_text_list(list(names), pgettext("sellers", "and")),
                "carrier": parcel.carrier,
                "tracking": tracking,
                "follow_url": tracking_url(parcel.carrier, tracking),
                "is_ready": is_ready,
                "places": places,
                "appointments": live_appointments(order) if is_ready else [],
                "lines": [line for line in lines if line.pk not in told],
                "has_more": bool(still_here(inside(bought.filter(withdrawn=None).exclude(item__in=gone)))),
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.parcel:{parcel.public_id}",
        )
