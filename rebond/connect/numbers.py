"""Numbers as shops write them: decimal commas, thousands, currencies, units. Raise ValueError otherwise."""

import re
from decimal import ROUND_HALF_UP, Decimal

NUMBER = re.compile(r"^[+]?\d{1,12}(?:\.\d{1,12})?$")
PLAIN = re.compile(r"\d{1,12}(?:[.,]\d{1,12})?\Z", re.ASCII)  # most values: nothing to take off
NOISE = re.compile(r"[\s\u00a0\u202f'’]|EUR(?:OS?)?|€|TTC|HT", re.IGNORECASE)
UNIT = re.compile(r"(kgs?|kilos?|grammes?|gr?|lbs?|oz|mm|cm|m|in|l)\.?$", re.IGNORECASE)
GRAMS = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4")}


def parse_number(text: str) -> Decimal:
    """`1 234,50`, `1.234,50`, `1,234.50`, `12.5` → Decimal.

    The last sign among comma and point is the decimal one; a sign that comes twice parts thousands.
    """
    if PLAIN.match(text):
        return Decimal(text.replace(",", "."))
    squeezed = NOISE.sub("", text)
    comma, point = squeezed.rfind(","), squeezed.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        squeezed = squeezed.replace(thousands, "")
    for sign in (",", "."):
        if squeezed.count(sign) > 1:
            squeezed = squeezed.replace(sign, "")
    squeezed = squeezed.replace(",", ".")
    if not NUMBER.match(squeezed):
        raise ValueError(text)
    return Decimal(squeezed)


def to_cents(text: str) -> int:
    """An amount in euros → cents, half a cent going up."""
    return int((parse_number(text) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _unit(text: str, units: dict[str, Decimal], default: str) -> tuple[str, Decimal]:
    found = UNIT.search(text.strip())
    if found is None:
        return text, units[default]
    name = found[1].lower()
    short = {"kgs": "kg", "kilo": "kg", "kilos": "kg", "gr": "g", "gramme": "g", "grammes": "g", "lbs": "lb"}.get(
        name, name
    )
    if short not in units:
        raise ValueError(text)
    return text.strip()[: found.start()], units[short]


def to_grams(text: str, unit: str) -> int:
    """A weight → grams; `unit` (kg, g, lb, oz) where the text has none."""
    number, factor = _unit(text, GRAMS, unit)
    return int((parse_number(number) * factor).quantize(Decimal(1), ROUND_HALF_UP))


def to_millimetres(text: str, unit: str) -> int:
    """A length → millimetres; `unit` (mm, cm, m, in) where the text has none."""
    number, factor = _unit(text, MILLIMETRES, unit)
    return int((parse_number(number) * factor).quantize(Decimal(1), ROUND_HALF_UP))
