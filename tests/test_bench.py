"""The bench's own parts that do not need a server."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.bench.load import percentile
from tools.bench.report import Report
from tools.bench.server import Server

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parent.parent


def test_queries_are_200_of_three_classes():
    lines = (ROOT / "tools/bench/queries.txt").read_text(encoding="utf-8").splitlines()
    kinds = [line.partition("\t")[0] for line in lines]
    assert {kind: kinds.count(kind) for kind in kinds} == {"broad": 60, "two-word": 100, "rare": 40}


def test_bench_starts_without_settings():
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench", "--help"], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bench_knows_the_index_format():
    from rebond.catalogue.search.store import FORMAT
    from tools.bench.__main__ import index_format

    assert index_format() == str(FORMAT)


def test_bench_takes_the_measures_asked_for():
    from argparse import Namespace

    from tools.bench.__main__ import Bench

    bench = Bench(Namespace(var=Path("x"), items=1, only="search, rare|suggestions"))
    names = ("search, rare, nothing cached", "suggestions", "search, broad, nothing cached", "import")
    assert [bench.is_asked(name) for name in names] == [True, True, False, False]
    bench.options.only = ""
    assert all(map(bench.is_asked, names))


def test_percentiles():
    assert [percentile(list(range(100)), share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert percentile([7.0], 0.99) == 7.0


def test_report_keeps_value_beside_floor(tmp_path):
    report = Report()
    report.add("page", 3, "ms", floor=2, n=10)
    report.write(tmp_path / "build" / "bench.json")

    found = json.loads((tmp_path / "build" / "bench.json").read_text(encoding="utf-8"))
    assert found["figures"] == [{"name": "page", "value": 3, "unit": "ms", "floor": 2, "ratio": 1.5, "n": 10}]
    assert {"machine", "date", "commit"} <= set(found)


def test_the_number_of_threads_alone_differs_from_production():
    usual = Server(Path("x"), workers=2).command
    other = Server(Path("x"), workers=2, threads=8).command

    place = usual.index("--blocking-threads") + 1
    assert (usual[place], other[place]) == ("2", "8")
    assert [part for part in other if "--port" not in part and not part.isdigit()] == [
        part for part in usual if "--port" not in part and not part.isdigit()
    ]


@pytest.fixture
def small_server():
    """Answers each request on a kept connection, in two pieces; every third is a 500."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve(client):
        count = 0
        with client:
            while data := client.recv(65_536):
                for _ in range(data.count(b"\r\n\r\n")):
                    count += 1
                    status = b"500 Oops" if count % 3 == 0 else b"200 OK"
                    client.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 10\r\n\r\nhello")
                    client.sendall(b"again")

    def accept():
        while not done.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    done.set()
    listener.close()


def test_load_counts_answers_and_errors(small_server, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"port": small_server, "paths": ["/a", "/b"], "connections": 3, "seconds": 0.3}))

    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.load", str(plan)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    found = json.loads(done.stdout)
    assert found["n"] >= 9
    assert found["n"] / 4 <= found["wrong"] <= found["n"] / 3 + 1, "each of three connections counts its own, from 2"
    assert 0 < found["p50"] <= found["p95"] <= found["p99"]
