"""The history of an imported item is the one that a hand at the desk would have left."""

import pytest

from rebond.catalogue.actions.item_state import publish_item, submit_item, withdraw_item
from rebond.catalogue.actions.item_write import change_item, create_item
from rebond.catalogue.models import Item
from rebond.catalogue.queries.item_facts import history_of
from rebond.connect.actions.undo import undo_batches, undo_import
from rebond.journal.models import Entry, Transition
from tests.factories.connect import imported, line, template

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
MOVE = ("verb", "from_state", "to_state", "reason", "actor_id", "actor_label", "organisation_id", "organisation_label")
SUBJECT = ("subject_kind", "subject_label")


def moves(item, *names):
    rows = Transition.objects.filter(subject_id=item.code).order_by("pk")
    return list(rows.values_list(*(names or (*MOVE, *SUBJECT))))


def entries(item):
    rows = Entry.objects.filter(subject_id=item.code).order_by("pk")
    return [(e.action, e.actor_id, e.organisation_id, e.subject_kind, e.subject_label) for e in rows]


def by_hand(seller, novels, owner):
    fields = {"description": "Un texte", "weight_g": 1400}
    return create_item(
        seller=seller,
        category=novels,
        title="Lampe orange",
        condition="good",
        price_cents=1800,
        by=owner,
        fields=fields,
    )


@pytest.mark.parametrize(("target", "verb"), [("on_sale", publish_item), ("in_review", submit_item), ("draft", None)])
def test_an_imported_item_has_the_history_of_one_made_by_hand(seller, owner, novels, target, verb):
    imported(seller, template(line("A")), by=owner, target=target)
    item, mine = Item.objects.get(external_ref="A"), by_hand(seller, novels, owner)
    if verb is not None:
        mine = verb(item=mine, by=owner)
    assert item.state == mine.state == target
    assert item.version == mine.version
    assert moves(item) == moves(mine)
    assert [e[0] for e in entries(item)] == ["catalogue.item.imported", *(e[0] for e in entries(mine)[1:])]
    assert [e[1:] for e in entries(item)] == [e[1:] for e in entries(mine)]


def test_the_history_says_which_file_it_came_from(seller, owner, novels):
    run = imported(seller, template(line("A")), by=owner)
    (fact,) = history_of(Item.objects.get())
    assert "stock.csv" in fact.title
    assert Entry.objects.get(action="catalogue.item.imported").data == {
        "price_cents": 1800, "import": run.public_id, "file": "stock.csv",
    }  # fmt: skip


def test_a_changed_line_leaves_what_a_change_by_hand_leaves(seller, owner, novels):
    imported(seller, template(line("A")), by=owner, target="on_sale")
    imported(seller, template(line("A", title="Lampe bleue", price="12")), by=owner)
    mine = publish_item(item=by_hand(seller, novels, owner), by=owner)
    change_item(item=mine, changes={"title": "Lampe bleue", "price_cents": 1200}, by=owner)
    found, made = (
        Entry.objects.filter(action="catalogue.item.changed", subject_id=code).get().data
        for code in (Item.objects.get(external_ref="A").code, mine.code)
    )
    assert (
        found["changes"] == made["changes"] == {"title": ["Lampe orange", "Lampe bleue"], "price_cents": [1800, 1200]}
    )
    assert found["version"] == made["version"] == 3


def test_a_sold_out_line_leaves_what_a_withdrawal_leaves(seller, owner, novels):
    imported(seller, template(line("A")), by=owner, target="on_sale")
    imported(seller, template(line("A", quantity="0")), by=owner)
    mine = withdraw_item(
        item=publish_item(item=by_hand(seller, novels, owner), by=owner), reason="sold_elsewhere", by=owner
    )
    item = Item.objects.get(external_ref="A")
    assert moves(item) == moves(mine)
    assert entries(item)[-1] == entries(mine)[-1]


def test_an_undo_leaves_its_moves_and_its_entries(seller, owner, novels):
    old = imported(seller, template(line("A")), by=owner, target="on_sale")
    run = imported(seller, template(line("A", quantity="0"), line("B")), by=owner)
    code = Item.objects.get(external_ref="B").code
    for one in (run, old):
        undo_import(run=one, by=owner, enqueue=False)
        undo_batches(run_id=one.pk)
    item = Item.objects.get()
    assert moves(item, "verb", "from_state", "to_state") == [
        ("publish", "draft", "on_sale"),
        ("withdraw", "on_sale", "withdrawn"),
        ("publish", "withdrawn", "on_sale"),
        ("withdraw", "on_sale", "withdrawn"),
    ]
    assert item.state == "withdrawn"
    assert list(Entry.objects.filter(subject_id=code).order_by("pk").values_list("action", flat=True)) == [
        "catalogue.item.imported",
        "catalogue.item.deleted",
    ]
    assert len(history_of(item)) == len(entries(item)) == 5
