"""Money in integer cents: shown as `25,00 €`, read from what people type."""

import re

NBSP = "\u00a0"
TYPED = re.compile(r"^\d{1,9}(?:[.,]\d{1,2})?$")


def split_cents(cents: int) -> tuple[str, str]:
    """`123456` → (`1 234`, `56`), thousands parted by a no-break space."""
    euros, rest = divmod(abs(cents), 100)
    whole = f"{euros:,}".replace(",", NBSP)
    return (f"−{whole}" if cents < 0 else whole), f"{rest:02d}"


def format_cents(cents: int) -> str:
    """`2500` → `25,00 €`."""
    whole, rest = split_cents(cents)
    return f"{whole},{rest}{NBSP}€"


def parse_cents(text: str) -> int:
    """Cents of what a person typed: `25`, `25,5`, `25.50 €`, `1 234,00`.

    Raise ValueError where it is not an amount of at most two decimals.
    """
    squeezed = re.sub(r"[\s\u00a0\u202f€]|EUR", "", text)
    if not TYPED.match(squeezed):
        raise ValueError(text)
    whole, _, rest = squeezed.replace(",", ".").partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])
