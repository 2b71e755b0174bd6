"""A simulated year of orders, then what proves that the money is right, with the times: `make year ORDERS=100000`.

In a data folder of its own (SQLite; DATABASE_URL names another database). Orders are written day after day as the
demo's are, their money by the shop's and the ledger's own actions: paid, told by the provider, posted with their
fees; one in 45 is given back, one in 120 loses a line at the seller's, one in 60 of the objects was ordered before by
somebody who never paid; sellers are paid out at the first of each month. Then `check_ledger` and the reconciliation
of each day with the provider. A run that was stopped goes on where it was.
"""

import datetime
import json
import random
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from stdnum import luhn

from rebond.accounts.models import User
from rebond.catalogue.demo.bulk import load_bulk_items
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.front.demo.orders import Bought, OrderMaker, give_back
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.payout import ask_due_payouts, grant_payout, send_payout, settle_payout
from rebond.ledger.enums import PayoutState
from rebond.ledger.models import Entry, Payout, Posting
from rebond.ledger.queries.fees import operator_of
from rebond.network.models import Admission, Agreement, Organisation, Site, TraderFile
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.enums import CancelReason, OrderLineState, OrderState, PaymentState, SellerOrderState
from rebond.shop.models import Order, OrderLine, Payment, Refund, SellerOrder
from tools.bench import orders_data

GIVEN_BACK_IN, CANCELLED_IN, LAPSED_IN = 45, 120, 60
DAYS = 365
CHUNK = 50  # orders in one transaction
SEVERAL = (1, 1, 1, 1, 2, 2, 3)  # objects in an order
type Later = dict[int, list[tuple[str, int]]]


def build(orders: int) -> None:
    """Sellers with their agreement and verified file, and enough objects."""
    missing = orders * 2 - Item.objects.count()
    if missing > 0:
        load_bulk_items(missing)
    orders_data.build()
    Agreement.objects.update(starts_on=timezone.localdate() - datetime.timedelta(days=DAYS + 60))
    Site.objects.filter(address="").update(address="1 rue de la Mesure")
    for seller in Organisation.objects.selling().filter(siren=""):
        number = f"{90_000_000 + seller.pk}"
        Organisation.objects.filter(pk=seller.pk).update(siren=number + luhn.calc_check_digit(number))
    for seller in Organisation.objects.selling().exclude(pk__in=TraderFile.objects.values("organisation")):
        admission = Admission.objects.create(
            name=seller.name, email="vendeur@example.org", grid_version=1, state="admitted", organisation=seller,
            submitted_at=timezone.now(), decided_at=timezone.now(), reasons="Mesure",
        )  # fmt: skip
        TraderFile.objects.create(
            admission=admission, organisation=seller, legal_name=seller.name, representative="Mesure", address="Mesure",
            phone="", email=admission.email, identity_kind="id_card", account_holder=seller.name,
            iban="FR7630006000011234567890189", iban_end="0189", register="sirene", register_number="",
            certified_at=timezone.now(), verified_at=timezone.now(), verified_by="Mesure",
        )  # fmt: skip


def per_day(orders: int, days: int) -> list[int]:
    """How many orders each day: more before Christmas, fewer in August, fewer on Sundays."""
    weights = [
        (1.6 if n % 365 >= 330 else 0.7 if 212 <= n % 365 <= 242 else 1.0) * (0.6 if n % 7 == 6 else 1.0)
        for n in range(days)
    ]
    total, done, found = sum(weights), 0.0, []
    for weight in weights:
        before, done = round(done), done + orders * weight / total
        found.append(round(done) - before)
    return found


def _first(part: SellerOrder) -> OrderLine:
    return part.lines.order_by("pk")[0]


