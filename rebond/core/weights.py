"""Weights in integer grams: shown as `1,2 kg` or `350 g`, read from what people type."""

import re
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
TYPED = re.compile(r"^(\d{1,6}(?:[.,]\d{1,3})?)(kg|g)?$", re.IGNORECASE)


def format_grams(grams: int) -> str:
    """`4200` → `4,2 kg`; `350` → `350 g`; `1248000` → `1 248 kg`."""
    if abs(grams) < 1000:
        return f"{grams}{NBSP}g"
    kilos = (Decimal(grams) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = f"{kilos:,.1f}".replace(",", NBSP).replace(".", ",")
    return f"{text.removesuffix(',0')}{NBSP}kg"


def format_mass(grams: int) -> str:
    """The same for large sums: `4642900` → `4,6 t`."""
    if abs(grams) < 1_000_000:
        return format_grams(grams)
    tonnes = (Decimal(grams) / 1_000_000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tonnes:,.1f}".replace(",", NBSP).replace(".", ",").removesuffix(",0") + f"{NBSP}t"


def parse_grams(text: str, *, unit: str = "kg") -> int:
    """Grams of what a person typed (`1,2`, `1,2 kg`, `350 g`); `unit` where none is written.

    Raise ValueError where it is not a weight.
    """
    found = TYPED.match(re.sub(r"[\s\u00a0\u202f]", "", text))
    if found is None:
        raise ValueError(text)
    number = Decimal(found[1].replace(",", "."))
    grams = number if (found[2] or unit).lower() == "g" else number * 1000
    return int(grams.quantize(Decimal(1), ROUND_HALF_UP))
