"""The import: what it creates, changes and refuses; again, killed, paused, undone."""

import datetime

import pytest
from django.utils import timezone

from rebond.catalogue.actions.hold import hold_and_tell, lift_hold
from rebond.catalogue.actions.recall import add_recall
from rebond.catalogue.models import Hold, Item, ItemFlaw, PriceChange
from rebond.catalogue.signals import items_changed
from rebond.connect.actions.categories import choose_categories
from rebond.connect.actions.running import pause_import, resume_import, run_batches, start_import
from rebond.connect.actions.trial import run_trial, start_trial
from rebond.connect.actions.undo import undo_batch, undo_batches, undo_import
from rebond.connect.actions.uploads import set_columns, set_target, upload_import
from rebond.connect.enums import Target
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.models import ImportProfile, ImportRun
from rebond.journal.models import Entry
from tests.factories.connect import HEADINGS, imported, line, template, upload
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def counts(run):
    return run.created, run.updated, run.unchanged, run.refused, run.skipped


def snapshot(seller):
    fields = ("external_ref", "title", "price_cents", "quantity", "condition", "weight_g", "state", "description")
    return list(Item.objects.filter(seller=seller).order_by("external_ref").values_list(*fields))


def test_rows_become_drafts_with_codes_prices_and_one_journal_entry(seller, owner, novels):
    run = imported(seller, template(line("A"), line("B", price="5")), by=owner)
    assert counts(run) == (2, 0, 0, 0, 0)
    assert (run.state, run.rows_read, run.checkpoint) == ("done", 2, 2)
    items = list(Item.objects.filter(seller=seller).order_by("external_ref"))
    assert [(i.title, i.price_cents, i.state, i.category.key, i.weight_g, i.condition) for i in items] == [
        ("Lampe orange", 1800, "draft", "novels", 1400, "good"),
        ("Lampe orange", 500, "draft", "novels", 1400, "good"),
    ]
    assert len({i.code for i in items}) == 2
    assert all(i.code.startswith("CF") for i in items)
    assert sorted(PriceChange.objects.filter(item__in=items).values_list("price_cents", flat=True)) == [500, 1800]
    assert Entry.objects.filter(action="connect.import.finished").count() == 1


def test_the_same_file_twice_changes_nothing(seller, owner, novels):
    lines = [line("A"), line("B", price="5")]
    imported(seller, template(*lines), by=owner)
    before = snapshot(seller)
    run = imported(seller, template(*lines), by=owner)
    assert counts(run) == (0, 0, 2, 0, 0)
    assert snapshot(seller) == before


def test_a_file_without_references_never_enters_twice(seller, novels):
    text = "Titre;Rayon;Prix\nLampe;Romans;5\nVase;Romans;7\nLampe;Romans;9\n"
    first = imported(seller, upload(text))
    assert counts(first) == (2, 0, 0, 1, 0)
    assert list(first.rows.filter(outcome="refused").values_list("line", "code", "params")) == [
        (4, "duplicate_text", {"line": 2})
    ]
    assert counts(imported(seller, upload(text))) == (0, 0, 2, 1, 0)


def test_a_changed_line_changes_its_item_and_the_price_history(seller, owner, novels):
    imported(seller, template(line("A"), line("B")), by=owner)
    run = imported(seller, template(line("A", title="Lampe bleue", price="12"), line("B")), by=owner)
    item = Item.objects.get(external_ref="A")
    assert counts(run) == (0, 1, 1, 0, 0)
    assert (item.title, item.slug, item.price_cents, item.version) == ("Lampe bleue", "lampe-bleue", 1200, 2)
    assert list(item.prices.order_by("pk").values_list("price_cents", flat=True)) == [1800, 1200]
    assert run.rows.get().previous == {"title": ["Lampe orange", "Lampe bleue"], "price_cents": [1800, 1200]}


def test_a_cheaper_published_item_shows_the_lowest_price_of_30_days(seller, novels):
    imported(seller, template(line("A")), target="on_sale")
    long_ago = timezone.now() - datetime.timedelta(days=5)
    Item.objects.update(published_at=long_ago)
    PriceChange.objects.update(at=long_ago)
    imported(seller, template(line("A", price="12")))
    assert Item.objects.get().previous_price_cents == 1800


