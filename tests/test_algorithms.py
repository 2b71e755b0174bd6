"""The worked numbers of docs/algorithms, run through the code."""

import datetime
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.catalogue.queries.categories import categories_did_change
from rebond.catalogue.queries.comparables import ENOUGH, Comparable, _summary
from rebond.catalogue.queries.prices import PricePoint, reference_price
from rebond.catalogue.search.facets import _lower_bound
from rebond.catalogue.search.ranking import static_weight
from rebond.intake.queries.suggestion import advise
from rebond.ledger.splitting import given_back, share_out
from rebond.ledger.taxing import nets_of, split_shipping
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.connect import imported, line, template

DOCS = Path(__file__).resolve().parent.parent / "docs" / "algorithms"
NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)


def rows_of(page, heading):
    """The rows of the table whose first column is `heading`."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    start = next(n for n, text in enumerate(lines) if text.startswith(f"| {heading} |"))
    found = []
    for text in lines[start + 2 :]:
        if not text.startswith("|"):
            break
        found.append([cell.strip() for cell in text.strip("|").split("|")])
    return found


def cents(text):
    return None if text == "nothing" else int(text.replace(",", ""))


def ago(days):
    return NOW - datetime.timedelta(days=int(days))


@pytest.mark.unit
@pytest.mark.parametrize(("history", "days", "shown"), rows_of("lowest-price.md", "History"))
def test_lowest_price_is_as_written(history, days, shown):
    points = [
        PricePoint(ago(day), cents(price), bool(mark))
        for day, price, mark in re.findall(r"(\d+): (\d+,\d\d)( p)?", history)
    ]
    assert len(points) == history.count(":")
    assert reference_price(points, since=ago(days)) == cents(shown)


@pytest.mark.unit
@pytest.mark.parametrize(("days", "photo", "counts"), rows_of("search.md", "Published (days before the other)"))
def test_weight_in_the_index_is_as_written(days, photo, counts):
    share = static_weight(ago(days), has_photo=photo == "yes") / static_weight(NOW, has_photo=True)
    assert f"{share:.2f}".replace(".", ",") == counts


@pytest.mark.unit
@pytest.mark.parametrize(("counted", "scale", "shown"), rows_of("search.md", "Counted in the sample"))
def test_lower_bound_is_as_written(counted, scale, shown):
    assert _lower_bound(int(counted), float(scale)) == int(shown)


@pytest.mark.unit
@pytest.mark.django_db
def test_imports_one_after_the_other_count_as_written(seller, owner):
    CategoryFactory(key="novels", name="Romans", name_en="Novels", default_weight_g=300)
    categories_did_change()
    for file, *expected in rows_of("imports.md", "File"):
        lines = [line(ref, price=price) for ref, price in (part.split() for part in file.split("; "))]
        run = imported(seller, template(*lines), by=owner)
        counted = [run.created, run.updated, run.unchanged, run.refused]
        assert [file, *counted] == [file, *(int(n) for n in expected)]
    assert dict(Item.objects.values_list("external_ref", "price_cents")) == {"A": 1200, "B": 600, "C": 700, "D": 400}


@pytest.mark.unit
@pytest.mark.parametrize("row", rows_of("price-help.md", "Prices"), ids=lambda row: row[0])
def test_the_price_that_comparables_speak_for(row):
    alike = [
        Comparable(str(n), "", int(Decimal(price.removesuffix(" s")) * 100), is_sold=price.endswith(" s"))
        for n, price in enumerate(row[0].split("; "))
    ]
    if row[1] == "nothing":
        assert len(alike) < ENOUGH
        return
    found = _summary("condition", alike)
    assert [found.low, found.suggested, found.high] == [int(Decimal(cell) * 100) for cell in row[1:]]


def numbers(text):
    return [int(part) for part in text.split(",")]


@pytest.mark.unit
@pytest.mark.parametrize(("total", "prices", "parts"), rows_of("fees.md", "Split"))
def test_a_split_is_as_written(total, prices, parts):
    assert share_out(int(total), numbers(prices)) == numbers(parts)


@pytest.mark.unit
@pytest.mark.parametrize(("price", "fee", "refunded", "back"), rows_of("fees.md", "Price"))
def test_what_comes_back_of_a_fee_is_as_written(price, fee, refunded, back):
    done, found = 0, []
    for cents_now in numbers(refunded):
        found.append(given_back(int(fee), int(price), done, done + cents_now))
        done += cents_now
    assert found == numbers(back)


@pytest.mark.unit
@pytest.mark.parametrize(("prices", "rates", "nets"), rows_of("invoices.md", "Prices with VAT"))
def test_lines_without_vat_are_as_written(prices, rates, nets):
    assert nets_of(list(zip(numbers(prices), numbers(rates), strict=True))) == numbers(nets)


@pytest.mark.unit
@pytest.mark.parametrize("row", rows_of("invoices.md", "Shipping"), ids=" ".join)
def test_shipping_by_rate_is_as_written(row):
    cents, high, low, *parts = [int(cell) for cell in row]
    split = split_shipping(cents, {2_000: high, 550: low})
    assert [split.get(2_000, 0), split.get(550, 0)] == parts


SORTED = ("said", "sold", "unsold", "price", "share", "online", "shop", "repair", "floor", "advised")


def things(text):
    """(condition, number, price in cents) of each "good 5 at 20"."""
    found = re.findall(r"(\w+) (\d+)(?: at (\d+))?", text)
    return [(condition, int(number), int(price or 1) * 100) for condition, number, price in found]


def in_euros(value):
    return "none" if value is None else f"{value / 100:.2f}"


@pytest.mark.django_db
@pytest.mark.parametrize("row", rows_of("sorting.md", "Said"), ids=" ".join)
def test_where_a_thing_goes_is_as_written(row, categories):
    given = dict(zip(SORTED, row, strict=True))
    vases, published_at = categories["vases"], timezone.now() - datetime.timedelta(days=200)
    facts = {"category": vases, "published_at": published_at}
    for condition, number, price in things(given["sold"]):
        ItemFactory.create_batch(number, condition=condition, price_cents=price, sold=True, **facts)
    for condition, number, _price in things(given["unsold"]):
        ItemFactory.create_batch(number, condition=condition, on_sale=True, **facts)
    said = "" if given["said"] == "nothing" else given["said"]
    found = advise(vases, weight_g=800, condition=said)
    gains = [in_euros(found.gains.get(way)) for way in ("online", "shop", "repair")]
    shown = [given["said"], given["sold"], given["unsold"], in_euros(found.sales.median_cents)]
    shown += [str(found.sales.sold_percent), *gains, in_euros(found.floor_cents), found.best]
    assert shown == row
