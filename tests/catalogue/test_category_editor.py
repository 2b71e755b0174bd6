"""The tree, edited at the desk."""

import pytest
from django.urls import reverse

from rebond.catalogue.actions.categories_load import load_categories
from rebond.catalogue.actions.category import (
    add_category,
    announce_items_of,
    change_category,
    move_category,
    open_category,
    order_category,
    remove_attribute,
    write_attribute,
)
from rebond.catalogue.errors import CategoryChangedMeanwhile, CategoryInvalid, FieldInvalid
from rebond.catalogue.models import Category, CategorySlug
from rebond.catalogue.queries import categories as queries
from rebond.catalogue.signals import categories_changed, items_changed
from rebond.journal.models import Entry
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


@pytest.fixture
def told():
    heard = []

    def listen(*, keys, **kwargs):
        heard.append(keys)

    categories_changed.connect(listen)
    yield heard
    categories_changed.disconnect(listen)


def test_add_makes_a_leaf_that_inherits(categories, catalogue_manager, told):
    made = add_category(
        parent=categories["furniture"], name="Paravents", name_en="Folding screens", by=catalogue_manager
    )
    assert (made.key, made.path, made.depth, made.slug) == (
        "folding-screens",
        "furniture/folding-screens",
        1,
        "paravents",
    )
    assert [a.key for a in queries.attributes_of(made)] == ["wood", "style", "flat-pack"]
    assert made in queries.leaves()
    assert told == [["folding-screens"]]
    assert Entry.objects.get().action == "catalogue.category.added"


def test_add_refuses_no_name_and_a_fifth_level(categories, catalogue_manager):
    with pytest.raises(FieldInvalid):
        add_category(parent=None, name=" ", name_en="x", by=catalogue_manager)
    node = categories["chairs"]
    for n in range(2):
        node = add_category(parent=node, name=f"Niveau {n}", name_en=f"Level {n}", by=catalogue_manager)
    with pytest.raises(CategoryInvalid):
        add_category(parent=node, name="Trop", name_en="Too deep", by=catalogue_manager)


def test_two_of_one_name_get_two_keys_and_addresses(categories, catalogue_manager):
    first = add_category(parent=None, name="Chaises", name_en="Chairs", by=catalogue_manager)
    assert (first.key, first.slug) == ("chairs-2", "chaises-2")


def test_rename_keeps_the_old_address_and_the_data_file_keeps_off(categories, catalogue_manager, told):
    chairs = categories["chairs"]
    change_category(
        category=chairs, changes={"name": "Chaises et bancs", "name_en": "Chairs"}, version=1, by=catalogue_manager
    )
    chairs.refresh_from_db()
    assert (chairs.slug, chairs.version) == ("chaises-et-bancs", 2)
    assert list(CategorySlug.objects.values_list("slug", "category__key")) == [("chaises", "chairs")]
    assert queries.by_slug("chaises-et-bancs").name == "Chaises et bancs"
    assert load_categories().kept == 1
    change_category(category=chairs, changes={"name": "Chaises"}, version=2, by=catalogue_manager)
    chairs.refresh_from_db()
    assert chairs.slug == "chaises"
    assert list(CategorySlug.objects.values_list("slug", flat=True)) == ["chaises-et-bancs"]


def test_change_tells_the_second_editor_and_refuses_nonsense(categories, catalogue_manager):
    chairs = categories["chairs"]
    change_category(category=chairs, changes={"is_bulky": True}, version=1, by=catalogue_manager)
    with pytest.raises(CategoryChangedMeanwhile):
        change_category(category=chairs, changes={"is_bulky": False}, version=1, by=catalogue_manager)
    with pytest.raises(FieldInvalid):
        change_category(category=chairs, changes={"safety_rules": ["magic"]}, version=2, by=catalogue_manager)
    with pytest.raises(TypeError):
        change_category(category=chairs, changes={"key": "x"}, version=2, by=catalogue_manager)
    same = change_category(category=chairs, changes={"is_bulky": True}, version=2, by=catalogue_manager)
    assert same.version == 2


