"""`rebond suggest-price < listing.json`: what comparable items speak for, for scripts."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.comparables import Asked, PriceHelp, price_help
from rebond.catalogue.validators import clean_attributes, clean_gtin
from rebond.core.money import format_cents

TEXTS = ("title", "description", "condition", "brand")


class Command(BaseCommand):
    help = "Suggest a price for a listing (JSON on standard input). Exit 1 under 5 comparables, 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, prices in cents")

    def handle(self, *args: Any, **options: Any) -> None:
        found = price_help(_asked(sys.stdin.read()))
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(found), ensure_ascii=False))
        if found is None:
            raise CommandError("Fewer than 5 comparable items: no price is suggested.")
        if not options["json"]:
            bounds = f"{format_cents(found.low)} to {format_cents(found.high)}"
            self.stdout.write(f"{format_cents(found.suggested)} ({bounds}), {found.confidence} confidence")
            self.stdout.write(f"{found.count} comparables, {found.sold} of them sold, alike by: {found.basis}")


def _asked(text: str) -> Asked:
    """The listing as written: `category` (key) is required; title, condition, brand, gtin, attributes are not."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise CommandError(f"The input is not JSON: {error}", returncode=2) from None
    if not isinstance(given, dict):
        raise CommandError("The input must be one JSON object.", returncode=2)
    category = categories.by_key(str(given.get("category", "")))
    if category is None:
        raise CommandError("`category`: expected the key of a category, as in `rebond load-categories`.", returncode=2)
    attributes = given.get("attributes", {})
    if attributes is None:
        attributes = {}
    if not isinstance(attributes, dict):
        raise CommandError("`attributes`: expected an object.", returncode=2)
    try:
        clean = clean_attributes(categories.attributes_of(category), attributes)
        gtin = clean_gtin(given.get("gtin", ""))
    except FieldInvalid as error:
        raise CommandError(f"`{error.field}`: {error.message}", returncode=2) from None
    title, description, condition, brand = (str(given.get(name) or "")[:2_000] for name in TEXTS)
    return Asked(
        category,
        title=title,
        description=description,
        condition=condition,
        brand=brand,
        gtin=gtin,
        attributes=clean,
    )


def _as_dict(found: PriceHelp | None) -> dict[str, Any]:
    if found is None:
        return {"low": None, "suggested": None, "high": None, "comparables": [], "learned": None, "confidence": "none"}
    return {
        "low": found.low,
        "suggested": found.suggested,
        "high": found.high,
        "comparables": [
            {"code": one.code, "title": one.title, "price_cents": one.price_cents, "sold": one.is_sold}
            for one in found.comparables
        ],
        "count": found.count,
        "sold": found.sold,
        "learned": found.by_words,
        "basis": found.basis,
        "confidence": found.confidence,
    }
