"""The import model of PrestaShop, with its combinations where the file has them among its products."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rebond.connect.formats.base import Dialect, Row, by_heading
from rebond.connect.formats.combinations import by_attribute, plus, title_with
from rebond.connect.texts import fold

PRESTA_FIELDS = {
    "reference": "external_ref",
    "reference n": "external_ref",
    "name": "title",
    "nom": "title",
    "nom du produit": "title",
    "active 0 1": "is_published",
    "actif 0 1": "is_published",
    "active": "is_published",
    "categories x y z...": "category",
    "categories": "category",
    "price tax excluded or price tax included": "price",
    "price tax included": "price",
    "price tax excluded": "price",
    "prix ttc": "price",
    "prix ht": "price",
    "prix de vente ttc": "price",
    "manufacturer": "brand",
    "marque": "brand",
    "brand": "brand",
    "fabricant": "brand",
    "ean13": "gtin",
    "upc": "",
    "width": "width_cm",
    "height": "height_cm",
    "depth": "length_cm",
    "weight": "weight_kg",
    "largeur": "width_cm",
    "hauteur": "height_cm",
    "profondeur": "length_cm",
    "poids": "weight_kg",
    "quantity": "quantity",
    "quantite": "quantity",
    "short description": "summary",
    "recapitulatif": "summary",
    "resume": "summary",
    "description": "description",
    "image urls x y z...": "images",
    "url des images": "images",
    "image": "images",
    "condition": "condition",
    "etat": "condition",
    "color": "color",
    "size": "size",
}


ATTRIBUTES = ("attribute name type position", "attribut nom type position", "attribute", "attribut")
VALUES = ("value value position", "valeur valeur position", "value", "valeur")
PRICE_IMPACTS = ("impact on price", "impact sur le prix")
WEIGHT_IMPACTS = ("impact on weight", "impact sur le poids")
OWN = frozenset({"ean13", "upc", "quantity", "quantite"})  # a combination never takes these from its product


@dataclass(frozen=True, slots=True)
class PrestaShop(Dialect):
    """A reference, else the product's number; several categories, the first is taken.

    A line with attributes is a combination of the product of the same number above it, which is then no item.
    """

    def knows(self, columns: Iterable[str]) -> bool:
        folded = {fold(c) for c in columns}
        english = {"product id", "name"} <= folded and any(c.startswith("price tax") for c in folded)
        french = (
            bool(folded & {"id produit", "product id", "id"})
            and any(c.startswith(("prix ht", "prix ttc", "prix de vente ttc")) for c in folded)
            and any(c.startswith("categories") for c in folded)
        )
        return english or french

    def prepare(self, rows: Iterator[Row]) -> Iterator[Row]:
        held: Row | None = None  # a product waits for the next line, which may be its combination
        product: Row | None = None
        for row in rows:
            names = by_heading(row.values)
            pairs = _pairs(row.values, names)
            number = row.values.get(_number(names), "")
            if pairs and product is not None and number == product.values.get(_number(names), ""):
                if held is not None:
                    held.skip = "parent"
                    yield held
                    held = None
                _inherit(row, product, names, pairs)
                yield row
                continue
            if held is not None:
                yield held
            self._own(row, names)
            held = product = row
        if held is not None:
            yield held

    @staticmethod
    def _own(row: Row, names: dict[str, str]) -> None:
        reference = _first(names, "reference", "reference n")
        if reference and not row.values[reference] and row.values.get(_number(names)):
            row.values[reference] = f"presta-{row.values[_number(names)]}"
        for heading, column in names.items():
            if heading.startswith("categories"):
                row.values[column] = row.values[column].replace(",", ";").split(";")[0].strip()


def _first(names: dict[str, str], *headings: str) -> str:
    return next((names[h] for h in headings if h in names), "")


def _number(names: dict[str, str]) -> str:
    return _first(names, "product id", "id produit", "id")


def _pairs(values: dict[str, str], names: dict[str, str]) -> list[tuple[str, str]]:
    """`Color:color:0, Size:select:1` and `Red:0, L:1` → [("Color", "Red"), ("Size", "L")]."""
    options = values.get(_first(names, *ATTRIBUTES), "")
    said = values.get(_first(names, *VALUES), "")
    if not options or not said:
        return []
    parts = [[part.split(":")[0].strip() for part in text.replace(";", ",").split(",")] for text in (options, said)]
    return [(option, value) for option, value in zip(*parts, strict=False) if value]


def _inherit(row: Row, product: Row, names: dict[str, str], pairs: list[tuple[str, str]]) -> None:
    """What a combination lacks comes from its product; its price and weight are changed by its impacts."""
    own = dict(row.values)
    for column, value in product.values.items():
        if not row.values.get(column) and fold(column) not in OWN:
            row.values[column] = value
    reference = _first(names, "reference", "reference n")
    if reference and own.get(reference, "") in {"", product.values[reference]}:
        row.values[reference] = "-".join((product.values[reference], *(fold(value) for _option, value in pairs)))[:80]
    title = _first(names, "name", "nom", "nom du produit")
    if not own.get(title):
        row.values[title] = title_with(product.values.get(title, ""), pairs)
    for impacts, starts in ((PRICE_IMPACTS, ("price tax", "prix")), (WEIGHT_IMPACTS, ("weight", "poids"))):
        column = next((c for heading, c in names.items() if heading.startswith(starts)), "")
        if column and not own.get(column):
            row.values[column] = plus(product.values.get(column, ""), own.get(_first(names, *impacts), ""))
    summary = _first(names, "short description", "recapitulatif", "resume")
    found = by_attribute(pairs, {"description_short": row.values.get(summary, "")})
    row.values["Color"], row.values["Size"] = found.get("color", ""), found.get("size", "")
    if summary and "description_short" in found:
        row.values[summary] = found["description_short"]


def combinations_only(columns: Iterable[str]) -> bool:
    """Whether a file is PrestaShop's model of combinations, which names no product."""
    folded = {fold(c) for c in columns}
    has_both = bool(folded & set(ATTRIBUTES[:2])) and bool(folded & set(VALUES[:2]))
    return has_both and not folded & {"name", "nom", "nom du produit"}


PRESTA = PrestaShop("prestashop-csv", "PrestaShop (CSV)", PRESTA_FIELDS, frozenset(), 92, adds=("Color", "Size"))
