"""Codes of places: `P`, or `B` for what is carried (boxes, trolleys), six signs and a check character.

Eight signs that begin with one letter are never an object's code (nine at least, two letters or more), nor a
barcode (figures only), so one reader takes them all. Alphabet and check character: core.codes.
"""

import re
import secrets

from rebond.core.codes import ALPHABET, LENGTH, check_character

PLACE, CONTAINER = "P", "B"
CODE = re.compile(rf"^([{PLACE}{CONTAINER}])([{ALPHABET}]{{{LENGTH}}})([{ALPHABET}])$")
_DRAW = secrets.SystemRandom()


def make_place_code(letter: str) -> str:
    """A fresh code: random, so that nobody types a neighbour's by mistake."""
    body = letter + "".join(_DRAW.choices(ALPHABET, k=LENGTH))
    return body + check_character(body)


def parse_place_code(text: str) -> str | None:
    """The code scanned or typed as `text`, or None. Spaces, hyphens, case and an address before it do not matter."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    squeezed = re.sub(r"[\s\-–.]+", "", last).upper()
    found = CODE.match(squeezed)
    if found is None:
        return None
    letter, body, check = found.groups()
    return squeezed if check_character(letter + body) == check else None


def display_place_code(code: str) -> str:
    """`P4K792TX` as it is printed: `P-4K7 92T-X` (with a no-break space)."""
    found = CODE.match(code)
    if found is None:
        return code
    letter, body, check = found.groups()
    return f"{letter}-{body[:3]}\u00a0{body[3:]}-{check}"


SLOT = re.compile(rf"^SLOT(\d{{2,3}})([{ALPHABET}])$")


def slot_code(number: int) -> str:
    """What the label of a cart's slot says: `SLOT07` and a check character. The same on each cart."""
    body = f"SLOT{number:02}"
    return body + check_character(_figures(number))


def parse_slot_code(text: str) -> int | None:
    """The number of the slot whose label was scanned, or None."""
    found = SLOT.match(re.sub(r"[\s\-–.]+", "", text).upper())
    if found is None or not (number := int(found[1])):
        return None
    return number if check_character(_figures(number)) == found[2] else None


def _figures(number: int) -> str:
    """In signs of the alphabet alone, of which the check character is made."""
    return "".join(ALPHABET[int(figure)] for figure in f"{number:03}")
