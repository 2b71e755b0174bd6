"""The seller's desk: list, form, page of an item, many at once, labels."""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries.categories import categories_did_change
from rebond.catalogue.queries.labels import label_of, two_words
from rebond.core.models import Job
from rebond.journal.models import Entry
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


@pytest.fixture
def chair(seller, categories):
    return ItemFactory(
        seller=seller, category=categories["chairs"], title="Étagère et chaise", slug="etagere-et-chaise", weight_g=4200
    )


def typed(**given):
    """What a browser sends."""
    return {
        "category": "chairs",
        "title": "Chaise en hêtre",
        "description": "",
        "condition": "good",
        "price_cents": "25,00",
        "quantity": "1",
        "weight_g": "4,2",
        "origin": "gift",
        "is_manufacturer_unknown": "on",
        "flaw-TOTAL_FORMS": "1",
        "flaw-INITIAL_FORMS": "0",
        "flaw-0-kind": "",
    } | given


# --- list


def test_list_shows_the_sellers_items_only(as_user, owner, chair):
    other = ItemFactory(title="Ailleurs")
    answer = as_user(owner).get(url("item-list"))
    assert answer.status_code == 200
    assert chair.display_code in answer.text
    assert other.display_code not in answer.text
    assert 'class="opt">Chaises</td>' in answer.text


def test_list_of_the_network_shows_all_with_their_seller(as_user, catalogue_manager, chair):
    answer = as_user(catalogue_manager).get(url("item-list"))
    assert "Les Ateliers du Confluent" in answer.text


def test_orders_that_would_sort_every_seller_s_items_are_for_one_seller(as_user, owner, catalogue_manager, chair):
    assert 'value="-price"' in as_user(owner).get(url("item-list")).text
    answer = as_user(catalogue_manager).get(url("item-list"), {"tri": "-price"})
    assert answer.context["asked"].sort == "recent"
    assert 'value="-price"' not in answer.text


def test_list_is_empty_kindly(as_user, owner, categories):
    assert "Aucun objet pour l’instant" in as_user(owner).get(url("item-list")).text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("q=etagere", True),
        ("q=ÉTAGÈRE chaise", True),
        ("q=table", False),
        ("q={code}", True),
        ("q=9782070368228", True),
        ("q=REF-7", True),
        ("q=REF-8", False),
        ("etat=draft", True),
        ("etat=sold", False),
        ("etat=nowhere", True),
        ("categorie=furniture", True),
        ("categorie=books", False),
        ("condition=good", True),
        ("prix_min=30", False),
        ("prix_max=30", True),
        ("prix_min=beaucoup", True),
        ("photo=non", True),
        ("photo=oui", False),
        ("depuis=30", False),
        ("page=99999", True),
        ("page=x", True),
        ("tri=title", True),
    ],
)
def test_list_filters(as_user, owner, chair, query, kept):
    Item.objects.filter(pk=chair.pk).update(gtin="9782070368228", external_ref="REF-7")
    answer = as_user(owner).get(f"{url('item-list')}?{query.format(code=chair.display_code)}")
    assert answer.status_code == 200
    assert (chair.display_code in answer.text) is kept


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_whatever_its_length(as_user, owner, seller, categories, number, django_assert_num_queries):
    ItemFactory.create_batch(number, seller=seller, category=categories["chairs"])
    browser = as_user(owner)
    browser.get(url("item-list"))
    with django_assert_num_queries(7):
        browser.get(url("item-list"))
    with django_assert_num_queries(8):  # a filter's rows are counted
        browser.get(f"{url('item-list')}?condition=good")


@pytest.mark.parametrize("query", ["", "?etat=draft", "?etat=sold", "?condition=good"])
def test_list_tells_how_many_as_counted(as_user, owner, seller, categories, query):
    ItemFactory.create_batch(2, seller=seller, category=categories["chairs"])
    answer = as_user(owner).get(f"{url('item-list')}{query}")
    rows = answer.text.count('name="ids"')
    assert rows == (0 if "sold" in query else 2)
    assert BeautifulSoup(answer.text, "html.parser").select_one("#lines [role=status] b").get_text() == str(rows)


