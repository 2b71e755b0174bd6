import pytest
from django.utils.safestring import mark_safe

from rebond.core.money import format_cents, parse_cents
from rebond.core.typography import french
from rebond.core.weights import format_grams, format_mass, parse_grams

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("25", 2500), ("25,5", 2550), ("25.50 €", 2550), ("1 234,00", 123400), ("1\u202f234,05\u00a0€", 123405)],
)
def test_amount_is_read_as_people_type_it(typed, cents):
    assert parse_cents(typed) == cents


@pytest.mark.parametrize("typed", ["", "vingt", "-3", "1,234", "12.345.67", "1e5", "9" * 12])
def test_what_is_not_an_amount_is_refused(typed):
    with pytest.raises(ValueError):
        parse_cents(typed)


def test_amount_is_shown_in_french_form():
    assert format_cents(2500) == "25,00\u00a0€"
    assert format_cents(123456789) == "1\u00a0234\u00a0567,89\u00a0€"
    assert format_cents(-360) == "−3,60\u00a0€"


@pytest.mark.parametrize(("typed", "grams"), [("1,2", 1200), ("1.25 kg", 1250), ("350 g", 350), ("0,001", 1)])
def test_weight_is_read_as_people_type_it(typed, grams):
    assert parse_grams(typed) == grams


def test_weight_is_shown_in_the_fitting_unit():
    assert format_grams(350) == "350\u00a0g"
    assert format_grams(4200) == "4,2\u00a0kg"
    assert format_grams(4000) == "4\u00a0kg"
    assert format_grams(1248000) == "1\u00a0248\u00a0kg"


def test_large_sums_of_weights_are_told_in_tonnes():
    assert format_mass(4_200) == "4,2\u00a0kg"
    assert format_mass(999_999) == "1\u00a0000\u00a0kg"
    assert format_mass(4_642_900) == "4,6\u00a0t"
    assert format_mass(1_248_000_000) == "1\u00a0248\u00a0t"


def test_units_and_hours_stay_with_their_number():
    assert french("de 14 h à 17 h 30, à 12 km") == "de 14\u00a0h à 17\u00a0h\u00a030, à 12\u00a0km"
    assert french("6 ans, 3 hommes") == "6\u00a0ans, 3 hommes"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Chaise en bois", "Chaise en bois"),
        ("Belle !", "Belle\u00a0!"),
        ("à 14\u00a0h 30", "à 14\u00a0h\u00a030"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("l'été", "l’été"),
        ("1 200 pages", "1\u00a0200 pages"),
    ],
)
def test_typed_text_is_set_as_french_wants(typed, shown):
    assert french(typed) == shown
    assert type(french(mark_safe(typed))) is str
