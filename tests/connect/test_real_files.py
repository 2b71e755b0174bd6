"""Every shop file of the shared data: what each gives, and why the others are refused (docs/imports.md says the same)."""

import pytest

from rebond.catalogue.models import Category
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.uploads import missing_fields, upload_import
from rebond.connect.errors import ImportRefused
from rebond.connect.models import ImportRun
from tests.conftest import SHARED, needs_shared
from tests.factories.connect import upload

pytestmark = [pytest.mark.unit, pytest.mark.django_db, needs_shared]
DATA = SHARED / "data"

# file: (format, columns left out by hand, rows read, created, refused, skipped, refusals by code)
CATALOGUES = {
    "shop-imports/woocommerce_sample_products.csv": (
        "woocommerce", (), 24, 18, 4, 2, {"virtual": 2, "grouped": 1, "external": 1},
    ),
    "shop-imports/prestashop-csv/products_import.csv": ("prestashop-csv", (), 7, 0, 7, 0, {"gtin": 7}),
    "shop-imports/prestashop-csv/products_import.csv#": ("prestashop-csv", ("EAN13",), 7, 7, 0, 0, {}),
    "shop-imports/prestashop-webservice/products_1.xml": ("prestashop-xml", (), 1, 0, 1, 0, {"quantity_zero": 1}),
    "shop-imports/prestashop-webservice/products_1.xml#": ("prestashop-xml", ("quantity",), 1, 1, 0, 0, {}),
    "listings/spree_products.csv": ("spree", (), 129, 53, 0, 76, {}),
    "listings/vendure_products.csv": ("vendure", (), 88, 86, 2, 0, {"duplicate": 2}),
    "listings/medusa_exported-products-comma.csv": ("medusa", (), 3, 3, 0, 0, {}),
    "listings/ofn_sample_file_120_products.csv": ("open-food-network", (), 120, 120, 0, 0, {}),
    "listings/saleor_populatedb_data.json": ("saleor-json", (), 73, 0, 73, 0, {"currency": 73}),
    "listings/saleor_populatedb_data.json#": ("saleor-json", ("currency",), 73, 54, 19, 0, {"quantity_zero": 19}),
    "books/oscar_books-small.csv": ("oscar-books", (), 10, 9, 1, 0, {"number": 1}),
    "books/oscar_books.computers-in-fiction.csv": ("oscar-books", (), 86, 84, 2, 0, {"quantity_zero": 2}),
    "books/oscar_books.essential.csv": ("oscar-books", (), 82, 82, 0, 0, {}),
}  # fmt: skip


def read(path):
    return upload(path.read_bytes(), path.name)


def run_file(seller, name, left_out):
    run = upload_import(seller=seller, upload=read(DATA / name.rstrip("#")), by=None)
    mapping = {c: "" if c in left_out else f for c, f in run.mapping.items()}
    category = Category.objects.get(key="novels")
    ImportRun.objects.filter(pk=run.pk).update(
        mapping=mapping, defaults={"category_id": category.pk, "condition": "good"}
    )
    run.refresh_from_db()
    start_import(run=run, by=None, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_gives_what_was_noted_and_nothing_twice(seller, novels, name):
    wanted_format, left_out, *counts, codes = CATALOGUES[name]
    run = run_file(seller, name, left_out)
    found = {}
    for code in run.rows.filter(outcome="refused").values_list("code", flat=True):
        found[code] = found.get(code, 0) + 1
    assert run.format == wanted_format
    assert ([run.rows_read, run.created, run.refused, run.skipped], found) == (counts, codes)
    again = run_file(seller, name, left_out)
    assert (again.created, again.updated, again.unchanged) == (0, 0, run.created)


def others():
    """Every file that is in none of the catalogues."""
    known = {name.rstrip("#") for name in CATALOGUES}
    found = []
    for folder in ("shop-imports", "listings", "books"):
        files = (p for p in sorted((DATA / folder).rglob("*")) if p.is_file() and p.name != "SOURCES.md")
        found.extend(p for p in files if str(p.relative_to(DATA)) not in known)
    return found


def test_every_other_file_is_refused_with_a_sentence_or_has_no_price(seller):
    reasons = {}
    for path in others():
        try:
            run = upload_import(seller=seller, upload=read(path), by=None)
        except ImportRefused as refused:
            reasons[path.name] = str(refused)
            continue
        if missing_fields(run.mapping):
            reasons[path.name] = "no column for " + ", ".join(missing_fields(run.mapping))
        else:
            start_import(run=run, by=None, enqueue=False)
            run_batches(run_id=run.pk)
            run.refresh_from_db()
            assert (run.rows_read, run.state) == (0, "done"), path.name
            reasons[path.name] = "no line"
    assert len(reasons) == len(others())
    assert "adverts" in reasons["craigslist_bike.jsonl"]
    assert reasons["goodbooks_books.csv"] == "no column for price"
    assert "MARC" in reasons["loc_french_books.mrc"]
    assert "display=full" in reasons["products_date_1_limit_0_2C1000_filter_date_upd_3E_2016_09_01_00_3A00_3A00.xml"]
