"""`rebond search "words"`: what the shop would answer, for scripts."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.catalogue.models import CategoryAttribute, Item
from rebond.catalogue.search import IndexUnavailable, SearchQuery, SearchResult, Sort, get_index

KEYS = ("category", "condition", "seller", "department", "brand", "size", "color", "delivery")


class Command(BaseCommand):
    help = "Search the items on sale. Exit status 1 where there is no usable index."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*", help="words to look for; none lists everything")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="category=, condition=, seller=, department=, brand=, size=, color=, delivery=, attr.<key>=, "
            "price_min=, price_max= (cents); the same key twice means one or the other",
        )
        parser.add_argument("--sort", choices=[s.value for s in Sort], default=Sort.RELEVANCE.value)
        parser.add_argument("--page", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = get_index().search(_query(options))
        except IndexUnavailable as error:
            raise CommandError(f"No usable index ({error}): run `rebond reindex`.") from None
        titles = dict(Item.objects.filter(pk__in=result.ids).values_list("pk", "title"))
        found = [(pk, titles[pk]) for pk in result.ids if pk in titles]
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(result, found), ensure_ascii=False))
            return
        if result.corrected:
            self.stdout.write(f"Searched for: {result.corrected}")
        for pk, title in found:
            self.stdout.write(f"{pk:>9}  {title}")
        self.stdout.write(f"{result.total} found in {result.took_ms:.1f} ms.")


def _query(options: dict[str, Any]) -> SearchQuery:
    filters: dict[str, tuple[str, ...]] = {}
    bounds: dict[str, int] = {}
    for text in options["filter"]:
        key, sign, value = text.partition("=")
        if not sign or not value:
            raise CommandError(f"--filter {text}: expected KEY=VALUE")
        if key in {"price_min", "price_max"}:
            if not value.isdigit():
                raise CommandError(f"--filter {text}: expected a whole number of cents")
            bounds[key] = int(value)
        elif not _is_known(key):
            raise CommandError(f"--filter {text}: expected one of {', '.join(KEYS)}, attr.…, price_min, price_max")
        else:
            filters[key] = (*filters.get(key, ()), value)
    return SearchQuery(
        text=" ".join(options["words"]),
        filters=filters,
        price_min=bounds.get("price_min"),
        price_max=bounds.get("price_max"),
        sort=Sort(options["sort"]),
        page=options["page"],
    )


def _is_known(key: str) -> bool:
    """The index leaves out what it does not know, as a page must; a script is told."""
    name = key.removeprefix("attr.")
    return key in KEYS or (name != key and CategoryAttribute.objects.filter(key=name).exists())


def _as_dict(result: SearchResult, found: list[tuple[int, str]]) -> dict[str, Any]:
    return {
        "total": result.total,
        "ids": [pk for pk, _ in found],
        "titles": [title for _, title in found],
        "facets": {
            key: {"exact": facet.is_exact, "values": {v.value: v.count for v in facet.values}}
            for key, facet in result.facets.items()
        },
        "corrected": result.corrected,
        "pages": result.max_page,
        "milliseconds": round(result.took_ms, 3),
    }
