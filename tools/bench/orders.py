"""Buyers who order, as guests: from the basket to a paid order, through the server, at given rates.

    python -m tools.bench.orders VAR [--items 40000] [--rates 5,10,20,50] [--seconds 20]

VAR is a data folder; `--items` builds what is missing of it; DATABASE_URL names another database. A buyer takes one
to three objects, reads the basket, opens the checkout, orders, pays with the embedded provider's card and reads the
order. Buyers arrive at the rate whether those before are served or not, each from an address of their own. The
payment is told apart: on a real site its request is the provider's, and its page is.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tools.bench import processes
from tools.bench.load import percentile
from tools.bench.report import ROOT, Report
from tools.bench.server import Server
from tools.bench.shift import Browser, asked, environment, tell

AIM_MS = 150.0
CHECKOUT = ("checkout, page", "checkout, order")
BUYERS = 96  # who may be under way at once
WARM_RATE, WARM_S = 8.0, 4.0
CONTACT = {
    "name": "Camille Mesure", "email": "camille@example.org", "address": "1 rue de la Mesure", "postal_code": "44000",
    "city": "Nantes", "phone": "", "has_read": "on",
}  # fmt: skip
HIDDEN = re.compile(r'name="(operation|total)" value="([^"]+)"')
PARCEL = re.compile(r'name="(parcel_\d+)" value="home"')


class Guest(Browser):
    """A visitor with an address and cookies of their own, over a connection that is kept."""

    def begin(self, number: int) -> None:
        self.cookies = {}
        self.headers = {
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "X-Forwarded-Proto": "http",
            "Origin": f"http://localhost:{self.port}",
        }

    def buy(self, codes: list[str]) -> Iterator[str]:
        """The name of each request, once its answer is whole; raise ValueError where it is not the right one."""
        for code in codes:
            self.want(302, "/panier/ajout/", {"code": code})
            yield "basket, take one"
        self.want(200, "/panier/")
        yield "basket, page"
        self.want(200, "/commande/")
        html = self.text
        yield CHECKOUT[0]
        form = CONTACT | dict(HIDDEN.findall(html))
        parcels = PARCEL.findall(html)
        if "operation" not in form or not parcels:
            raise ValueError("the checkout has no parcel to choose for")
        form |= dict.fromkeys(parcels, "home")
        there = self.want(302, "/commande/", form | {"total": self.total(html)})
        yield CHECKOUT[1]
        there = self.want(302, there, {"card": "accepted"})
        yield "payment told and applied"
        self.want(200, there)
        yield "order, page"

    def want(self, status: int, path: str, form: dict[str, str] | None = None) -> str:
        found, there, _size = self.ask(path, form)
        if found != status or (form is not None and "manque" in there):
            raise ValueError(f"{path}: {found} {there}")
        return there

    @staticmethod
    def total(html: str) -> str:
        """What the button says once every parcel is sent home."""
        chosen = sum(int(c) for c in re.findall(r'value="home" data-cents="(\d+)"', html))
        checked = sum(int(c) for c in re.findall(r'data-cents="(\d+)" checked', html))
        return str(int(dict(HIDDEN.findall(html))["total"]) - checked + chosen)


class Rush:
    """Buyers at a rate, served by a pool of threads in the order of their arrival."""

    def __init__(self, port: int, baskets: Iterator[list[str]], *, rate: float, seconds: float, first: int) -> None:
        draw = random.Random(first)
        self.port, self.baskets, self.first = port, baskets, first
        self.begin = time.perf_counter() + 0.5
        self.end = self.begin + seconds
        self.arrivals: list[float] = []
        due = self.begin
        while (due := due + draw.expovariate(rate)) < self.end:
            self.arrivals.append(due)
        self.times: dict[str, list[float]] = {}
        self.done: list[float] = []
        self.wrong: list[str] = []
        self.lock = threading.Lock()
        self.next = 0

    def play(self) -> None:
        threads = [threading.Thread(target=self.run) for _ in range(min(BUYERS, len(self.arrivals)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def run(self) -> None:
        guest = Guest(self.port, {})
        while (taken := self.take()) is not None:
            number, codes = taken
            time.sleep(max(0.0, self.arrivals[number] - time.perf_counter()))
            if time.perf_counter() > self.end + 5:  # who came so late was never served
                return
            guest.begin(self.first + number)
            try:
                self.serve(guest, codes)
            except (ValueError, OSError) as error:
                self.wrong.append(repr(error))

    def take(self) -> tuple[int, list[str]] | None:
        """The next buyer and what they buy; None once all have come."""
        with self.lock:
            if self.next >= len(self.arrivals):
                return None
            self.next += 1
            return self.next - 1, next(self.baskets)

    def serve(self, guest: Guest, codes: list[str]) -> None:
        start = time.perf_counter()
        for name in guest.buy(codes):
            now = time.perf_counter()
            self.times.setdefault(name, []).append(now - start)
            start = now
        self.done.append(time.perf_counter())


def measure(server: Server, report: Report, rush: Rush, rate: float) -> None:
    """Play it; what each request took, orders a second, and the server's processor time."""
    before, database = processes.cpu_seconds(server.process.pid), _database_cpu()
    rush.play()
    spent = processes.cpu_seconds(server.process.pid) - before
    served = max(1, len(rush.done))
    span = max(rush.done, default=rush.end) - rush.begin
    for name, times in rush.times.items():
        tell(report, f"{rate:g}/s: {name}", times)
    both = sorted(one for name in CHECKOUT for one in rush.times.get(name, []))
    if both:
        p95 = percentile(both, 0.95) * 1_000
        report.add(f"{rate:g}/s: checkout, p95 (floor = the aim)", p95, "ms", floor=AIM_MS, n=len(both))
    report.add(f"{rate:g}/s: orders paid", served / span, "orders/s", n=served)
    report.add(f"{rate:g}/s: server CPU of an order", spent * 1_000 / served, "ms", n=served)
    report.add(f"{rate:g}/s: PostgreSQL CPU of an order", (_database_cpu() - database) * 1_000 / served, "ms", n=served)
    for text in rush.wrong[:5]:
        report.console.print(f"WRONG {text}")


