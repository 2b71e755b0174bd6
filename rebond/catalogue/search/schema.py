"""The index's fields, and one item as a document of it."""

import json
from typing import Any

import tantivy

from rebond.catalogue.search.analysis import dictionary_terms, terms
from rebond.catalogue.search.base import IndexDocument
from rebond.catalogue.search.ranking import static_weight

SHARDS = 1_024  # random parts of the items: broad queries count on a few of them
RAW_FIELDS = ("categories", "condition", "seller", "department", "brand", "size", "color", "delivery", "attr")
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
    for name in RAW_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field("price", indexed=True, fast=True)
    builder.add_unsigned_field("published", indexed=True, fast=True)  # seconds
    builder.add_unsigned_field("shard", indexed=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Give an opened index its tokenizer: terms come ready made, spaces part them."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPACES, analyzer)
    return index


def shard_of(item_id: int) -> int:
    """Spread by a multiplicative hash: neighbours in time or seller fall in different shards."""
    return (item_id * 2_654_435_761 >> 16) % SHARDS


def as_json(document: IndexDocument) -> str:
    """One document as tantivy reads it; empty values are left out, so they are no facet value."""
    attributes = [f"{key}={value}" for key, values in document.attributes.items() for value in values]
    title = terms(document.title)
    rest = (
        f"{document.brand} {document.category_names} {document.color} {document.size} {document.seller_name} "
        f"{document.other_text} {document.description[:DESCRIPTION_CHARACTERS]}"
    )
    fields: dict[str, Any] = {
        "id": document.id,
        "title": title,
        "text": f"{title} {terms(rest)}",
        "brand_words": terms(document.brand),
        "category_words": terms(document.category_names),
        "dictionary": dictionary_terms(f"{document.title} {document.brand}"),
        "categories": list(document.categories),
        "condition": document.condition,
        "seller": document.seller,
        "department": document.department,
        "brand": document.brand,
        "size": document.size,
        "color": document.color,
        "delivery": list(document.delivery),
        "attr": attributes,
        "price": document.price_cents,
        "published": max(0, int(document.published_at.timestamp())),
        "shard": shard_of(document.id),
        "weight": static_weight(document.published_at, has_photo=document.has_photo),
    }
    return json.dumps({name: value for name, value in fields.items() if value not in ("", [])})
