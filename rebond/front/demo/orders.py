"""The demo's orders: what the catalogue says is sold was ordered, paid, sent and received, as the actions would write it.

Each order is of one seller and one day. Payments are those of the trial: no money moves.
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
from rebond.front.demo.network import DOMAIN
from rebond.front.demo.sellers import STREETS, communes
from rebond.front.demo.stories import FIRST_NAMES
from rebond.journal.models import Transition
from rebond.ledger.actions.sale import set_payable
from rebond.network.models import Organisation
from rebond.shop.actions.books import post_fee, post_parts
from rebond.shop.actions.order import seen
from rebond.shop.actions.payable import PAYABLE_AFTER
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.refund_mail import write_refund_mail
from rebond.shop.actions.trial import Trial, fee_of
from rebond.shop.enums import OrderLineState, OrderState, PaymentEventKind, PaymentState, RefundReason, SellerOrderState
from rebond.shop.models import Order, OrderLine, Payment, PaymentEvent, Refund, SellerOrder, TermsVersion, TrialCharge

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
        self.terms: dict[int, list[TermsVersion]] = {}
        for version in TermsVersion.objects.defer("text").order_by("-number"):
            self.terms.setdefault(version.organisation_id, []).append(version)

    def make(self, bought: Bought, number: int) -> SellerOrder:
        """One paid order with its payment, its seller's part in the state of its age, and its sale in the books."""
        is_sent = number % 3 > 0
        shipping = SHIPPING_CENTS if is_sent else 0
        total = sum(item.price_cents or 0 for item in bought.items) + shipping
        order = Order.objects.create(
            **self._buyer(number), state=OrderState.PAID, total_cents=total, created_at=bought.at, paid_at=bought.at
        )
        part = SellerOrder.objects.create(
            order=order,
            seller=bought.seller,
            created_at=bought.at,
            terms=next((row for row in self.terms.get(bought.seller.pk, []) if row.published_at <= bought.at), None),
            **self._where(bought.at, is_sent=is_sent),
        )
        mode = DeliveryMode.HOME if is_sent else DeliveryMode.PICKUP
        lines = [
            OrderLine(
                part=part,
                item=item,
                state=OrderLineState.SOLD,
                title=item.title,
                unit_cents=item.price_cents or 0,
                delivery_mode=mode,
                shipping_cents=shipping if n == 0 else 0,
                seen=seen(item, bought.at),
            )
            for n, item in enumerate(bought.items)
        ]
        for line in lines:
            line.save()
        self._pay(order, bought.at)
        post_parts(parts=[(part, lines)], by=None, now=bought.at)
        if part.delivered_at is not None:
            set_payable(sale_key=part.public_id, on=timezone.localdate(part.delivered_at) + PAYABLE_AFTER)
        Transition.objects.bulk_create(self._story(part))
        return part

    def _buyer(self, number: int) -> dict[str, object]:
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

    def _pay(self, order: Order, at: datetime.datetime) -> None:
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
    """The buyer changed their mind: the first object goes back, with a mail of that day."""
    line = part.lines.order_by("pk").first()
    if line is None:
        return
    refund = ask_refund(
        part=part,
        lines={line.pk: line.cents},
        reason=RefundReason.WITHDRAWN,
        by=None,
        operation=uuid.uuid5(uuid.NAMESPACE_URL, f"demo {number}"),
        note="L’objet est revenu en bon état.",
        now=when,
    )
    make_refund(refund_id=refund.pk)
    Refund.objects.filter(pk=refund.pk).update(made_at=when)
    write_refund_mail(refund_id=refund.pk)


def forget_tasks() -> None:
    """What the actions left for the worker was done here already."""
    names = [f"rebond.shop.tasks.{name}" for name in ("make_refund", "write_refund_mail")]
    DBTaskResult.objects.filter(task_path__in=names, status="READY").delete()