def test_list_names_and_links_what_it_shows(as_user, catalogue_manager, chair):
    Item.objects.filter(pk=chair.pk).update(updated_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    answer = as_user(catalogue_manager).get(url("item-list"))
    row = BeautifulSoup(answer.text, "html.parser").select_one("tbody tr")
    assert row.a["href"] == url("item-detail", chair.code.lower())
    assert "1er avr. 2026" in row.get_text()  # Paris is two hours ahead


def test_the_filters_follow_the_tree_of_categories(as_user, owner, chair, categories):
    browser = as_user(owner)
    assert ">Chaises</option>" in browser.get(url("item-list")).text
    Category.objects.filter(key="chairs").update(name="Sièges")
    categories_did_change()
    answer = browser.get(f"{url('item-list')}?categorie=chairs")
    assert 'value="chairs" selected>Sièges</option>' in answer.text
    assert answer.text.count(" selected>") == browser.get(url("item-list")).text.count(" selected>")


def test_list_fragment_is_the_part_of_the_page(as_user, owner, chair):
    fragment = as_user(owner).get(url("item-list"), headers={"HX-Request": "true"})
    page = as_user(owner).get(url("item-list"))
    assert "<html" not in fragment.text
    assert fragment.text.count("<tr>") == page.text.count("<tr>")
    assert fragment.headers["Vary"].count("HX-Request") == 1


def test_list_is_read_by_readers_not_by_visitors(as_user, reader, chair):
    answer = as_user(reader).get(url("item-list"))
    assert chair.display_code in answer.text
    assert url("item-create") not in answer.text
    assert as_user().get(url("item-list")).status_code == 302
    assert as_user(reader).post(url("item-list")).status_code == 405


def test_list_is_exported_with_its_filters(as_user, owner, reader, stranger, chair):
    answer = as_user(reader).get(f"{url('item-list')}?q=etagere&export=csv")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{chair.code};;Étagère et chaise;Meubles › Chaises;Bon état;Brouillon;25,00;;1;0;4,200")
    empty = as_user(stranger).get(f"{url('item-list')}?export=csv")
    assert len(empty.getvalue().decode("utf-8-sig").splitlines()) == 1
    sheet = as_user(owner).get(f"{url('item-list')}?export=xlsx")
    assert sheet.getvalue().startswith(b"PK")


# --- create


def test_create_saves_a_draft(as_user, owner, seller, categories):
    SiteFactory(organisation=seller)
    sent = typed(
        **{
            "attr-wood": "beech",
            "attr-seats": "1",
            "length_mm": "42,5",
            "flaw-0-kind": "scratch",
            "flaw-0-part": "Assise",
            "flaw-0-detail": "6 cm",
        }
    )
    answer = as_user(owner).post(url("item-create"), sent)
    item = Item.objects.get()
    assert answer.headers["Location"] == url("item-detail", item.code.lower())
    assert (item.title, item.price_cents, item.weight_g, item.length_mm) == ("Chaise en hêtre", 2500, 4200, 425)
    assert item.attributes == {"wood": "beech", "seats": 1}
    assert [f.part for f in item.flaws.all()] == ["Assise"]


@pytest.mark.parametrize(("said", "kept"), [("", {}), ("yes", {"flat-pack": True}), ("no", {"flat-pack": False})])
def test_a_question_left_without_an_answer_is_not_a_no(as_user, owner, categories, said, kept):
    as_user(owner).post(url("item-create"), typed(publish="1", **{"attr-flat-pack": said}))
    item = Item.objects.get()
    assert item.attributes == kept
    form = as_user(owner).get(url("item-change", item.code.lower())).text
    chosen = re.search(r'<select[^>]*name="attr-flat-pack".*?</select>', form, re.DOTALL)[0]
    assert f'value="{said}" selected' in " ".join(chosen.split())
    shown = as_user().get(f"/objet/{item.slug}-{item.code.lower()}/").text
    assert ("Se démonte" in shown) == bool(said)


def test_create_and_publish_at_once(as_user, owner, categories):
    as_user(owner).post(url("item-create"), typed(publish="1"))
    assert Item.objects.get().state == "on_sale"


def test_create_and_publish_keeps_the_draft_where_something_lacks(as_user, owner, categories):
    answer = as_user(owner).post(url("item-create"), typed(category="smartphones", publish="1"), follow=True)
    item = Item.objects.get()
    assert item.state == "draft"
    assert "Enregistré comme brouillon" in answer.text
    assert "Avant de le mettre en vente" in answer.text


def test_create_tells_every_mistake_and_keeps_what_was_typed(as_user, owner, categories):
    answer = as_user(owner).post(
        url("item-create"), typed(title="", price_cents="cher", gtin="123", **{"flaw-0-detail": "une tache"})
    )
    assert answer.status_code == 422
    assert "cher" in answer.text
    assert "8, 12, 13 ou 14 chiffres" in answer.text
    assert "Dites de quel défaut il s’agit" in answer.text
    assert Item.objects.count() == 0


def test_create_refuses_a_used_reference_on_its_field(as_user, owner, seller, categories):
    ItemFactory(seller=seller, external_ref="A-1")
    answer = as_user(owner).post(url("item-create"), typed(external_ref="A-1"))
    assert answer.status_code == 422
    assert "Un autre objet a déjà cette référence" in answer.text


def test_a_change_of_category_brings_its_questions_without_judging(as_user, owner, categories):
    sent = typed(reload="category", category="smartphones", title="", **{"flaw-0-kind": "scratch"})
    answer = as_user(owner).post(url("item-create"), sent)
    assert answer.status_code == 200
    assert 'name="attr-storage"' in answer.text
    assert 'value="25,00"' in answer.text
    assert "à corriger" not in answer.text
    assert 'name="flaw-1-kind"' in answer.text
    assert Item.objects.count() == 0
    fragment = as_user(owner).post(url("item-create"), sent, headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith("<form")


def test_another_flaw_is_offered_below_those_typed(as_user, owner, categories):
    sent = typed(reload="flaw", **{"flaw-0-kind": "stain", "flaw-0-part": "Assise"})
    answer = as_user(owner).post(url("item-create"), sent)
    assert 'value="Assise"' in answer.text
    assert 'name="flaw-2-kind"' in answer.text
    empty = as_user(owner).post(url("item-create"), typed(reload="flaw"))
    assert 'name="flaw-1-kind"' in empty.text


def test_create_is_for_sellers(as_user, reader, coordinator, categories):
    assert as_user(reader).get(url("item-create")).status_code == 403
    assert as_user(coordinator).get(url("item-create")).status_code == 403
    assert as_user(reader).post(url("item-create"), typed()).status_code == 403
    assert Item.objects.count() == 0


def test_form_shows_proof_fields_for_words_that_call_a_rule(as_user, owner, chair):
    Item.objects.filter(pk=chair.pk).update(title="Siège auto")
    assert 'name="attr-proof-car-seat"' in as_user(owner).get(url("item-change", chair.code.lower())).text


# --- change


def test_change_saves_and_journals(as_user, owner, chair):
    browser = as_user(owner)
    page = browser.get(url("item-change", chair.code.lower()))
    assert 'value="4,2' in page.text
    answer = browser.post(url("item-change", chair.code.lower()), typed(version="1", brand="Thonet"))
    assert answer.status_code == 302
    chair.refresh_from_db()
    assert (chair.brand, chair.title) == ("Thonet", "Chaise en hêtre")
    assert Entry.objects.get().action == "catalogue.item.changed"


def test_without_the_version_that_was_read_nothing_is_written_over(as_user, owner, chair):
    address = url("item-change", chair.code.lower())
    answer = as_user(owner).post(address, typed(version="", brand="Ikea"))
    assert answer.status_code == 422
    assert "quelle version vous avez lue" in answer.text
    assert 'value="Ikea"' in answer.text
    chair.refresh_from_db()
    assert (chair.version, chair.brand) == (1, "")
    assert 'name="version" value="1"' in answer.text


def test_the_second_of_two_editors_is_told(as_user, owner, colleague, chair):
    address = url("item-change", chair.code.lower())
    as_user(colleague).post(address, typed(version="1", brand="Thonet"))
    answer = as_user(owner).post(address, typed(version="1", brand="Ikea"))
    assert answer.status_code == 409
    assert "Colin Colleague a modifié cet objet entre-temps" in answer.text
    assert "Thonet" in answer.text
    assert 'value="Ikea"' in answer.text
    chair.refresh_from_db()
    assert chair.brand == "Thonet"
    assert as_user(owner).post(address, typed(version="2", brand="Ikea")).status_code == 302
    chair.refresh_from_db()
    assert chair.brand == "Ikea"


@pytest.mark.parametrize(
    "name", ["item-detail", "item-change", "item-price", "item-sell", "item-restock", "item-withdraw", "item-label"]
)
def test_a_stranger_finds_nothing(as_user, stranger, chair, name):
    assert as_user(stranger).get(url(name, chair.code.lower())).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "item-change",
        "item-publish",
        "item-submit",
        "item-send-back",
        "item-withdraw",
        "item-price",
        "item-sell",
        "item-restock",
        "item-duplicate",
    ],
)  # fmt: skip
def test_a_reader_and_a_stranger_change_nothing(as_user, reader, stranger, chair, name):
    assert as_user(reader).post(url(name, chair.code.lower()), typed(reason="lost")).status_code == 403
    assert as_user(stranger).post(url(name, chair.code.lower()), typed(reason="lost")).status_code == 404
    chair.refresh_from_db()
    assert (chair.version, Item.objects.count()) == (1, 1)


