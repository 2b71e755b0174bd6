"""What a buyer may still withdraw from, until when and why; what goes back (rules.md F2)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from rebond.network.models import Organisation, Site
from rebond.shop.enums import OrderLineState, OrderState
from rebond.shop.links import is_ours, token_for
from rebond.shop.models import Order, OrderLine, Repair, SellerOrder, Withdrawal
from rebond.shop.queries.carried import came_back
from rebond.shop.queries.delays import withdrawal_end
from rebond.shop.queries.emptied import is_refunded
from rebond.shop.queries.gift_cards import may_go_back
from rebond.shop.queries.inside import still_here
from rebond.shop.repair_enums import RepairState

SALT = "rebond.shop.withdrawal"


@dataclass(frozen=True, slots=True)
class Contract:
    """One seller order as the withdrawal sees it. `last_day` is empty before the delivery: no end runs yet.

    `lines` may be withdrawn, `done` were already.
    """

    part: SellerOrder
    lines: list[OrderLine]
    done: list[OrderLine]
    received_on: datetime.date | None
    last_day: datetime.date | None
    is_open: bool

    @property
    def may(self) -> bool:
        return self.is_open and bool(self.lines)


def has_left(part: SellerOrder) -> bool:
    """Whether its objects are no longer at the seller's."""
    return part.shipped_at is not None or part.delivered_at is not None


def contracts_of(order: Order, now: datetime.datetime | None = None) -> list[Contract]:
    """The seller orders of a paid order, in two queries; less what comes back, and is refunded, otherwise."""
    if order.state != OrderState.PAID:
        return []
    rows = OrderLine.objects.filter(part__order=order, state=OrderLineState.SOLD)
    rows = rows.exclude(coming_back__isnull=False, withdrawn__isnull=True)
    rows = rows.select_related("part__seller", "item", "withdrawn__withdrawal").order_by("part_id", "pk")
    by_part: dict[int, list[OrderLine]] = {}
    for line in rows:
        by_part.setdefault(line.part_id, []).append(line)
    return [_contract(lines, timezone.localdate(now)) for lines in by_part.values()]


def _contract(lines: list[OrderLine], today: datetime.date) -> Contract:
    part = lines[0].part
    received = part.delivered_at
    received_on = timezone.localdate(received) if received else None
    last_day = withdrawal_end(received_on) if received_on else None
    done = [line for line in lines if hasattr(line, "withdrawn")]
    return Contract(
        part=part,
        lines=[line for line in lines if not hasattr(line, "withdrawn")],
        done=done,
        received_on=received_on,
        last_day=last_day,
        is_open=last_day is None or today <= last_day,
    )


def shipping_back(
    chosen: Iterable[OrderLine],
    all_lines: Iterable[OrderLine],
    *,
    also: Iterable[OrderLine] = (),
    is_extra_kept: bool = False,
) -> int:
    """The delivery that goes back with `chosen`: of each parcel of which this contract keeps nothing (L221-24).

    `all_lines` are its `bought_in`: what is cancelled, refunded whole, withdrawn from or coming back counts as given
    back, and so does what goes `also`. `is_extra_kept`: what a dearer way than the standard one added is not owed to
    who withdraws once the parcel left; it is for a defect. In cents.
    """
    rows = list(all_lines)
    going = {line.pk for line in chosen}
    back = going | {line.pk for line in also} | {line.pk for line in rows if _is_given_back(line)}
    whole = {line.parcel for line in rows} - {line.parcel for line in rows if line.pk not in back}
    touched = {line.parcel for line in rows if line.pk in going}
    due = [line for line in rows if line.parcel in whole & touched]
    return sum(line.standard_left_cents if is_extra_kept else line.shipping_left_cents for line in due)


def bought_in(part: Any) -> list[OrderLine]:
    """All that was paid of a part (by its key), cancelled since or not: a cancelled line may have paid the delivery."""
    rows = OrderLine.objects.filter(part=part, state__in=[OrderLineState.SOLD, OrderLineState.CANCELLED])
    return list(rows.select_related("withdrawn", "coming_back").order_by("pk"))


def _is_given_back(line: OrderLine) -> bool:
    is_returned = hasattr(line, "withdrawn") or hasattr(line, "coming_back")
    return line.state == OrderLineState.CANCELLED or is_returned or is_refunded(line)


