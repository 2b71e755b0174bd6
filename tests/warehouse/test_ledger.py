"""The ledger follows the catalogue in the same transaction, and its cache is proved."""

import pytest
from django.db import IntegrityError, transaction

from rebond.catalogue.actions.item import change_item, create_item, restock_item, sell_item
from rebond.catalogue.actions.item_bulk import bulk_sell
from rebond.catalogue.models import Item
from rebond.catalogue.signals import stock_changed
from rebond.warehouse.actions.check import check_stock, open_stock
from rebond.warehouse.actions.store import move_item
from rebond.warehouse.models import Holding, Movement, Place
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def where(item):
    return {h.place.label: h.units for h in Holding.objects.filter(item=item).select_related("place")}


def reasons(item):
    return list(Movement.objects.filter(item=item).order_by("pk").values_list("reason", "units"))


def on_sale(item, **fields):
    Item.objects.filter(pk=item.pk).update(
        state="on_sale", published_at=item.created_at, price_cents=500, condition="good", **fields
    )
    item.refresh_from_db()
    return item


def test_a_new_item_waits_for_a_place_at_its_site(make_item, site):
    item = make_item(quantity=3)
    movement = Movement.objects.get(item=item)
    assert (movement.units, movement.grams, movement.reason) == (3, 1_500, "made")
    assert movement.from_place is None
    assert movement.to_place == Place.objects.get(site=site, kind="waiting")
    assert movement.owner == item.seller
    assert check_stock().is_right


def test_two_items_of_a_site_share_one_waiting_place(make_item):
    make_item(), make_item()
    assert Place.objects.filter(kind="waiting").count() == 1


def test_an_item_without_site_waits_at_its_seller(seller, category, owner):
    create_item(seller=seller, category=category, title="Lampe", condition="good", price_cents=500, by=owner)
    place = Place.objects.get()
    assert (place.site, place.organisation, place.kind) == (None, seller, "waiting")


def test_a_sale_takes_units_out_and_a_return_brings_them_back(make_item, owner):
    item = on_sale(make_item(quantity=3))
    sell_item(item=item, n=1, is_held=False, by=owner)
    assert where(item) == {"waiting": 2}
    sell_item(item=item, n=2, is_held=False, by=owner)
    assert where(item) == {}
    assert check_stock().is_right
    item.refresh_from_db()
    restock_item(item=item, by=owner)
    assert sum(where(item).values()) == 2
    assert reasons(item) == [("made", 3), ("sold", 1), ("sold", 2), ("returned", 2)]
    assert check_stock().is_right


def test_a_sale_takes_what_waits_before_what_is_stored(make_item, shelf, owner):
    item = on_sale(make_item(quantity=2))
    move_item(item=item, place=shelf, by=owner)
    change_item(item=item, changes={"quantity": 3, "condition": "good"}, by=owner)
    assert where(item) == {"A-03-2": 2, "waiting": 1}
    sell_item(item=item, n=1, is_held=False, by=owner)
    assert where(item) == {"A-03-2": 2}


def test_many_sold_at_once_are_told_together(make_item, owner):
    items = [on_sale(make_item()) for _n in range(3)]
    told = []
    receiver = lambda ids, reason, **kwargs: told.append((reason, len(ids)))  # noqa: E731 -- a receiver of this test
    stock_changed.connect(receiver, weak=False, dispatch_uid="test")
    try:
        bulk_sell(ids=[item.pk for item in items], by=owner)
    finally:
        stock_changed.disconnect(dispatch_uid="test")
    assert told == [("sold", 3)]
    assert not Holding.objects.exists()
    assert check_stock().is_right


def test_a_corrected_quantity_moves_the_difference_only(make_item, owner):
    item = make_item(quantity=5)
    change_item(item=item, changes={"quantity": 2, "condition": "good"}, by=owner)
    change_item(item=item, changes={"title": "Autre titre"}, by=owner)
    assert reasons(item) == [("made", 5), ("corrected", 3)]
    assert check_stock().is_right


def test_an_item_sent_to_another_site_waits_there(make_item, shelf, owner, seller):
    item = make_item(quantity=2)
    move_item(item=item, place=shelf, by=owner)
    there = SiteFactory(organisation=seller, is_main=False, name="Le magasin")
    change_item(item=item, changes={"site": there, "condition": "good"}, by=owner)
    held = Holding.objects.get(item=item)
    assert (held.place.site, held.place.kind, held.units) == (there, "waiting", 2)


def test_the_cache_is_never_negative(item):
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(item=item).update(units=-1)


@pytest.mark.parametrize(
    "wrong", [{"units": 0}, {"from_place": None, "to_place": None}, {"from_place_id": 1, "to_place_id": 1}]
)
def test_a_movement_moves_something_somewhere(item, wrong):
    good = Movement.objects.get(item=item)
    values = {"item": item, "item_code": item.code, "owner": item.seller, "units": 1, "reason": "moved"}
    if "from_place_id" in wrong:
        wrong = dict.fromkeys(wrong, good.to_place_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Movement.objects.create(**{**values, "to_place": good.to_place, **wrong})


def test_a_wrong_cache_is_found_and_made_again_from_the_ledger(make_item, shelf):
    first, second = make_item(quantity=3), make_item()
    Holding.objects.filter(item=first).update(units=7)
    Holding.objects.create(item=second, place=shelf, units=1)
    report = check_stock()
    assert (report.cache_differences, report.is_right) == (2, False)
    assert report.cache[0] == {
        "item": first.pk,
        "place": Place.objects.get(kind="waiting").pk,
        "movements": 3,
        "holding": 7,
    }
    assert Holding.objects.get(item=first).units == 7, "a check changes nothing"
    before = Movement.objects.count()
    assert check_stock(repair=True).is_right
    assert Movement.objects.count() == before
    assert check_stock().cache_differences == 0


def test_a_quantity_changed_behind_the_ledger_is_found(item):
    Item.objects.filter(pk=item.pk).update(quantity=4)
    report = check_stock()
    assert report.catalogue == [{"item": item.code, "stock": 1, "catalogue": 4}]
    assert (report.uncounted, report.is_right) == (0, False)
    assert not check_stock(repair=True).is_right, "repair makes the cache again, nothing else"


def test_items_of_before_are_counted_once(seller, site):
    ItemFactory(seller=seller, site=site, quantity=4)
    ItemFactory(seller=seller, site=site, sold=True)
    assert check_stock().uncounted == 1
    assert open_stock() == 1
    assert open_stock() == 0
    assert list(Movement.objects.values_list("reason", "units")) == [("opening", 4)]
    assert check_stock().is_right


def test_an_item_of_before_is_counted_at_its_first_change(seller, site, owner):
    item = ItemFactory(seller=seller, site=site, quantity=4, on_sale=True)
    sell_item(item=item, n=1, is_held=False, by=owner)
    assert reasons(item) == [("opening", 3)]
    assert check_stock().is_right
