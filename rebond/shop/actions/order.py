"""Place an order from a basket: what is kept becomes lines, with what was shown (rules.md F1)."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from rebond.core.bulk import insert_objects, insert_one
from rebond.core.prepared import Prepared
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop.actions.appointment import take_slots
from rebond.shop.actions.basket import lock_basket
from rebond.shop.actions.gift_spend import take_card
from rebond.shop.actions.order_again import check_same
from rebond.shop.actions.part import lapse_order
from rebond.shop.actions.round_up import Gift, promise
from rebond.shop.actions.voucher import take_voucher
from rebond.shop.enums import OrderState
from rebond.shop.errors import BasketEmptyError, OrderChangedError, TermsChangedError
from rebond.shop.models import (
    BasketLine,
    GiftCard,
    Order,
    OrderLine,
    OrderParcel,
    Payment,
    SellerOrder,
    TermsVersion,
    Voucher,
)
from rebond.shop.money_enums import BY_GIFT_CARD, GiftSpendState, VoucherUseState
from rebond.shop.queries.gift_cards import card_cents
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.seen import Together, snapshots
from rebond.shop.queries.slots import Offer
from rebond.shop.queries.terms import current_terms, seal_of
from rebond.shop.queries.vouchers import Reduction, reduction_of


@dataclass(frozen=True, slots=True)
class Way:
    """How one line is received: `cents` are of its whole parcel, `point` is the pick-up point as it was shown.

    `by` carries the parcel and has its delivery (decision 56); None: its seller.
    `extra_cents` of them are what the standard way of delivery offered for this parcel would not have cost (L221-24).
    `gift` are words to put in the parcel, without prices. `slot` is when it is collected, or brought by the seller.
    """

    parcel: int
    mode: str
    cents: int
    carrier: str = ""
    point: Mapping[str, str] = field(default_factory=dict)
    gift: str = ""
    extra_cents: int = 0
    slot: Offer | None = None
    by: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the buyer saw and typed: a way for each item, the total of the button, the address.

    `terms` is the seal of the versions of the terms that were accepted (`queries.terms.seal_of`), None unasked.
    `gift` is a round-up that they chose: the total holds it. `voucher` is the one whose code they typed: the total is
    less by what it gives. `card_cents` of the total are paid with the gift card `card`.
    """

    ways: Mapping[int, Way]
    total_cents: int
    contact: Mapping[str, str]
    terms: str | None = None
    gift: Gift | None = None
    voucher: Voucher | None = None
    card: GiftCard | None = None
    card_cents: int = 0


_KNOWN: Prepared[Payment] = Prepared(
    lambda operation: Payment.objects.filter(order__operation=operation).select_related("order").order_by("-pk")[:1],
    uuid.UUID(int=1),
)
_KEPT: Prepared[BasketLine] = Prepared(
    lambda basket, now: (
        BasketLine.objects.kept(now).filter(basket=basket).select_related("item__seller").order_by("item_id")
    ),
    -1,
    datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC),
)