# --- one item


def test_detail_tells_the_whole_story(as_user, owner, chair):
    chair.prices.create(price_cents=2500)
    browser = as_user(owner)
    browser.post(url("item-publish", chair.code.lower()))
    browser.post(url("item-price", chair.code.lower()), {"price": "20", "reason": "30 jours en ligne"})
    answer = browser.get(url("item-detail", chair.code.lower()))
    assert "Prix\u00a0: de 25,00\u00a0€ à 20,00\u00a0€" in answer.text
    assert "Motif\u00a0: 30 jours en ligne." in answer.text
    assert "Un prix baissé une fois" in answer.text
    assert "Olivia Owner a mis en vente l’objet" in answer.text
    assert "4,2\u00a0kg" in answer.text


def test_publish_says_what_lacks(as_user, owner, seller, categories):
    item = ItemFactory(seller=seller, category=categories["board-games"])
    answer = as_user(owner).post(url("item-publish", item.code.lower()), follow=True)
    assert "Il manque une chose avant la mise en vente\u00a0: Complet." in answer.text
    item.refresh_from_db()
    assert item.state == "draft"


def test_submit_send_back_withdraw_and_copy(as_user, owner, chair):
    browser, code = as_user(owner), chair.code.lower()
    browser.post(url("item-submit", code))
    assert browser.post(url("item-send-back", code), {"reason": ""}).status_code == 422
    browser.post(url("item-send-back", code), {"reason": "Mesurez l’assise"})
    assert browser.post(url("item-withdraw", code), {"reason": "lost"}).status_code == 302
    chair.refresh_from_db()
    assert (chair.state, chair.withdraw_reason) == ("withdrawn", "lost")
    assert browser.post(url("item-withdraw", code), {"reason": "lost"}).status_code == 422
    answer = browser.post(url("item-duplicate", code))
    copy = Item.objects.exclude(pk=chair.pk).get()
    assert answer.headers["Location"] == url("item-change", copy.code.lower())


