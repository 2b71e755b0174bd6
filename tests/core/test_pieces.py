import html

import pytest
from django.utils.safestring import mark_safe

from rebond.core.escaping import escape
from rebond.core.pieces import Piece

pytestmark = pytest.mark.unit
VALUES = {
    "is_gone": False,
    "is_new": True,
    "is_kept": False,
    "tint": "ciel",
    "before": "",
    "url": "/objet/x/",
    "name": "L'<b>",
}
VALUES |= {
    "title": "L’<b>",
    "condition": "Bon",
    "place": "",
    "code": "X",
    "price": mark_safe("<i>3</i>"),
    "picture": "",
}


def test_each_piece_has_its_own_values_and_nothing_of_the_one_before():
    draw = Piece("shop/_card.html")

    first, second = draw(VALUES), draw(VALUES | {"is_gone": True, "is_new": False, "is_kept": True})

    assert first == Piece("shop/_card.html")(VALUES)
    assert first.startswith("<article")
    assert first.endswith("</article>")
    assert "L’&lt;b&gt;</a>" in first
    assert "<i>3</i>" in first
    assert "tag--sun" in first
    assert "item--gone" not in first
    assert "item--gone" in second
    assert "form=favori" in first
    assert "/favoris/retrait/" in second
    assert "tag--sun" not in second


def test_a_value_that_is_not_given_is_not_the_one_of_the_piece_before():
    draw = Piece("shop/_card.html")
    draw(VALUES | {"is_gone": True})

    assert "item--gone" not in draw({key: value for key, value in VALUES.items() if key != "is_gone"})


@pytest.mark.parametrize("text", ["", "lampe", *"&<>\"'", "a & b", "<script>'\"", "é\u00a0€", "&amp;"])
def test_escape_is_the_library_s(text):
    assert escape(text) == html.escape(text)
