"""The confirmation of a paid order: what was bought, what was lost and is refunded, with what comes close.

All that the law asks on a durable medium is in it (rules.md F1; L221-5, L221-13, R221-1): prices, ways of delivery,
each seller and its mediator, the form to withdraw, the terms that were accepted word by word.
"""

import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.actions.photo_asset import keep_until
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.enums import OrderLineState, RefundReason
from rebond.shop.models import Order, OrderLine, OrderParcel, Refund, RoundUp
from rebond.shop.money_enums import RoundUpState
from rebond.shop.queries.appointments import live_appointments, place_lines, slot_path, unchosen
from rebond.shop.queries.cards import Card
from rebond.shop.queries.gift_cards import spend_of
from rebond.shop.queries.item_page import trader_file
from rebond.shop.queries.orders import order_path, voucher_use_of
from rebond.shop.queries.seller_facts import seller_facts
from rebond.shop.queries.similar import similar_cards
from rebond.shop.queries.terms import terms_of_order

NEAR = 3
PROOF = datetime.timedelta(days=3 * 365)  # for the pictures of what was sold: the 2 years of guarantee, and a margin


def write_order_mail(*, order_id: int) -> None:
    """One mail for an order, whatever the number of times this runs (its key)."""
    order = Order.objects.get(pk=order_id)
    lines = list(
        OrderLine.objects.filter(part__order=order).select_related("part__seller", "item__site").order_by("pk")
    )
    lost = [line for line in lines if line.state == OrderLineState.LOST]
    keep_until(
        sha256s=[sha256 for line in lines for sha256, _color in line.seen.get("photos", [])],
        until=(order.paid_at or order.created_at) + PROOF,
    )
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
                "deliveries": _deliveries(lines),
                "sellers": [_seller(line) for line in {line.part_id: line for line in lines}.values()],
                "appointments": [
                    (row, place_lines(row.slot.agenda), absolute(slot_path(order, row.parcel.number, "order-slot-ics")))
                    for row in live_appointments(order)
                ],
                "to_choose": [absolute(slot_path(order, number)) for number in unchosen(order, lines)],
                "lost": lost,
                **_back(order),
                "gift": RoundUp.objects.filter(order=order).exclude(state=RoundUpState.BACK).first(),
                "voucher": voucher_use_of(order, lines),
                "spend": spend_of(order),
                "terms": terms_of_order(order),
                "near": [(card, absolute(card.url)) for card in near.values()],
            },
            key=f"shop.order:{order.public_id}",
        )


def _back(order: Order) -> dict[str, int]:
    """What goes back of the objects that others took, by where it goes."""
    rows = Refund.objects.filter(part__order=order, reason=RefundReason.TAKEN)
    sums = rows.aggregate(back_cents=Sum("amount_cents"), back_card_cents=Sum("card_cents"))
    return {name: cents or 0 for name, cents in sums.items()}


def _deliveries(lines: list[OrderLine]) -> list[tuple[int, str, int, str]]:
    """(number, way, cents, when it leaves) of each parcel of which something was sold."""
    found: dict[int, tuple[int, str, int, str]] = {}
    for line in lines:
        if line.state != OrderLineState.SOLD or not line.delivery_mode:
            continue
        _number, _way, cents, _leaves = found.get(line.parcel, (0, "", 0, ""))
        leaves = line.seen.get("leaves", "")
        found[line.parcel] = (line.parcel, line.get_delivery_mode_display(), cents + line.shipping_cents, leaves)
    return [row for _number, row in sorted(found.items())]


def _seller(line: OrderLine) -> list[tuple[str, str]]:
    """Who the seller is and its mediator: label and value, only what is known."""
    facts = seller_facts(line.part.seller, timezone.localdate())
    return trader_file(line.part.seller, facts.sites, vat=facts.vat_mention)
