"""The commands: reports and exit statuses."""

import io
import json

import pytest
from django.core.management import call_command

from rebond.catalogue.models import Item
from rebond.connect.models import ImportRun
from rebond.journal.models import StoredFile
from tests.factories.connect import HEADINGS, line

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def run(path, *args):
    """(exit status, JSON report)."""
    out = io.StringIO()
    try:
        call_command("import_catalogue", str(path), "--json", *args, stdout=out)
    except SystemExit as error:
        return error.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def stock(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("\n".join((HEADINGS, line("A"), line("B", price="x"))), encoding="utf-8")
    return path


def test_a_report_tells_each_refusal_and_the_status_says_so(seller, novels, stock):
    status, report = run(stock, "--seller", seller.slug)
    assert status == 1
    assert {k: report[k] for k in ("rows_read", "created", "updated", "unchanged", "refused")} == {
        "rows_read": 2, "created": 1, "updated": 0, "unchanged": 0, "refused": 1,
    }  # fmt: skip
    assert report["problems"] == [
        {"line": 3, "column": "Prix", "value": "x", "code": "number", "reason": "A number, such as 12.50."}
    ]
    assert report["problems_left_out"] == 0


def test_a_long_report_says_what_it_left_out(seller, novels, tmp_path, monkeypatch):
    monkeypatch.setattr("rebond.connect.queries.imports.LISTED", 2)
    path = tmp_path / "wrong.csv"
    path.write_text("\n".join((HEADINGS, *(line(name, price="x") for name in "ABCDE"))), encoding="utf-8")
    _status, report = run(path, "--seller", seller.slug)
    assert (report["refused"], len(report["problems"]), report["problems_left_out"]) == (5, 2, 3)


def test_a_dry_run_keeps_nothing(seller, novels, stock):
    status, report = run(stock, "--seller", seller.slug, "--dry-run")
    assert (status, report["created"], report["dry_run"]) == (1, 1, True)
    assert (Item.objects.count(), ImportRun.objects.count(), StoredFile.objects.count()) == (0, 0, 0)


def test_columns_and_categories_are_corrected_by_options(seller, lamps, tmp_path):
    path, mapping = tmp_path / "a.csv", tmp_path / "m.json"
    path.write_text("CODE;MOT;EUR;BAR\nA;Lampe;5;123\n", encoding="utf-8")
    mapping.write_text('{"MOT": "title", "EUR": "price", "CODE": "external_ref"}', encoding="utf-8")
    assert run(path, "--seller", seller.slug)[0] == 2
    status, report = run(
        path, "--seller", seller.slug, "--mapping", str(mapping), "--default-category", "lamps", "--publish"
    )
    assert (status, report["created"], report["incomplete"]) == (0, 1, 1)
    path.write_text("CODE;MOT;EUR;Rayon\nB;Lampe;5;Divers\n", encoding="utf-8")
    status, report = run(path, "--seller", seller.slug, "--mapping", str(mapping), "--category-map", "Divers=lamps")
    assert (status, report["created"]) == (0, 1)


@pytest.mark.parametrize(
    "args", [["--seller", "nobody"], ["--seller", "ateliers-du-confluent", "--default-category", "zzz"]]
)
def test_what_cannot_be_used_ends_with_status_2(seller, novels, stock, args):
    status, report = run(stock, *args)
    assert status == 2
    assert report["error"]
    assert Item.objects.count() == 0


def test_the_template_is_written_and_an_import_undone(seller, novels, stock, tmp_path):
    for name in ("modele.csv", "modele.xlsx"):
        call_command("import_template", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 500
    _status, report = run(stock, "--seller", seller.slug)
    out = io.StringIO()
    call_command("undo_import", report["id"], "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"id": report["id"], "state": "undone", "kept": 0}
    with pytest.raises(SystemExit) as error:
        call_command("undo_import", "nothing", stderr=io.StringIO())
    assert (error.value.code, Item.objects.count()) == (2, 0)
