"""How many threads a web process should have: the same pages with 1, 2, 4 and 8, in turn, several rounds.

    python -m tools.bench.threads VAR [--rounds 3] [--seconds 3] [--threads 1,2,4,8]

VAR is a data folder that `python -m tools.bench` filled. Settings are taken in turn in each round, so that what
else the machine does falls on all of them; of requests/s and p95 the best and the worst round are told.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools.bench import processes
from tools.bench.load import run
from tools.bench.report import ROOT
from tools.bench.server import Server, leave_on_signal

THREADS = "1,2,4,8"


def pages(var: Path) -> dict[str, tuple[list[str], int]]:
    """Addresses by measure, and for how many seconds whole pages are kept."""
    environment = os.environ | {"REBOND_VAR": str(var), "DJANGO_SETTINGS_MODULE": "tools.bench.settings"}
    command = [sys.executable, "-m", "tools.bench.prepare", "plan"]
    plan = json.loads(subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout)
    results, items = ([quote(path, safe="/?&=%+-_.~") for path in plan[kind]] for kind in ("aisles", "items"))
    return {"results": (results, 0), "item": (items, 0), "page cached": (results[:20], 5)}


def measure(server: Server, paths: list[str], seconds: float) -> dict[str, Any]:
    asked = {"port": server.port, "paths": paths, "connections": 16, "seconds": seconds}
    run(asked | {"connections": 2, "seconds": 1})
    before = processes.cpu_seconds(server.process.pid)
    found = run(asked)
    cpu = (processes.cpu_seconds(server.process.pid) - before) * 1000 / max(1, found["n"])
    return {"rps": found["rps"], "p50": found["p50"], "p95": found["p95"], "cpu": cpu, "wrong": found["wrong"]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.threads", description=__doc__.splitlines()[0])
    parser.add_argument("var", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--threads", default=THREADS)
    options = parser.parse_args()
    leave_on_signal()
    asked = pages(options.var)
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(options.rounds):
        for threads in map(int, options.threads.split(",")):
            for seconds, names in ((0, ("results", "item")), (5, ("page cached",))):
                with Server(options.var, workers=2, page_seconds=seconds, threads=threads) as server:
                    for name in names:
                        found.setdefault((name, threads), []).append(measure(server, asked[name][0], options.seconds))
    for (name, threads), rounds in sorted(found.items()):
        span = {
            key: f"{min(r[key] for r in rounds):7.1f} to {max(r[key] for r in rounds):7.1f}"
            for key in ("rps", "p50", "p95", "cpu")
        }
        print(
            f"{name:<12} {threads} threads  {span['rps']}/s  p50 {span['p50']}  p95 {span['p95']}  cpu {span['cpu']} ms"
        )
        if wrong := sum(r["wrong"] for r in rounds):
            print(f"{'':<12} {wrong} WRONG answers")


if __name__ == "__main__":
    main()