def test_move_takes_the_branch_along(categories, catalogue_manager, told):
    screens = add_category(parent=categories["chairs"], name="Hautes", name_en="High chairs", by=catalogue_manager)
    move_category(category=categories["chairs"], parent=categories["vintage"], by=catalogue_manager)
    screens.refresh_from_db()
    chairs = Category.objects.get(key="chairs")
    assert (chairs.path, chairs.parent.key, screens.path) == (
        "vintage/chairs",
        "vintage",
        "vintage/chairs/high-chairs",
    )
    assert screens.pk in queries.descendant_ids("vintage")
    assert screens.pk not in queries.descendant_ids("furniture")
    assert "period" in [a.key for a in queries.attributes_of(screens)]
    assert told[-1] == ["chairs", "high-chairs"]


def test_move_under_itself_is_refused(categories, catalogue_manager):
    for parent in ("furniture", "chairs"):
        with pytest.raises(CategoryInvalid):
            move_category(category=categories["furniture"], parent=categories[parent], by=catalogue_manager)
    assert Category.objects.get(key="furniture").path == "furniture"


def test_order_swaps_with_the_neighbour_and_stops_at_the_end(categories, catalogue_manager):
    order_category(category=categories["books"], step=1, by=catalogue_manager)
    assert [u.key for u in queries.universes()][:2] == ["music-film", "books"]
    order_category(category=categories["music-film"], step=-1, by=catalogue_manager)
    assert [u.key for u in queries.universes()][:2] == ["music-film", "books"]


def test_close_and_open(categories, catalogue_manager):
    open_category(category=categories["chairs"], is_active=False, by=catalogue_manager)
    assert "chairs" not in [c.key for c in queries.leaves()]
    open_category(category=categories["chairs"], is_active=False, by=catalogue_manager)
    open_category(category=categories["chairs"], is_active=True, by=catalogue_manager)
    assert "chairs" in [c.key for c in queries.leaves()]
    assert [e.action for e in Entry.objects.order_by("pk")] == [
        "catalogue.category.closed",
        "catalogue.category.reopened",
    ]


def test_an_attribute_is_added_without_migration_and_asked_at_once(as_user, owner, categories, catalogue_manager):
    fields = {
        "name": "Hauteur d’assise",
        "name_en": "Seat height",
        "type": "decimal",
        "unit": "cm",
        "is_required": True,
    }
    made = write_attribute(category=categories["chairs"], fields=fields, by=catalogue_manager)
    assert made.key == "seat-height"
    assert 'name="attr-seat-height"' in as_user(owner).get(f"{url('item-create')}?categorie=chairs").text
    changed = write_attribute(
        category=categories["chairs"],
        attribute=made,
        fields=fields | {"name": "Assise", "type": "text"},
        by=catalogue_manager,
    )
    assert (changed.name, changed.type) == ("Assise", "decimal")
    remove_attribute(attribute=changed, by=catalogue_manager)
    assert "seat-height" not in [a.key for a in queries.attributes_of(categories["chairs"])]


def test_a_choice_needs_two_answers(categories, catalogue_manager):
    fields = {"name": "Style", "name_en": "Style", "type": "choice", "choices": [{"key": "a", "fr": "A", "en": "A"}]}
    with pytest.raises(FieldInvalid) as caught:
        write_attribute(category=categories["chairs"], fields=fields, by=catalogue_manager)
    assert caught.value.field == "choices"


def test_items_on_sale_are_told_to_the_index(categories, seller):
    on_sale = ItemFactory(seller=seller, category=categories["chairs"], on_sale=True)
    ItemFactory(seller=seller, category=categories["chairs"])
    heard = []
    items_changed.connect(listener := lambda ids, **kwargs: heard.append(ids))
    assert announce_items_of(keys=["chairs", "tables"]) == 1
    items_changed.disconnect(listener)
    assert heard == [[on_sale.pk]]


# --- pages


def test_pages_are_for_the_catalogues_managers(as_user, owner, coordinator, catalogue_manager, categories):
    for name, args in [("category-list", ()), ("category-add", ()), ("category-change", ("chairs",)), ("attribute-add", ("chairs",))]:  # fmt: skip
        assert as_user(owner).get(url(name, *args)).status_code == 403
        assert as_user(coordinator).get(url(name, *args)).status_code == 403
        assert as_user(catalogue_manager).get(url(name, *args)).status_code == 200
    assert as_user(owner).post(url("category-move", "chairs"), {"step": "1"}).status_code == 403
    assert as_user(catalogue_manager).get(url("category-move", "chairs")).status_code == 405
    assert as_user(catalogue_manager).get(url("category-change", "nowhere")).status_code == 404
    assert Entry.objects.count() == 0