def test_what_the_file_does_not_say_is_left_alone(seller, novels):
    imported(seller, template(line("A")))
    Item.objects.update(condition="like_new", weight_g=77, brand="Fase", quantity=4)
    run = imported(seller, upload("Référence;Titre;Rayon;Prix\nA;Lampe orange;Romans;18"))
    assert counts(run) == (0, 0, 1, 0, 0)
    item = Item.objects.get()
    assert (item.condition, item.weight_g, item.brand, item.quantity) == ("like_new", 77, "Fase", 4)


def test_refused_lines_say_column_value_and_reason_and_write_nothing(seller, novels):
    run = imported(
        seller,
        template(
            line("A", price="à débattre"), line("B", condition="bof"), line("C", category="Bibelots"), line("D", title=""),
            line("E", quantity="0"), line("F", weight="lourd", price="0"), line("F2"), line("F2"), line("G", title="x" * 5_000),
        ),
    )  # fmt: skip
    assert counts(run) == (1, 0, 0, 8, 0)
    found = list(run.rows.filter(outcome="refused").order_by("line", "pk").values_list("line", "column", "code"))
    assert found == [
        (2, "Prix", "number"), (3, "État", "condition"), (4, "Rayon", "category_unknown"), (5, "Titre", "title_required"),
        (6, "Quantité", "quantity_zero"), (7, "Prix", "price_zero"), (7, "Poids (kg)", "weight"), (9, "Référence", "duplicate"),
        (10, "Titre", "too_long"),
    ]  # fmt: skip
    assert run.rows.get(line=2).value == "à débattre"
    assert run.rows.get(line=9).reason == "A reference of its own: line 8 has the same."
    assert list(Item.objects.values_list("external_ref", flat=True)) == ["F2"]


def test_publishing_is_for_complete_lines_of_admitted_sellers(seller, lamps):
    lamps.safety_rules = ["medicine"]
    lamps.save()
    from rebond.catalogue.queries.categories import categories_did_change

    categories_did_change()
    run = imported(seller, template(line("A", category="Luminaires", weight="")), target="on_sale")
    assert (counts(run), run.incomplete, Item.objects.get().state) == ((1, 0, 0, 0, 0), 1, "draft")


def test_published_lines_go_online_and_the_shop_is_told_once_per_batch(seller, novels):
    told = []

    def listen(sender, ids, **kwargs):
        told.append(sorted(ids))

    items_changed.connect(listen)
    try:
        imported(seller, template(line("A"), line("B"), line("C")), target="on_sale")
    finally:
        items_changed.disconnect(listen)
    items = list(Item.objects.order_by("pk"))
    assert {i.state for i in items} == {"on_sale"}
    assert all(i.published_at for i in items)
    assert told == [[i.pk for i in items]]


def test_a_candidate_may_not_publish(novels):
    candidate = OrganisationFactory(letters="CAN")
    run = upload_import(seller=candidate, upload=template(line("A")), by=None)
    with pytest.raises(ImportRefused, match="admitted"):
        set_target(run=run, target="on_sale", by=None)
    nobody = OrganisationFactory(letters=None)
    with pytest.raises(ImportRefused, match="letters"):
        upload_import(seller=nobody, upload=template(line("A")), by=None)


def test_a_sold_out_line_withdraws_its_item_unless_somebody_holds_it(seller, novels):
    imported(seller, template(line("A"), line("B")), target="on_sale")
    Item.objects.filter(external_ref="B").update(reserved=1)
    run = imported(seller, template(line("A", quantity="0"), line("B", quantity="0")))
    assert counts(run) == (0, 1, 0, 1, 0)
    gone = Item.objects.get(external_ref="A")
    assert (gone.state, gone.withdraw_reason, gone.quantity) == ("withdrawn", "sold_elsewhere", 1)
    assert run.rows.get(outcome="refused").code == "quantity_reserved"
    assert Item.objects.get(external_ref="B").state == "on_sale"


