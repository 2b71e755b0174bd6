"""What a basket's page shows, in a number of queries that does not depend on its lines; and who holds an item."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Min, Q, Sum
from django.utils import timezone

from rebond.catalogue.enums import Condition, ItemState
from rebond.catalogue.models import Item
from rebond.core.prepared import Prepared
from rebond.network.models import Organisation
from rebond.shop.enums import LineState
from rebond.shop.models import BasketLine, Order, OrderLine
from rebond.shop.models.basket import BasketLineQuerySet
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.keeper import Keeper

TOLD = datetime.timedelta(days=1)  # how long a line that ended by itself is told
MOST_TOLD = 20  # of them at once, the latest


@dataclass(frozen=True, slots=True)
class Availability:
    """`is_free` counts what is held beyond its hour as free; `until` is when a basket frees a unit at the latest."""

    is_free: bool
    until: datetime.datetime | None = None

    @property
    def minutes(self) -> int:
        """How long a basket keeps it."""
        return settings.HOLD_SECONDS // 60


def longest_hold() -> datetime.timedelta:
    """The most that a basket keeps anything."""
    return datetime.timedelta(seconds=settings.HOLD_SECONDS + settings.HOLD_EXTRA_SECONDS)


def availabilities(items: Iterable[Item], now: datetime.datetime | None = None) -> dict[int, Availability]:
    """Whether each item may be taken now, else until when baskets hold it. No query where all are plainly free."""
    now = now or timezone.now()
    wanted = list(items)
    asked = [item.pk for item in wanted if item.state == ItemState.ON_SALE and not item.is_available]
    rows = BasketLine.objects.held().filter(item__in=asked).order_by().values("item_id")
    told = rows.annotate(
        until=Min("limit_at", filter=Q(ends_at__gt=now)), over=Sum("quantity", filter=Q(ends_at__lte=now))
    )
    found = {row["item_id"]: row for row in told} if asked else {}
    answer: dict[int, Availability] = {}
    for item in wanted:
        row = found.get(item.pk, {"until": None, "over": None})
        is_free = item.state == ItemState.ON_SALE and item.quantity - item.reserved + (row["over"] or 0) > 0
        answer[item.pk] = Availability(is_free, None if is_free else row["until"])
    return answer


def availability(item: Item, now: datetime.datetime | None = None) -> Availability:
    """The same for one item."""
    return availabilities([item], now)[item.pk]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: `spent` is how much of its time is over, in hundredths; `was_cents` a price that changed since."""

    line: BasketLine
    item: Item
    condition: str
    url: str
    cents: int
    seconds: int
    whole: int
    spent: int
    was_cents: int | None

    @property
    def most(self) -> int:
        """How many of the item this basket may ask for: what it has and what is free."""
        return self.line.quantity + max(0, self.item.quantity - self.item.reserved)


@dataclass(slots=True)
class Parcel:
    """What is prepared in one place and leaves together: of one seller, or of several that share a warehouse."""

    number: int
    place: str
    sellers: list[Organisation] = field(default_factory=list)
    lines: list[ShownLine] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def carrier(self) -> Organisation:
        """Who carries it, at its prices, and has the delivery: whose site it leaves, else its seller (decision 56)."""
        site = self.lines[0].item.site
        return site.organisation if site is not None else self.sellers[0]


@dataclass(frozen=True, slots=True)
class Lost:
    """What the basket keeps no longer, or could not take: `is_free` (take it again), held until, sold or gone."""

    item: Item
    url: str
    is_free: bool
    until: datetime.datetime | None
    was_kept: bool

    @property
    def state(self) -> str:
        return state_of(self.item, is_free=self.is_free)


def state_of(item: Item, *, is_free: bool) -> str:
    """`free` to take, `held` in somebody's basket, `sold`, or `gone` from the shop."""
    if is_free:
        return "free"
    if item.state == ItemState.ON_SALE and item.seller.is_selling:
        return "held"
    return "sold" if item.state == ItemState.SOLD else "gone"


@dataclass(frozen=True, slots=True)
class BasketPage:
    parcels: list[Parcel]
    lost: list[Lost]
    units: int
    cents: int
    weight_g: int
    first: ShownLine | None  # whose hour comes first


