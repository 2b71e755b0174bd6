"""Tables that shops export: WooCommerce, PrestaShop, Open Food Network, Oscar, and all the others by name."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from rebond.connect.formats.base import Dialect, Row, by_heading
from rebond.connect.formats.handled import MEDUSA, SHOPIFY, SPREE, VENDURE
from rebond.connect.formats.prestashop_csv import PRESTA
from rebond.connect.texts import fold

MAX_PARENTS = 20_000  # variations follow their product: older ones are forgotten, memory stays bounded


class Parents:
    """The last main products seen, for their variations."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, dict[str, str]] = OrderedDict()

    def keep(self, key: str, values: dict[str, str]) -> None:
        self._rows[key] = values
        self._rows.move_to_end(key)
        if len(self._rows) > MAX_PARENTS:
            self._rows.popitem(last=False)

    def find(self, key: str) -> dict[str, str] | None:
        return self._rows.get(key)


WOO_FIELDS = {
    "sku": "external_ref",
    "ugs": "external_ref",
    "name": "title",
    "nom": "title",
    "published": "is_published",
    "publie": "is_published",
    "short description": "summary",
    "description courte": "summary",
    "description": "description",
    "in stock": "in_stock",
    "en stock": "in_stock",
    "stock": "quantity",
    "weight kg": "weight_kg",
    "poids kg": "weight_kg",
    "weight g": "weight_g",
    "poids g": "weight_g",
    "weight lbs": "weight_lb",
    "length cm": "length_cm",
    "longueur cm": "length_cm",
    "width cm": "width_cm",
    "largeur cm": "width_cm",
    "height cm": "height_cm",
    "hauteur cm": "height_cm",
    "sale price": "sale_price",
    "tarif promo": "sale_price",
    "regular price": "price",
    "tarif regulier": "price",
    "categories": "category",
    "images": "images",
    "brands": "brand",
    "marques": "brand",
    "gtin upc ean or isbn": "gtin",
    "gtin upc ean ou isbn": "gtin",
    "color": "color",
    "couleur": "color",
    "size": "size",
    "taille": "size",
}


REFUSED_KINDS = {
    "grouped": "grouped",
    "groupe": "grouped",
    "external": "external",
    "externe": "external",
    "virtual": "virtual",
    "virtuel": "virtual",
}
NOT_INHERITED = frozenset({"sku", "ugs", "sale price", "tarif promo", "stock"})


@dataclass(frozen=True, slots=True)
class WooCommerce(Dialect):
    """Variations take what they lack from their parent; grouped, external and virtual products are refused."""

    def knows(self, columns: Iterable[str]) -> bool:
        folded = {fold(c) for c in columns}
        return (
            {"type"} <= folded and bool(folded & {"sku", "ugs"}) and bool(folded & {"regular price", "tarif regulier"})
        )

    def prepare(self, rows: Iterator[Row]) -> Iterator[Row]:
        parents = Parents()
        for row in rows:
            yield self._one(row, parents)

    def _one(self, row: Row, parents: Parents) -> Row:
        names = by_heading(row.values)

        def get(*keys: str) -> str:
            return next((row.values[names[k]] for k in keys if k in names and row.values[names[k]]), "")

        kinds = {fold(k) for k in get("type").split(",")}
        sku_column = names.get("sku") or names.get("ugs") or ""
        if not get("sku", "ugs") and get("id", "identifiant"):
            row.values[sku_column] = f"woo-{get('id', 'identifiant')}"
        if "variable" in kinds:
            parents.keep(get("sku", "ugs"), row.values)
            parents.keep(f"id:{get('id', 'identifiant')}", row.values)
            row.skip = "parent"
        elif "variation" in kinds:
            self._inherit(row, names, parents, get("parent"))
        else:
            code = next((code for word, code in REFUSED_KINDS.items() if word in kinds), "")
            if code:
                row.refusal = row.refusal or (names.get("type", ""), get("type"), code)
        self._attributes(row, names)
        categories = names.get("categories")
        if categories:
            row.values[categories] = _deepest(row.values[categories])
        return row

    def _inherit(self, row: Row, names: dict[str, str], parents: Parents, key: str) -> None:
        parent = parents.find(key)
        if parent is None:
            row.refusal = row.refusal or (names.get("parent", ""), key, "parent_unknown")
            return
        for column, value in parent.items():
            heading = fold(column)
            if not row.values.get(column) and heading in WOO_FIELDS and heading not in NOT_INHERITED:
                row.values[column] = value

    @staticmethod
    def _attributes(row: Row, names: dict[str, str]) -> None:
        """Colour and size of `Attribute 1 name` / `Attribute 1 value(s)` go to columns of their own."""
        for n in range(1, 6):
            name = names.get(f"attribute {n} name") or names.get(f"nom de l attribut {n}") or ""
            value = names.get(f"attribute {n} value s") or names.get(f"valeur s de l attribut {n}") or ""
            word, said = fold(row.values.get(name, "")), row.values.get(value, "")
            if said and "," not in said:
                if word in {"color", "colour", "couleur", "coloris"}:
                    row.values["Color"] = said
                elif word in {"size", "taille", "pointure"}:
                    row.values["Size"] = said


def _deepest(text: str) -> str:
    """`Clothing, Clothing > Hoodies` → the most precise path."""
    paths = [p.strip() for p in text.split(",") if p.strip()]
    return max(paths, key=lambda p: p.count(">"), default="")


WOO = WooCommerce("woocommerce", "WooCommerce", WOO_FIELDS, frozenset(), 95, adds=("Color", "Size"))
OFN = Dialect(
    "open-food-network",
    "Open Food Network",
    {
        "sku": "external_ref",
        "name": "title",
        "display name": "",
        "category": "category",
        "description": "description",
        "price": "price",
        "on hand": "quantity",
        "producer": "brand",
    },
    frozenset({"producer", "sku", "name", "units", "price", "on hand"}),
    95,
)
OSCAR_COLUMNS = ("class", "category", "isbn", "title", "description", "partner", "sku", "price", "stock")
OSCAR = Dialect(
    "oscar-books",
    _("Oscar (books, no heading line)"),
    {
        "category": "category",
        "isbn": "gtin",
        "title": "title",
        "description": "description",
        "sku": "external_ref",
        "price": "price",
        "stock": "quantity",
    },
    frozenset(),
    90,
    OSCAR_COLUMNS,
)
SHOPS: tuple[Dialect, ...] = (WOO, PRESTA, SPREE, SHOPIFY, MEDUSA, VENDURE, OFN)


def headerless(cells: list[str]) -> Dialect | None:
    """The dialect of a file that starts without a heading line, told by its first line."""
    third = cells[2].strip() if len(cells) > 2 else ""
    if 5 <= len(cells) <= 9 and third.isdigit() and len(third) == 13 and " > " in cells[1]:
        return replace(OSCAR)
    return None
