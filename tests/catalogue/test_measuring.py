"""Where to measure: one drawing a family of shapes, with the numbers of its fields."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from rebond.catalogue.data.measuring import ALL, ASKED, BY_CATEGORY, FAMILIES, HOW, OFFERED, family_of, how_asked
from rebond.catalogue.queries import categories as tree

pytestmark = [pytest.mark.page]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_each_family_has_its_drawing_with_words_for_who_does_not_see_it(family):
    drawn = render_to_string(f"catalogue/measures/{family}.html")
    numbers = {int(number) for number in re.findall(r"<text[^>]*>(\d)</text>", drawn)}
    assert numbers == {ALL.index(name) + 1 for name in FAMILIES[family]}
    assert re.search(r'role="img" aria-label="[^"]{20,}"', drawn)


@pytest.mark.django_db
def test_every_category_has_a_family(categories):
    assert set(BY_CATEGORY) <= set(categories)
    expected = {"chairs": "seat", "vases": "round", "mirrors": "flat", "jeans": "bottom", "coats": "top"}
    expected |= {"dresses": "skirt", "handbags": "bag", "boots": "shoe", "sheets": "cloth", "wardrobes": "box"}
    expected |= {"adult-bikes": "bike", "guitars": "strings", "plates": "round", "ovens": "box"}
    assert {key: tree.measuring_of(categories[key]) for key in expected} == expected
    assert family_of([]) == "box"


@pytest.mark.django_db
def test_who_must_know_the_size_is_asked_and_who_may_is_offered(categories):
    """A frame, a lamp, a suitcase, a guitar, an oven must fit somewhere; a garment goes by its size first."""
    from rebond.workshop.queries.questions import questions_of
    from tests.factories.catalogue import ItemFactory

    assert set(HOW) <= set(categories)
    asked = ("frames", "table-lamps", "suitcases", "guitars", "ovens", "childrens-bikes", "rocking-toys", "typewriters")
    offered = ("jeans", "dresses", "boots", "plates", "dolls", "kettles", "adult-bikes", "televisions")
    for how, keys in ((ASKED, asked), (OFFERED, offered), ("", ("novels", "rings", "smartphones", "medals", "cds"))):
        assert {key: tree.measures_asked(categories[key]) for key in keys} == dict.fromkeys(keys, how)
    assert how_asked([]) == ""
    extra = {}
    for key in ("guitars", "jeans", "novels"):
        found = questions_of(ItemFactory.build(category=categories[key]), {"category": key})
        extra[key] = [question.is_extra for question in found if question.key == "measures"]
    assert extra == {"guitars": [False], "jeans": [True], "novels": []}


@pytest.mark.django_db
def test_the_kiosk_asks_what_the_drawing_numbers(categories, rf):
    from rebond.workshop.queries.questions import Question
    from rebond.workshop.web.screens import context_of
    from tests.factories.catalogue import ItemFactory

    asked = Question("measures", "measures", "details", "?")
    found = {}
    for key in ("vases", "chairs"):
        item = ItemFactory.build(category=categories[key])
        context = context_of(asked, item, {"category": key}, rf.get("/"))
        found[key] = (context["drawing"], [(row[0], row[1]) for row in context["measures"]])
    assert found["vases"] == ("catalogue/measures/round.html", [(1, "length_mm"), (3, "height_mm")])
    assert found["chairs"][1] == [(1, "length_mm"), (2, "width_mm"), (3, "height_mm")]


@pytest.mark.django_db
def test_the_desk_shows_it_beside_the_fields(as_user, owner, seller, categories):
    from tests.factories.catalogue import ItemFactory

    item = ItemFactory(seller=seller, category=categories["jeans"])
    page = as_user(owner).get(reverse("catalogue:item-change", args=[item.code.lower()])).text
    assert "Un pantalon posé à plat" in page