@transaction.atomic
def place_order(
    *,
    keeper: Keeper,
    email: str,
    operation: uuid.UUID,
    provider: str,
    agreed: Agreed | None = None,
    now: datetime.datetime | None = None,
) -> Payment:
    """Turn what the basket keeps into an order that waits for its payment; return the payment to make.

    Nothing is sold yet and nothing is kept longer: the hours of the basket go on. The same `operation` twice is one
    order; raise OrderOtherError where it placed one with other choices. Raise BasketEmptyError where nothing is kept
    any more, OrderChangedError where it is no longer what was `agreed` (L221-14: the price stands just before the
    button), TermsChangedError where a seller published meanwhile, SlotFullError where somebody else took the last place
    of a slot, VoucherRefusedError or VoucherFloorError where the voucher gives nothing any more, GiftCardRefusedError
    where the gift card holds less than it was to pay.
    """
    now = now or timezone.now()
    baskets = lock_basket(keeper)
    known = _ordered_before(operation, email, agreed)  # two at once: behind the lock
    if known is not None:
        return known
    if not baskets or not (lines := _KEPT.run(baskets[0].pk, now)):
        raise BasketEmptyError
    ways = agreed.ways if agreed else {line.item_id: Way(1, "", 0) for line in lines}
    cut, total = _priced(lines, ways, agreed)
    terms = _accepted(lines, agreed)
    order = Order(
        **(agreed.contact if agreed else {}),
        terms=terms.get(0),
        operation=operation,
        basket=baskets[0],
        user=keeper.user,
        email=email.strip(),
        language=translation.get_language() or "fr",
        total_cents=total,
        created_at=now,
    )
    insert_one(order)
    take_voucher(order=order, cut=cut, now=now)
    left = order.total_cents - _hold_card(order, agreed, now)
    _write_parts(order, lines, ways, terms, cut)
    _write_parcels(order, ways)
    take_slots(order=order, wanted=slots_of(ways), by=keeper.user, now=now)
    promise(order=order, gift=agreed.gift if agreed else None)
    record("shop.order.placed", subject=order, by=keeper.user, cents=order.total_cents, lines=len(lines))
    provider = provider if left else BY_GIFT_CARD
    return insert_one(Payment(order=order, provider=provider, amount_cents=left, created_at=now))


def _ordered_before(operation: uuid.UUID, email: str, agreed: Agreed | None) -> Payment | None:
    """What the same form ordered; raise OrderOtherError where it says something else now."""
    known = _KNOWN.first(uuid.UUID(str(operation)))
    if known is not None and agreed is not None:
        check_same(payment=known, email=email, agreed=agreed)
    return known


def _hold_card(order: Order, agreed: Agreed | None, now: datetime.datetime) -> int:
    """What a gift card pays of it, held from now on: never the round-up, and nothing or one euro is left to pay."""
    if agreed is None or agreed.card is None:
        return 0
    if agreed.card_cents != card_cents(agreed.card_cents, order.total_cents, agreed.gift.cents if agreed.gift else 0):
        raise OrderChangedError
    take_card(order=order, card=agreed.card, cents=agreed.card_cents, now=now)
    return agreed.card_cents


def forget_unpaid(
    *, keeper: Keeper, voucher: Voucher | None = None, card: GiftCard | None = None, operation: uuid.UUID
) -> int:
    """The buyer began again: an order of the same basket that waits for its payment and has the voucher, or some of
    the gift card, is over.

    Not the one of this `operation`, nor one that is to be paid later. Return how many.
    """
    rows = Order.objects.filter(
        state=OrderState.PLACED,
        pay_by=None,
        basket__user=keeper.user,
        basket__visitor=keeper.visitor,
    )
    asked = Q(pk__in=[])
    if voucher is not None:
        asked |= Q(voucher_use__voucher=voucher, voucher_use__state=VoucherUseState.TAKEN)
    if card is not None:
        asked |= Q(gift_spend__card=card, gift_spend__state=GiftSpendState.HELD)
    found = rows.filter(asked).exclude(operation=operation).order_by("pk")
    return sum(lapse_order(order=order, by=keeper.user) for order in found)


def slots_of(ways: Mapping[int, Way]) -> dict[int, Offer]:
    """The slot of each parcel that has one, by its number."""
    return {way.parcel: way.slot for way in ways.values() if way.slot is not None}


def _priced(lines: list[BasketLine], ways: Mapping[int, Way], agreed: Agreed | None) -> tuple[Reduction | None, int]:
    """What the voucher takes, and the total, which must be the one that was agreed."""
    cut = reduction_of(agreed.voucher, lines) if agreed and agreed.voucher else None
    total = _total(lines, ways, agreed.gift if agreed else None, cut)
    if agreed and (set(ways) != {line.item_id for line in lines} or total != agreed.total_cents):
        raise OrderChangedError
    return cut, total


