"""A race: many buyers in several processes on few unique objects, with walkers-away, late payers and kills.

The proof of architecture.md's promise 1 with everything it is made of: baskets, orders, payments, events told twice.
Each process runs its buyers in threads; a killed one is started again and goes on with those that are not served.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Count, Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.basket_ends import sweep_ended
from rebond.shop.actions.order import place_order
from rebond.shop.actions.trial import charge_card, tell_due
from rebond.shop.enums import OrderLineState, OrderState, PaymentEventKind, TrialCard
from rebond.shop.errors import BasketEmptyError, HeldLongEnoughError, ItemTakenError
from rebond.shop.models import BasketLine, Order, OrderLine, Payment, Refund, RefundLine, TrialCharge
from rebond.shop.queries.keeper import Keeper

THREADS = 8
HOLD_SECONDS = 2
PATIENCE = 600.0  # seconds of the whole race
WALKS_AWAY, PAYS_LATE = 0.1, 0.2  # shares, the second counted from 0 too
CARDS = (TrialCard.ACCEPTED, TrialCard.ACCEPTED, TrialCard.TWICE, TrialCard.DISORDER)


@dataclass(slots=True)
class Race:
    """What is raced for: `items` are keys of unique items on sale."""

    items: list[int]
    buyers: int
    processes: int
    kills: int = 0
    seed: int = 1


@dataclass(slots=True)
class Outcome:
    """Objects and money at the end; `seconds` from the start shot to the last buyer."""

    database: str
    buyers: int
    items: int
    processes: int
    kills: int = 0
    sold: int = 0
    paid: int = 0
    oversold: int = 0
    lost: int = 0
    stuck: int = 0
    deadlocks: int = 0
    refunded: int = 0
    books_wrong: int = 0
    orders: int = 0
    seconds: float = 0.0
    orders_per_second: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """sold = paid = items, and nothing else."""
        wrong = self.oversold or self.lost or self.stuck or self.deadlocks or self.books_wrong or self.errors
        return self.sold == self.paid == self.items and not wrong


# --- the processes


def run_race(race: Race) -> Outcome:
    """Run it on this process's database; the items must be there. Nothing is cleaned: use a database for it."""
    with tempfile.TemporaryDirectory(prefix="rebond-race-") as name:
        folder = Path(name)
        runners = [_Runner(race, number, folder) for number in range(race.processes)]
        until = time.monotonic() + PATIENCE
        while not all(runner.is_ready for runner in runners) and time.monotonic() < until:
            _see_all(runners)
            time.sleep(0.02)
        start = time.monotonic()
        (folder / "go").touch()
        kills = _wait(race, runners, until)
        seconds = time.monotonic() - start
        errors = [runner.fault for runner in runners if runner.fault]
        log = folder / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return _measure(race, kills=kills, seconds=seconds, lines=lines, errors=errors)


def _wait(race: Race, runners: "list[_Runner]", until: float) -> int:
    """Let them run; kill one at random now and then, and start it again. Return the kills."""
    rng = random.Random(race.seed)  # noqa: S311 -- which process is killed
    kills = 0
    next_kill = time.monotonic() + rng.uniform(0.05, 0.5)
    while True:
        _see_all(runners)
        alive = [runner for runner in runners if runner.is_running]
        if not alive:
            return kills
        if time.monotonic() > until:
            for runner in alive:
                runner.kill()
                runner.fault = "it did not end"
            return kills
        ready = [runner for runner in alive if runner.is_ready]
        if kills < race.kills and ready and time.monotonic() > next_kill:
            runner = rng.choice(ready)
            runner.kill()
            runner.start()
            kills += 1
            next_kill = time.monotonic() + rng.uniform(0.05, 0.5)
        time.sleep(0.01)


def _see_all(runners: "list[_Runner]") -> None:
    for runner in runners:
        runner.see()


class _Runner:
    """One process of buyers, started again after a kill."""

    def __init__(self, race: Race, number: int, folder: Path) -> None:
        self.folder, self.number = folder, number
        names = [f"race-{buyer}" for buyer in range(number, race.buyers, race.processes)]
        self.plan = folder / f"plan-{number}.json"
        plan = {"items": race.items, "buyers": names, "seed": race.seed * 1_000 + number, "folder": str(folder)}
        self.plan.write_text(json.dumps(plan), encoding="utf-8")
        self.fault = ""
        self.is_running = False
        self.start()

    def start(self) -> None:
        self.ready_file.unlink(missing_ok=True)
        environment = os.environ | {
            "DATABASE_URL": _database_url(),
            "REBOND_VAR": str(settings.VAR_DIR),
            "HOLD_SECONDS": str(HOLD_SECONDS),
            "HOLD_EXTRA_SECONDS": "0",
            "HOLD_REST_SECONDS": "0",
        }
        self.errors = (self.folder / f"errors-{self.number}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, "-m", "rebond", "race", "--runner", str(self.plan), "--number", str(self.number)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
        )
        self.is_running = True

    @property
    def ready_file(self) -> Path:
        return self.folder / f"ready-{self.number}"

    @property
    def is_ready(self) -> bool:
        return self.ready_file.exists() or not self.is_running

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.errors.close()
        self.is_running = False

    def see(self) -> None:
        code = self.process.poll() if self.is_running else None
        if code is not None:
            self.is_running = False
            self.errors.seek(0)
            self.fault = self.errors.read().strip()[-500:] if code else ""
            self.errors.close()


