"""What a code gives on a basket, to the cent; and vouchers at the desk (decision 35)."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.core.codes import ALPHABET
from rebond.core.money import format_cents
from rebond.ledger.splitting import half_up, share_out
from rebond.network.models import Organisation
from rebond.shop.errors import VoucherFloorError, VoucherRefusedError
from rebond.shop.models import BasketLine, Order, Voucher, VoucherUse
from rebond.shop.money_enums import VoucherState, VoucherUseState

CODE_LENGTH = 12  # 30 signs each: 58 bits
KEPT_CENTS = 100  # of the objects that a voucher is for: no provider takes a payment of nothing
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def parse_voucher(text: str) -> str:
    """The code typed as `text`, without spaces nor hyphens; "" where it cannot be one."""
    squeezed = re.sub(r"[\s\-–.]+", "", text).upper()
    return squeezed if _CODE.fullmatch(squeezed) else ""


def display_voucher(code: str) -> str:
    """`ABCD-EFGH-JKMN`, as it is printed and typed."""
    return "-".join(re.findall("....", code))


@dataclass(frozen=True, slots=True)
class Reduction:
    """What a voucher takes from the price of objects: `by_item` in cents by the item's key, which add up to `cents`.

    `is_capped`: it would take more, but something is always left to pay.
    """

    voucher: Voucher
    by_item: Mapping[int, int]
    cents: int
    is_capped: bool = False

    @property
    def code(self) -> str:
        return display_voucher(self.voucher.code)


def find_voucher(text: str, day: datetime.date) -> Voucher | None:
    """The voucher of a code as it was typed, usable that day; None for any other."""
    code = parse_voucher(text)
    if not code:
        return None
    rows: QuerySet[Voucher] = usable(day).filter(code=code)
    return rows.select_related("seller", "category").first()


def usable(day: datetime.date) -> "QuerySet[Voucher]":
    """Those that an order may take that day: their state, their days, and a use that is left."""
    rows: QuerySet[Voucher] = Voucher.objects.filter(
        state=VoucherState.ACTIVE, starts_on__lte=day, ends_on__gte=day, used__lt=F("uses_max")
    )
    return rows


def reduction_of(voucher: Voucher, lines: Iterable[BasketLine]) -> Reduction:
    """What it gives on these lines (with their items), at today's prices. One query where it is for a category.

    The sum is split over the objects in the proportion of what each costs above one cent, by the largest remainder:
    each keeps a cent, all of them together one euro. Raise VoucherRefusedError where none of them is meant,
    VoucherFloorError where they cost too little.
    """
    cents = {line.item_id: line.item.price_cents * line.quantity for line in _meant(voucher, list(lines))}
    whole = sum(cents.values())
    if not whole:
        raise VoucherRefusedError
    floor = max(voucher.floor_cents, KEPT_CENTS + 1)
    if whole < floor:
        raise VoucherFloorError(floor)
    wanted = voucher.amount_cents or half_up(whole, voucher.percent or 0, 100)
    wanted = min(wanted, voucher.ceiling_cents or wanted)
    cut = min(wanted, whole - KEPT_CENTS)
    if not cut:
        raise VoucherRefusedError
    parts = share_out(cut, [price - 1 for price in cents.values()])
    by_item = {key: part for key, part in zip(cents, parts, strict=True) if part}
    return Reduction(voucher, by_item, cut, is_capped=cut < wanted)


def _meant(voucher: Voucher, lines: list[BasketLine]) -> list[BasketLine]:
    """The lines in its scope that have a price, in the order of their items."""
    found = [line for line in lines if line.item.price_cents and voucher.seller_id in {None, line.item.seller_id}]
    if voucher.category is not None and found:
        path = voucher.category.path
        below = Q(category__path=path) | Q(category__path__startswith=f"{path}/")
        rows = Item.objects.filter(below, pk__in=[line.item_id for line in found])
        inside = set(rows.values_list("pk", flat=True))
        found = [line for line in found if line.item_id in inside]
    return sorted(found, key=lambda line: line.item_id)


def uses_of_buyer(voucher: Voucher, user: Any, email: str) -> int:
    """How many orders of the same account or the same mail have it."""
    orders = Order.objects.annotate(low=Lower("email")).filter(low=email.strip().lower()).values("pk")
    same = Q(order__in=orders)
    if user is not None:
        same |= Q(order__in=Order.objects.filter(user=user).values("pk"))
    return VoucherUse.objects.filter(same, voucher=voucher, state=VoucherUseState.TAKEN).count()


def says(voucher: Voucher) -> str:
    """What it gives, on what and from when to when, in one sentence."""
    if voucher.amount_cents is not None:
        gives = _("%(sum)s off") % {"sum": format_cents(voucher.amount_cents)}
    else:
        gives = _("%(percent)s %% off") % {"percent": voucher.percent}
        if voucher.ceiling_cents:
            gives = _("%(gives)s, %(sum)s at most") % {"gives": gives, "sum": format_cents(voucher.ceiling_cents)}
    parts = [gives]
    if voucher.category is not None:
        parts.append(str(voucher.category.label))
    parts.append(str(voucher.seller.name) if voucher.seller is not None else _("all the network"))
    if voucher.floor_cents:
        parts.append(_("from %(sum)s of these objects on") % {"sum": format_cents(voucher.floor_cents)})
    return " · ".join(parts)


def vouchers_of(seller: Organisation | None) -> "QuerySet[Voucher]":
    """A seller's, or the network's (None), the newest first."""
    rows: QuerySet[Voucher] = Voucher.objects.filter(seller=seller).select_related("seller", "category")
    return rows.order_by("-pk")


def uses_page(voucher: Voucher) -> "QuerySet[VoucherUse]":
    """The orders that had it, the newest first."""
    return VoucherUse.objects.filter(voucher=voucher).select_related("order").order_by("-pk")


def is_over(voucher: Voucher, day: datetime.date | None = None) -> bool:
    """Whether it gives nothing any more, whatever its state: its last day is over, or all its uses are taken."""
    return voucher.ends_on < (day or timezone.localdate()) or voucher.used >= voucher.uses_max
