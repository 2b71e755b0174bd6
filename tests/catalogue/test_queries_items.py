import pytest

from rebond.catalogue.queries.items import find_exact
from tests.factories.catalogue import ItemFactory

pytestmark = pytest.mark.unit


def test_code_is_found_however_it_is_typed(db):
    item = ItemFactory(on_sale=True)
    code = item.code

    for text in (code, code.lower(), item.display_code, f" {code[:4]} {code[4:]} ", f"https://x.example/o/{code}"):
        assert find_exact(text) == item


def test_sold_item_is_found_by_code_and_draft_is_not(db):
    sold, draft = ItemFactory(sold=True), ItemFactory()

    assert find_exact(sold.code) == sold
    assert find_exact(draft.code) is None


@pytest.mark.parametrize(
    "text", ["9782070360024", "978-2-07-036002-4", "2070360024", "2-07-036002-4", " 9782070360024 "]
)
def test_isbn_is_found_in_both_lengths(db, text):
    item = ItemFactory(on_sale=True, gtin="9782070360024")

    assert find_exact(text) == item


@pytest.mark.parametrize(
    "text", ["9782070360025", "2070360025", "chaise", "", "12345678", "97820703600240000", "-" * 12]
)
def test_other_texts_are_no_exact_number(db, text):
    ItemFactory(on_sale=True, gtin="9782070360024")

    assert find_exact(text) is None


def test_of_several_copies_the_newest_on_sale(db):
    ItemFactory(on_sale=True, gtin="9782070360024")
    newest = ItemFactory(on_sale=True, gtin="9782070360024")
    ItemFactory(sold=True, gtin="9782070360024")

    assert find_exact("9782070360024") == newest