def test_a_withdrawal_can_be_undone_from_what_is_said(as_user, owner, catalogue_manager, seller, categories):
    item = ItemFactory(seller=seller, category=categories["vases"], on_sale=True, weight_g=900)
    browser, code = as_user(owner), item.code.lower()
    page = browser.post(url("item-withdraw", code), {"reason": "lost"}, follow=True)
    toast = BeautifulSoup(page.content, "html.parser").select_one("form.toast")
    assert toast["action"] == url("item-publish", code)
    browser.post(toast["action"])
    item.refresh_from_db()
    assert item.state == "on_sale"
    page = as_user(catalogue_manager).post(url("item-withdraw", code), {"reason": "lost"}, follow=True)
    assert BeautifulSoup(page.content, "html.parser").select_one("form.toast") is None


def test_the_networks_manager_withdraws_but_does_not_change(as_user, catalogue_manager, chair):
    browser, code = as_user(catalogue_manager), chair.code.lower()
    assert browser.get(url("item-change", code)).status_code == 403
    assert (
        browser.post(
            url("item-withdraw", code), {"reason": "unsafe", "ground": "law", "statement": "Rappelé."}
        ).status_code
        == 302
    )
    chair.refresh_from_db()
    assert chair.state == "withdrawn"


@pytest.mark.parametrize("name", ["item-publish", "item-submit", "item-duplicate"])
def test_verbs_need_a_post(as_user, owner, chair, name):
    assert as_user(owner).get(url(name, chair.code.lower())).status_code == 405


