"""Bulk writes give what Django would have written, on both databases."""

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from rebond.catalogue.enums import Condition
from rebond.catalogue.models import Item, PriceChange
from rebond.core.bulk import insert_objects, insert_one, insert_unless_there, insert_values, update_objects
from rebond.journal.models import Entry
from rebond.ledger.models import Claim
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def test_inserted_objects_read_back_as_they_were():
    seller, category = OrganisationFactory(admitted=True), CategoryFactory()
    made = [
        ItemFactory.build(
            seller=seller, category=category, code=f"ABC{n}", condition=Condition.LIKE_NEW, attributes={"é": [n, None, True]},
            delivery_modes=["relay"], description="l’été\n'; DROP TABLE x; --", external_ref=f"R{n}",
        )
        for n in range(3)
    ]  # fmt: skip
    insert_objects(made)
    for item in made:
        found = Item.objects.get(code=item.code)
        assert model_to_dict(found) | {"id": None} == model_to_dict(item) | {"id": None}
        assert found.created_at == item.created_at


def test_updated_objects_change_only_the_named_columns():
    item, other = ItemFactory(title="Avant", price_cents=100), ItemFactory(title="Autre")
    item.title, item.price_cents, item.attributes = "Après", 999, {"a": 1}
    update_objects([item], ["title", "attributes"])
    found = Item.objects.get(pk=item.pk)
    assert (found.title, found.attributes, found.price_cents) == ("Après", {"a": 1}, 100)
    assert Item.objects.get(pk=other.pk).title == "Autre"


def test_rows_of_values_are_inserted_and_nothing_is_fine():
    item = ItemFactory()
    names = ("item_id", "price_cents", "at", "by_label", "reason", "is_progressive")
    insert_values(PriceChange, names, ((item.pk, cents, timezone.now(), "", "", False) for cents in (5, 7)))
    insert_values(PriceChange, names, [])
    insert_objects([])
    update_objects([], ["title"])
    assert sorted(PriceChange.objects.values_list("price_cents", flat=True)) == [5, 7]


def test_one_new_row_is_as_django_saves_it():
    mine = insert_one(Entry(action="a.b", subject_kind="k", subject_id="1", data={"cents": 3, "said": "œuf"}))
    theirs = Entry.objects.create(action="a.b", subject_kind="k", subject_id="1", data={"cents": 3, "said": "œuf"})

    assert mine.pk is not None
    assert not mine._state.adding
    found, other = (Entry.objects.filter(pk=row.pk).values().get() for row in (mine, theirs))
    assert {**found, "id": 0, "at": 0} == {**other, "id": 0, "at": 0}
    assert found["at"] == mine.at


def test_one_new_row_obeys_the_database():
    insert_one(Claim(key="one"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_one(Claim(key="one"))


def test_a_row_whose_key_is_taken_is_not_inserted():
    claim, again = Claim(key="one"), Claim(key="one")

    assert insert_unless_there(claim) is True
    assert insert_unless_there(again) is False
    assert (claim.pk, again.pk) == (Claim.objects.get().pk, None)
