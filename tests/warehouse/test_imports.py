"""What an import makes, changes and takes back is in the ledger."""

import pytest

from rebond.catalogue.models import Item
from rebond.catalogue.queries.categories import categories_did_change
from rebond.connect.actions.undo import undo_batches, undo_import
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.models import Holding, Movement
from rebond.workshop.actions.step import Hands
from tests.factories.catalogue import CategoryFactory
from tests.factories.connect import imported, line, template
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def novels(db):
    made = CategoryFactory(key="novels", name="Romans", name_en="Novels", default_weight_g=300)
    categories_did_change()
    return made


def test_drafts_that_were_put_away_meanwhile_go_with_their_import(seller, owner, site, novels):
    """A holding protects its object: the ledger lets go of it first, wherever it lies, and says so."""
    run = imported(seller, template(line("A1", quantity="3"), line("A2")), by=owner)
    Item.objects.update(state="draft", published_at=None)
    stored, elsewhere = Item.objects.order_by("external_ref")
    shelf, box = PlaceFactory(site=site, label="A-1", name="1"), PlaceFactory(site=site, box=True)
    worker = WorkerFactory(organisation=seller)
    store_item(item=stored, place=shelf, hands=Hands(worker=worker))
    store_item(item=elsewhere, place=box, hands=Hands(worker=worker))
    undo_import(run=run, by=owner, enqueue=False)
    assert undo_batches(run_id=run.pk) == "undone"
    assert (Item.objects.count(), Holding.objects.count()) == (0, 0)
    assert Movement.objects.filter(reason="deleted").count() == 2
    assert check_stock().is_right


def test_an_import_opens_changes_and_undoes_its_stock(seller, owner, site, novels):
    first = imported(seller, template(line("A1", quantity="3"), line("A2")), by=owner)
    assert sorted(Holding.objects.values_list("units", flat=True)) == [1, 3]
    second = imported(seller, template(line("A1", quantity="5"), line("A2")), by=owner)
    item = Item.objects.get(external_ref="A1")
    assert Holding.objects.get(item=item).units == 5
    assert check_stock().is_right
    undo_import(run=second, by=owner, enqueue=False)
    undo_batches(run_id=second.pk)
    assert Holding.objects.get(item=item).units == 3
    undo_import(run=first, by=owner, enqueue=False)
    undo_batches(run_id=first.pk)
    assert not Item.objects.exists()
    assert not Holding.objects.exists()
    told = Movement.objects.filter(item_code=item.code).order_by("pk")
    assert list(told.values_list("reason", "units")) == [
        ("made", 3),
        ("corrected", 2),
        ("corrected", 2),
        ("deleted", 3),
    ]
    assert check_stock().is_right