def basket_page(keeper: Keeper, *, missed: str = "", now: datetime.datetime | None = None) -> BasketPage:
    """Two queries, three where something was lost. `missed` is the code of an item that somebody else has.

    What ended by itself is told for a day, the latest 20.
    """
    now = now or timezone.now()
    rows = _rows_of(keeper, now - TOLD)
    kept: list[BasketLine] = []
    ended: list[BasketLine] = []
    for line in rows:
        (kept if line.state == LineState.HELD and line.ends_at > now else ended).append(line)
    ended = sorted(ended, key=lambda line: line.ended_at or line.ends_at)[-MOST_TOLD:]
    parcels = _parcels([_shown(line, now) for line in kept])
    shown = [line for parcel in parcels for line in parcel.lines]
    lost = _lost([line.item for line in ended], missed, [line.item.code for line in kept], now)
    return BasketPage(
        parcels=parcels,
        lost=lost,
        units=sum(line.quantity for line in kept),
        cents=sum(line.cents for line in shown),
        weight_g=sum((line.item.weight_g or 0) * line.quantity for line in kept),
        first=min(shown, key=lambda line: (line.line.ends_at, line.line.pk), default=None),
    )


def _page_rows(since: datetime.datetime) -> BasketLineQuerySet:
    rows = BasketLine.objects.told(since).select_related("item__seller", "item__site__organisation")
    return rows.order_by("taken_at", "pk")


_SOME_HOUR = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)
_OF_USER: Prepared[BasketLine] = Prepared(
    lambda user, since: _page_rows(since).filter(basket__user=user), -1, _SOME_HOUR
)
_OF_VISITOR: Prepared[BasketLine] = Prepared(
    lambda visitor, since: _page_rows(since).filter(basket__visitor=visitor), "?", _SOME_HOUR
)


def _rows_of(keeper: Keeper, since: datetime.datetime) -> list[BasketLine]:
    if keeper.user is not None:
        return _OF_USER.run(keeper.user.pk, since)
    return _OF_VISITOR.run(keeper.visitor, since) if keeper.visitor else []


def kept_for(order: Order, now: datetime.datetime | None = None) -> ShownLine | None:
    """Of what an order that is not paid yet asks for, the line of its basket whose hour comes first; None where one of
    its objects is no longer kept. Two queries.
    """
    now = now or timezone.now()
    wanted = set(OrderLine.objects.filter(part__order=order).values_list("item_id", flat=True))
    rows = BasketLine.objects.kept(now).filter(basket=order.basket_id, item__in=wanted).select_related("item")
    kept = list(rows.order_by("ends_at", "pk")) if order.basket_id else []
    return _shown(kept[0], now) if kept and {line.item_id for line in kept} == wanted else None


def _shown(line: BasketLine, now: datetime.datetime) -> ShownLine:
    item = line.item
    whole = max(1, int((line.ends_at - line.taken_at).total_seconds()))
    seconds = max(0, int((line.ends_at - now).total_seconds()))
    return ShownLine(
        line=line,
        item=item,
        condition=str(Condition(item.condition).label),
        url=item_url(item.slug, item.code),
        cents=item.price_cents * line.quantity,
        seconds=seconds,
        whole=whole,
        spent=100 - 100 * seconds // whole,
        was_cents=line.price_cents if line.price_cents != item.price_cents else None,
    )


def _parcels(lines: list[ShownLine]) -> list[Parcel]:
    """One for each place where objects lie; those of a seller that says no place leave together."""
    found: dict[tuple[str, int], Parcel] = {}
    for line in lines:
        item = line.item
        key = ("site", item.site_id) if item.site_id else ("seller", item.seller_id)
        parcel = found.setdefault(key, Parcel(len(found) + 1, item.site.place if item.site else item.place))
        parcel.lines.append(line)
        if item.seller not in parcel.sellers:
            parcel.sellers.append(item.seller)
    return list(found.values())


def _lost(ended: list[Item], missed: str, kept: list[str], now: datetime.datetime) -> list[Lost]:
    items = {item.code: item for item in ended}
    was_kept = set(items)
    if missed and missed not in items and missed not in kept:
        other = Item.objects.public().select_related("seller").filter(code=missed).first()
        if other is not None:
            items[missed] = other
    known = availabilities(items.values(), now)
    return [
        Lost(
            item=item,
            url=item_url(item.slug, item.code),
            is_free=known[item.pk].is_free and item.seller.is_selling,
            until=known[item.pk].until,
            was_kept=code in was_kept,
        )
        for code, item in items.items()
    ]