def _database_cpu() -> float:
    """Processor time of every PostgreSQL process of this machine so far; the dead ones are in their parent's."""
    found = subprocess.run(
        ["pgrep", "-o", "-x", "postgres"], capture_output=True, text=True, check=False
    ).stdout.split()
    return sum(processes.cpu_seconds(int(pid), with_ended=True) for pid in found)


def build(var: Path, items: int) -> None:
    """What is missing of the data folder."""
    var.mkdir(parents=True, exist_ok=True)
    commands = [["manage.py", "prepare"]]
    if not (var / "orders.json").exists():
        commands += [["manage.py", "bulk_items", str(items), "--no-index"], ["manage.py", "reindex"]]
    commands += [["-m", "tools.bench.prepare", "orders_data:build"]]
    for command in commands:
        subprocess.run(
            [sys.executable, *command], env=environment(var), cwd=ROOT, stdout=subprocess.DEVNULL, check=True
        )
    (var / "orders.json").touch()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.orders", description=__doc__.splitlines()[0])
    parser.add_argument("var", type=Path)
    parser.add_argument("--items", type=int, help="build what is missing of such a catalogue first")
    parser.add_argument("--rates", default="5,10,15,20,30,50", help="buyers a second, one turn each")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-orders.json")
    options = parser.parse_args()
    options.var = options.var.resolve()
    os.environ |= {"PAYMENT_PROVIDER": "test", "BEHIND_PROXY": "1"}
    if options.items:
        build(options.var, options.items)
    rates = [float(rate) for rate in options.rates.split(",")]
    wanted = int(WARM_RATE * WARM_S * 2 + sum(rates) * options.seconds * 1.3)
    report = Report()
    report.notes["busy_share_before"] = round(processes.busy_share(0.5), 2)
    found = asked(options.var, "orders_data:plan", str(wanted))
    if len(found) < wanted:
        sys.exit(f"bench: {len(found)} baskets of {wanted}: build a larger catalogue (--items) in an empty folder")
    baskets = iter(found)
    wrong = first = 0
    with Server(options.var, workers=options.workers, fragments=True) as server:
        Rush(server.port, baskets, rate=WARM_RATE, seconds=WARM_S, first=first).play()
        for rate in rates:
            first += 100_000
            rush = Rush(server.port, baskets, rate=rate, seconds=options.seconds, first=first)
            measure(server, report, rush, rate)
            wrong += len(rush.wrong)
    report.show()
    report.write(options.out)
    report.console.print(f"{wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