def _total(lines: list[BasketLine], ways: Mapping[int, Way], gift: Gift | None, cut: Reduction | None) -> int:
    """The objects less the voucher, the delivery of each parcel once, and the round-up."""
    shipping = {way.parcel: way.cents for way in ways.values()}
    goods = sum(line.item.price_cents * line.quantity for line in lines)
    return goods - (cut.cents if cut else 0) + sum(shipping.values()) + (gift.cents if gift else 0)


def _accepted(lines: list[BasketLine], agreed: Agreed | None) -> dict[int, TermsVersion]:
    """The terms in force, which must still be those that the buyer saw."""
    terms = current_terms({line.item.seller_id for line in lines})
    if agreed and agreed.terms is not None and agreed.terms != seal_of(terms):
        raise TermsChangedError
    return terms


def _write_parts(
    order: Order,
    lines: list[BasketLine],
    ways: Mapping[int, Way],
    terms: Mapping[int, TermsVersion],
    cut: Reduction | None,
) -> None:
    parts: dict[int, SellerOrder] = {}
    for line in lines:
        seller = line.item.seller
        if seller.pk not in parts:
            made = {"created_at": order.created_at, "terms": terms.get(seller.pk, terms.get(0))}
            parts[seller.pk] = insert_one(SellerOrder(order=order, seller=seller, **made))
    paying = _paying(lines, ways)
    rows = []
    shown = snapshots([line.item for line in lines], order.created_at, _together(lines, ways))
    for line in lines:
        way = ways[line.item_id]
        pays = paying[way.parcel] == line.item_id
        discount = cut.by_item.get(line.item_id, 0) if cut else 0
        rows.append(
            OrderLine(
                part=parts[line.item.seller_id],
                item=line.item,
                title=line.item.title,
                quantity=line.quantity,
                unit_cents=line.item.price_cents,
                discount_cents=discount,
                network_cents=discount if cut and cut.voucher.is_network else 0,
                parcel=way.parcel,
                delivery_mode=way.mode,
                carried_by=None if _is_own(line, way) else way.by,
                shipping_cents=way.cents if pays else 0,
                extra_shipping_cents=min(way.extra_cents, way.cents) if pays else 0,
                seen=shown[line.item_id],
            )
        )
    insert_objects(rows)


def _together(lines: list[BasketLine], ways: Mapping[int, Way]) -> dict[int, Together]:
    """By item, who carries its parcel and whose objects are in it."""
    sellers: dict[int, dict[int, Organisation]] = {}
    for line in lines:
        sellers.setdefault(ways[line.item_id].parcel, {})[line.item.seller_id] = line.item.seller
    found = {}
    for line in lines:
        way = ways[line.item_id]
        found[line.item_id] = Together(way.by or line.item.seller, list(sellers[way.parcel].values()))
    return found


def _is_own(line: BasketLine, way: Way) -> bool:
    """Whether its own seller carries it."""
    return way.by is None or way.by.pk == line.item.seller_id


def _paying(lines: list[BasketLine], ways: Mapping[int, Way]) -> dict[int, int]:
    """By parcel, the item whose line has its delivery: the first of the seller who carries it, else the first."""
    found: dict[int, int] = {}
    for line in sorted(lines, key=lambda row: (not _is_own(row, ways[row.item_id]), row.item_id)):
        found.setdefault(ways[line.item_id].parcel, line.item_id)
    return found


def _write_parcels(order: Order, ways: Mapping[int, Way]) -> None:
    """What was chosen for each parcel; an order placed without choices has none."""
    chosen = {way.parcel: way for way in ways.values() if way.mode}
    insert_objects(
        [
            OrderParcel(
                order=order, number=number, mode=way.mode, carrier=way.carrier, point=dict(way.point), gift=way.gift
            )
            for number, way in sorted(chosen.items())
        ]
    )
