"""Collections, chosen by hand by the catalogue's managers."""

import datetime

import pytest
from django.urls import reverse

from rebond.catalogue.actions.collection import (
    add_to_collection,
    change_collection,
    create_collection,
    delete_collection,
    order_collection,
    order_in_collection,
    remove_from_collection,
)
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Collection, Item
from rebond.journal.models import Entry
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


@pytest.fixture
def spring(catalogue_manager):
    return create_collection(fields={"title": "Le printemps à table"}, by=catalogue_manager)


@pytest.fixture
def three(seller):
    return ItemFactory.create_batch(3, seller=seller, on_sale=True)


def order_of(collection):
    return [entry.item_id for entry in collection.entries.order_by("position", "pk")]


def test_create_gives_an_address_of_its_own(spring, catalogue_manager):
    again = create_collection(fields={"title": "Le printemps à table"}, by=catalogue_manager)
    assert (spring.slug, again.slug) == ("le-printemps-a-table", "le-printemps-a-table-2")
    assert (spring.position, again.position) == (1, 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "A", "introduction": "x" * 2_001}, "introduction"),
        ({"title": "A", "starts_on": datetime.date(2026, 5, 2), "ends_on": datetime.date(2026, 5, 1)}, "ends_on"),
    ],
)
def test_create_refuses_bad_words_and_dates(catalogue_manager, fields, field):
    with pytest.raises(FieldInvalid) as caught:
        create_collection(fields=fields, by=catalogue_manager)
    assert caught.value.field == field
    assert Collection.objects.count() == 0


def test_change_keeps_the_address(spring, catalogue_manager):
    changed = change_collection(collection=spring, fields={"title": "L’été à table"}, by=catalogue_manager)
    assert (changed.title, changed.slug) == ("L’été à table", "le-printemps-a-table")
    change_collection(collection=spring, fields={"title": "L’été à table"}, by=catalogue_manager)
    assert Entry.objects.filter(action="catalogue.collection.changed").count() == 1
    with pytest.raises(TypeError):
        change_collection(collection=spring, fields={"slug": "x"}, by=catalogue_manager)


def test_items_are_added_once_ordered_and_taken_out(spring, three, catalogue_manager):
    one, two, last = three
    assert add_to_collection(collection=spring, items=[one, two, one], by=catalogue_manager) == 2
    assert add_to_collection(collection=spring, items=[two, last], by=catalogue_manager) == 1
    assert order_of(spring) == [one.pk, two.pk, last.pk]
    order_in_collection(collection=spring, item=last, step=0, by=catalogue_manager)
    order_in_collection(collection=spring, item=one, step=1, by=catalogue_manager)
    assert order_of(spring) == [last.pk, two.pk, one.pk]
    order_in_collection(collection=spring, item=last, step=-1, by=catalogue_manager)
    assert order_of(spring) == [last.pk, two.pk, one.pk]
    assert remove_from_collection(collection=spring, item=two, by=catalogue_manager) is True
    assert remove_from_collection(collection=spring, item=two, by=catalogue_manager) is False
    assert order_of(spring) == [last.pk, one.pk]


def test_a_collection_has_a_limit(spring, three, catalogue_manager, monkeypatch):
    monkeypatch.setattr("rebond.catalogue.actions.collection.MOST", 2)
    with pytest.raises(FieldInvalid):
        add_to_collection(collection=spring, items=three, by=catalogue_manager)
    assert order_of(spring) == []


def test_delete_leaves_the_items(spring, three, catalogue_manager):
    add_to_collection(collection=spring, items=three, by=catalogue_manager)
    delete_collection(collection=spring, by=catalogue_manager)
    assert (Collection.objects.count(), Item.objects.count()) == (0, 3)


def test_collections_are_ordered(spring, catalogue_manager):
    other = create_collection(fields={"title": "Autre"}, by=catalogue_manager)
    order_collection(collection=other, step=-1, by=catalogue_manager)
    order_collection(collection=other, step=-1, by=catalogue_manager)
    assert list(Collection.objects.order_by("position").values_list("title", flat=True)) == [
        "Autre",
        "Le printemps à table",
    ]


# --- pages


def test_pages_are_for_the_catalogues_managers(as_user, owner, coordinator, catalogue_manager, spring):
    for name, args in [("collection-list", ()), ("collection-create", ()), ("collection-change", (spring.public_id,)), ("collection-delete", (spring.public_id,))]:  # fmt: skip
        assert as_user(owner).get(url(name, *args)).status_code == 403
        assert as_user(coordinator).get(url(name, *args)).status_code == 403
        assert as_user(catalogue_manager).get(url(name, *args)).status_code == 200
    assert as_user(owner).post(url("collection-delete", spring.public_id)).status_code == 403
    assert as_user(catalogue_manager).get(url("collection-items", spring.public_id)).status_code == 405
    assert Collection.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_whatever_its_length(as_user, catalogue_manager, number, django_assert_num_queries):
    for n in range(number):
        create_collection(fields={"title": f"Collection {n}"}, by=catalogue_manager)
    browser = as_user(catalogue_manager)
    with django_assert_num_queries(4):
        browser.get(url("collection-list"))


def test_a_manager_makes_fills_and_removes_one(as_user, catalogue_manager, three):
    browser = as_user(catalogue_manager)
    assert browser.post(url("collection-create"), {"title": "", "tint": "peche"}).status_code == 422
    sent = {"title": "Vaisselle bleue", "tint": "ciel", "starts_on": "2026-12-01", "ends_on": "2026-11-01"}
    assert "La fin vient avant le début" in browser.post(url("collection-create"), sent).text
    browser.post(url("collection-create"), sent | {"ends_on": "2026-12-24", "is_on_home": "on"})
    made = Collection.objects.get()
    assert (made.starts_on, made.is_on_home) == (datetime.date(2026, 12, 1), True)
    address = url("collection-items", made.public_id)
    answer = browser.post(address, {"codes": f"{three[0].display_code}\n{three[1].code}, ZZ-000"}, follow=True)
    assert "2 objets ajoutés." in answer.text
    assert "ZZ-000" in answer.text
    browser.post(address, {"verb": "add", "item": three[2].code})
    browser.post(address, {"verb": "first", "item": three[2].code})
    browser.post(address, {"verb": "later", "item": three[2].code})
    browser.post(address, {"verb": "remove", "item": three[0].code})
    assert order_of(made) == [three[2].pk, three[1].pk]
    assert browser.post(address, {"verb": "add", "item": "nothing"}).status_code == 404
    page = browser.get(url("collection-change", made.public_id))
    assert three[1].title in page.text
    assert browser.get(url("collection-change", made.public_id), {"q": "chaise"}).status_code == 200
    browser.post(url("collection-delete", made.public_id))
    assert Collection.objects.count() == 0
