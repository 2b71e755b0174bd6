"""The index's fields, and one item as a document of it."""

import json
from bisect import bisect_right
from typing import Any

import tantivy

from rebond.catalogue.search.analysis import dictionary_terms, terms, usual_terms
from rebond.catalogue.search.base import PRICE_STEPS, IndexDocument
from rebond.catalogue.search.ranking import kept_weight, static_weight

HALVINGS = 10  # samples of the items: a half, a quarter of them, … each one term of the field `sample`
# Every item has one value of each (or an empty one): a full column is counted five times faster than one with gaps.
FULL_FIELDS = ("seller", "department", "brand", "size", "color")
RAW_FIELDS = ("categories", "condition", "delivery", "attr", *FULL_FIELDS)
PARTS = "|"  # between condition, price step and deliveries in `kind`
STEPS = tuple(f"{low}-{high}" for low, high in zip((0, *PRICE_STEPS), (*PRICE_STEPS, ""), strict=True))
DESCRIPTION_CHARACTERS = 2_000
_SPACES = "spaces"


def build_schema() -> tantivy.Schema:
    """Terms to search, raw values to filter and count, numbers to sort. Nothing is stored: the database has it."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("title", tokenizer_name=_SPACES, index_option="position")
    builder.add_text_field("text", tokenizer_name=_SPACES, index_option="freq")
    builder.add_text_field("brand_words", tokenizer_name=_SPACES, index_option="basic")
    builder.add_text_field("category_words", tokenizer_name=_SPACES, index_option="basic")
    builder.add_text_field("dictionary", tokenizer_name=_SPACES, index_option="basic")
    for name in ("categories", "condition", "delivery"):  # filters only: `path` and `kind` count them
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("path", "kind", "attr", *FULL_FIELDS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field("price", indexed=True, fast=True)
    builder.add_unsigned_field("published", indexed=True, fast=True)  # seconds
    builder.add_unsigned_field("sample", indexed=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Give an opened index its tokenizer: terms come ready made, spaces part them."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPACES, analyzer)
    return index


def samples_of(item_id: int) -> list[int]:
    """The samples that have an item: number n holds one item in 2 ** n, and is part of number n - 1.

    Spread by a multiplicative hash: neighbours in time or seller do not fall together.
    """
    return _SAMPLES[(item_id * 2_654_435_761 >> 16) % len(_SAMPLES)]


_SAMPLES = [[n for n in range(1, HALVINGS + 1) if not spread % (1 << n)] for spread in range(1 << HALVINGS)]


def kind_of(condition: str, price_cents: int, delivery: tuple[str, ...]) -> str:
    """Three facets of few values as one, so that one pass counts them: "good|2|pickup,relay"."""
    step = bisect_right(PRICE_STEPS, price_cents)
    return f"{condition}{PARTS}{step}{PARTS}{','.join(sorted(delivery))}"


def as_json(document: IndexDocument) -> str:
    """One document as tantivy reads it; empty values are left out, but those of FULL_FIELDS."""
    attributes = [f"{key}={value}" for key, values in document.attributes.items() for value in values]
    title = terms(document.title)
    brand, category = usual_terms(document.brand), usual_terms(document.category_names)
    usual = f"{usual_terms(document.color)} {usual_terms(document.size)} {usual_terms(document.seller_name)}"
    rest = terms(f"{document.other_text} {document.description[:DESCRIPTION_CHARACTERS]}")
    fields: dict[str, Any] = {
        "id": document.id,
        "title": title,
        "text": f"{title} {brand} {category} {usual} {rest}",
        "brand_words": brand,
        "category_words": category,
        "dictionary": dictionary_terms(f"{document.title} {document.brand}"),
        "categories": list(document.categories),
        "condition": document.condition,
        "delivery": list(document.delivery),
        "attr": attributes,
        "price": document.price_cents,
        "published": max(0, int(document.published_at.timestamp())),
        "sample": samples_of(document.id),
        "weight": kept_weight(static_weight(document.published_at, has_photo=document.has_photo)),
        "path": "/".join(document.categories),
        "kind": kind_of(document.condition, document.price_cents, document.delivery),
    }
    found = {name: value for name, value in fields.items() if value not in ("", [])}
    return json.dumps(found | {name: getattr(document, name) for name in FULL_FIELDS})
