"""The confirmation of a paid order: what was bought, what was lost and is refunded, with what comes close.

The terms that were accepted are in it word by word: a mail is a durable medium (rules.md F1, L221-13).
"""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.enums import OrderLineState
from rebond.shop.models import Order, OrderLine, OrderParcel
from rebond.shop.queries.cards import Card
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.similar import similar_cards
from rebond.shop.queries.terms import terms_of_order

NEAR = 3


def write_order_mail(*, order_id: int) -> None:
    """One mail for an order, whatever the number of times this runs (its key)."""
    order = Order.objects.get(pk=order_id)
    lines = list(OrderLine.objects.filter(part__order=order).select_related("part__seller", "item").order_by("pk"))
    lost = [line for line in lines if line.state == OrderLineState.LOST]
    near: dict[int, Card] = {card.id: card for line in lost for card in similar_cards(line.item, NEAR)}
    with translation.override(order.language), transaction.atomic():
        queue_mail(
            kind="shop.order",
            to=order.email,
            subject=_("Your order %(code)s") % {"code": order.public_id},
            template="shop/mail/order",
            context={
                "order": order,
                "order_url": absolute(order_path(order)),
                "withdraw_url": absolute(order_path(order, "order-withdraw")),
                "bought": [line for line in lines if line.state == OrderLineState.SOLD],
                "parcels": [parcel for parcel in OrderParcel.objects.filter(order=order) if parcel.point],
                "lost": lost,
                "terms": terms_of_order(order),
                "back_cents": sum(line.refunded_cents + line.shipping_refunded_cents for line in lost),
                "near": [(card, absolute(card.url)) for card in near.values()],
            },
            key=f"shop.order:{order.public_id}",
        )
