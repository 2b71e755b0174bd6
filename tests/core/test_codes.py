import pytest

from rebond.core.codes import ALPHABET, display_code, make_code, parse_code

pytestmark = pytest.mark.unit


def test_code_is_read_back_however_it_is_typed():
    code = make_code("CF", "4K792T")

    assert parse_code(display_code(code)) == code
    assert parse_code(code.lower()) == code
    assert parse_code(f"https://rebond.example/o/{code}") == code


def test_every_single_wrong_character_is_found():
    code = make_code("CF", "4K792T")

    wrong = [code[:i] + sign + code[i + 1 :] for i in range(2, len(code)) for sign in ALPHABET if sign != code[i]]

    assert [text for text in wrong if parse_code(text)] == []


def test_every_swap_of_two_neighbours_is_found():
    body = "4K792T"
    code = make_code("CF", body)

    swaps = [code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(2, len(code) - 2)]

    assert [text for text in swaps if text != code and parse_code(text)] == []


@pytest.mark.parametrize("text", ["", "CF", "CF-4K7 92T", "CF-4K7 92O-X", "<script>", "C" * 5000])
def test_what_is_not_a_code_is_none(text):
    assert parse_code(text) is None