def test_sold_at_the_workshop_and_taken_back(as_user, owner, seller, categories):
    item = ItemFactory(seller=seller, category=categories["chairs"], on_sale=True, weight_g=4200)
    browser, code = as_user(owner), item.code.lower()
    assert url("item-sell", code) in browser.get(url("item-detail", code)).text
    asked = browser.get(url("item-sell", code))
    assert "Vendu à l’atelier" in asked.text
    assert 'name="n"' not in asked.text
    answer = browser.post(url("item-sell", code), {"note": "Ticket 118"}, follow=True)
    assert "À l’atelier. Ticket 118" in answer.text
    assert url("item-restock", code) in answer.text
    item.refresh_from_db()
    assert (item.state, item.quantity, item.reserved) == ("sold", 1, 1)
    assert browser.post(url("item-sell", code), {"note": ""}).status_code == 422
    assert browser.post(url("item-restock", code), {"reason": "Rapportée"}).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.reserved, item.sold_at) == ("withdrawn", 0, None)
    assert browser.post(url("item-restock", code), {"reason": ""}).status_code == 422


def test_some_pieces_sold_at_the_workshop_leave_the_others(as_user, owner, seller):
    item = ItemFactory(seller=seller, on_sale=True, quantity=5, reserved=1)
    browser, code = as_user(owner), item.code.lower()
    assert "Il en reste 4." in browser.get(url("item-sell", code)).text
    for wrong in ["", "0", "5", "deux"]:
        assert browser.post(url("item-sell", code), {"n": wrong, "note": ""}).status_code == 422
    assert "3 exemplaires." in browser.post(url("item-sell", code), {"n": "3", "note": ""}, follow=True).text
    item.refresh_from_db()
    assert (item.state, item.quantity, item.reserved) == ("on_sale", 2, 1)


def test_what_a_basket_holds_is_not_sold_at_the_workshop(as_user, owner, seller):
    item = ItemFactory(seller=seller, on_sale=True, quantity=1, reserved=1)
    assert as_user(owner).post(url("item-sell", item.code.lower()), {"note": ""}).status_code == 422
    item.refresh_from_db()
    assert (item.state, item.reserved) == ("on_sale", 1)


def test_withdrawing_what_is_on_sale_points_to_the_sale(as_user, owner, catalogue_manager, seller, chair):
    item = ItemFactory(seller=seller, on_sale=True)
    sale = url("item-sell", item.code.lower())
    assert sale in as_user(owner).get(url("item-withdraw", item.code.lower())).text
    assert sale not in as_user(catalogue_manager).get(url("item-withdraw", item.code.lower())).text
    assert url("item-sell", chair.code.lower()) not in as_user(owner).get(url("item-withdraw", chair.code.lower())).text


# --- many items


def test_bulk_asks_then_does(as_user, owner, chair):
    browser = as_user(owner)
    asked = browser.post(url("item-bulk", "price"), {"ids": [chair.pk], "query": "etat=draft"})
    assert "Changer le prix de 1 objet" in asked.text
    wrong = browser.post(url("item-bulk", "price"), {"ids": [chair.pk], "do": "1", "kind": "percent"})
    assert wrong.status_code == 422
    assert "(facultatif)" not in asked.text.partition("Pourcentage")[2].partition("Motif")[0]
    form = BeautifulSoup(wrong.content, "html.parser")
    assert form.select_one("[data-when=percent] .error").get_text(strip=True) == "Écrivez combien."
    assert form.select_one("[data-when=fixed] .error") is None
    other = {"ids": [chair.pk], "do": "1", "kind": "fixed", "percent": "9999"}
    form = BeautifulSoup(browser.post(url("item-bulk", "price"), other).content, "html.parser")
    assert form.select_one("[data-when=fixed] .error").get_text(strip=True) == "Écrivez combien."
    assert form.select_one("[data-when=percent] .error") is None
    sent = {"ids": [chair.pk], "do": "1", "kind": "percent", "percent": "-20", "query": "etat=draft"}
    answer = browser.post(url("item-bulk", "price"), sent)
    assert answer.headers["Location"] == f"{url('item-list')}?etat=draft"
    chair.refresh_from_db()
    assert chair.price_cents == 2000


