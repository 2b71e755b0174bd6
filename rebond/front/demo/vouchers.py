"""The demo's vouchers: one that a seller bears, one that the network pays, used by some of the orders."""

import datetime
import random
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from rebond.catalogue.models import Item
from rebond.front.demo.network import Network
from rebond.shop.actions.voucher_desk import Terms, create_voucher
from rebond.shop.errors import VoucherFloorError, VoucherRefusedError
from rebond.shop.models import BasketLine, Order, Voucher, VoucherUse
from rebond.shop.queries.vouchers import Reduction, reduction_of, says

ONE_IN = 8  # orders


def make_vouchers(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Both are usable for as long as the demo's orders go back, and for a year more."""
    if Voucher.objects.exists():
        return Voucher.objects.count()
    days: dict[str, Any] = {
        "starts_on": now.date() - datetime.timedelta(days=800),
        "ends_on": now.date() + datetime.timedelta(days=365),
    }
    seller = next(one for slug, one in network.organisations.items() if one.is_selling and network.people.get(slug))
    welcome = Terms(name="Bienvenue", amount_cents=500, floor_cents=2_000, uses_max=20_000, **days)
    friends = Terms(name="Amis de l’atelier", percent=10, ceiling_cents=2_000, uses_max=20_000, **days)
    for owner, terms in ((None, welcome), (seller, friends)):
        create_voucher(seller=owner, terms=terms, by=None)
    return Voucher.objects.count()


def voucher_for(number: int, items: Sequence[Item], vouchers: Sequence[Voucher]) -> Reduction | None:
    """What the buyer of the order with this number has: the first voucher that gives something on its objects."""
    if number % ONE_IN:
        return None
    lines = [BasketLine(item=item, quantity=1) for item in items]
    for voucher in vouchers:
        try:
            return reduction_of(voucher, lines)
        except (VoucherFloorError, VoucherRefusedError):
            continue
    return None


def add_use(order: Order, cut: Reduction) -> None:
    """Taken with the order, as the actions would write it."""
    told = {
        "code": cut.code, "name": cut.voucher.name, "says": says(cut.voucher), "is_network": cut.voucher.is_network,
    }  # fmt: skip
    VoucherUse.objects.create(voucher=cut.voucher, order=order, cents=cut.cents, told=told, created_at=order.created_at)
    Voucher.objects.filter(pk=cut.voucher.pk).update(used=F("used") + 1, used_cents=F("used_cents") + cut.cents)
