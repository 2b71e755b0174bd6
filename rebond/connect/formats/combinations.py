"""PrestaShop's combinations: each becomes an item of its own, as WooCommerce's variations do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rebond.connect.numbers import parse_number
from rebond.connect.texts import fold

COLORS = frozenset({"color", "colour", "couleur", "coloris"})
SIZES = frozenset({"size", "taille", "pointure", "shoes size", "shoe size"})
MAX_TITLE = 150


@dataclass(frozen=True, slots=True)
class Combination:
    """`price` and `weight` are impacts on those of the product, as the shop writes them; `values` are numbers."""

    number: str
    reference: str = ""
    gtin: str = ""
    price: str = ""
    weight: str = ""
    quantity: str = ""
    values: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def expand(
    product: dict[str, str],
    combinations: list[Combination],
    said: Callable[[Combination], list[tuple[str, str]]],
    stock: Callable[[str], str | None],
) -> Iterator[dict[str, str]]:
    """The values of each combination's item: those of the product, with its own reference, barcode, price and stock.

    Colour and size have their columns; other attributes are said in the summary; all are said in the title. A
    combination that has the product's reference, or another one's, gets its number after it. The product's
    barcode is that of no combination.
    """
    taken = {product["reference"]}
    for one in combinations:
        pairs = said(one)
        reference = one.reference if one.reference and one.reference not in taken else ""
        reference = reference or f"{one.reference or product['reference']}-{one.number}"
        taken.add(reference)
        amount = stock(one.number)
        yield (
            product
            | by_attribute(pairs, product)
            | {
                "reference": reference,
                "name": title_with(product["name"], pairs),
                "ean13": one.gtin,
                "price": plus(product["price"], one.price),
                "weight": plus(product["weight"], one.weight),
                "quantity": one.quantity if amount is None else amount,
                "images": "\n".join(one.images) or product["images"],
            }
        )


def title_with(name: str, pairs: list[tuple[str, str]]) -> str:
    """`Faded T-shirt – S, Orange`; the name alone where both do not fit."""
    words = ", ".join(value for _option, value in pairs if value)
    whole = f"{name} – {words}" if words else name
    return whole if len(whole) <= MAX_TITLE else name


def by_attribute(pairs: list[tuple[str, str]], product: dict[str, str]) -> dict[str, str]:
    """Colour, size, and the summary with the other attributes."""
    found: dict[str, str] = {}
    others = []
    for option, value in pairs:
        word = fold(option)
        if word in COLORS:
            found["color"] = value
        elif word in SIZES:
            found["size"] = value
        elif value:
            others.append(f"{option}\u00a0: {value}" if option else value)
    if others:
        summary = product.get("description_short", "")
        found["description_short"] = "\n\n".join(filter(None, ("\n".join(others), summary)))
    return found


def plus(base: str, impact: str) -> str:
    """A price or a weight with its impact, which may be negative; the base as it is where there is none."""
    text = impact.strip()
    sign = -1 if text.startswith("-") else 1
    try:
        change = parse_number(text.lstrip("+-") or "0") * sign
        return base if not change else str(max(parse_number(base or "0") + change, Decimal(0)))
    except ValueError:
        return base