class Year:
    """Writes it; `kept` is the file that says which day is next."""

    def __init__(self, kept: Path, orders: int, days: int = DAYS) -> None:
        self.kept, self.days = kept, days
        self.now = timezone.now()
        state = json.loads(self.kept.read_text()) if self.kept.exists() else {"day": 0, "number": 0, "later": {}}
        self.day, self.number = state["day"], state["number"]
        self.later: Later = {int(day): [tuple(row) for row in rows] for day, rows in state["later"].items()}
        begun = state.get("first")
        self.first = datetime.datetime.fromisoformat(begun) if begun else self.now - datetime.timedelta(days=days)
        self.plan = per_day(orders, days)
        self.maker = OrderMaker(random.Random(5), self.now)
        self.operator = operator_of(None)
        self.treasurer, _ = User.objects.get_or_create(email="finances@example.org", defaults={"name": "Mesure"})

    def run(self) -> None:
        start, written = time.perf_counter(), self.number
        while self.day < self.days:
            at = self.first + datetime.timedelta(days=self.day)
            self.write_day(at)
            self.follow(at)
            if at.day == 1:
                self.pay_out(at)
            self.day += 1
            self.keep()
            if self.day % 10 == 0:
                pace = (self.number - written) / (time.perf_counter() - start)
                print(
                    f"day {self.day}/{self.days}, {self.number} orders, {pace:.1f} orders/s",
                    file=sys.stderr,
                    flush=True,
                )
        # mails and invoices, left to a worker, are no part of this proof
        DBTaskResult.objects.filter(status="READY").delete()

    def keep(self) -> None:
        state = {"day": self.day, "number": self.number, "later": self.later, "first": self.first.isoformat()}
        self.kept.write_text(json.dumps(state))

    def write_day(self, at: datetime.datetime) -> None:
        wanted = list(self.baskets(self.plan[self.day], at))
        for start in range(0, len(wanted), CHUNK):
            with transaction.atomic():
                for bought in wanted[start : start + CHUNK]:
                    self.number += 1
                    part = self.maker.make([bought], self.number)[0]
                    if self.number % GIVEN_BACK_IN == 0:
                        self.later.setdefault(self.day + 12, []).append(("back", part.pk))
                    elif self.number % CANCELLED_IN == 0:
                        self.later.setdefault(self.day + 1, []).append(("cancel", part.pk))
                    if self.number % LAPSED_IN == 0:
                        self.lapse(part, at)

    def baskets(self, number: int, at: datetime.datetime) -> Iterator[Bought]:
        """Objects of one seller each, sold that day."""
        draw = random.Random(self.day)
        rows = Item.objects.filter(state=ItemState.ON_SALE, price_cents__gt=0).select_related("seller", "category")
        items = sorted(islice(rows.order_by("pk").iterator(2_000), number * 2), key=lambda item: item.seller_id)
        place, used = 0, []
        for n in range(number):
            size = draw.choice(SEVERAL)
            one = [item for item in items[place : place + size] if item.seller_id == items[place].seller_id]
            place += len(one)
            used += [item.pk for item in one]
            when = at.replace(hour=7, minute=0) + datetime.timedelta(seconds=50_000 * n / number)
            yield Bought(when, one[0].seller, one)
        for start in range(0, len(used), 500):
            Item.objects.filter(pk__in=used[start : start + 500]).update(state=ItemState.SOLD, sold_at=at)

    def lapse(self, part: SellerOrder, at: datetime.datetime) -> None:
        """An order of the same object that nobody paid, before it was sold."""
        line = _first(part)
        order = Order.objects.create(
            email="personne@example.org",
            name="Personne",
            state=OrderState.LAPSED,
            total_cents=line.unit_cents,
            created_at=at,
        )
        lapsed = SellerOrder.objects.create(
            order=order, seller=part.seller, state=SellerOrderState.LAPSED, created_at=at
        )
        OrderLine.objects.create(
            part=lapsed, item=line.item, state=OrderLineState.PLACED, title=line.title, unit_cents=line.unit_cents,
            delivery_mode=line.delivery_mode,
        )  # fmt: skip
        Payment.objects.create(order=order, provider="test", amount_cents=line.unit_cents, created_at=at)

    def follow(self, at: datetime.datetime) -> None:
        """What comes back and what sellers do not find, on the day it is due."""
        for what, key in self.later.pop(self.day, []):
            part = SellerOrder.objects.select_related("order", "seller").get(pk=key)
            if what == "back":
                give_back(part, at, key)
            else:
                self.cancel(part, at)

    def cancel(self, part: SellerOrder, at: datetime.datetime) -> None:
        """The seller does not find the first object; nothing had left."""
        SellerOrder.objects.filter(pk=part.pk).update(
            state=SellerOrderState.TO_PREPARE, shipped_at=None, ready_at=None, delivered_at=None
        )
        operation = uuid.uuid5(uuid.NAMESPACE_URL, f"year {part.pk}")
        change = CancelLine(_first(part).pk, CancelReason.NOT_FOUND)
        change_part(part=part, changes=[change], by=None, operation=operation, now=at)
        make_refund(refund_id=Refund.objects.get(operation=operation).pk)

    def pay_out(self, at: datetime.datetime) -> None:
        for payout in ask_due_payouts(operator=self.operator, by=None, day=at.date()):
            if payout.needs_two:
                grant_payout(payout=payout, by=self.treasurer, may_grant_any=True)
            if send_payout(payout=payout, now=at).state == PayoutState.SENT:
                settle_payout(payout=payout, now=at)


def prove(first: datetime.date, days: int) -> dict[str, Any]:
    """What there is, then the checks, each with its seconds; the days of today and of yesterday too."""
    found: dict[str, Any] = {
        "orders": Order.objects.count(),
        "payments": Payment.objects.filter(state=PaymentState.PAID).count(),
        "refunds": Refund.objects.count(),
        "parts": dict(SellerOrder.objects.order_by().values_list("state").annotate(n=Count("pk"))),
        "entries": Entry.objects.count(),
        "postings": Posting.objects.count(),
        "payouts": Payout.objects.count(),
    }
    start = time.perf_counter()
    report = check_ledger()
    found["check_seconds"] = round(time.perf_counter() - start, 1)
    found["check"] = {name: value for name, value in asdict(report).items() if name != "told"} | {"ok": report.is_right}
    found["told"] = report.told[:10]
    start, gaps, movements = time.perf_counter(), 0, 0
    for n in range(days + 2):
        done = reconcile_day(day=first + datetime.timedelta(days=n), provider="test")
        gaps += done.open_gaps
        movements += done.paid + done.refunded + done.payouts
    found |= {"reconciled_days": days + 2, "movements": movements, "gaps": gaps}
    found["reconcile_seconds"] = round(time.perf_counter() - start, 1)
    return found


def run(orders: str = "100000", days: str = "365") -> dict[str, Any]:
    """Build, write and prove it; the process ends with 1 where something is wrong."""
    call_command("prepare", stdout=sys.stderr)
    build(int(orders))
    start = time.perf_counter()
    year = Year(settings.VAR_DIR / "year.json", int(orders), int(days))
    year.run()
    found = {"write_seconds": round(time.perf_counter() - start, 1)} | prove(year.first.date(), year.days)
    if not found["check"]["ok"] or found["gaps"]:
        print(json.dumps(found, indent=1, default=str))
        sys.exit(1)
    return found
