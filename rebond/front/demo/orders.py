"""The demo's orders: what the catalogue says is sold was ordered, paid, sent and received, as the actions would write it.

Each order is of one day, and of one seller, sometimes two. Payments are those of the trial: no money moves.
"""

import datetime
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.front.demo.gifts import add_gift, gift_for
from rebond.front.demo.network import DOMAIN
from rebond.front.demo.sellers import STREETS, communes
from rebond.front.demo.stories import FIRST_NAMES
from rebond.front.demo.vouchers import add_use, voucher_for
from rebond.journal.models import Transition
from rebond.ledger.actions.sale import set_payable
from rebond.network.models import Organisation
from rebond.shop.actions.books import post_fee, post_parts
from rebond.shop.actions.payable import PAYABLE_AFTER
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.actions.returning import note_arrival, refund_return, tell_sent
from rebond.shop.actions.trial import Trial, fee_of
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal, explain_withdrawal
from rebond.shop.enums import OrderLineState, OrderState, PaymentEventKind, PaymentState, ReturnWay, SellerOrderState
from rebond.shop.models import (
    Order,
    OrderLine,
    Payment,
    PaymentEvent,
    Refund,
    SellerOrder,
    SolidarityProject,
    TermsVersion,
    TrialCharge,
    Voucher,
)
from rebond.shop.queries.seen import snapshots
from rebond.shop.queries.vouchers import Reduction

SHIPPING_CENTS = 490
ONE_KNOWN_IN = 9  # orders by the buyers whom the demo lets anybody be
KNOWN = ("Camille Vasseur", "Mehdi Larrieu", "Solène Guivarch")
NAMES = (
    "Perrin",
    "Marchand",
    "Belkacem",
    "Lefort",
    "Morin",
    "Ricard",
    "Adam",
    "Guérin",
    "Lacombe",
    "Traoré",
    "Roy",
    "Blot",
)
DAY = datetime.timedelta(days=1)
WHY = ("size", "mind", "defect", "pictured", "mind", "size", "")  # of withdrawals; the last gives no reason
SENT_AFTER, RECEIVED_AFTER = datetime.timedelta(days=2), datetime.timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Bought:
    """What one seller sold on one day."""

    at: datetime.datetime
    seller: Organisation
    items: Sequence[Item]


