"""Orders of the demo placed by the shop's own actions, on the day they are of, for what follows an order."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.network.models import Membership, Organisation
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.invoices import ask_invoices
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.models import GiftCard, Order, SellerOrder
from rebond.shop.queries.gift_cards import card_cents
from rebond.shop.queries.keeper import Keeper
from rebond.warehouse.enums import ParcelState
from rebond.warehouse.models import Parcel

ADDRESS = {"phone": "06 39 98 12 47", "address": "12 rue du Lavoir"}  # ARCEP: for fiction


KNOWN = (
    ("Camille Vasseur", "47200", "Marmande"),
    ("Mehdi Larrieu", "44000", "Nantes"),
    ("Solène Guivarch", "29200", "Brest"),
)


@dataclass(frozen=True, slots=True)
class Buyer:
    """With an account; or a guest, who has a name and an address instead."""

    user: User | None
    postal_code: str
    city: str
    organisation: Organisation | None = None
    guest: str = ""
    guest_email: str = ""

    @property
    def name(self) -> str:
        return self.user.name if self.user else self.guest

    @property
    def email(self) -> str:
        return (self.user.email if self.user else self.guest_email) or ""

    @property
    def keeper(self) -> Keeper:
        return Keeper(user=self.user) if self.user else Keeper(visitor=operation("visitor", self.email).hex)


def team_of(operator: Organisation) -> dict[str, User]:
    """Who holds each role of the operator; of several, the first."""
    rows = Membership.objects.filter(organisation=operator, ended_at=None).select_related("user").order_by("-pk")
    return {row.role: row.user for row in rows}


def member_of(organisation: Organisation, role: str) -> User | None:
    rows = Membership.objects.filter(organisation=organisation, ended_at=None, role=role).select_related("user")
    row = rows.order_by("pk").first()
    return row.user if row is not None else None


def operation(*names: object) -> uuid.UUID:
    """The same act has the same name on each run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, " ".join(["demo", *(str(name) for name in names)]))


def on_sale(
    slug: str, count: int, *, cents: tuple[int, int], since: datetime.datetime, is_collected: bool = False
) -> list[Item]:
    """Single objects of a seller between two prices, on sale `since` then; a small demo has few: of anybody, at any."""
    rows = Item.objects.on_sale().filter(price_cents__gt=0, quantity=1, reserved=0, photo_count__gt=0)
    rows = rows.filter(published_at__lt=since)
    rows = rows.select_related("seller").order_by("pk")
    mine, right = Q(seller__slug=slug), Q(price_cents__range=cents)
    mode = DeliveryMode.PICKUP if is_collected else DeliveryMode.HOME
    found: list[Item] = []
    for asked in (mine & right, mine, right, Q()):
        found = [item for item in rows.filter(asked)[: 40 * count] if mode in item.delivery_modes][:count]
        if len(found) == count:
            break
    return found


def buy(
    buyer: Buyer, items: Sequence[Item], *, shipping: int = 0, card: GiftCard | None = None, now: datetime.datetime
) -> Order:
    """Placed and not paid yet: sent home for `shipping` cents a seller, or collected where there are none.

    With a gift card, all that it can pay.
    """
    keeper = buyer.keeper
    for item in items:
        take_item(keeper=keeper, item=item, now=now)
    mode = DeliveryMode.HOME if shipping else DeliveryMode.PICKUP
    parcels = {pk: n for n, pk in enumerate(dict.fromkeys(item.seller_id for item in items), start=1)}
    total = sum(item.price_cents or 0 for item in items) + shipping * len(parcels)
    agreed = Agreed(
        {item.pk: Way(parcels[item.seller_id], mode, shipping) for item in items},
        total,
        {**ADDRESS, "name": buyer.name, "postal_code": buyer.postal_code, "city": buyer.city},
        card=card,
        card_cents=card_cents(card.balance_cents, total) if card is not None else 0,
    )
    name = operation("order", buyer.user.pk if buyer.user else buyer.email, *(item.code for item in items))
    payment = place_order(keeper=keeper, email=buyer.email, operation=name, provider="test", agreed=agreed, now=now)
    return payment.order


def date_left(part: SellerOrder) -> None:
    """Its parcels left on the day of the demo's story that it did, not today."""
    if part.shipped_at is not None:
        rows = Parcel.objects.filter(order_code=part.order.public_id, state=ParcelState.LEFT)
        rows.filter(lines__owner=part.seller_id).update(ended_on=timezone.localdate(part.shipped_at))


def invoice(order: Order) -> None:
    """The books are told who bought, as the worker would."""
    ask_invoices(order_id=order.pk)


@contextmanager
def without_tasks() -> Iterator[None]:
    """What the acts inside leave for the worker is of a day that is over: nothing of it is done today."""
    before = set(DBTaskResult.objects.filter(status="READY").values_list("pk", flat=True))
    yield
    DBTaskResult.objects.filter(status="READY").exclude(pk__in=before).delete()


def known_buyers() -> list[Buyer]:
    """The buyers whom anybody may be."""
    users = {
        user.name: user for user in User.objects.filter(name__in=[name for name, *_where in KNOWN], demo_role__gt="")
    }
    return [Buyer(users[name], code, city) for name, code, city in KNOWN if name in users]
