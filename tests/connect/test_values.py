"""Numbers, texts and values as shops write them."""

import pytest

from rebond.connect.fields import FIELDS
from rebond.connect.numbers import to_cents, to_grams, to_millimetres
from rebond.connect.parsers import FieldError, split_list
from rebond.connect.texts import clean_line, clean_paragraphs, fold

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("18,00", 1800),
        ("18.5", 1850),
        ("16.510000", 1651),
        ("1 234,50 €", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("12,345", 1235),
        ("0,015", 2),
        ("7 EUR", 700),
    ],
)
def test_amounts_are_read_as_written(text, cents):
    assert to_cents(text) == cents


@pytest.mark.parametrize("text", ["à débattre", "", "-5", "1e9", "12,5,5x", "∞", "NaN"])
def test_amounts_that_are_none_are_refused(text):
    with pytest.raises(ValueError):
        to_cents(text)


def test_weights_and_lengths_follow_their_unit():
    assert [to_grams("1,4", "kg"), to_grams("350 g", "kg"), to_grams("19.8 lb", "kg"), to_grams("2", "g")] == [
        1400,
        350,
        8981,
        2,
    ]
    assert [to_millimetres("45", "cm"), to_millimetres("13.8 in", "cm"), to_millimetres("1,2 m", "cm")] == [
        450,
        351,
        1200,
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un.</p><p>Deux<br>trois</p>", "Un.\n\nDeux\ntrois"),
        ("<ul><li>a</li><li>b</li></ul>", "– a\n\n– b"),
        ("Bois &amp; métal", "Bois & métal"),
        ("3 < 5 et 7 > 2", "3 < 5 et 7 > 2"),
        ("<script>alert(1)</script>Chaise", "Chaise"),
        ("<img src=x onerror=alert(1)>Chaise", "Chaise"),
        ("a\x00b\u202ec", "a b c"),
    ],
)
def test_html_becomes_plain_paragraphs(html, text):
    assert clean_paragraphs(html) == text


def test_a_line_stays_one_line():
    assert clean_line("<b>Chaise</b>\n  en   hêtre") == "Chaise en hêtre"


def test_headings_are_compared_without_case_accents_and_signs():
    assert fold("Poids (kg) *") == fold("POIDS_KG") == "poids kg"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("gtin", "978-2-07-036002-4", "9782070360024"),
        ("gtin", "2070360024", "9782070360024"),
        ("gtin", "0", ""),
        ("condition", "B", "good"),
        ("condition", "TRÈS BON ÉTAT", "very_good"),
        ("condition", "refurbished", "very_good"),
        ("quantity", "3.0", 3),
        ("quantity", "-2", 0),
        ("is_published", "-1", False),
        ("delivery_modes", "Point relais ; Retrait", ["relay", "pickup"]),
        ("flaws", "Rayure ; <b>fil</b> jauni", ["Rayure", "fil jauni"]),
        ("weight_kg", "0", None),
    ],
)
def test_a_value_is_read_by_its_field(field, text, value):
    assert FIELDS[field].parse(text) == value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("title", "x" * 5_000, "too_long"),
        ("price", "0", "price_zero"),
        ("price", "99999999", "price_high"),
        ("currency", "USD", "currency"),
        ("quantity", "2,5", "whole"),
        ("gtin", "1234567890123", "gtin"),
        ("condition", "bof", "condition"),
        ("weight_kg", "lourd", "weight"),
    ],
)
def test_a_value_that_is_not_understood_is_refused(field, text, code):
    with pytest.raises(FieldError) as error:
        FIELDS[field].parse(text)
    assert error.value.code == code


def test_lists_keep_the_commas_of_addresses():
    assert split_list("https://a.fr/x,1.jpg, https://a.fr/2.jpg") == ["https://a.fr/x,1.jpg", "https://a.fr/2.jpg"]
    assert split_list("a.jpg|b.jpg") == ["a.jpg", "b.jpg"]