def _database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgresql://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


# --- one process's buyers


def run_buyers(plan_file: Path, number: int) -> None:
    """What a started process does: its buyers, in threads, until each is served or nothing is left."""
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    folder = Path(plan["folder"])
    connection.ensure_connection()
    (folder / f"ready-{number}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda name: _Buyer(name, plan, folder).shop_around(), plan["buyers"]))


class _Buyer:
    def __init__(self, name: str, plan: dict[str, Any], folder: Path) -> None:
        self.keeper = Keeper(visitor=name)
        self.items, self.log = plan["items"], folder / "log"
        self.rng = random.Random(f"{plan['seed']} {name} {time.time_ns()}")  # noqa: S311 -- what a buyer wants

    def shop_around(self) -> None:
        try:
            while not self._try_once():
                pass
        finally:
            connection.close()

    def _try_once(self) -> bool:
        """One object wanted, taken, ordered, paid; True where there is no more to do."""
        try:
            return self._is_served() or self._buy()
        except OperationalError as error:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{str(error).splitlines()[0]}\n")
            connection.close()
            return False

    def _is_served(self) -> bool:
        lines = OrderLine.objects.filter(state=OrderLineState.SOLD, item__in=self.items)
        return lines.filter(part__order__email=self._email).exists()

    @property
    def _email(self) -> str:
        return f"{self.keeper.visitor}@rebond.localhost"

    def _buy(self) -> bool:
        left = list(
            Item.objects.filter(pk__in=self.items, state=ItemState.ON_SALE).order_by("pk").values_list("pk", flat=True)
        )
        if not left:
            return True
        item = Item.objects.select_related("seller").get(pk=self.rng.choice(left))
        try:
            take_item(keeper=self.keeper, item=item)
        except (ItemTakenError, HeldLongEnoughError):
            time.sleep(self.rng.uniform(0, 0.02))
            return False
        mood = self.rng.random()
        if mood < WALKS_AWAY:
            return False
        try:
            payment = place_order(keeper=self.keeper, email=self._email, operation=uuid.uuid4(), provider="test")
        except BasketEmptyError:
            return False
        if mood < PAYS_LATE:
            time.sleep(HOLD_SECONDS + 0.2)
        charge_card(payment=payment, card=self.rng.choice(CARDS))
        return False


# --- what is true at the end


def _measure(race: Race, *, kills: int, seconds: float, lines: list[str], errors: list[str]) -> Outcome:
    """Deliver what the killed left undelivered, let holds end, then count."""
    tell_due(with_lost=True)
    end = timezone.now() + timedelta(seconds=HOLD_SECONDS)
    sweep_ended(now=end)
    sold_lines = OrderLine.objects.filter(item__in=race.items, state=OrderLineState.SOLD)
    twice = sold_lines.values("item").annotate(n=Count("pk")).filter(n__gt=1).order_by()
    on_sale = Item.objects.filter(pk__in=race.items, state=ItemState.ON_SALE)
    orders = Order.objects.filter(state=OrderState.PAID).count()
    return Outcome(
        database=connection.vendor,
        buyers=race.buyers,
        items=len(race.items),
        processes=race.processes,
        kills=kills,
        sold=Item.objects.filter(pk__in=race.items, state=ItemState.SOLD).count(),
        paid=sold_lines.count(),
        oversold=sum(row["n"] - 1 for row in twice),
        lost=_lost(),
        stuck=on_sale.filter(reserved__gt=0).count() + BasketLine.objects.held().filter(item__in=race.items).count(),
        deadlocks=len(lines),
        refunded=RefundLine.objects.count(),
        books_wrong=_books_wrong(),
        orders=orders,
        seconds=round(seconds, 2),
        orders_per_second=round(orders / seconds, 1) if seconds else 0.0,
        errors=errors,
    )


def _books_wrong() -> int:
    """What `check-ledger` finds: entries, parts, refunds, the provider's account."""
    report = check_ledger()
    return len(report.guards) + sum(report.wrong.values()) + report.balances


def _lost() -> int:
    """Payments whose money, at the provider, is neither in sold lines nor in a refund."""
    wrong = 0
    charged = TrialCharge.objects.filter(kind=PaymentEventKind.PAID).order_by("pk")
    for charge in charged:
        payment = Payment.objects.select_related("order").filter(public_id=charge.reference).first()
        if payment is None or payment.order.state != OrderState.PAID:
            wrong += 1
            continue
        sold = OrderLine.objects.filter(part__order=payment.order, state=OrderLineState.SOLD)
        cents = sum(line.cents for line in sold)
        back = Refund.objects.filter(payment=payment).aggregate(n=Sum("amount_cents"))["n"] or 0
        wrong += cents + back != charge.amount_cents
    return wrong
