"""Object codes, as `CF-4K7 92T-X`: seller letters, six characters, one check character.

Architecture, settled point "Codes": alphabet of 30 signs, unique in the network, never reused. The check
character is ISO 7064 style (mod 31,30 hybrid scheme on our alphabet): it finds every single wrong
character and every swap of two neighbours.
"""

import re
import secrets
from collections.abc import Iterator

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"  # 30 signs: no 0/O, 1/I/L, S (read as 5)
LENGTH = 6
CODE = re.compile(rf"^([A-Z]{{2,4}})([{ALPHABET}]{{6}})([{ALPHABET}])$")


_DRAW = secrets.SystemRandom()


def check_character(body: str) -> str:
    """The check character of `body` (signs of ALPHABET; other letters count by their own place)."""
    size = len(ALPHABET)
    product = size
    for sign in body:
        place = ALPHABET.find(sign)
        value = place if place >= 0 else (ord(sign) * 7) % size
        total = (product + value) % size or size
        product = (total * 2) % (size + 1)
    return ALPHABET[(size + 1 - product) % size]


def make_code(letters: str, body: str | None = None) -> str:
    """A full code without spaces (`CF4K792TX`) for a seller's letters; `body` only for tests and bulk."""
    body = body or "".join(_DRAW.choices(ALPHABET, k=LENGTH))
    return f"{letters}{body}{check_character(letters + body)}"


def codes_in_bulk(letters: str, start: int) -> Iterator[str]:
    """Distinct codes from the number `start` on, spread over the alphabet (demo and bulk loads)."""
    size = len(ALPHABET) ** LENGTH
    number = start
    while True:
        spread = (number * 386_914_301 + 17) % size  # odd and prime to 2, 3 and 5: a permutation
        body = ""
        for _ in range(LENGTH):
            spread, rest = divmod(spread, len(ALPHABET))
            body += ALPHABET[rest]
        yield make_code(letters, body)
        number += 1


def parse_code(text: str) -> str | None:
    """The code typed or scanned as `text`, normalised, or None where it is not one.

    Spaces, hyphens and case do not matter, and an address that ends in a code is accepted (a QR label).
    """
    text = text.strip().rstrip("/").rsplit("/", 1)[-1]
    squeezed = re.sub(r"[\s\-–.]+", "", text).upper()
    found = CODE.match(squeezed)
    if found is None:
        return None
    letters, body, check = found.groups()
    return squeezed if check_character(letters + body) == check else None


def display_code(code: str) -> str:
    """`CF4K792TX` as it is printed: `CF-4K7 92T-X` (with a no-break space)."""
    found = CODE.match(code)
    if found is None:
        return code
    letters, body, check = found.groups()
    return f"{letters}-{body[:3]}\u00a0{body[3:]}-{check}"