def test_a_sold_item_is_never_touched(seller, novels):
    imported(seller, template(line("A")), target="on_sale")
    Item.objects.update(state="sold", reserved=1, sold_at=timezone.now())
    run = imported(seller, template(line("A", price="1", quantity="5")))
    assert counts(run) == (0, 0, 1, 0, 0)
    assert Item.objects.get().price_cents == 1800


def test_another_seller_with_the_same_references_is_another_catalogue(seller, novels):
    other = OrganisationFactory(admitted=True, letters="OO")
    imported(seller, template(line("A")))
    run = imported(other, template(line("A", price="3")))
    assert counts(run) == (1, 0, 0, 0, 0)
    assert sorted(Item.objects.values_list("seller__letters", "price_cents")) == [("CF", 1800), ("OO", 300)]


def test_categories_are_chosen_once_and_remembered_by_seller(seller, owner, novels, lamps):
    text = template(line("A", category="Bibelots > Divers"), line("B", category="Rebut"))
    assert counts(imported(seller, text)) == (0, 0, 0, 2, 0)
    choose_categories(seller=seller, choices={"bibelots > DIVERS": "lamps", "Rebut": "-"}, by=owner)
    run = imported(seller, template(line("A", category="Bibelots > Divers"), line("B", category="Rebut")))
    assert counts(run) == (1, 0, 0, 0, 1)
    assert Item.objects.get().category == lamps
    with pytest.raises(ImportRefused, match="not one of our categories"):
        choose_categories(seller=seller, choices={"x": "nothing"}, by=owner)


def test_columns_are_corrected_kept_and_used_for_the_next_file(seller, owner, novels):
    text = "NUM;MOTS;EUROS;RANG\nA;Lampe;5;Romans"
    run = upload_import(seller=seller, upload=upload(text), by=owner)
    with pytest.raises(ImportRefused, match="title"):
        set_columns(run=run, mapping=run.mapping, defaults={}, by=owner)
    assert not ImportProfile.objects.exists()
    mapping = {"NUM": "external_ref", "MOTS": "title", "EUROS": "price", "RANG": "category"}
    set_columns(run=run, mapping=mapping, defaults={"condition": "like_new"}, by=owner)
    again = upload_import(seller=seller, upload=upload(text), by=owner)
    assert (again.mapping, again.defaults) == (mapping, {"condition": "like_new"})
    start_import(run=again, by=owner, enqueue=False)
    run_batches(run_id=again.pk)
    assert Item.objects.get().condition == "like_new"
    with pytest.raises(WrongImportState):
        set_columns(run=ImportRun.objects.get(pk=again.pk), mapping=mapping, defaults={}, by=owner)


def test_vat_is_added_where_the_seller_says_that_prices_lack_it(seller, novels):
    run = upload_import(seller=seller, upload=template(line("A", price="16,51")), by=None)
    set_columns(run=run, mapping=run.mapping, defaults={"vat_percent": "20"}, by=None)
    start_import(run=run, by=None, enqueue=False)
    run_batches(run_id=run.pk)
    assert Item.objects.get().price_cents == 1981


def test_a_trial_counts_everything_and_writes_nothing(seller, owner, novels):
    imported(seller, template(line("A")))
    before = snapshot(seller)
    text = template(line("A", price="2"), line("B"), line("C", price="x"), line("D", category="Bibelots"))
    run = upload_import(seller=seller, upload=text, by=owner)
    start_trial(run=run, by=owner, enqueue=False)
    run_trial(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run), run.rows_total) == ("tried", (1, 1, 0, 2, 0), 4)
    assert run.findings == {"categories": {"Romans": 3, "Bibelots": 1}}
    assert snapshot(seller) == before
    start_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", (1, 1, 0, 2, 0))


