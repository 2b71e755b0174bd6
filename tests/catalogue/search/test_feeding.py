"""From the database to the index: changes, rebuilds, kills."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.actions.index import (
    apply_index_changes,
    mark_items_changed,
    mark_seller_changed,
    rebuild_index,
    refresh_closed_sellers,
)
from rebond.catalogue.models import IndexChange, Item
from rebond.catalogue.search import IndexBusy, store
from rebond.catalogue.search.documents import all_documents, documents_for
from rebond.catalogue.signals import items_changed
from rebond.network.models import Closure
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory

pytestmark = pytest.mark.unit


def queued():
    return DBTaskResult.objects.filter(task_path__endswith="update_search_index").count()


def test_signal_notes_and_queues_in_the_same_transaction(index):
    item = ItemFactory(on_sale=True)
    with pytest.raises(RuntimeError), transaction.atomic():
        items_changed.send(sender=Item, ids=[item.pk])
        raise RuntimeError
    assert (IndexChange.objects.count(), queued()) == (0, 0)

    items_changed.send(sender=Item, ids=[item.pk, item.pk])

    assert (IndexChange.objects.count(), queued()) == (1, 1)


def test_nothing_changed_queues_nothing(index):
    mark_items_changed(ids=[])
    assert (IndexChange.objects.count(), queued()) == (0, 0)


def test_apply_twice_is_once(index, find):
    item = ItemFactory(on_sale=True)
    mark_items_changed(ids=[item.pk])

    assert (apply_index_changes(), apply_index_changes()) == (1, 0)
    assert find() == [item.pk]
    assert IndexChange.objects.count() == 0


@pytest.mark.parametrize("change", [{"state": "sold"}, {"state": "withdrawn"}, {"state": "draft"}])
def test_what_is_no_longer_for_sale_leaves_the_index(indexed, find, change):
    item, other = ItemFactory(on_sale=True), ItemFactory(on_sale=True)
    indexed(item, other)
    Item.objects.filter(pk=item.pk).update(**change)

    indexed(item)

    assert find() == [other.pk]


def test_what_is_in_somebody_s_basket_stays_in_the_index(indexed, find):
    item = ItemFactory(on_sale=True)
    indexed(item)
    Item.objects.filter(pk=item.pk).update(reserved=1)

    indexed(item)

    assert find() == [item.pk]


def test_an_item_that_is_gone_leaves_the_index(indexed, find):
    item = ItemFactory(on_sale=True)
    indexed(item)
    pk = item.pk
    item.delete()

    mark_items_changed(ids=[pk])
    apply_index_changes()

    assert find() == []


def test_items_of_suspended_and_closed_sellers_leave_the_index(indexed, find):
    from django.utils import timezone

    today = timezone.localdate()
    seller = OrganisationFactory(admitted=True)
    closed = OrganisationFactory(admitted=True)
    slow = OrganisationFactory(admitted=True)
    items = [ItemFactory(on_sale=True, seller=s) for s in (seller, closed, slow)]
    indexed(*items)
    Closure.objects.create(organisation=closed, starts_on=today, ends_on=today, hides_items=True)
    Closure.objects.create(organisation=slow, starts_on=today, ends_on=today, hides_items=False)
    seller.seller_state = "suspended"
    seller.save()

    mark_seller_changed(seller_id=seller.pk)
    mark_seller_changed(seller_id=closed.pk)
    apply_index_changes()

    assert find() == [items[2].pk]


def test_sellers_signals_note_their_items(index):
    from rebond.network.models import Organisation
    from rebond.network.signals import closures_changed, organisation_changed, seller_state_changed

    seller = OrganisationFactory(admitted=True)
    item = ItemFactory(on_sale=True, seller=seller)
    ItemFactory(seller=seller)
    ItemFactory(on_sale=True)

    organisation_changed.send(sender=Organisation, organisation=seller, fields=frozenset({"tint"}))
    assert IndexChange.objects.count() == 0
    organisation_changed.send(sender=Organisation, organisation=seller, fields=frozenset({"name"}))
    seller_state_changed.send(sender=Organisation, organisation=seller, before="admitted", after="suspended")
    closures_changed.send(sender=Organisation, organisation=seller)

    assert list(IndexChange.objects.values_list("item_id", flat=True)) == [item.pk] * 3
    assert queued() == 3
    mark_seller_changed(seller_id=OrganisationFactory().pk)
    assert queued() == 3


def test_closing_days_hide_items_when_they_begin_and_end(indexed, find):
    from datetime import timedelta

    from django.utils import timezone

    today = timezone.localdate()
    closing, opening = OrganisationFactory(admitted=True), OrganisationFactory(admitted=True)
    later = OrganisationFactory(admitted=True)
    Closure.objects.create(organisation=opening, starts_on=today - timedelta(days=9), ends_on=today, hides_items=True)
    items = [ItemFactory(on_sale=True, seller=s) for s in (closing, opening, later)]
    indexed(*items)
    assert sorted(find()) == [items[0].pk, items[2].pk]
    Closure.objects.update(ends_on=today - timedelta(days=1))
    for seller, start in ((closing, 0), (later, 1)):
        Closure.objects.create(
            organisation=seller,
            starts_on=today + timedelta(days=start),
            ends_on=today + timedelta(days=5),
            hides_items=True,
        )

    assert refresh_closed_sellers() == 2
    apply_index_changes()

    assert sorted(find()) == [items[1].pk, items[2].pk]


def test_documents_take_the_same_number_of_queries_for_one_and_three(db, django_assert_num_queries):
    items = [ItemFactory(on_sale=True) for _ in range(3)]
    for some in (items[:1], items):
        with django_assert_num_queries(5):
            assert len(documents_for([i.pk for i in some])) == len(some)
    assert documents_for([]) == []


def test_all_documents_come_in_batches(db):
    items = [ItemFactory(on_sale=True) for _ in range(5)]
    ItemFactory()

    batches = list(all_documents(batch=2))

    assert [d.id for batch in batches for d in batch] == [i.pk for i in items]


def test_rebuild_gives_the_same_as_the_changes(indexed, index, find):
    items = [ItemFactory(on_sale=True, category=CategoryFactory()) for _ in range(3)]
    indexed(*items)
    before, folder = find(), store.live_folder(index.root)
    seen = []

    assert rebuild_index(progress=seen.append) == 3

    assert find() == before
    assert seen == [3]
    assert store.live_folder(index.root) != folder
    assert not folder.exists()


def test_changes_made_during_a_rebuild_are_in_both_indexes(indexed, index, find):
    kept, sold = ItemFactory(on_sale=True), ItemFactory(on_sale=True)
    indexed(kept, sold)
    seen = []

    def sell_meanwhile(_done):
        Item.objects.filter(pk=sold.pk).update(state="sold")
        mark_items_changed(ids=[sold.pk])
        apply_index_changes()
        seen.append(find())
        with pytest.raises(IndexBusy):
            rebuild_index()

    rebuild_index(progress=sell_meanwhile)

    assert seen == [[kept.pk]]
    assert find() == [kept.pk]
    assert IndexChange.objects.count() == 0


def test_notes_left_by_an_interrupted_rebuild_are_removed(index):
    IndexChange.objects.create(item_id=5, is_applied=True)

    apply_index_changes()

    assert IndexChange.objects.count() == 0


def test_failed_rebuild_leaves_the_old_index_and_no_folder(indexed, index, find):
    item = ItemFactory(on_sale=True)
    indexed(item)

    def fail(_done):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        rebuild_index(progress=fail)

    assert find() == [item.pk]
    assert len(list(index.root.glob("items-*"))) == 1
    assert not index.is_rebuilding()


@pytest.mark.parametrize("moment", ["adding", "committed"])
def test_killed_rebuild_leaves_the_old_index_serving(indexed, index, find, moment):
    item = ItemFactory(on_sale=True)
    indexed(item)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from rebond.catalogue.search.tantivy_index import TantivyIndex\n"
        "with TantivyIndex(Path(sys.argv[1])).rebuilding() as builder:\n"
        f"    {'builder.commit()' if moment == 'committed' else 'pass'}\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}", str(index.root)],
        stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == "ready\n"
        assert index.is_rebuilding()
        os.kill(other.pid, signal.SIGKILL)
        other.wait()

    assert not index.is_rebuilding()
    assert find() == [item.pk]
    assert len(list(index.root.glob("items-*"))) == 2
    rebuild_index()
    assert find() == [item.pk]
    assert len(list(index.root.glob("items-*"))) == 1


def test_commands_answer_in_json(indexed, capsys):
    item = ItemFactory(on_sale=True, title="Chaise bistrot", color="noir")
    indexed(item, ItemFactory(on_sale=True, title="Tabouret", color="noir"))

    call_command("reindex", json=True)
    report = json.loads(capsys.readouterr().out)
    assert report["documents"] == 2

    call_command("search", "chaises", "--filter", "color=noir", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["total"], answer["ids"], answer["titles"]) == (1, [item.pk], ["Chaise bistrot"])
    assert answer["facets"]["color"] == {"exact": True, "values": {"noir": 1}}

    call_command("search", "chaises")
    assert "Chaise bistrot" in capsys.readouterr().out
    for wrong in ("color", "color=", "price_min=abc", "etat=good", "price=10-20", "attr.nothing=1"):
        with pytest.raises(CommandError):
            call_command("search", "x", "--filter", wrong)


def test_search_command_without_index_fails(db, settings, tmp_path):
    settings.INDEX_DIR = tmp_path / "none"
    with pytest.raises(CommandError, match="reindex"):
        call_command("search", "x")
