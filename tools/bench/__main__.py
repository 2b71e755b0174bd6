"""Build or reuse a catalogue of N items, serve it, load it, and write what was measured.

python -m tools.bench --items 100000
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools.bench import processes
from tools.bench.imports import ROWS, measure_import
from tools.bench.report import ROOT, Report
from tools.bench.server import Server, leave_on_signal

QUICK = 1_000  # paths given to the load at most


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measure")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--var", type=Path, help="data folder (default: build/bench-N)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("--only", default="", help="measures whose name matches this regular expression (default: all)")
    options = parser.parse_args()
    leave_on_signal()
    bench = Bench(options)
    bench.build()
    bench.run()
    bench.report.show()
    bench.report.write(options.out)
    print(f"Written to {options.out}")
    return 1 if bench.wrong else 0


def index_format() -> str:
    """Another format, another index. Read as text: importing it takes the site's settings."""
    text = (ROOT / "rebond/catalogue/search/store.py").read_text(encoding="utf-8")
    return text.partition("\nFORMAT = ")[2].split()[0]


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.var: Path = (options.var or ROOT / "build" / f"bench-{options.items}").resolve()
        self.report = Report()
        self.wrong = 0
        self.environment = os.environ | {"REBOND_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "tools.bench.settings"}

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    # --- the catalogue

    def build(self) -> None:
        """Reused where it has the number of items asked for; a new schema is migrated."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.command("manage.py", "prepare")
        rows = self.kept("bench-rows.json", "bulk_items", str(self.options.items), "--no-index")
        self.report.add("bulk load", rows["rows_per_second"], "rows/s", n=rows["items"])
        built = self.kept(f"bench-index-{index_format()}.json", "reindex")
        speed = built["documents"] / built["seconds"]
        self.report.add("index build", speed, "documents/s", n=built["documents"])
        size = sum(file.stat().st_size for file in (self.var / "index").rglob("*") if file.is_file())
        self.report.add("index size", size / 1e6, "MB")
        self.plan: dict[str, Any] = json.loads(self.command("-m", "tools.bench.prepare", "plan"))

    def kept(self, name: str, *command: str) -> dict[str, Any]:
        """The answer of a command that builds something, run once for this data folder."""
        path = self.var / name
        if not path.exists():
            path.write_text(self.command("manage.py", *command, "--json"), encoding="utf-8")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    # --- the measures

    def is_asked(self, name: str) -> bool:
        """Whether --only leaves this measure in."""
        return bool(re.search(self.options.only, name))

    def run(self) -> None:
        self.report.notes["items"] = self.options.items
        self.report.notes["busy_share_before"] = round(processes.busy_share(), 2)
        if self.is_asked("index alone"):
            self.bare()
        self.report.notes["plans"] = json.loads(self.command("-m", "tools.bench.prepare", "plans"))
        with Server(self.var, workers=self.options.workers) as server:
            self.report.add("start-up to the first page", server.start_s, "s")
            self.floors(server)
            self.pages(server, "nothing cached")
            self.private(server)
        if not self.options.only or "fragments" in self.options.only:
            with Server(self.var, workers=self.options.workers, fragments=True) as server:
                self.pages(server, "fragments cached", warm=True)
                self.private(server, "fragments cached")
        if self.is_asked("results page, page cached"):
            with Server(self.var, workers=self.options.workers, page_seconds=5, fragments=True) as server:
                cached, constant = self.plan["aisles"][:20], "floor: constant"
                self.measure(server, "results page, page cached", cached, floor=constant, warm=True)
        if self.is_asked("import"):
            self.imports()
        if self.is_asked("race"):
            self.race()
        self.report.notes["busy_share_after"] = round(processes.busy_share(), 2)

    def bare(self) -> None:
        for name, found in json.loads(self.command("-m", "tools.bench.prepare", "bare")).items():
            for figure in ("p50", "p95", "p99", "mean CPU"):
                beside = self.report.value(f"{found['beside']}, {figure}") if found["beside"] else None
                self.report.add(f"{name}, {figure}", found[figure], "ms", floor=beside, n=found["n"])

    def floors(self, server: Server) -> None:
        self.measure(server, "floor: constant", ["/_bench/constant/"])
        self.measure(server, "floor: 24 rows, plain template", ["/_bench/plain/"])
        self.measure(server, "floor: results page from memory", self.from_memory(self.plan["aisles"][:40]), warm=True)
        self.measure(server, "floor: item page from memory", self.from_memory(self.plan["items"][:40]), warm=True)

    @staticmethod
    def from_memory(paths: list[str]) -> list[str]:
        return [f"/_bench/memory{path}" for path in paths]

    def pages(self, server: Server, mode: str, *, warm: bool = False) -> None:
        page = "floor: results page from memory"
        self.measure(server, f"results page, {mode}", self.plan["aisles"], floor=page, warm=warm)
        for kind, paths in self.plan["search"].items():
            self.measure(server, f"search, {kind}, {mode}", paths, floor=page, warm=warm)
        if mode == "nothing cached":
            self.measure(server, "item page, nothing cached", self.plan["items"], floor="floor: item page from memory")
            self.measure(server, "suggestions", self.plan["suggestions"], floor="floor: constant")
            if self.plan["desk"]:
                plain = "floor: 24 rows, plain template"
                self.measure(server, "seller's desk list", [self.plan["desk"]], floor=plain, cookie=self.plan["cookie"])

    def measure(
        self, server: Server, name: str, paths: list[str], *, floor: str = "", cookie: str = "", warm: bool = False
    ) -> None:
        """At concurrency 1 and 16: requests/s, percentiles, and the server's own CPU by request."""
        if not self.is_asked(name):
            return
        paths = [quote(path, safe="/?&=%+-_.~") for path in paths][:QUICK]
        # Every process has opened the index, the database and its dictionary; `warm` fills what is kept besides.
        self.load(server, paths, 16, 1.0, cookie)
        if warm:
            self.load(server, paths, 2, min(self.options.seconds, 3.0), cookie)
        for connections in (1, 16):
            before = processes.cpu_seconds(server.process.pid)
            found = self.load(server, paths, connections, self.options.seconds, cookie)
            cpu = (processes.cpu_seconds(server.process.pid) - before) * 1000 / max(1, found["n"])
            self.wrong += found["wrong"]
            label, n = f"{name}, c={connections}", found["n"]
            values = {
                "requests/s": found["rps"],
                "p50 ms": found["p50"],
                "p95 ms": found["p95"],
                "p99 ms": found["p99"],
            }
            values["server CPU ms"] = cpu
            for unit, value in values.items():
                beside = self.report.value(f"{floor}, c={connections}, {unit}") if floor else None
                self.report.add(f"{label}, {unit}", value, unit.split()[-1], floor=beside, n=n)
            wrong = f", {found['wrong']} WRONG" if found["wrong"] else ""
            times = " ".join(f"{name} {found[name]:7.2f}" for name in ("p50", "p95", "p99"))
            line = f"{label:<58} {found['rps']:8.0f}/s {times} cpu {cpu:6.2f} ms, {found['bytes']} B{wrong}"
            self.report.console.print(line, highlight=False)

    def load(self, server: Server, paths: list[str], connections: int, seconds: float, cookie: str) -> dict[str, Any]:
        plan = {"port": server.port, "paths": paths, "connections": connections, "seconds": seconds, "cookie": cookie}
        plan["workers"] = self.options.workers
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(plan, file)
            file.flush()
            found: dict[str, Any] = json.loads(self.command("-m", "tools.bench.load", file.name))
        return found

    def private(self, server: Server, mode: str = "nothing cached") -> None:
        sizes = processes.private_mb(server.process.pid)
        if sizes:
            self.report.add(f"private memory of a web process after the load, {mode}", sizes[0], "MB", n=len(sizes))

    def race(self) -> None:
        """200 buyers, 100 unique objects, 4 processes, in a database of its own: with and without kills."""
        for kill in ([], ["--kill"]):
            found = json.loads(self.command("-m", "rebond", "race", "--json", *kill))
            name = f"race on {found['database']}{', with kills' if kill else ''}"
            self.report.notes[name] = found
            self.report.add(f"{name}, orders paid", found["orders_per_second"], "orders/s", n=found["orders"])

    def imports(self) -> None:
        """Rows a second of a catalogue import, indexing included, in a small catalogue of its own."""
        figures = measure_import(self.environment, self.var / "import")
        for name, value in figures.items():
            self.report.add(name, value, "rows/s", n=ROWS)


if __name__ == "__main__":
    start = time.perf_counter()
    status = main()
    print(f"{time.perf_counter() - start:.0f} s in all")
    sys.exit(status)
