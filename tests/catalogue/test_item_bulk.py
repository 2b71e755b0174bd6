"""The same change on many items, and the worker's part."""

import pytest

from rebond.catalogue.actions import item_bulk
from rebond.catalogue.actions.item import (
    bulk_change_price,
    bulk_move_category,
    bulk_publish,
    bulk_withdraw,
    start_bulk,
)
from rebond.catalogue.errors import FieldInvalid, PriceInvalid
from rebond.catalogue.models import Item
from rebond.catalogue.signals import items_changed
from rebond.catalogue.web.forms.listing import BulkCategoryForm
from rebond.core.models import Job
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def three(seller):
    return ItemFactory.create_batch(3, seller=seller, on_sale=True, weight_g=1000)


def ids_of(items):
    return [item.pk for item in items]


def test_price_by_percent_rounds_to_the_cent_and_tells_once(three, owner):
    heard = []
    items_changed.connect(listener := lambda ids, **kwargs: heard.append(sorted(ids)))
    Item.objects.filter(pk=three[0].pk).update(price_cents=999)
    result = bulk_change_price(ids=ids_of(three), kind="percent", value=-15, by=owner)
    items_changed.disconnect(listener)
    assert (result.done, result.refused) == (3, 0)
    assert list(Item.objects.order_by("pk").values_list("price_cents", flat=True)) == [849, 2125, 2125]
    assert heard == [ids_of(three)]


def test_price_fixed_and_bad_rules(three, owner):
    assert bulk_change_price(ids=ids_of(three), kind="fixed", value=500, by=owner).done == 3
    for kind, value in [("percent", -91), ("percent", 901), ("other", 5)]:
        with pytest.raises(FieldInvalid):
            bulk_change_price(ids=ids_of(three), kind=kind, value=value, by=owner)
    with pytest.raises(PriceInvalid):
        bulk_change_price(ids=ids_of(three), kind="fixed", value=0, by=owner)
    assert set(Item.objects.values_list("price_cents", flat=True)) == {500}


def test_one_refusal_leaves_the_others(three, owner):
    Item.objects.filter(pk=three[1].pk).update(reserved=1)
    result = bulk_withdraw(ids=ids_of(three), reason="lost", by=owner)
    assert (result.done, result.refused) == (2, 1)
    assert result.reasons[0][:2] == [three[1].code, three[1].title]
    assert Item.objects.filter(state="withdrawn").count() == 2
    again = bulk_publish(ids=ids_of(three), by=owner)
    assert (again.done, again.refused) == (2, 1)


def test_move_category(three, owner, categories):
    assert bulk_move_category(ids=ids_of(three), category=categories["chairs"], by=owner).done == 3
    assert set(Item.objects.values_list("category__key", flat=True)) == {"chairs"}


def test_above_200_at_once_is_refused(owner):
    with pytest.raises(FieldInvalid):
        bulk_publish(ids=range(201), by=owner)


def test_the_worker_goes_on_after_a_kill_and_never_cuts_twice(seller, owner, three, monkeypatch):
    monkeypatch.setattr(item_bulk, "CHUNK", 2)
    job = start_bulk(
        verb="price", ids=ids_of(three), params={"kind": "percent", "value": -10}, organisation=seller, by=owner
    )
    arguments = {
        "job_id": job.pk,
        "verb": "price",
        "ids": ids_of(three),
        "params": {"kind": "percent", "value": -10},
        "by_id": owner.pk,
    }
    original = item_bulk._run_chunk
    calls = []

    def killed_at_the_second(*args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        original(*args)

    monkeypatch.setattr(item_bulk, "_run_chunk", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        item_bulk.run_bulk(**arguments)
    assert Job.objects.get().done == 2
    item_bulk.run_bulk(**arguments)
    item_bulk.run_bulk(**arguments)
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert job.result == {"done": 3, "refused": 0, "reasons": []}
    assert set(Item.objects.values_list("price_cents", flat=True)) == {2250}


@pytest.mark.parametrize(
    ("verb", "params", "column", "value"),
    [
        ("category", {"category": "chairs"}, "category__key", "chairs"),
        ("withdraw", {"reason": "lost"}, "state", "withdrawn"),
        ("publish", {}, "state", "on_sale"),
        ("sell", {"is_all": False, "note": ""}, "state", "sold"),
    ],
)
def test_the_worker_knows_every_verb(seller, owner, three, categories, verb, params, column, value):
    if verb == "publish":
        Item.objects.update(state="draft")
    job = start_bulk(verb=verb, ids=ids_of(three), params=params, organisation=seller, by=owner)
    item_bulk.run_bulk(job_id=job.pk, verb=verb, ids=ids_of(three), params=params, by_id=owner.pk)
    assert set(Item.objects.values_list(column, flat=True)) == {value}


def test_no_category_is_chosen_before_somebody_chooses_one(db):
    """The first leaf of the tree stood in the list: one careless click moved everything there."""
    form = BulkCategoryForm()

    assert form.fields["category"].choices[0][0] == ""
    assert not BulkCategoryForm({"category": ""}).is_valid()