def test_stopped_after_any_batch_it_goes_on_to_the_same_result(seller, owner, novels):
    lines = [line(f"R{n}", title=f"Lampe {n}", price="x" if n == 3 else "4") for n in range(7)]
    run = upload_import(seller=seller, upload=template(*lines), by=owner)
    start_import(run=run, by=owner, enqueue=False)

    class Killed(BaseException):
        pass

    def die(_run):
        raise Killed

    for _attempt in range(3):
        with pytest.raises(Killed):
            run_batches(run_id=run.pk, batch=2, told=die)
    run.refresh_from_db()
    assert (run.state, run.checkpoint, Item.objects.count()) == ("running", 6, 5)
    run_batches(run_id=run.pk, batch=2)
    run.refresh_from_db()
    assert (run.state, counts(run), Item.objects.count()) == ("done", (6, 0, 0, 1, 0), 6)
    assert run_batches(run_id=run.pk) == "done"
    assert Item.objects.count() == 6


def test_paused_it_writes_nothing_more_until_it_goes_on(seller, owner, novels):
    run = upload_import(seller=seller, upload=template(line("A"), line("B")), by=owner)
    start_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk, batch=1, told=lambda r: pause_import(run=r, by=owner))
    run.refresh_from_db()
    assert (run.state, run.checkpoint, Item.objects.count()) == ("paused", 1, 1)
    with pytest.raises(WrongImportState):
        pause_import(run=run, by=owner)
    resume_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk)
    assert Item.objects.count() == 2


def test_undo_removes_what_was_created_and_restores_what_was_changed(seller, owner, novels):
    headings = f"{HEADINGS};Défauts"
    imported(seller, upload(f"{headings}\n{line('A')};Rayure"))
    before = snapshot(seller)
    run = imported(
        seller, upload(f"{headings}\n{line('A', title='Autre', price='3')};Fil jauni | tache\n{line('B')};"), by=owner
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    undo_import(run=run, by=owner, enqueue=False)
    assert undo_batches(run_id=run.pk) == "undone"
    assert snapshot(seller) == before
    assert list(ItemFlaw.objects.values_list("detail", flat=True)) == ["Rayure"]
    assert list(Item.objects.get().prices.order_by("pk").values_list("price_cents", flat=True)) == [1800, 300, 1800]
    run.refresh_from_db()
    with pytest.raises(WrongImportState):
        undo_import(run=run, by=owner)


def test_undo_keeps_what_was_sold_or_changed_since(seller, owner, novels):
    imported(seller, template(line("A")))
    run = imported(seller, template(line("A", title="Autre", price="3"), line("B"), line("C")), target="on_sale")
    Item.objects.filter(external_ref="A").update(title="Changé au bureau")
    Item.objects.filter(external_ref="B").update(state="sold", reserved=1, sold_at=timezone.now())
    undo_import(run=run, by=owner, enqueue=False)
    undo_batches(run_id=run.pk)
    run.refresh_from_db()
    found = {i.external_ref: (i.title, i.price_cents, i.state) for i in Item.objects.all()}
    assert found == {
        "A": ("Changé au bureau", 1800, "draft"),
        "B": ("Lampe orange", 1800, "sold"),
        "C": ("Lampe orange", 1800, "withdrawn"),
    }
    assert (run.state, run.kept) == ("undone", 2)


def test_undo_puts_nothing_back_on_sale_against_the_moderators(seller, owner, novels):
    imported(seller, template(line("A")), target="on_sale")
    run = imported(seller, template(line("A", quantity="0")), by=owner)
    item = Item.objects.get()
    Hold.objects.create(item=item, ground="law", statement="Rappelé.", placed_by="Mona")
    undo_import(run=run, by=owner, enqueue=False)
    undo_batches(run_id=run.pk)
    item.refresh_from_db()
    run.refresh_from_db()
    assert (item.state, run.kept) == ("withdrawn", 1)


@pytest.mark.parametrize("is_lifted", [False, True])
def test_undo_keeps_a_draft_that_the_moderators_decided_on(seller, owner, coordinator, novels, is_lifted):
    run = imported(seller, template(line("A"), line("B")), by=owner)
    item = Item.objects.get(external_ref="A")
    hold = hold_and_tell(item=item, ground="law", statement="Interdit.", reason="other", by=coordinator)
    if is_lifted:
        lift_hold(hold=hold, reason="Une erreur.", by=coordinator)
    undo_import(run=run, by=owner, enqueue=False)
    assert undo_batches(run_id=run.pk) == "undone"
    run.refresh_from_db()
    assert (run.kept, list(Item.objects.values_list("external_ref", "state"))) == (1, [("A", "withdrawn")])


def test_undo_puts_nothing_back_on_sale_that_was_recalled_since(seller, owner, coordinator, novels):
    imported(seller, template(line("A"), line("B")), target="on_sale")
    Item.objects.filter(external_ref="A").update(brand="Calorie", title="Brasero 200")
    run = imported(seller, template(line("A", title="Autre", quantity="0"), line("B", quantity="0")), by=owner)
    recall = {"label": "Radiateur", "risk": "Il prend feu.", "source": "network", "brand": "Calorie"}
    add_recall(fields=recall | {"model_names": "Brasero 200"}, by=coordinator)
    undo_import(run=run, by=owner, enqueue=False)
    undo_batches(run_id=run.pk)
    run.refresh_from_db()
    found = dict(Item.objects.values_list("external_ref", "state"))
    assert (found, run.kept) == ({"A": "withdrawn", "B": "on_sale"}, 1)
    assert Item.objects.get(external_ref="A").title == "Brasero 200"


def test_undo_stopped_between_batches_goes_on(seller, owner, novels):
    run = upload_import(seller=seller, upload=template(*[line(f"R{n}", title=f"L {n}") for n in range(5)]), by=owner)
    start_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk, batch=2)
    run.refresh_from_db()
    undo_import(run=run, by=owner, enqueue=False)
    assert undo_batch(run=run) == 1
    assert Item.objects.count() == 4
    assert undo_batches(run_id=run.pk) == "undone"
    assert Item.objects.count() == 0


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
]


