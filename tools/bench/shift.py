"""50 stations at work in a large catalogue: the time from a scan or a touch to the next screen, as a day goes.

    python -m tools.bench.shift VAR [--items 1000000] [--pace 10] [--seconds 60] [--web]

VAR is a data folder; `--items` builds what is missing of it; DATABASE_URL names another database. Each station has
its pace (`shift_acts.PACES` for PACE 10, exponential gaps, seeded), whether the answer before came or not: a scan
that waits for the one before counts its waiting. A scan is its POST, the redirects and the next screen whole.
`--orders` measures 50 pickers and four packing tables instead (`shift_orders`; each run buys new orders), `--web` the
shop, without and with a platform that puts 5,000 objects a day on sale, in turn.
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tools.bench import processes
from tools.bench.load import percentile
from tools.bench.report import ROOT, Report
from tools.bench.server import Server
from tools.bench.shift_acts import LABEL, PACES, SCANS, form_of, work

AIMS = {"sqlite": 80.0, "postgresql": 60.0}  # ms, p95 of a scan → next screen
LABEL_AIM = 400.0  # ms, p95 from the last gesture of packing to its label
CSRF = "m" * 32
TRIAL = {"PAYMENT_PROVIDER": "test"}  # orders are paid by the trial's card
WEB_RATE = 12.0  # pages a second
TURN_S = 12.0
WARM_S = 15.0
DAY_OBJECTS, DAY_S = 5_000, 7 * 3600


class Browser:
    """A tablet: one connection kept open, its cookies."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies = port, {"csrftoken": CSRF, **cookies}
        self.headers: dict[str, str] = {}
        self.text = ""  # of the last answer
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, int]:
        """(status, where it leads, bytes)."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookie, "Host": f"localhost:{self.port}", "Accept": "text/html", **self.headers}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": CSRF, **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = "GET" if form is None else "POST"
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # closed while the person did something else
            self.connection.close()
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        content = answer.read()
        self.text = content.decode(errors="replace")
        for value in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), len(content)

    def scan(self, path: str, form: dict[str, str] | None = None) -> str:
        """Post a form (or touch a link) and read the screen that follows; return its address.

        Raise ValueError on another answer than the next screen whole.
        """
        status, there, size = self.ask(path, form_of(form))
        if form is not None and status != 302:
            raise ValueError(f"{path}: {status}")
        for _hop in range(3):
            if status != 302:
                break
            path = there
            status, there, size = self.ask(path)
        if status != 200 or size < 1_000:
            raise ValueError(f"{path}: {status}, {size} bytes")
        return path


class Shift:
    """All stations, each in a thread of its own."""

    def __init__(self, port: int, stations: list[dict[str, Any]], *, pace: float, seconds: float) -> None:
        self.times: dict[str, list[float]] = {}
        self.wrong: list[str] = []
        self.pace, self.end = pace, time.perf_counter() + 1 + seconds
        self.begin = self.end - seconds
        self.threads = [
            threading.Thread(target=self.run, args=(port, station, number)) for number, station in enumerate(stations)
        ]

    def run(self, port: int, station: dict[str, Any], number: int) -> None:
        draw = random.Random(number)
        pace = PACES[station["kind"]] * self.pace / 10
        browser = Browser(port, {"sessionid": station["session"], "rebond_station": station["device"]})
        acts = work(browser, station)
        due = self.begin + draw.random() * pace
        while due < self.end:
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                name = next(acts)
            except (ValueError, StopIteration, OSError) as error:
                self.wrong.append(repr(error))
                return
            self.times.setdefault(name, []).append(time.perf_counter() - due)
            due += draw.expovariate(1 / pace)

    def play(self) -> None:
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()


def environment(var: Path) -> dict[str, str]:
    return os.environ | {"REBOND_VAR": str(var), "DJANGO_SETTINGS_MODULE": "tools.bench.settings"} | TRIAL


def asked(var: Path, what: str, *options: str) -> Any:
    command = [sys.executable, "-m", "tools.bench.prepare", what, *options]
    return json.loads(
        subprocess.run(command, env=environment(var), cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    )


def tell(report: Report, name: str, times: list[float], *, aim: float | None = None) -> None:
    """p50, p95, p99 in ms; beside the p95 the aim, where there is one."""
    times = sorted(times)
    for share in (50, 95, 99):
        floor = aim if share == 95 else None
        report.add(f"{name}, p{share}", percentile(times, share / 100) * 1_000, "ms", floor=floor, n=len(times))


def measure_floor(var: Path, report: Report, *, pace: float, seconds: float) -> int:
    """The stations' scans; how many answers were wrong."""
    first, stations = (asked(var, "shift_data:plan")["stations"] for _ in range(2))
    aim = AIMS["postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"]
    with Server(var, workers=2, first="/atelier/") as server:
        Shift(server.port, first, pace=pace / 4, seconds=min(WARM_S, seconds)).play()  # code, templates, caches
        before = processes.cpu_seconds(server.process.pid)
        shift = Shift(server.port, stations, pace=pace, seconds=seconds)
        shift.play()
        cpu = processes.cpu_seconds(server.process.pid) - before
    everything = [one for times in shift.times.values() for one in times]
    for name, times in sorted(shift.times.items()):
        tell(report, f"floor: {name}", times)
    scans = [one for name, times in shift.times.items() if name in SCANS for one in times]
    tell(report, "floor: scan → next screen (floor = the aim)", scans, aim=aim)
    tell(report, "floor: scan or touch → next screen", everything)
    report.add("floor: screens a second", len(everything) / seconds, "/s", n=len(everything))
    report.add("floor: server CPU of a screen", cpu * 1_000 / max(1, len(everything)), "ms", n=len(everything))
    for text in shift.wrong[:5]:
        report.console.print(f"WRONG {text}")
    return len(shift.wrong)