def place_of(seller: Organisation) -> Site | None:
    """Where the seller's post goes, and where an object may be brought back."""
    return Site.objects.filter(organisation=seller).order_by("-is_main", "-is_pickup_point", "pk").first()


def address_of(site: Site | None) -> str:
    """One line of post; "" where nothing is known."""
    return ", ".join(part for part in (site.address, f"{site.postal_code} {site.city}") if part) if site else ""


def token_of(withdrawal: Withdrawal) -> str:
    """What proves that a link to a withdrawal came from us."""
    return token_for(SALT, withdrawal.public_id)


def withdrawal_path(withdrawal: Withdrawal, name: str = "withdrawal") -> str:
    """The signed address of a withdrawal, for guests and accounts alike."""
    return reverse(f"shop:{name}", args=[withdrawal.public_id, token_of(withdrawal)])


def find_withdrawal(public_id: str, token: str) -> Withdrawal | None:
    """The withdrawal of a signed link; None for a wrong token."""
    if not is_ours(SALT, public_id, token):
        return None
    rows = Withdrawal.objects.select_related("part__seller", "part__order", "back__refund")
    return rows.filter(public_id=public_id).first()


def open_orders(user: Any, limit: int = 12) -> list[Order]:
    """The person's latest paid orders with something to withdraw from still: objects, or a gift card."""
    paid = Order.objects.filter(user=user, state=OrderState.PAID).select_related("gift_card")
    return [order for order in paid.order_by("-pk")[:limit] if _may_withdraw(order)]


def _may_withdraw(order: Order) -> bool:
    card = getattr(order, "gift_card", None)
    if card is not None:
        return may_go_back(card, timezone.localdate())
    return any(contract.may for contract in contracts_of(order))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the buyer is about to withdraw from with one seller, and the money that goes back, in cents."""

    contract: Contract
    address: str
    lines: list[OrderLine]
    objects_cents: int
    shipping_cents: int
    extra_cents: int = 0  # of a dearer delivery than the standard one: it stays paid

    @property
    def cents(self) -> int:
        return self.objects_cents + self.shipping_cents


@dataclass(frozen=True, slots=True)
class Going:
    """Lines of a contract that are withdrawn from the same way, and what goes back of the delivery with them, in cents.

    `is_back`: they left, and are at their seller's: their carrier brought them back, or they came to be repaired. Of a
    dearer way than the standard one, `extra_cents` stay paid.
    """

    lines: list[OrderLine]
    is_away: bool
    is_back: bool
    shipping_cents: int
    extra_cents: int


def going_of(contract: Contract, lines: Iterable[OrderLine]) -> list[Going]:
    """What has not left first, then what came back: both are owed at once; what is away is given back before.

    The delivery of a parcel goes with the last of its objects.
    """
    chosen, all_lines = list(lines), bought_in(contract.part.pk)
    here = {line.pk for line in still_here(chosen)}
    back = set(came_back(line for line in chosen if line.pk not in here))
    mending = Repair.objects.filter(line__in=[line.pk for line in chosen], state=RepairState.HERE)
    back |= set(mending.values_list("line", flat=True)) - here
    found: list[Going] = []
    for is_away, is_back in ((False, False), (True, True), (True, False)):
        mine = [line for line in chosen if (line.pk not in here, line.pk in back) == (is_away, is_back)]
        if mine:
            before = [line for one in found for line in one.lines]
            whole = shipping_back(mine, all_lines, also=before)
            shipping = shipping_back(mine, all_lines, also=before, is_extra_kept=is_away)
            found.append(Going(mine, is_away, is_back, shipping, whole - shipping))
    return found


def chosen_of(contracts: Iterable[Contract], keys: Iterable[int]) -> list[Chosen]:
    """The contracts of which at least one line is among `keys` and not withdrawn yet."""
    wanted, found = set(keys), []
    for contract in contracts:
        lines = [line for line in contract.lines if line.pk in wanted]
        if lines:
            going = going_of(contract, lines)
            shipping, extra = sum(one.shipping_cents for one in going), sum(one.extra_cents for one in going)
            address = address_of(place_of(contract.part.seller))
            found.append(Chosen(contract, address, lines, sum(line.left_cents for line in lines), shipping, extra))
    return found
