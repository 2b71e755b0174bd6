"""The tree of the data file, its loading, and its memory."""

import json

import pytest
from django.core.cache import caches
from django.core.management import call_command

from rebond.catalogue.actions.categories_load import load_categories
from rebond.catalogue.data import categories_file
from rebond.catalogue.data.safety import RULES
from rebond.catalogue.enums import AttributeType
from rebond.catalogue.models import Category, CategoryAttribute
from rebond.catalogue.queries import categories as queries
from rebond.core.templatetags.rebond import icon
from tests.factories.catalogue import CategoryFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
TINTS = {"sable", "ciel", "rose", "anis", "lilas", "menthe", "peche"}


def nodes():
    for universe in categories_file()["tree"]:
        yield universe
        yield from universe["children"]


def test_the_file_has_universes_and_at_least_120_leaves():
    tree = categories_file()["tree"]
    assert len(tree) == 17
    assert sum(len(universe["children"]) for universe in tree) == 230


def test_every_node_of_the_file_is_whole():
    data = categories_file()
    seen_keys, seen_slugs = set(), set()
    for node in nodes():
        assert node["key"] not in seen_keys
        assert node["slug"] not in seen_slugs
        seen_keys.add(node["key"])
        seen_slugs.add(node["slug"])
        assert node["name"]
        assert node["name_en"]
        assert "<svg" in icon(node["icon"])
        assert set(node.get("safety", [])) <= {*RULES, queries.NO_WORDS}
        assert set(node.get("attributes", [])) <= set(data["attributes"])
        assert node.get("size_guide") in {None, *data["size_guides"]}
        if "children" in node:
            assert node["tint"] in TINTS
        else:
            assert 0 < node["weight_g"] < 100_000
    for attribute in data["attributes"].values():
        assert attribute["type"] in AttributeType.values
        assert bool(attribute.get("choices")) == (attribute["type"] in {"choice", "multi"})
        keys = [choice["key"] for choice in attribute.get("choices", [])]
        assert len(keys) == len(set(keys))


def test_no_category_of_the_file_names_a_refusal_that_nothing_lifts():
    """Such a category would sell nothing at all: words call these rules, categories do not."""
    named = {node["key"]: set(node.get("safety", [])) for node in nodes()}
    refusals = {rule.key for rule in RULES.values() if rule.is_refusal}
    assert {key: names & refusals for key, names in named.items() if names & refusals} == {}


def test_co2_factors_name_their_source_and_doubtful_values_are_absent():
    """rules.md E3: wardrobe and bed look inconsistent in the source; books are a low-confidence estimate."""
    by_key = {node["key"]: node for node in nodes()}
    assert all("co2_source" in node for node in nodes() if "co2_g" in node)
    assert by_key["jeans"]["co2_g"] == 23_200
    assert by_key["laptops"]["co2_g"] == 182_600
    assert "co2_g" not in by_key["wardrobes"]
    assert "co2_g" not in by_key["beds"]
    assert "confiance faible" in by_key["novels"]["co2_source"]


def test_each_drawing_has_one_leaf():
    leaf_of = {art: node["key"] for node in nodes() if "children" not in node for art in node.get("arts", [])}
    assert (len(leaf_of), leaf_of["chair"]) == (138, "chairs")
    assert sum(len(node.get("arts", [])) for node in nodes()) == 138


def test_load_creates_all_then_changes_nothing():
    first = load_categories()
    attributes = CategoryAttribute.objects.count()
    again = load_categories()
    assert (first.created, first.updated, first.kept) == (247, 0, 0)
    assert (again.created, again.updated, again.unchanged, again.kept) == (0, 0, 247, 0)
    assert Category.objects.count() == 247
    assert CategoryAttribute.objects.count() == attributes
    chairs = Category.objects.get(key="chairs")
    assert (chairs.path, chairs.depth, chairs.default_weight_g) == ("furniture/chairs", 1, 4_200)


