"""Rows a second of a catalogue import by the command, and until the index is up to date.

The index's worker runs beside it, as `rebond serve` starts it. By the clock, and per second of processor time (start
of the processes included): the second says the same on a busy machine.
"""

import csv
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from rebond.catalogue.demo import words
from tools.bench.report import ROOT

ROWS = 30_000
CATEGORY = "Chaises"
READY_S = 4  # the worker's start; in its processor time, not in the clock's


def write_file(path: Path, count: int) -> None:
    """Our own template's columns, drawn from one seed."""
    draw = random.Random(5)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            ["Référence", "Titre", "Description", "Rayon", "Prix", "Quantité", "État", "Poids (kg)", "Couleur"]
        )
        for number in range(count):
            title = f"Chaise {draw.choice(words.ADJECTIVES)} {draw.choice(words.MATERIALS)} {draw.choice(words.COLORS)}"
            text = " ".join(draw.choices(words.SUBJECTS, k=35))
            price = f"{draw.randint(100, 9_000) / 100:.2f}".replace(".", ",")
            writer.writerow(
                [f"BANC-{number:06d}", title, text, CATEGORY, price, 1, "Bon état", "4,2", draw.choice(words.COLORS)]
            )


def measure_import(environment: dict[str, str], folder: Path) -> dict[str, float]:
    """In an empty catalogue of its own: one seller, ROWS new items, put online."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "import.csv"
    environment = environment | {"REBOND_VAR": str(folder), "INDEX_DIR": str(folder / "index")}
    environment.pop("DATABASE_URL", None)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
        return done.stdout

    run("manage.py", "prepare")
    run("manage.py", "bulk_items", "1", "--json")
    slug = json.loads(run("-m", "tools.bench.prepare", "seller_slug"))
    write_file(file, ROWS)
    command = [sys.executable, "-m", "rebond", "worker", "--queues", "index,mail"]
    worker = subprocess.Popen(command, env=environment, cwd=ROOT)
    time.sleep(READY_S)
    try:
        start, spent = time.perf_counter(), _spent()
        answer = run("manage.py", "import_catalogue", str(file), "--seller", slug, "--publish", "--json")
        imported, import_spent = time.perf_counter() - start, _spent() - spent
        _wait_for_the_index(folder / "rebond.sqlite3")
        indexed = time.perf_counter() - start
    finally:
        worker.terminate()
        worker.wait()
    all_spent = _spent() - spent
    created = json.loads(answer or "{}").get("created", 0)
    found = created if isinstance(created, int) else len(created)
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "import": found / imported,
        "import, index up to date": found / indexed,
        "import, per second of processor": found / import_spent,
        "import, index up to date, per second of processor": found / all_spent,
    }


def _wait_for_the_index(database: Path) -> None:
    """Until no change of an item waits."""
    with closing(sqlite3.connect(database)) as connection:
        while connection.execute("SELECT 1 FROM catalogue_indexchange LIMIT 1").fetchone():
            time.sleep(0.02)


def _spent() -> float:
    """Processor seconds of the processes started so far that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