def measure_orders(var: Path, report: Report, *, pickers: int, pace: float, seconds: float) -> int:
    """The pickers and the packing tables; how many answers were wrong."""
    warm = min(WARM_S, seconds)
    plans = [_orders_plan(var, pickers, pace / 4, warm), _orders_plan(var, pickers, pace, seconds)]
    aim = AIMS["postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"]
    with Server(var, workers=2, first="/atelier/") as server:
        Shift(server.port, plans[0], pace=pace / 4, seconds=warm).play()
        before = processes.cpu_seconds(server.process.pid)
        shift = Shift(server.port, plans[1], pace=pace, seconds=seconds)
        shift.play()
        cpu = processes.cpu_seconds(server.process.pid) - before
    report.add("orders: pickers", sum(one["kind"] == "picking" for one in plans[1]), "people")
    for name, times in sorted(shift.times.items()):
        tell(report, f"orders: {name}", times, aim=LABEL_AIM if name == LABEL else None)
    scans = [one for name, times in shift.times.items() if name in SCANS for one in times]
    tell(report, "orders: scan → next instruction (floor = the aim)", scans, aim=aim)
    number = sum(len(times) for times in shift.times.values())
    report.add("orders: screens a second", number / seconds, "/s", n=number)
    report.add("orders: server CPU of a screen", cpu * 1_000 / max(1, number), "ms", n=number)
    for text in shift.wrong[:5]:
        report.console.print(f"WRONG {text}")
    return len(shift.wrong)