@pytest.mark.parametrize("at_once", [0, 200])
def test_a_bulk_form_sent_twice_is_one_change(as_user, owner, chair, monkeypatch, at_once):
    browser, path = as_user(owner), url("item-bulk", "price")
    asked = BeautifulSoup(browser.post(path, {"ids": [chair.pk]}).content, "html.parser")
    monkeypatch.setattr("rebond.catalogue.web.views.item_list.AT_ONCE", at_once)
    monkeypatch.setattr("rebond.catalogue.web.views.item_list.chosen_ids", lambda request, permission: [chair.pk])
    sent = {"do": "1", "kind": "percent", "percent": "-20"}
    sent["operation"] = asked.select_one("[name=operation]")["value"]

    first, second = browser.post(path, sent), browser.post(path, sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert Job.objects.count() == 1
    chair.refresh_from_db()
    assert chair.price_cents == (2000 if at_once else 2500)
    browser.post(path, sent | {"percent": "-10"})
    assert Job.objects.count() == 2


def test_bulk_sale_takes_one_piece_or_all_that_is_left(as_user, owner, seller, categories):
    one = ItemFactory(seller=seller, on_sale=True)
    batch = ItemFactory(seller=seller, on_sale=True, quantity=6, reserved=2)
    draft = ItemFactory(seller=seller)
    browser, ids = as_user(owner), [one.pk, batch.pk, draft.pk]
    assert "3 objets vendus à l’atelier" in browser.post(url("item-bulk", "sell"), {"ids": ids}).text
    answer = browser.post(url("item-bulk", "sell"), {"ids": ids, "do": "1", "pieces": "one"}, follow=True)
    assert "2 objets modifiés." in answer.text
    assert draft.display_code in answer.text
    assert list(Item.objects.order_by("pk").values_list("state", "quantity", "reserved")) == [
        ("sold", 1, 1),
        ("on_sale", 5, 2),
        ("draft", 1, 0),
    ]
    browser.post(url("item-bulk", "sell"), {"ids": [batch.pk], "do": "1", "pieces": "all"})
    assert Item.objects.values_list("quantity", "reserved").get(pk=batch.pk) == (2, 2)
    assert browser.post(url("item-bulk", "sell"), {"ids": [batch.pk], "do": "1"}).status_code == 422


def test_bulk_on_all_that_is_found(as_user, owner, seller, chair, categories):
    other = ItemFactory(seller=seller, category=categories["vases"], weight_g=1)
    browser = as_user(owner)
    browser.post(url("item-bulk", "publish"), {"all": "1", "query": "q=etagere", "do": "1"})
    chair.refresh_from_db()
    other.refresh_from_db()
    assert (chair.state, other.state) == ("on_sale", "draft")


def test_bulk_on_all_leaves_what_came_after_the_question(as_user, owner, seller, chair, categories):
    browser, sent = as_user(owner), {"all": "1", "query": "etat=draft"}
    asked = BeautifulSoup(browser.post(url("item-bulk", "publish"), sent).content, "html.parser")
    late = ItemFactory(seller=seller, category=chair.category, weight_g=1)
    last = asked.select_one("[name=last]")["value"]

    browser.post(url("item-bulk", "publish"), sent | {"do": "1", "last": last})

    chair.refresh_from_db()
    late.refresh_from_db()
    assert (chair.state, late.state) == ("on_sale", "draft")


def test_bulk_tells_refusals_one_by_one(as_user, owner, seller, categories):
    game = ItemFactory(seller=seller, category=categories["board-games"], title="Cluedo")
    answer = as_user(owner).post(url("item-bulk", "publish"), {"ids": [game.pk], "do": "1"}, follow=True)
    assert "Cluedo" in answer.text
    assert "Il manque une chose" in answer.text


def test_bulk_above_200_becomes_a_job_that_only_its_owner_sees(as_user, owner, stranger, seller, chair, monkeypatch):
    monkeypatch.setattr("rebond.catalogue.web.views.item_list.AT_ONCE", 0)
    answer = as_user(owner).post(url("item-bulk", "withdraw"), {"all": "1", "do": "1", "reason": "lost"})
    job = Job.objects.get()
    assert answer.headers["Location"] == url("item-job", job.public_id)
    assert as_user(owner).get(url("item-job", job.public_id)).status_code == 200
    assert as_user(stranger).get(url("item-job", job.public_id)).status_code == 404


def test_bulk_never_touches_what_is_not_ones_own(as_user, owner, reader, stranger, chair, categories):
    sent = {"ids": [chair.pk], "do": "1", "kind": "fixed", "amount": "1"}
    assert as_user(stranger).post(url("item-bulk", "price"), sent).headers["Location"] == url("item-list")
    assert as_user(reader).post(url("item-bulk", "price"), sent).status_code == 403
    assert as_user(owner).post(url("item-bulk", "dance"), sent).status_code == 404
    assert as_user(owner).get(url("item-bulk", "price")).status_code == 405
    chair.refresh_from_db()
    assert chair.price_cents == 2500


def test_bulk_of_a_manager_at_the_operator_stops_at_the_operators_own_items(as_user, coordinator, operator, chair):
    """Coordinator and manager at once: seeing all comes from one role, changing from the other."""
    MembershipFactory(user=coordinator, organisation=operator, role="manager")
    sent = {"ids": [chair.pk], "do": "1", "kind": "fixed", "amount": "1", "reason": "lost", "query": ""}
    for verb in ("price", "withdraw"):
        for way in ({}, {"all": "1"}):
            answer = as_user(coordinator).post(url("item-bulk", verb), sent | way)
            assert answer.headers["Location"] == url("item-list")
    chair.refresh_from_db()
    assert (chair.price_cents, chair.state) == (2500, "draft")


# --- labels


def test_label_of_one_item_is_a_pdf(as_user, reader, chair):
    answer = as_user(reader).get(url("item-label", chair.code.lower()), {"format": "rouleau"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_device_keeps_how_it_prints_and_prints_again_the_same_object(as_user, reader, chair):
    browser, path = as_user(reader), url("item-label", chair.code.lower())
    asked = browser.get(path)
    assert 'value="rouleau" checked' in asked.text
    first = browser.get(path, {"format": "zpl-62"})
    assert first.headers["Content-Disposition"].endswith(f'-{chair.code.lower()}.zpl"')
    assert first.content.startswith(b"^XA")
    assert chair.display_code.replace("\u00a0", " ").encode() in first.content
    assert 'value="zpl-62" checked' in browser.get(path).text
    assert f"{path}?format=zpl-62" in browser.get(url("item-detail", chair.code.lower())).text
    again = browser.get(path, {"format": "zpl-62"})
    assert (again.content, Item.objects.count()) == (first.content, 1)
    assert browser.get(path, {"format": "epl-4x6"}).content.startswith(b"\nN\n")
    assert browser.get(path, {"format": "4x6"}).content.startswith(b"%PDF")
    assert browser.get(path, {"format": "pigeon"}).text.count('name="format"') == 7


def test_labels_ask_for_the_paper_then_print(as_user, owner, chair):
    browser = as_user(owner)
    asked = browser.post(url("item-labels"), {"ids": [chair.pk]})
    assert "1 étiquette à imprimer" in asked.text
    answer = browser.post(url("item-labels"), {"ids": [chair.pk], "format": "a4"})
    assert answer.content.startswith(b"%PDF")
    assert browser.post(url("item-labels"), {}).headers["Location"] == url("item-list")


def test_forms_with_words_keep_them(as_user, owner, chair):
    verb = as_user(owner).get(url("item-withdraw", chair.code.lower())).text
    bulk = as_user(owner).post(url("item-bulk", "withdraw"), {"ids": [chair.pk]}).text

    assert 'data-rebond-keep="item-withdraw"' in verb
    assert 'data-rebond-keep="items-withdraw"' in bulk


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Chaise en hêtre, années 60", ("Chaise", "en hêtre")),
        ("Lot de quatre CD, jazz", ("CD", "jazz")),
        ("Le Grand Livre des oiseaux", ("Grand", "Livre des oiseaux")),
        ("Lot de verres", ("Lot", "de verres")),
    ],
)
def test_label_says_the_thing_first(title, words):
    assert two_words(title) == words


def test_a_book_s_label_says_its_title_and_who_wrote_it():
    words = {title: label_of(ItemFactory.build(title=title, gtin="9782070409228")) for title in BOOKS}
    assert {title: (label.word, label.more) for title, label in words.items()} == BOOKS


BOOKS = {
    "Le Père Goriot, Honoré de Balzac": ("Le Père Goriot", "Honoré de Balzac"),
    "Vingt mille lieues sous les mers, Jules Verne": ("Vingt mille…", "Jules Verne"),
    "Atlas": ("Atlas", ""),
    "Anticonstitutionnellement, Nous": ("Anticonstitutionn…", "Nous"),
}
