"""PrestaShop's webservice answers: products in full, alone or after the categories and stocks they point to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import ImportRefused
from rebond.connect.formats.base import Detected, Row, Source
from rebond.connect.formats.combinations import Combination, expand

KEY = "prestashop-xml"
LABEL = _("PrestaShop (webservice)")
HREF = "{http://www.w3.org/1999/xlink}href"
FIELDS = {
    "reference": "external_ref",
    "name": "title",
    "description_short": "summary",
    "description": "description",
    "category": "category",
    "price": "price",
    "quantity": "quantity",
    "condition": "condition",
    "ean13": "gtin",
    "weight": "weight_kg",
    "width": "width_cm",
    "height": "height_cm",
    "depth": "length_cm",
    "manufacturer_name": "brand",
    "active": "is_published",
    "images": "images",
    "origin": "origin",
    "color": "color",
    "size": "size",
}
MAX_LOOKUP = 2_000_000
WHOLE = frozenset({"product", "category", "stock_available", "combination", "product_option", "product_option_value"})
ORDERED = "ordered"  # on the root of a file that we made: what products point to comes before them


def sniff(source: Source) -> Detected | None:
    """The format, where the file is a PrestaShop answer that lists products; ImportRefused where it lists others."""
    with source.path.open("rb") as file:
        head = file.read(4_096).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith((b"<?xml", b"<prestashop", b"<")) or source.suffix in {".html", ".htm", ".svg"}:
        return None
    kind, has_products = "", False
    for level, element in _elements(source):
        if level == 0:
            if element.tag != "prestashop":
                raise ImportRefused(
                    _("This XML file is not an answer of a PrestaShop webservice (it starts with <%(tag)s>)."),
                    tag=str(element.tag)[:60],
                )
        elif level == 1 and not kind:
            kind = str(element.tag)
        if element.tag == "product" and element.find("name") is not None:
            has_products = True
            break
    if not has_products:
        if kind == "products":
            raise ImportRefused(
                _("This answer lists links to products, not the products: ask the shop for /api/products?display=full.")
            )
        raise ImportRefused(_("This PrestaShop answer holds no product (it holds: %(kind)s)."), kind=kind[:60] or "?")
    return Detected(KEY, 97, tuple(FIELDS), dict(FIELDS))


def _elements(source: Source) -> Iterator[tuple[int, Element]]:
    """(depth, element): the root and its children as they open, products and lookups once complete; memory is freed."""
    stack: list[Element] = []
    try:
        for event, element in iterparse(source.path, events=("start", "end")):
            if event == "start":
                stack.append(element)
                if len(stack) <= 2:
                    yield len(stack) - 1, element
                continue
            stack.pop()
            if element.tag in WHOLE and len(stack) <= 2:
                yield 9, element
                element.clear()
                if stack:
                    stack[-1].remove(element)
    except ParseError as error:
        raise ImportRefused(_("This XML file is damaged: %(error)s."), error=str(error)[:120]) from error
    except DefusedXmlException as error:
        raise ImportRefused(_("This XML file declares entities: it is refused.")) from error


def _text(element: Element, tag: str) -> str:
    """The value of a child; of several languages, the first that says something."""
    child = element.find(tag)
    if child is None:
        return ""
    for language in child.iter("language"):
        if (language.text or "").strip():
            return (language.text or "").strip()
    return (child.text or "").strip()


@dataclass(slots=True)
class _Lookups:
    """What products point to, by their numbers. Bounded: beyond MAX_LOOKUP of a kind the rest is not known."""

    categories: dict[str, tuple[str, str]] = field(default_factory=dict)  # name, parent
    stock: dict[tuple[str, str], str] = field(default_factory=dict)  # (product, combination or "0")
    options: dict[str, str] = field(default_factory=dict)
    values: dict[str, tuple[str, str]] = field(default_factory=dict)  # name, option
    combinations: dict[str, list[Combination]] = field(default_factory=dict)  # by product
    _known: int = 0

    def take(self, element: Element) -> None:
        """Note one element of the file, where it is one of these."""
        number = _text(element, "id")
        if element.tag == "stock_available":
            if element.find("quantity") is not None and len(self.stock) < MAX_LOOKUP:
                key = _text(element, "id_product"), _text(element, "id_product_attribute") or "0"
                self.stock[key] = _text(element, "quantity")
        elif element.tag == "combination":
            if element.find("id_product") is not None and self._known < MAX_LOOKUP:
                self._known += 1
                self.combinations.setdefault(_text(element, "id_product"), []).append(_combination(element))
        elif element.find("name") is not None:
            if element.tag == "category" and len(self.categories) < MAX_LOOKUP:
                self.categories[number] = _text(element, "name"), _text(element, "id_parent")
            elif element.tag == "product_option" and len(self.options) < MAX_LOOKUP:
                self.options[number] = _text(element, "name")
            elif element.tag == "product_option_value" and len(self.values) < MAX_LOOKUP:
                self.values[number] = _text(element, "name"), _text(element, "id_attribute_group")

    def said(self, combination: Combination) -> list[tuple[str, str]]:
        """The attributes of a combination in words: [("Size", "S"), ("Color", "Orange")]."""
        pairs = [self.values.get(key, (f"#{key}", "")) for key in combination.values]
        return [(self.options.get(option, ""), name) for name, option in pairs]


def _combination(element: Element) -> Combination:
    links = element.iterfind("associations/product_option_values/product_option_value")
    images = element.iterfind("associations/images/image")
    return Combination(
        number=_text(element, "id"),
        reference=_text(element, "reference"),
        gtin=_text(element, "ean13"),
        price=_text(element, "price"),
        weight=_text(element, "weight"),
        quantity=_text(element, "quantity"),
        values=tuple(_text(link, "id") for link in links),
        images=tuple(i.get(HREF, "") for i in images),
    )


def rows(source: Source, how: dict[str, Any]) -> Iterator[Row]:
    """One row per product, or per combination of it, its line being its rank in the file.

    A file that we made ourselves holds what products point to first; another one is read twice.
    """
    found = _Lookups()
    is_ordered = False
    for level, element in _elements(source):
        if level == 0:
            is_ordered = element.get(ORDERED) == "1"
            if is_ordered:
                break
        elif level == 9 and element.tag != "product":
            found.take(element)
    line = 0
    for level, element in _elements(source):
        if level != 9:
            continue
        if element.tag != "product":
            if is_ordered:
                found.take(element)
            continue
        for row in _rows_of(element, found):
            line += 1
            row.line = line
            yield row


def _rows_of(element: Element, found: _Lookups) -> Iterator[Row]:
    """A product; where it has combinations it is no item itself, and they follow."""
    number = _text(element, "id")
    row = _product(element, found)
    combinations = found.combinations.get(number, []) if row.refusal is None else []
    if combinations:
        yield Row(0, row.values, skip="parent")
        for values in expand(row.values, combinations, found.said, lambda key: found.stock.get((number, key))):
            values["images"] = "\n".join(filter(None, map(_public_image, values["images"].split("\n"))))
            yield Row(0, values)
    else:
        row.values["images"] = "\n".join(filter(None, map(_public_image, row.values["images"].split("\n"))))
        yield row


def _category_path(key: str, categories: dict[str, tuple[str, str]]) -> str:
    """`Women > Tops > T-shirts`, without the shop's two roots (1 and 2); its number where unknown."""
    names: list[str] = []
    at = key
    while at in categories and at not in {"1", "2"} and len(names) < 8:
        names.insert(0, categories[at][0])
        at = categories[at][1]
    return " > ".join(names) or (f"#{key}" if key else "")


