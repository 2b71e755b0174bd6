"""An object on its way to the shelf: a draft with a code before it has a condition or a price."""

import pytest
from django.db import IntegrityError, transaction

from rebond.catalogue.actions.item import begin_item, change_item, publish_item, submit_item
from rebond.catalogue.errors import ItemIncomplete, PriceInvalid
from rebond.catalogue.models import Item
from rebond.journal.actions.record import day_only

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def begun(seller, owner, categories):
    return begin_item(seller=seller, category=categories["chairs"], by=owner, weight_g=4200)


def test_it_has_a_code_a_weight_and_no_price(begun, categories):
    assert (begun.state, begun.price_cents, begun.condition, begun.weight_g) == ("draft", 0, "", 4200)
    assert begun.title == categories["chairs"].name
    assert not begun.prices.exists()


def test_it_cannot_be_sold_before_it_is_complete(begun, owner):
    with pytest.raises(ItemIncomplete) as refused:
        publish_item(item=begun, by=owner)
    assert {"condition", "price_cents"} <= {field for field, _label in refused.value.missing}


def test_the_database_refuses_a_sale_without_a_price(begun):
    for state in ("in_review", "on_sale", "sold"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item.objects.filter(pk=begun.pk).update(state=state, published_at="2026-11-26T10:00:00Z")


def test_its_first_price_is_written_to_the_history(begun, owner):
    item = change_item(item=begun, changes={"condition": "good"}, by=owner)
    item = change_item(item=item, changes={"price_cents": 2500}, by=owner)
    assert list(item.prices.values_list("price_cents", flat=True)) == [2500]
    with pytest.raises(PriceInvalid):
        change_item(item=item, changes={"price_cents": 0}, by=owner)


def test_a_companions_price_keeps_no_name(begun, owner):
    with day_only(is_on=True):
        change_item(item=begun, changes={"price_cents": 2500}, by=owner)
    assert begun.prices.get().by_label == ""


def test_an_unfinished_object_is_not_given_to_the_checker_without_a_price(begun, owner):
    with pytest.raises(ItemIncomplete):
        submit_item(item=begun, by=owner)
