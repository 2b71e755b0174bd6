"""An order as its buyer reads it: found by the signed link of a mail, or from the account."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from rebond.core.prepared import Prepared, PreparedIn
from rebond.ledger.queries.shares import Share, shares_by_key
from rebond.shop.enums import OrderLineState, OrderState, PaymentState, RefundReason, SellerOrderState
from rebond.shop.links import is_ours, token_for
from rebond.shop.models import GiftSpend, Order, OrderLine, Payment, Rating, Refund, RoundUp, SellerOrder, VoucherUse
from rebond.shop.models.rating import ANSWER_DELAY
from rebond.shop.queries.carried import Followed, followed_of
from rebond.shop.queries.gift_cards import spend_of
from rebond.shop.queries.item_page import trader_file
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.seller_facts import seller_facts

SALT = "rebond.shop.order"


def token_of(order: Order) -> str:
    """What proves that a link came from us: nobody finds an order by trying numbers."""
    return token_for(SALT, order.public_id)


def order_path(order: Order, name: str = "order") -> str:
    """The signed address of an order, for guests and accounts alike."""
    return reverse(f"shop:{name}", args=[order.public_id, token_of(order)])


def find_order(public_id: str, token: str) -> Order | None:
    """The order of a signed link; None for a wrong token."""
    if not is_ours(SALT, public_id, token):
        return None
    return _BY_NAME.first(public_id)


_BY_NAME: Prepared[Order] = Prepared(lambda public_id: Order.objects.filter(public_id=public_id), "?")


def ordered_by(keeper: Keeper, operation: uuid.UUID) -> Order | None:
    """What this keeper ordered with that form; nobody else's."""
    if not keeper.is_known:
        return None
    rows = Order.objects.filter(operation=operation, basket__isnull=False)
    return rows.filter(basket__user=keeper.user, basket__visitor=keeper.visitor).first()


def last_payment(order: Order) -> Payment | None:
    """The payment that the order waits for, or has."""
    found = _PAYMENT.first(order.pk)
    if found is not None:
        found.order = order
    return found


_PAYMENT: Prepared[Payment] = Prepared(lambda order: Payment.objects.filter(order=order).order_by("-pk")[:1], -1)


def came_back(order: Order) -> Refund | None:
    """What goes back whole of an order that was over when its payment came; None for one that was never paid."""
    rows = Refund.objects.filter(payment__order=order, part=None)
    return rows.order_by("pk").first() if order.state == OrderState.LAPSED else None


def is_refused(order: Order) -> bool:
    """Whether the order waits for a payment, and the last one that was tried was not made."""
    if order.state != OrderState.PLACED or order.pay_by is not None:
        return False
    payment = last_payment(order)
    return payment is not None and payment.state == PaymentState.REFUSED


@dataclass(frozen=True, slots=True)
class ShownPart:
    part: SellerOrder
    trader: list[tuple[str, str]]
    lines: list[OrderLine]
    refunds: list[Refund]
    rating: Rating | None
    rating_url: str  # where the buyer gives an opinion, or reads it again; "" where there is none to give
    shares: list[Share] = field(default_factory=list)  # where its money went when it was paid
    followed: list[Followed] = field(default_factory=list)  # its parcels that a carrier has, or had

    @property
    def network_cents(self) -> int:
        """Of that money, what a voucher of the network paid."""
        return sum(line.network_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`items_cents` is before the voucher; `lost` are lines whose money goes back.

    `back_cents` of it goes to the means of payment, with the round-up of an order of which nothing is left,
    `back_card_cents` on the gift card that paid.
    """

    parts: list[ShownPart]
    lost: list[OrderLine]
    items_cents: int
    shipping_cents: int
    back_cents: int
    back_card_cents: int
    gift: RoundUp | None
    voucher: VoucherUse | None
    spend: GiftSpend | None

    @property
    def is_all_lost(self) -> bool:
        """The payment came, and each object was somebody else's."""
        return bool(self.lost) and all(line in self.lost for shown in self.parts for line in shown.lines)


def rating_of(part: SellerOrder, order: Order) -> tuple[Rating | None, str]:
    """The opinion on a part that is loaded with it, and where it is given: delivered, 90 days ago at most."""
    rating: Rating | None = getattr(part, "rating", None)
    is_late = part.delivered_at is None or timezone.now() > part.delivered_at + ANSWER_DELAY
    if rating is None and (is_late or part.state != SellerOrderState.DELIVERED):
        return None, ""
    return rating, reverse("shop:rating", args=[order.public_id, token_of(order), part.public_id])


_LINES: Prepared[OrderLine] = Prepared(
    lambda order: (
        OrderLine.objects.filter(part__order=order)
        .select_related("part__seller", "part__rating", "item__site")
        .order_by("part_id", "pk")
    ),
    -1,
)
_REFUNDS: PreparedIn[Refund] = PreparedIn(lambda parts: Refund.objects.filter(part__in=parts).order_by("pk"))
_GIFT: Prepared[RoundUp] = Prepared(lambda order: RoundUp.objects.filter(order=order), -1)


def voucher_use_of(order: Order, lines: Iterable[OrderLine]) -> VoucherUse | None:
    """The voucher that lowered one of these lines; no query where none is lowered."""
    if not any(line.discount_cents for line in lines):
        return None
    return VoucherUse.objects.filter(order=order).first()


def order_page(order: Order) -> OrderPage:
    """One query for the lines, one for the refunds, one for the round-up, three for where the money went.

    One more where a voucher was used, one where gift cards are known, two for the parcels given to carriers, and those
    of the sellers' facts where they are not kept.
    """
    lines = _LINES.run(order.pk)
    parts: dict[int, ShownPart] = {}
    today = timezone.localdate()
    for line in lines:
        if line.part_id not in parts:
            facts = seller_facts(line.part.seller, today)
            trader = trader_file(line.part.seller, facts.sites, vat=facts.vat_mention)
            rating, url = rating_of(line.part, order)
            parts[line.part_id] = ShownPart(line.part, trader, [], [], rating, url)
        parts[line.part_id].lines.append(line)
    shares = shares_by_key(shown.part.public_id for shown in parts.values())
    for shown in parts.values():
        shown.shares.extend(shares.get(shown.part.public_id, []))
    for refund in _REFUNDS.run(parts):
        parts[refund.part_id or 0].refunds.append(refund)
    for one in followed_of(order, {line.parcel for line in lines}):
        for shown in parts.values():
            if any(line.parcel == one.number for line in shown.lines):
                shown.followed.append(one)
    lost = [line for line in lines if line.state == OrderLineState.LOST]
    taken = [row for shown in parts.values() for row in shown.refunds if row.reason == RefundReason.TAKEN]
    return OrderPage(
        parts=list(parts.values()),
        lost=lost,
        items_cents=sum(line.full_cents for line in lines),
        shipping_cents=sum(line.shipping_cents for line in lines),
        back_cents=sum(row.amount_cents for row in taken),
        back_card_cents=sum(row.card_cents for row in taken),
        gift=_GIFT.first(order.pk),
        voucher=voucher_use_of(order, lines),
        spend=spend_of(order),
    )