def _product(element: Element, found: _Lookups) -> Row:
    values = {key: _text(element, key) for key in FIELDS}
    number = _text(element, "id")
    values["reference"] = values["reference"] or f"presta-{number}"
    values["category"] = _category_path(_text(element, "id_category_default"), found.categories)
    values["quantity"] = found.stock.get((number, "0"), values["quantity"])
    for key in ("weight", "width", "height", "depth"):
        values[key] = values[key] if values[key].strip("0.") else ""
    values["origin"] = "refurbished" if values["condition"] == "refurbished" else ""
    row = Row(0, values)
    values["images"] = "\n".join(i.get(HREF, "") for i in element.iterfind("associations/images/image"))
    if element.find("name") is None:
        row.refusal = ("", number, "links_only")
    elif _text(element, "is_virtual") == "1" or _text(element, "type") == "virtual":
        row.refusal = ("type", _text(element, "type") or "virtual", "virtual")
    return row


def _public_image(link: str) -> str:
    """`https://shop/api/images/products/1/25` needs the key; `https://shop/img/p/2/5/25.jpg` is the same, public."""
    parts = urlsplit(link)
    number = parts.path.rsplit("/", 1)[-1]
    if not parts.hostname or not number.isdigit() or "/api/images/" not in parts.path:
        return ""
    root = parts.path.split("/api/images/")[0]
    return f"{parts.scheme}://{parts.netloc}{root}/img/p/{'/'.join(number)}/{number}.jpg"
