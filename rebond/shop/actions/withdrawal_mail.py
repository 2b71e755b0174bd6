"""The acknowledgement of a withdrawal, to the buyer on a durable medium (D221-5), and its content to the seller."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.network.queries.languages import language_of
from rebond.shop.models import OrderLine, Return, Withdrawal
from rebond.shop.queries.withdrawal import withdrawal_path
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment


def tell_withdrawal(withdrawal: Withdrawal, back: Return) -> None:
    """One mail to the buyer with the content, the day and the hour; one to the seller, where it has an address."""
    seller = withdrawal.part.seller
    with translation.override(withdrawal.language):
        queue_mail(
            kind="shop.withdrawal",
            to=withdrawal.email,
            subject=_("Acknowledgement of your withdrawal, order %(code)s") % {"code": withdrawal.said["order"]},
            template="shop/mail/withdrawal",
            context=_context(withdrawal, back, absolute(withdrawal_path(withdrawal))),
            key=f"shop.withdrawal:{withdrawal.public_id}",
        )
    if seller.email:
        with translation.override(language_of(seller)):
            queue_mail(
                kind="shop.withdrawal.seller",
                to=seller.email,
                subject=_("A buyer withdraws: order %(code)s") % {"code": withdrawal.said["order"]},
                template="shop/mail/withdrawal_seller",
                context=_context(withdrawal, back, absolute(reverse("shop:return-detail", args=[back.public_id]))),
                organisation=seller,
                key=f"shop.withdrawal.seller:{withdrawal.public_id}",
            )


def tell_crossed(back: Return, lines: Sequence[OrderLine], shipment: Shipment) -> None:
    """It left all the same: one mail to each. What is lost is told by its case."""
    withdrawal = back.withdrawal
    if withdrawal is None or shipment.state == ShipmentState.LOST:
        return
    seller, code = back.part.seller, back.part.order.public_id
    context = {
        "withdrawal": withdrawal,
        "code": code,
        "back": back,
        "lines": lines,
        "shipment": shipment,
        "is_coming": shipment.state in {ShipmentState.RETURNING, ShipmentState.RETURNED},
    }
    with translation.override(withdrawal.language):
        queue_mail(
            kind="shop.withdrawal",
            to=withdrawal.email,
            subject=_("You had withdrawn, and the parcel left: order %(code)s") % {"code": code},
            template="shop/mail/crossed",
            context=context | {"url": absolute(withdrawal_path(withdrawal))},
            key=f"shop.withdrawal.crossed:{withdrawal.public_id}",
        )
    if seller.email:
        with translation.override(language_of(seller)):
            queue_mail(
                kind="shop.withdrawal.seller",
                to=seller.email,
                subject=_("A parcel left though its buyer had withdrawn: order %(code)s") % {"code": code},
                template="shop/mail/crossed_seller",
                context=context | {"url": absolute(reverse("shop:return-detail", args=[back.public_id]))},
                organisation=seller,
                key=f"shop.withdrawal.seller.crossed:{withdrawal.public_id}",
            )


def _context(withdrawal: Withdrawal, back: Return, url: str) -> dict[str, Any]:
    return {
        "withdrawal": withdrawal,
        "said": withdrawal.said,
        "ordered_on": datetime.date.fromisoformat(withdrawal.said["ordered_on"]),
        "back": back,
        "url": url,
    }
