"""Synthetic catalogues for measures."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from stdnum import ean

from rebond.catalogue.demo.bulk import MIN_SELLERS, load_bulk_items
from rebond.catalogue.models import Item
from rebond.catalogue.models.item import no_photo
from rebond.core.codes import parse_code
from rebond.core.statistics import renew_statistics
from rebond.network.models import Organisation

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def loaded(db):
    seen = []
    assert load_bulk_items(300, progress=seen.append) == 300
    assert seen == [300]


def told(item):
    return (item.title, item.price_cents, item.condition, item.code, item.category.key)


def test_items_are_on_sale_by_enough_sellers_and_well_formed(loaded):
    items = list(Item.objects.on_sale().order_by("pk"))

    assert len(items) == 300
    assert Organisation.objects.selling().count() == MIN_SELLERS
    for item in items:
        item.full_clean()
        assert parse_code(item.code) == item.code
        assert not item.gtin or ean.is_valid(item.gtin)
    assert 0.5 < sum(bool(item.gtin) for item in items) / 300 < 0.7


def test_the_same_number_gives_the_same_items(loaded):
    first = [told(item) for item in Item.objects.order_by("pk").select_related("category")]
    Item.objects.all().delete()

    load_bulk_items(300)

    assert [told(item) for item in Item.objects.order_by("pk").select_related("category")] == first


def test_more_items_are_added_beside_the_first(loaded):
    load_bulk_items(50)

    assert Item.objects.count() == 350
    assert Organisation.objects.selling().count() == MIN_SELLERS


@pytest.mark.parametrize("order", [("-updated_at", "-id"), ("updated_at", "id"), ("price_cents", "id"), ("slug", "id")])
def test_desk_lists_follow_an_index_and_sort_nothing(loaded, order):
    if connection.vendor != "sqlite":
        pytest.skip("so small a table is scanned by PostgreSQL, rightly")
    seller = Organisation.objects.selling().order_by("pk")[0]

    plan = Item.objects.filter(seller=seller).order_by(*order)[:50].explain()

    assert "USING INDEX item_desk" in plan
    assert "TEMP B-TREE" not in plan


LISTS = {
    "the network's list": (lambda seller: Item.objects.order_by("-updated_at", "-pk")[:50], "item_network_all"),
    "the same, oldest first": (lambda seller: Item.objects.order_by("updated_at", "pk")[:50], "item_network_all"),
    "of one state": (
        lambda seller: Item.objects.filter(state="in_review").order_by("-updated_at", "-pk")[:50],
        "item_network",
    ),
    "a seller's newest": (
        lambda seller: Item.objects.on_sale().filter(seller=seller).order_by("-published_at", "-pk")[:10],
        "item_seller_newest",
    ),
    "on sale for long": (
        lambda seller: Item.objects.filter(seller=seller, state="on_sale", published_at__lt=NOW).values("pk"),
        "COVERING INDEX item_seller_newest",
    ),
    "sold this year": (
        lambda seller: Item.objects.filter(state="sold", sold_at__gte=NOW).order_by().values("pk", "weight_g"),
        "COVERING INDEX item_sold",
    ),
    "a seller's state": (
        lambda seller: Item.objects.filter(seller=seller, state="on_sale").order_by("-updated_at", "-pk")[:50],
        "item_desk ",
    ),
    "without a photo": (
        lambda seller: Item.objects.filter(no_photo(), seller=seller, state="on_sale").order_by().values("pk"),
        "item_bare",
    ),
    "a seller's list without photos": (
        lambda seller: Item.objects.filter(no_photo(), seller=seller, state="on_sale").order_by("-updated_at", "-pk")[
            :50
        ],
        "item_bare",
    ),
    "a category's number": (
        lambda seller: Item.objects.filter(category=seller.pk).order_by()[:10_001].values("pk"),
        "COVERING INDEX",
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_what_lists_read_does_not_grow_with_the_catalogue(loaded, name):
    if connection.vendor != "sqlite":
        pytest.skip("so small a table is scanned by PostgreSQL, rightly")
    renew_statistics()
    rows, index = LISTS[name]

    plan = rows(Organisation.objects.selling().order_by("pk")[0]).explain()

    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_command_loads_and_indexes(db, settings, tmp_path, capsys):
    settings.INDEX_DIR = tmp_path / "index"

    call_command("bulk_items", 40, json=True)
    report = json.loads(capsys.readouterr().out)
    call_command("search", json=True)

    assert (report["items"], report["documents"]) == (40, 40)
    assert json.loads(capsys.readouterr().out)["total"] == 40
    with pytest.raises(CommandError):
        call_command("bulk_items", 0)
