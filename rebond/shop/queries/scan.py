"""An order's number, scanned or typed at a station: what it is for the people who prepare it."""

import re
from typing import Any

from django.db.models import Q

from rebond.core.ids import ALPHABET
from rebond.shop.models import SellerOrder
from rebond.workshop.scan import ScanKind, Scanned

NUMBER = re.compile(rf"[{ALPHABET}]{{12}}")


def read_order(text: str, organisation: Any) -> Scanned | None:
    """The reader of orders (workshop.scan): the buyer's number or the seller's part's, alone or ending an address.

    One query, only for a text of that shape. Nothing tells another organisation's order from no order at all; the
    buyer's name is in none of the answers.
    """
    number = text.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    if not NUMBER.fullmatch(number) or number.isdecimal():  # figures only: a barcode
        return None
    part = (
        SellerOrder.objects.filter(Q(public_id=number) | Q(order__public_id=number), seller=organisation)
        .select_related("order")
        .order_by("pk")
        .first()
    )
    if part is None:
        return None
    return Scanned(ScanKind.ORDER, number, part.order.public_id, part, state=part.get_state_display())