@pytest.mark.parametrize("payload", XSS)
def test_a_payload_in_every_field_leaves_no_tag(seller, novels, payload):
    head = ["Référence", "Titre", "Description", "Rayon", "Prix", "Marque", "Couleur", "Taille", "Défauts", "Fabricant"]
    head += ["Adresse du fabricant", "Consignes de sécurité"]
    cells = [
        f"A{payload}",
        f"Lampe {payload}",
        payload,
        "Romans",
        "5",
        payload,
        payload,
        payload,
        payload,
        payload,
        payload,
        payload,
    ]
    quoted = ";".join('"' + c.replace('"', '""') + '"' for c in cells)
    run = imported(seller, upload(f"{';'.join(head)}\n{quoted}"), target="on_sale")
    assert counts(run) == (1, 0, 0, 0, 0)
    item = Item.objects.get()
    stored = " ".join(
        str(getattr(item, f)) for f in ("external_ref", "title", "description", "brand", "color", "manufacturer")
    )
    stored += " ".join(f.detail for f in item.flaws.all())
    assert "<" not in stored


def test_known_items_are_found_by_their_reference_not_by_reading_the_sellers_catalogue(seller, novels):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from rebond.connect.judging import find_items
    from rebond.connect.reading import Prepared

    imported(seller, template(line("A"), line("B")))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert set(find_items([Prepared(2, ref="A"), Prepared(3, ref="Z")], seller=seller)) == {"A"}
    (query,) = queries
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            assert "item_external_ref_once" in str(cursor.fetchall())


@pytest.mark.parametrize("is_register_kept", [False, True])
def test_more_rows_ask_no_more_queries(seller, owner, novels, is_register_kept):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seller.is_register_kept = is_register_kept
    seller.save(update_fields=["is_register_kept"])
    asked = []
    for letter, count in (("A", 1), ("B", 2), ("C", 9)):  # the first makes the seller's waiting place and columns
        text = template(*(line(f"{letter}{n}") for n in range(count)))
        with CaptureQueriesContext(connection) as queries:
            run = imported(seller, text, by=owner, target=Target.PUBLISH)
        assert run.created == count
        asked.append([query["sql"].split(" WHERE ")[0][:60] for query in queries])
    assert len(asked[1]) == len(asked[2]), set(asked[2]) - set(asked[1])