class OrderMaker:
    """Writes orders in the order of their days; the same numbers give the same orders."""

    def __init__(self, rng: random.Random, now: datetime.datetime) -> None:
        self.rng, self.now = rng, now
        rows = User.objects.filter(name__in=KNOWN, demo_role__gt="")
        self.known = list(rows.order_by("pk"))
        self.towns = communes()
        self.projects = list(SolidarityProject.objects.select_related("receiver").order_by("pk"))
        self.vouchers = list(Voucher.objects.select_related("seller", "category").order_by("-pk"))
        self.terms: dict[int, list[TermsVersion]] = {}
        for version in TermsVersion.objects.defer("text").order_by("-number"):
            self.terms.setdefault(version.organisation_id, []).append(version)

    def make(self, bought: Sequence[Bought], number: int) -> list[SellerOrder]:
        """One paid order with its payment, a part for each seller in the state of its age, and their sales in the books."""
        at, is_sent = bought[-1].at, number % 3 > 0
        shipping = SHIPPING_CENTS if is_sent else 0
        total = sum(item.price_cents or 0 for one in bought for item in one.items)
        total += shipping * len(bought)
        buyer = self.buyer(number)
        cut = voucher_for(number, [item for one in bought for item in one.items], self.vouchers)
        cut = None if buyer["user"] else cut  # one use for each buyer
        total -= cut.cents if cut else 0
        gift = gift_for(number, total, self.projects)
        total += gift[1] if gift else 0
        order = Order.objects.create(**buyer, state=OrderState.PAID, total_cents=total, created_at=at, paid_at=at)
        if cut:
            add_use(order, cut)
        made = [self._part(order, one, place, cut, is_sent=is_sent) for place, one in enumerate(bought, start=1)]
        payment = self._pay(order, at)
        post_parts(parts=made, payment=payment, by=None, now=at)
        if gift:
            add_gift(order, *gift)
        for part, _lines in made:
            if part.delivered_at is not None:
                set_payable(sale_key=part.public_id, on=timezone.localdate(part.delivered_at) + PAYABLE_AFTER)
        Transition.objects.bulk_create([move for part, _lines in made for move in self._story(part)])
        return [part for part, _lines in made]

    def _part(
        self, order: Order, bought: Bought, parcel: int, cut: Reduction | None, *, is_sent: bool
    ) -> tuple[SellerOrder, list[OrderLine]]:
        """One seller's part, a parcel of its own."""
        at = order.created_at
        part = SellerOrder.objects.create(
            order=order, seller=bought.seller, created_at=at, **self._where(at, is_sent=is_sent)
        )
        shown = snapshots(bought.items, at)
        less = cut.by_item if cut else {}
        paid_for = less if cut and cut.voucher.is_network else {}
        lines = [
            OrderLine(
                part=part,
                item=item,
                state=OrderLineState.SOLD,
                title=item.title,
                unit_cents=item.price_cents or 0,
                discount_cents=less.get(item.pk, 0),
                network_cents=paid_for.get(item.pk, 0),
                parcel=parcel,
                delivery_mode=DeliveryMode.HOME if is_sent else DeliveryMode.PICKUP,
                shipping_cents=SHIPPING_CENTS if is_sent and n == 0 else 0,
                seen=shown[item.pk],
            )
            for n, item in enumerate(bought.items)
        ]
        for line in lines:
            line.save()
        return part, lines

    def buyer(self, number: int) -> dict[str, object]:
        town = self.rng.choice(self.towns)
        user = self.known[number % len(self.known)] if self.known and number % ONE_KNOWN_IN == 0 else None
        name = user.name if user else f"{self.rng.choice(FIRST_NAMES)} {self.rng.choice(NAMES)}"
        return {
            "user": user,
            "email": (user.email if user else "") or f"acheteur{number}@{DOMAIN}",
            "name": name,
            "phone": f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}",  # ARCEP: for fiction
            "address": f"{self.rng.randint(1, 90)} {self.rng.choice(STREETS)}",
            "postal_code": town.postal_code,
            "city": town.name,
        }

    def _where(self, at: datetime.datetime, *, is_sent: bool) -> dict[str, object]:
        """The state of an order of this age, with its hours."""
        left, received = at + SENT_AFTER, at + RECEIVED_AFTER
        if left > self.now:
            return {"state": SellerOrderState.TO_PREPARE}
        found: dict[str, object] = {"shipped_at" if is_sent else "ready_at": left}
        if is_sent:
            found |= {"carrier": "Colis Doux", "tracking": f"CD{self.rng.randint(10**9, 10**10 - 1)}"}
        if received > self.now:
            return found | {"state": SellerOrderState.SHIPPED if is_sent else SellerOrderState.READY}
        return found | {"state": SellerOrderState.DELIVERED, "delivered_at": received}

    def _pay(self, order: Order, at: datetime.datetime) -> Payment:
        payment = Payment(
            order=order, provider=Trial.name, state=PaymentState.PAID, amount_cents=order.total_cents,
            created_at=at, paid_at=at,
        )  # fmt: skip
        charge = TrialCharge.objects.create(
            reference=payment.public_id, kind=PaymentEventKind.PAID, amount_cents=order.total_cents,
            event_id=f"paid-{payment.public_id}", told=1, created_at=at,
        )  # fmt: skip
        payment.fee_cents = fee_of(charge)
        payment.save()
        PaymentEvent.objects.create(
            provider=Trial.name, event_id=charge.event_id, kind=charge.kind, reference=charge.reference,
            amount_cents=charge.amount_cents, fee_cents=payment.fee_cents, received_at=at, applied_at=at,
        )  # fmt: skip
        post_fee(payment=payment, cents=payment.fee_cents, now=at)
        return payment

    def _story(self, part: SellerOrder) -> list[Transition]:
        moves = [("confirm", SellerOrderState.PLACED, SellerOrderState.TO_PREPARE, part.created_at)]
        if part.shipped_at:
            moves.append(("ship", SellerOrderState.TO_PREPARE, SellerOrderState.SHIPPED, part.shipped_at))
        if part.ready_at:
            moves.append(("make_ready", SellerOrderState.TO_PREPARE, SellerOrderState.READY, part.ready_at))
        if part.delivered_at:
            moves.append(("deliver", moves[-1][2], SellerOrderState.DELIVERED, part.delivered_at))
        return [
            Transition(
                verb=verb, from_state=before, to_state=after, at=at, subject_kind="shop.sellerorder",
                subject_id=part.public_id, subject_label=part.public_id,
                organisation_id=part.seller.public_id, organisation_label=part.seller.name,
            )
            for verb, before, after, at in moves
        ]  # fmt: skip


def give_back(part: SellerOrder, when: datetime.datetime, number: int) -> None:
    """The buyer changed their mind: withdrew, said why, sent the first object back, and was refunded on `when`."""
    line = part.lines.order_by("pk").first()
    if line is None:
        return
    order, operation = part.order, uuid.uuid5(uuid.NAMESPACE_URL, f"demo {number}")
    said = Declaration({line.pk}, order.name, order.email, operation)
    made = declare_withdrawal(order=order, said=said, now=when - 4 * DAY)[0]
    explain_withdrawal(withdrawal=made, reason=WHY[number % len(WHY)], comment="")
    back = tell_sent(back=made.back, way=ReturnWay.PARCEL, tracking=f"CD{number:010d}", now=when - 3 * DAY)
    back = note_arrival(back=back, by=None, now=when)
    refund = refund_return(back=back, by=None, operation=operation, now=when).refund
    if refund is not None:
        make_refund(refund_id=refund.pk)
        Refund.objects.filter(pk=refund.pk).update(made_at=when)
        write_refund_mail(refund_id=refund.pk)


def forget_tasks() -> None:
    """What the actions left for the worker was done here already."""
    names = [f"rebond.shop.tasks.{name}" for name in ("make_refund", "write_refund_mail")]
    DBTaskResult.objects.filter(task_path__in=names, status="READY").delete()