def test_list_costs_a_fixed_number_of_queries(as_user, catalogue_manager, categories, django_assert_num_queries):
    browser = as_user(catalogue_manager)
    browser.get(url("category-list"))
    with django_assert_num_queries(3):  # the numbers of items are kept for a minute
        browser.get(url("category-list"))


def test_a_category_without_pictogram_has_the_usual_one(as_user, catalogue_manager, categories):
    browser, key = (
        as_user(catalogue_manager),
        Category.objects.filter(parent__isnull=False).values_list("key").first()[0],
    )
    Category.objects.update(icon="")
    for page in (url("category-list"), url("category-change", key)):
        assert browser.get(page).status_code == 200


def test_a_manager_adds_changes_moves_and_closes(as_user, catalogue_manager, categories):
    browser = as_user(catalogue_manager)
    answer = browser.post(url("category-add"), {"name": "Paravents", "name_en": "Screens", "parent": "furniture"})
    assert answer.headers["Location"] == url("category-change", "screens")
    sent = {
        "version": "2",
        "name": "Paravents",
        "name_en": "Screens",
        "icon": "blinds",
        "tint": "menthe",
        "default_weight_g": "6 kg",
        "co2_factor": "12,5",
        "co2_source": "Étude 2025",
        "size_guide": "",
    }
    assert browser.post(url("category-change", "screens"), sent).status_code == 302
    row = Category.objects.get(key="screens")
    assert (row.default_weight_g, row.co2_factor_g, row.icon) == (6_000, 12_500, "blinds")
    browser.post(url("category-move", "screens"), {"parent": "vintage"})
    assert Category.objects.get(key="screens").path == "vintage/screens"
    assert browser.post(url("category-move", "screens"), {"parent": "screens"}).status_code == 302
    browser.post(url("category-open", "screens"), {"active": "0"})
    assert Category.objects.get(key="screens").is_active is False


def test_mistakes_are_told_on_their_fields(as_user, catalogue_manager, categories):
    browser = as_user(catalogue_manager)
    page = browser.get(url("category-change", "jeans"))
    assert 'value="23,2"' in page.text
    sent = {
        "version": "1",
        "name": "Jeans",
        "name_en": "Jeans",
        "icon": "no-such-icon",
        "tint": "ciel",
        "co2_factor": "1",
        "co2_source": "",
    }
    answer = browser.post(url("category-change", "jeans"), sent)
    assert answer.status_code == 422
    assert "Il n’y a pas de pictogramme de ce nom" in answer.text
    assert "Un chiffre sans sa source" in answer.text
    assert Category.objects.get(key="jeans").co2_factor_g == 23_200


def test_a_question_is_written_with_its_choices(as_user, catalogue_manager, categories):
    browser = as_user(catalogue_manager)
    sent = {"name": "Dossier", "name_en": "Back", "type": "choice", "choices": "Haut | High\nBas | Low\n"}
    assert browser.post(url("attribute-add", "chairs"), sent).status_code == 302
    attribute = Category.objects.get(key="chairs").own_attributes.get(key="back")
    assert attribute.choices == [
        {"key": "high", "fr": "Haut", "en": "High"},
        {"key": "low", "fr": "Bas", "en": "Low"},
    ]
    page = browser.get(url("attribute-change", "chairs", attribute.pk))
    assert "Haut | High | high" in page.text
    sent["choices"] = "Très haut | High | high\nBas | Low | low"
    browser.post(url("attribute-change", "chairs", attribute.pk), sent)
    attribute.refresh_from_db()
    assert attribute.choices[0] == {"key": "high", "fr": "Très haut", "en": "High"}
    twice = browser.post(url("attribute-add", "chairs"), sent | {"choices": "A | A\nA | A"})
    assert twice.status_code == 422
    browser.post(url("attribute-remove", "chairs", attribute.pk))
    assert not Category.objects.get(key="chairs").own_attributes.filter(key="back").exists()


def test_numbers_of_items_are_counted_up_to_a_bound_then_kept_a_minute(categories, monkeypatch):
    chairs = categories["chairs"]
    ItemFactory.create_batch(3, category=chairs)
    assert queries.item_number(chairs) == 3
    ItemFactory(category=chairs)
    assert queries.item_number(chairs) == 4

    monkeypatch.setattr(queries, "COUNTED_NOW", 2)
    assert queries.item_number(chairs) == 4
    assert queries.item_numbers() == {chairs.pk: 4}
    ItemFactory(category=chairs)
    assert queries.item_number(chairs) == 4