def test_load_repairs_a_row_nobody_edited_and_keeps_one_changed_at_the_desk():
    load_categories()
    Category.objects.filter(key="chairs").update(name="Chaises et chauffeuses", version=2)
    Category.objects.filter(key="tables").update(default_weight_g=1)
    CategoryAttribute.objects.filter(category__key="chairs").update(name="Places assises")
    CategoryAttribute.objects.filter(category__key="tables", key="seats").update(name="Faux")
    result = load_categories()
    assert (result.created, result.updated, result.kept) == (0, 1, 1)
    assert Category.objects.get(key="chairs").name == "Chaises et chauffeuses"
    assert Category.objects.get(key="tables").default_weight_g == 25_000
    assert CategoryAttribute.objects.get(category__key="chairs", key="seats").name == "Places assises"
    assert CategoryAttribute.objects.get(category__key="tables", key="seats").name == "Nombre de places"


def test_the_command_prints_json(capsys):
    call_command("load_categories", json=True)
    assert json.loads(capsys.readouterr().out) == {"created": 247, "updated": 0, "unchanged": 0, "kept": 0}


def test_tree_order_and_descendants(categories):
    assert [u.key for u in queries.universes()][:3] == ["books", "music-film", "clothes"]
    assert [c.key for c in queries.children_of(categories["bikes"])][:2] == ["adult-bikes", "electric-bikes"]
    assert queries.descendant_ids("books") == {
        categories["books"].pk,
        *Category.objects.filter(parent__key="books").values_list("pk", flat=True),
    }
    assert queries.descendant_ids("nowhere") == frozenset()
    assert len(queries.leaves()) == 230
    assert queries.path_label(categories["chairs"]) == "Furniture › Chairs"


def test_attributes_are_inherited_and_the_nearest_wins(categories):
    keys = [a.key for a in queries.attributes_of(categories["chairs"])]
    assert keys == ["wood", "style", "flat-pack", "seats"]
    CategoryAttribute.objects.create(category=categories["chairs"], key="style", name="Forme", name_en="Shape")
    queries.categories_did_change()
    rows = {a.key: a.name for a in queries.attributes_of(categories["chairs"])}
    assert rows["style"] == "Forme"


def test_size_guide_weight_and_rules_come_from_the_nearest(categories):
    assert queries.size_guide_of(categories["jeans"])["name"] == "Tailles de pantalons"
    assert queries.size_guide_of(categories["tshirts"])["name"] == "Tailles de vêtements"
    assert queries.size_guide_of(categories["chairs"]) == {}
    assert queries.default_weight_g(categories["chairs"]) == 4_200
    assert queries.safety_rules_of(categories["electronic-toys"]) == ("toy", "electrical")


def test_the_tree_is_read_once_and_again_after_a_change(categories, django_assert_num_queries):
    with django_assert_num_queries(0):
        queries.tree()
    Category.objects.filter(key="chairs").update(name="Assises")
    with django_assert_num_queries(0):
        assert queries.by_key("chairs").name == "Chaises"
    queries.categories_did_change()
    with django_assert_num_queries(3):
        assert queries.by_key("chairs").name == "Assises"


def test_another_process_sees_a_change_by_the_stamp(categories):
    Category.objects.filter(key="chairs").update(name="Assises")
    caches["default"].set(queries.STAMP_KEY, "changed-elsewhere", timeout=None)
    assert queries.by_key("chairs").name == "Chaises"  # within the second
    queries.look_again()
    assert queries.by_key("chairs").name == "Assises"


def test_a_category_made_since_is_found(categories):
    made = CategoryFactory(key="brand-new", path="brand-new")
    assert queries.get(made.pk) == made
    assert queries.attributes_of(made) == ()


def test_inactive_ones_are_not_offered(categories):
    Category.objects.filter(key="books").update(is_active=False)
    queries.categories_did_change()
    assert "books" not in [u.key for u in queries.universes()]
    assert len(queries.leaves()) == 230 - 15