def _orders_plan(var: Path, pickers: int, pace: float, seconds: float) -> list[dict[str, Any]]:
    """Work for `seconds` at this pace and as much again: nobody waits for a round."""
    acts, parcels = (int(2 * seconds / (PACES[kind] * pace / 10)) + 4 for kind in ("picking", "table"))
    numbers = map(str, (pickers, acts, parcels // 5 + 1))  # a parcel is five screens at least
    plan: list[dict[str, Any]] = asked(var, "shift_orders:plan", *numbers)["stations"]
    return plan


def measure_web(var: Path, report: Report, turns: int) -> int:
    """Pages of the shop at a steady rate, without and with the platform's writes, in turn; how many were wrong."""
    plan = asked(var, "plan")
    paths = [
        path for three in zip(plan["aisles"], plan["items"], plan["search"]["two-word"], strict=False) for path in three
    ]
    found: dict[bool, list[float]] = {False: [], True: []}
    wrong = written = 0
    with Server(var, workers=2, fragments=True) as server:
        wrong += _visit(server.port, paths, 4.0, [])
        for turn in range(turns * 2):
            is_busy = bool(turn % 2)
            writer = _platform(var) if is_busy else None
            wrong += _visit(server.port, paths, TURN_S, found[is_busy])
            if writer is not None:
                written += int(writer.communicate()[0])
    for is_busy, times in found.items():
        tell(report, f"web pages, {'5,000 objects a day' if is_busy else 'nothing else'}", times)
    report.add("objects put on sale meanwhile", written, "objects")
    return wrong


def _platform(var: Path) -> "subprocess.Popen[str]":
    """The platform's process, once it is ready."""
    command = [sys.executable, "-m", "tools.bench.prepare", "shift_write:run", str(TURN_S), str(DAY_OBJECTS / DAY_S)]
    writer = subprocess.Popen(
        command, env=environment(var), cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdin is not None
    writer.stdout.readline()
    writer.stdin.write("go\n")
    writer.stdin.flush()
    return writer


def _visit(port: int, paths: list[str], seconds: float, times: list[float]) -> int:
    """Visitors who arrive whether the pages before came or not; each in a thread of a small pool."""
    draw, wrong = random.Random(len(times)), []
    begin = time.perf_counter()
    arrivals, due = [], begin
    while (due := due + draw.expovariate(WEB_RATE)) < begin + seconds:
        arrivals.append(due)
    lock = threading.Lock()

    def visitor() -> None:
        browser = Browser(port, {})
        while True:
            with lock:
                if not arrivals:
                    return
                moment, path = arrivals.pop(0), draw.choice(paths)
            time.sleep(max(0.0, moment - time.perf_counter()))
            browser.cookies.clear()
            status, _there, _size = browser.ask(path)
            times.append(time.perf_counter() - moment)
            if status != 200:
                wrong.append(status)

    threads = [threading.Thread(target=visitor) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(wrong)


def build(var: Path, items: int) -> None:
    """What is missing of the data folder: the catalogue, the floor, the index."""
    var.mkdir(parents=True, exist_ok=True)
    commands = [["manage.py", "prepare"]]
    if not (var / "floor.json").exists():
        commands += [["manage.py", "bulk_items", str(items), "--no-index"]]
    commands += [["-m", "tools.bench.prepare", "shift_data:build"]]
    if not any((var / "index").glob("*")):
        commands += [["manage.py", "reindex"]]
    for command in commands:
        done = subprocess.run(
            [sys.executable, *command], env=environment(var), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        if command[-1] == "shift_data:build":
            (var / "floor.json").write_text(done.stdout, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.shift", description=__doc__.splitlines()[0])
    parser.add_argument("var", type=Path)
    parser.add_argument("--items", type=int, help="build what is missing of such a catalogue first")
    parser.add_argument("--pace", type=float, default=10.0, help="seconds between two scans of a station; 10: a day’s")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--web", action="store_true", help="the shop beside a platform's writes")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-floor.json")
    parser.add_argument("--orders", action="store_true", help="pickers and four packing tables")
    parser.add_argument("--pickers", type=int, default=50, help="with --orders, where there are objects enough")
    options = parser.parse_args()
    options.var = options.var.resolve()
    if options.items:
        build(options.var, options.items)
    report = Report()
    report.notes["busy_share_before"] = round(processes.busy_share(0.5), 2)
    if options.orders:
        wrong = measure_orders(options.var, report, pickers=options.pickers, pace=options.pace, seconds=options.seconds)
    elif options.web:
        wrong = measure_web(options.var, report, options.turns)
    else:
        wrong = measure_floor(options.var, report, pace=options.pace, seconds=options.seconds)
    report.show()
    report.write(options.out)
    report.console.print(f"{wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
