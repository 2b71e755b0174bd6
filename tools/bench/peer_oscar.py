"""django-oscar in the race of `rebond race`, in its own environment: `make bench-peer`.

    python tools/bench/peer_oscar.py FOLDER [--buyers 200] [--items 100] [--processes 4]

Same rules: a buyer wants one of the objects that are left, puts it in a basket, one in ten walks away and one in ten
waits 2.2 s, then looks again whether it may be bought, as Oscar's checkout does, and orders; until nothing is left. No
payment, no kills: Oscar's own checkout has neither a hold nor a payment that comes late. `DATABASE_URL` may name a
PostgreSQL database that is empty; else SQLite in FOLDER, in WAL with immediate transactions. One JSON object.
"""

# ruff: noqa: PLC0415 -- models can be imported once Django is set up
import argparse
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

THREADS = 8
WALKS_AWAY, WAITS, WAIT_S = 0.1, 0.2, 2.2


def database(folder: Path) -> dict:
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if url.scheme.startswith("postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql", "NAME": url.path.strip("/"), "USER": url.username,
            "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port or 5432,
        }  # fmt: skip
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "oscar.sqlite3", "OPTIONS": options}


def set_up(folder: Path) -> None:
    from oscar import INSTALLED_APPS
    from oscar.defaults import __dict__ as defaults

    settings.configure(
        **{name: value for name, value in defaults.items() if name.isupper()},
        SECRET_KEY="peer",
        SITE_ID=1,
        INSTALLED_APPS=INSTALLED_APPS,
        DATABASES={"default": database(folder)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        USE_TZ=True,
    )
    django.setup()


def build(items: int) -> None:
    """Products with one in stock each, of one partner."""
    from oscar.core.loading import get_model

    call_command("migrate", verbosity=0)
    kind = get_model("catalogue", "ProductClass").objects.create(name="Object")
    partner = get_model("partner", "Partner").objects.create(name="Seller")
    for number in range(items):
        product = get_model("catalogue", "Product").objects.create(title=f"Object {number}", product_class=kind)
        get_model("partner", "StockRecord").objects.create(
            product=product, partner=partner, partner_sku=str(number), price=Decimal("12.00"), num_in_stock=1
        )


class Buyer:
    def __init__(self, name: str, log: Path) -> None:
        self.name, self.log = name, log
        self.rng = random.Random(f"{name} {time.time_ns()}")

    def shop_around(self) -> None:
        try:
            while not self.try_once():
                pass
        finally:
            connection.close()

    def try_once(self) -> bool:
        try:
            return self.buy()
        except OperationalError as error:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{str(error).splitlines()[0]}\n")
            connection.close()
            return False

    def buy(self) -> bool:
        """One object wanted, put in a basket, ordered; True where nothing is left or it was bought."""
        from django.db.models import F, Q
        from oscar.apps.checkout.calculators import OrderTotalCalculator
        from oscar.apps.order.utils import OrderCreator
        from oscar.apps.partner.strategy import Selector
        from oscar.apps.shipping.methods import Free
        from oscar.core.loading import get_model

        free = Q(num_allocated=None) | Q(num_allocated__lt=F("num_in_stock"))
        left = list(get_model("partner", "StockRecord").objects.filter(free).values_list("product", flat=True))
        if not left:
            return True
        product = get_model("catalogue", "Product").objects.get(pk=self.rng.choice(left))
        basket = get_model("basket", "Basket").objects.create()
        basket.strategy = Selector().strategy()
        basket.add_product(product, 1)
        mood = self.rng.random()
        if mood < WALKS_AWAY:
            return False
        if mood < WAITS:
            time.sleep(WAIT_S)
        for line in basket.all_lines():
            if not basket.strategy.fetch_for_line(line).availability.is_purchase_permitted(line.quantity)[0]:
                return False
        method = Free()
        charge = method.calculate(basket)
        total = OrderTotalCalculator().calculate(basket, charge)
        OrderCreator().place_order(basket, total, method, charge, guest_email=f"{self.name}@example.org")
        basket.submit()
        return True


def run_buyers(folder: Path, number: int, names: list[str]) -> None:
    connection.ensure_connection()
    (folder / f"ready-{number}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda name: Buyer(name, folder / "log").shop_around(), names))


def race(folder: Path, buyers: int, processes: int) -> dict:
    from django.db.models import F, Sum
    from oscar.core.loading import get_model

    names = [f"race-{n}" for n in range(buyers)]
    running = [
        subprocess.Popen([sys.executable, __file__, str(folder), "--runner", str(n), "--names", *names[n::processes]])
        for n in range(processes)
    ]
    while len(list(folder.glob("ready-*"))) < processes:
        if any(one.poll() is not None for one in running):
            sys.exit("a process of buyers ended before the race")
        time.sleep(0.02)
    start = time.monotonic()
    (folder / "go").touch()
    codes = [one.wait() for one in running]
    seconds = time.monotonic() - start
    records = get_model("partner", "StockRecord").objects
    lines = get_model("order", "Line").objects
    sold = records.filter(num_allocated__gte=F("num_in_stock")).count()
    log = folder / "log"
    return {
        "peer": f"django-oscar {django_oscar()}",
        "database": connection.vendor,
        "buyers": buyers,
        "processes": processes,
        "sold": sold,
        "ordered": lines.aggregate(n=Sum("quantity"))["n"],
        "oversold": lines.aggregate(n=Sum("quantity"))["n"] - lines.values("product").distinct().count(),
        "locked_or_deadlocked": len(log.read_text().splitlines()) if log.exists() else 0,
        "ended_badly": sum(code != 0 for code in codes),
        "seconds": round(seconds, 2),
        "orders_per_second": round(get_model("order", "Order").objects.count() / seconds, 1),
    }


def django_oscar() -> str:
    from importlib.metadata import version

    return version("django-oscar")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--buyers", type=int, default=200)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--runner", type=int)
    parser.add_argument("--names", nargs="*", default=[])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    set_up(options.folder)
    if options.runner is not None:
        run_buyers(options.folder, options.runner, options.names)
    else:
        build(options.items)
        print(json.dumps(race(options.folder, options.buyers, options.processes)))
