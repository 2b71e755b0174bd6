"""A Saleor catalogue as Django fixtures (JSON): one row per variant."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import ImportRefused
from rebond.connect.formats.base import Detected, Row, Source

KEY = "saleor-json"
LABEL = "Saleor (JSON)"
MAX_SIZE = 64 << 20  # a JSON document has no rows: it is read whole
FIELDS = {
    "sku": "external_ref",
    "name": "title",
    "description": "description",
    "category": "category",
    "price": "price",
    "currency": "currency",
    "quantity": "quantity",
    "images": "images",
    "published": "is_published",
}


def sniff(source: Source) -> Detected | None:
    """The format, where the file is a Saleor fixture; ImportRefused for any other JSON."""
    with source.path.open("rb") as file:
        head = file.read(4_096).lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith((b"[", b"{")):
        return None
    if head.startswith(b"{") and (source.suffix in {".jsonl", ".ndjson"} or b"}\n{" in head):
        raise ImportRefused(
            _(
                "This file lists adverts or records one by one (JSON lines), not a shop’s catalogue: adverts belong to "
                "those who wrote them. Export your own items as CSV, XLSX or XML."
            )
        )
    if (
        not head.startswith(b"[")
        or source.path.stat().st_size > MAX_SIZE
        or not any(True for _row in _products(source))
    ):
        raise ImportRefused(_("This JSON file is not a catalogue that we know. Export it as CSV, XLSX or XML."))
    return Detected(KEY, 95, tuple(FIELDS), dict(FIELDS))


def _load(source: Source) -> dict[str, dict[str, dict[str, Any]]]:
    try:
        entries = json.loads(source.path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ImportRefused(_("This JSON file is damaged.")) from error
    tables: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("fields"), dict):
            tables[str(entry.get("model"))][str(entry.get("pk"))] = entry["fields"]
    return tables


def _products(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _load(source)["product.product"].items()


def rows(source: Source, how: dict[str, Any]) -> Iterator[Row]:
    """One row per variant; of several currencies euros are taken where there are some."""
    tables = _load(source)
    prices: dict[str, dict[str, str]] = defaultdict(dict)
    for listing in tables["product.productvariantchannellisting"].values():
        if listing.get("price_amount"):
            prices[str(listing["variant"])][str(listing["currency"])] = str(listing["price_amount"])
    stock: dict[str, int] = defaultdict(int)
    for entry in tables["warehouse.stock"].values():
        stock[str(entry["product_variant"])] += int(entry["quantity"])
    media: dict[str, list[str]] = defaultdict(list)
    for entry in tables["product.productmedia"].values():
        media[str(entry["product"])].append(str(entry.get("external_url") or entry.get("image") or ""))
    published = {str(e["product"]) for e in tables["product.productchannellisting"].values() if e.get("is_published")}
    for line, (key, variant) in enumerate(tables["product.productvariant"].items(), start=1):
        owner = str(variant["product"])
        product = tables["product.product"].get(owner, {})
        mine = prices.get(key, {})
        currency = "EUR" if "EUR" in mine else next(iter(sorted(mine)), "")
        several = str(variant.get("name") or "") not in {"", str(variant.get("sku"))}
        yield Row(
            line,
            {
                "sku": str(variant.get("sku") or f"saleor-{key}"),
                "name": " – ".join(
                    filter(None, [str(product.get("name", "")), str(variant["name"]) if several else ""])
                ),
                "description": str(product.get("description_plaintext") or ""),
                "category": _path(str(product.get("category")), tables["product.category"]),
                "price": mine.get(currency, ""),
                "currency": currency,
                "quantity": str(stock.get(key, 0)),
                "images": "\n".join(filter(None, media[owner])),
                "published": "1" if owner in published else "0",
            },
        )


def _path(key: str, categories: dict[str, dict[str, Any]]) -> str:
    names: list[str] = []
    while key in categories and len(names) < 8:
        names.insert(0, str(categories[key]["name"]))
        key = str(categories[key].get("parent"))
    return " > ".join(names)
