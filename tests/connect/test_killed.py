"""An import killed at any moment, then given again, ends as if nothing had happened: a real process, SIGKILL."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count

from rebond.catalogue.models import Item, PriceChange
from rebond.connect.enums import ImportState
from rebond.connect.models import ImportRun
from rebond.journal.models import Entry, Transition
from tests.factories.connect import HEADINGS, imported, line, upload
from tests.factories.network import OrganisationFactory

ROOT = Path(settings.BASE_DIR)
PATIENCE = 900  # seconds: 20,000 lines on a machine that does other things too


def database_url():
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgresql://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def start(path, seller):
    """The command as a process of its own, on the test's database."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "REBOND_VAR": str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "rebond.config.settings_test",
    }
    command = [sys.executable, "manage.py", "import_catalogue", str(path), "--seller", seller.slug, "--json"]
    return subprocess.Popen(
        [*command, "--batch", "100", "--publish"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_once_it_writes(process, seller, chance):
    """Wait for the import to be under way in this process, then kill it a moment later; False where it had ended."""
    before = ImportRun.objects.filter(seller=seller).values_list("checkpoint", flat=True).first() or 0
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        row = ImportRun.objects.filter(seller=seller).values_list("state", "checkpoint").first()
        if row is not None and (row[0] == ImportState.DONE or row[1] > before):
            break
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 0.15))
    ended = process.poll() is not None
    process.kill()
    process.communicate()
    return not ended


def snapshot(seller):
    fields = (
        "external_ref",
        "title",
        "price_cents",
        "quantity",
        "condition",
        "weight_g",
        "state",
        "description",
        "slug",
    )
    return list(Item.objects.filter(seller=seller).order_by("external_ref").values_list(*fields))


def check_killed(tmp_path, seller, *, rows, kills, seed):
    lines = [
        line(f"R{n:06}", title=f"Lampe {n}", price="x" if n % 97 == 0 else f"{n % 50 + 1},50") for n in range(rows)
    ]
    text = "\n".join((HEADINGS, *lines))
    path = tmp_path / "stock.csv"
    path.write_text(text, encoding="utf-8")
    control = OrganisationFactory(admitted=True, letters="CTL", slug="temoin")
    expected = imported(control, upload(text), target="on_sale")
    chance, killed = random.Random(seed), 0
    while killed < kills and kill_once_it_writes(start(path, seller), seller, chance):
        killed += 1
    last = start(path, seller)
    out, err = last.communicate(timeout=PATIENCE)
    assert last.returncode == 1, err
    run = ImportRun.objects.get(seller=seller)
    names = ("rows_read", "created", "updated", "unchanged", "refused", "skipped", "checkpoint")
    assert killed == kills
    assert {n: getattr(run, n) for n in names} == {n: getattr(expected, n) for n in names}
    assert json.loads(out)["created"] == run.created
    assert snapshot(seller) == snapshot(control)
    assert PriceChange.objects.filter(item__seller=seller).count() == run.created
    assert sum(len(r.items) for r in run.rows.filter(outcome="created")) == run.created
    assert run.rows.filter(outcome="refused").count() == run.refused
    told = Entry.objects.filter(organisation_id=seller.public_id, subject_kind="catalogue.item").order_by()
    actions = dict(told.values_list("action").annotate(n=Count("pk")))
    assert actions == {"catalogue.item.imported": run.created, "catalogue.item.published": run.created}
    moves = Transition.objects.filter(organisation_id=seller.public_id, subject_kind="catalogue.item")
    assert moves.filter(verb="publish").count() == moves.count() == run.created


@pytest.mark.unit
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_twice_ends_the_same(tmp_path, seller, novels):
    check_killed(tmp_path, seller, rows=1_500, kills=2, seed=1)


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(5))
def test_an_import_killed_twelve_times_ends_the_same(tmp_path, seller, novels, seed):
    check_killed(tmp_path, seller, rows=20_000, kills=12, seed=seed)
