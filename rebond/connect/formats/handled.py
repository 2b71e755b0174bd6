"""Shops whose variations share a handle on following lines: Spree, Shopify, Medusa, Vendure."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from rebond.connect.formats.base import Dialect, Row, by_heading
from rebond.connect.texts import fold

MAX_HELD = 50_000


@dataclass(frozen=True, slots=True)
class Handled(Dialect):
    """Products whose variations share a handle on following lines (Spree, Shopify, Vendure, Medusa).

    The first line of a handle gives what the others lack. Where it is followed by priced variations and
    has no price of its own, it is a parent and no item.
    """

    handle: str = ""
    own: frozenset[str] = frozenset()  # folded headings that a variation never takes from its parent
    price: str = "price"
    options: tuple[tuple[str, str], ...] = ()  # (heading of the option's name, heading of its value)
    currency: tuple[str, str] = ("", "")  # headings of the currency and of the reference that its lines share
    weight_unit: str = ""
    length_unit: str = ""

    def prepare(self, rows: Iterator[Row]) -> Iterator[Row]:
        return self._join_currencies(self._inherit(rows)) if self.currency[0] else self._inherit(rows)

    def _join_currencies(self, rows: Iterator[Row]) -> Iterator[Row]:
        """A line in another currency waits for the one of the same reference in euros, which may hold its price only.

        Those that never get one come at the end, to be refused for their currency. Memory stays bounded.
        """
        held: OrderedDict[str, Row] = OrderedDict()
        for row in rows:
            names = by_heading(row.values)
            currency, ref = (row.values.get(names.get(h, ""), "") for h in self.currency)
            if row.skip or not currency or not ref:
                yield row
            elif currency.upper() != "EUR":
                held[ref] = row
                if len(held) > MAX_HELD:
                    yield held.popitem(last=False)[1]
            else:
                other = held.pop(ref, None)
                if other is not None:
                    row.values = other.values | {c: v for c, v in row.values.items() if v}
                    yield Row(other.line, other.values, skip="other_currency")
                yield row
        yield from held.values()

    def _inherit(self, rows: Iterator[Row]) -> Iterator[Row]:
        first: dict[str, str] = {}
        handle = ""
        for row in rows:
            names = by_heading(row.values)
            mine = row.values.get(names.get(self.handle, ""), "")
            if mine and mine != handle:
                handle, first = mine, dict(row.values)
                price = row.values.get(names.get(self.price, ""), "")
                if price.strip("0., ") == "":
                    row.skip = "parent"
            elif first:
                for column, value in first.items():
                    if not row.values.get(column) and fold(column) not in self.own:
                        row.values[column] = value
            self._finish(row, names)
            yield row

    def _finish(self, row: Row, names: dict[str, str]) -> None:
        for name_heading, value_heading in self.options:
            word = fold(row.values.get(names.get(name_heading, ""), ""))
            said = row.values.get(names.get(value_heading, ""), "")
            if said and word in {"color", "colour", "couleur"}:
                row.values["Color"] = said
            elif said and word in {"size", "taille"}:
                row.values["Size"] = said
        self._units(row, names)
        self._category_and_brand(row, names)

    def _units(self, row: Row, names: dict[str, str]) -> None:
        for unit_heading, columns in (
            (self.weight_unit, ("weight", "variant grams")),
            (self.length_unit, ("width", "height", "depth", "length")),
        ):
            unit = row.values.get(names.get(unit_heading, ""), "")
            for heading in columns if unit else ():
                column = names.get(heading)
                if column and row.values[column] and row.values[column][-1:].isdigit():
                    row.values[column] = f"{row.values[column]} {unit}"

    @staticmethod
    def _category_and_brand(row: Row, names: dict[str, str]) -> None:
        """Vendure's facets: `category:Electronics|category:Computers|brand:Apple`."""
        facets = row.values.get(names.get("facets", ""), "")
        if not facets:
            return
        pairs = [p.split(":", 1) for p in facets.split("|") if ":" in p]
        row.values["Category"] = " > ".join(v.strip() for k, v in pairs if fold(k) == "category")
        row.values["Brand"] = next((v.strip() for k, v in pairs if fold(k) == "brand"), "")
        colors = [v.strip() for k, v in pairs if fold(k) == "color"]
        if len(colors) == 1:
            row.values["Color"] = colors[0]


SPREE = Handled(
    "spree",
    "Spree",
    {
        "sku": "external_ref",
        "name": "title",
        "description": "description",
        "price": "price",
        "currency": "currency",
        "status": "is_published",
        "category1": "category",
        "image1 src": "images",
        "width": "width_cm",
        "height": "height_cm",
        "depth": "length_cm",
        "weight": "weight_kg",
        "inventory count": "quantity",
        "color": "color",
        "size": "size",
    },
    frozenset({"slug", "sku", "option1 name", "inventory count"}),
    95,
    adds=("Color", "Size"),
    currency=("currency", "sku"),
    handle="slug",
    own=frozenset({"sku", "price", "inventory count", "width", "height", "depth", "weight"}),
    options=(("option1 name", "option1 value"), ("option2 name", "option2 value")),
    weight_unit="weight unit",
    length_unit="dimensions unit",
)
SHOPIFY = Handled(
    "shopify",
    "Shopify",
    {
        "variant sku": "external_ref",
        "title": "title",
        "body html": "description",
        "vendor": "brand",
        "product category": "",
        "type": "category",
        "published": "is_published",
        "variant price": "price",
        "variant inventory qty": "quantity",
        "variant grams": "weight_g",
        "variant barcode": "gtin",
        "image src": "images",
        "color": "color",
        "size": "size",
    },
    frozenset({"handle", "variant sku", "variant price"}),
    95,
    adds=("Color", "Size"),
    handle="handle",
    own=frozenset({"variant sku", "variant price", "variant inventory qty", "variant barcode"}),
    price="variant price",
    options=(("option1 name", "option1 value"), ("option2 name", "option2 value")),
)
MEDUSA = Handled(
    "medusa",
    "Medusa",
    {
        "variant id": "external_ref",
        "product title": "title",
        "product description": "description",
        "product subtitle": "summary",
        "product type id": "",
        "product collection id": "category",
        "product tag 1": "",
        "product status": "is_published",
        "variant price eur": "price",
        "product image 1": "images",
        "product image 2": "images",
        "variant ean": "gtin",
        "variant weight": "weight_g",
        "color": "color",
        "size": "size",
    },
    frozenset({"product handle", "variant id", "product title"}),
    95,
    adds=("Color", "Size"),
    handle="product handle",
    own=frozenset({"variant id", "variant price eur"}),
    price="variant price eur",
    options=(("variant option 1 name", "variant option 1 value"), ("variant option 2 name", "variant option 2 value")),
)
VENDURE = Handled(
    "vendure",
    "Vendure",
    {
        "sku": "external_ref",
        "name": "title",
        "description": "description",
        "assets": "images",
        "price": "price",
        "stockonhand": "quantity",
        "category": "category",
        "brand": "brand",
        "color": "color",
    },
    frozenset({"slug", "assets", "optiongroups", "optionvalues", "stockonhand"}),
    95,
    adds=("Category", "Brand", "Color"),
    handle="slug",
    own=frozenset({"sku", "price", "stockonhand", "optionvalues", "variantassets", "variantfacets"}),
)
