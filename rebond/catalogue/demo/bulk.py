"""Millions of synthetic items for measures: written in bulk, without pictures, the same for the same number.

Distributions as in a real network of this kind: most items are books, a few categories and sellers have most of
the items (Zipf), prices are log-normal. One item each, published over the last year.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from rebond.catalogue.actions.categories_load import load_categories
from rebond.catalogue.demo import words
from rebond.catalogue.enums import Condition, ItemState, Origin
from rebond.catalogue.models import Category, CategoryAttribute, Item
from rebond.catalogue.search.analysis import fold
from rebond.core.codes import codes_in_bulk
from rebond.core.statistics import renew_statistics
from rebond.network.models import Organisation, Site

BATCH = 10_000
SEED = 42
BOOKS_SHARE = 0.6
YEAR_S = 365 * 86_400
CONDITIONS = (
    Condition.NEW_UNSOLD,
    Condition.LIKE_NEW,
    Condition.VERY_GOOD,
    Condition.GOOD,
    Condition.TO_REPAIR,
)
CONDITION_WEIGHTS = list(accumulate((1, 2, 4, 5, 2)))
MIN_SELLERS = 160
_TOWNS = [
    tuple(line.split(maxsplit=2))
    for line in """
44 44000 Nantes
75 75011 Paris
69 69003 Lyon
13 13005 Marseille
31 31000 Toulouse
59 59000 Lille
33 33000 Bordeaux
35 35000 Rennes
67 67000 Strasbourg
34 34000 Montpellier
38 38000 Grenoble
47 47200 Marmande
63 63000 Clermont-Ferrand
87 87000 Limoges
29 29200 Brest
21 21000 Dijon
2A 20000 Ajaccio
974 97400 Saint-Denis
54 54000 Nancy
76 76000 Rouen
""".strip().splitlines()
]


def load_bulk_items(count: int, *, progress: Callable[[int], None] | None = None) -> int:
    """Add `count` items on sale, sellers and categories where they are too few; return how many were written.

    The index is not touched: rebuild it after. `progress` is called with the rows written so far.
    """
    if not Category.objects.exists():
        load_categories()
    make = BulkItems(ensure_sellers(), start=Item.objects.count())
    written = 0
    for size in _batches(count):
        with transaction.atomic():
            _insert(make.columns, make.rows(size))
        written += size
        if progress:
            progress(written)
    renew_statistics()
    return written


def _batches(count: int) -> Iterator[int]:
    while count > 0:
        yield min(BATCH, count)
        count -= BATCH


@transaction.atomic
def ensure_sellers() -> list[Organisation]:
    """The admitted sellers, as many as MIN_SELLERS at least, each with a main site."""
    sellers = list(Organisation.objects.selling().order_by("pk"))
    missing = MIN_SELLERS - len(sellers)
    if missing <= 0:
        return sellers
    taken = set(Organisation.objects.exclude(letters=None).values_list("letters", flat=True))
    free = (f"{a}{b}" for a in "BCDFGHJKLMNPQRTVWXZ" for b in "ABCDEFGHJKLMNPQRTUVWXYZ" if f"{a}{b}" not in taken)
    made = [_seller(number, next(free)) for number in range(missing)]
    Organisation.objects.bulk_create(made)
    Site.objects.bulk_create(_site(seller, number) for number, seller in enumerate(made))
    return [*sellers, *made]


def _seller(number: int, letters: str) -> Organisation:
    town = _TOWNS[number % len(_TOWNS)][2]
    kind = ("La Ressourcerie", "L’Atelier", "La Boutique solidaire", "La Recyclerie")[number % 4]
    return Organisation(
        kind="recycling_shop",
        name=f"{kind} de {town} {letters}",
        slug=f"mesure-{slugify(town)}-{letters.lower()}",
        letters=letters,
        seller_state="admitted",
        admitted_on=timezone.localdate(),
        certified_at=timezone.now(),
        delivery_modes=[["relay", "pickup"], ["relay", "home"], ["pickup"], ["pickup", "local"]][number % 4],
    )


def _site(seller: Organisation, number: int) -> Site:
    department, postal_code, city = _TOWNS[number % len(_TOWNS)]
    return Site(
        organisation=seller, name=seller.name, postal_code=postal_code, city=city, department=department, is_main=True
    )


class _Leaf:
    """A category without children, with what its items need."""

    def __init__(self, category: Category, attributes: dict[str, list[str]]) -> None:
        self.pk = category.pk
        self.noun = words.singular(category.name)
        self.is_book = category.path.startswith("books")
        self.is_sized = category.path.startswith(("clothes", "shoes"))
        self.weight_g = category.default_weight_g or 400
        self.delivery = json.dumps(["pickup", "local"]) if category.is_bulky else ""
        self.attributes = attributes


def _leaves() -> list[_Leaf]:
    attributes: dict[int, dict[str, list[str]]] = {}
    rows = CategoryAttribute.objects.filter(is_filterable=True, type="choice").order_by("pk")
    for category_id, key, choices in rows.values_list("category_id", "key", "choices"):
        attributes.setdefault(category_id, {})[key] = [str(choice["key"]) for choice in choices]
    parents = set(Category.objects.exclude(parent=None).values_list("parent_id", flat=True))
    found = Category.objects.active().exclude(pk__in=parents).order_by("path")
    above: dict[int, int | None] = dict(Category.objects.values_list("pk", "parent_id"))
    return [_Leaf(leaf, _inherited(leaf.pk, above, attributes)) for leaf in found]


def _inherited(
    pk: int | None, above: dict[int, int | None], attributes: dict[int, dict[str, list[str]]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    while pk is not None:
        found = attributes.get(pk, {}) | found
        pk = above[pk]
    return found


class BulkItems:
    """Rows of Item, column by column, from one seeded draw."""

    varying = (
        "code", "seller_id", "site_id", "category_id", "title", "slug", "description", "condition", "price_cents",
        "weight_g", "brand", "color", "size", "attributes", "gtin", "delivery_modes", "created_at", "updated_at",
        "published_at", "place",
    )  # fmt: skip

    def __init__(self, sellers: list[Organisation], *, start: int = 0) -> None:
        self.draw = random.Random(SEED + start)  # noqa: S311 -- measures, not secrets
        fixed = random.Random(SEED)  # noqa: S311 -- the same vocabulary whatever the start
        self.brands = [word.capitalize() for word in words.invented(fixed, 200, ("x", "l", "n", "ne", "tti"))]
        vocabulary = [*words.SUBJECTS, *words.MATERIALS, *words.invented(fixed, 4_000, ("r", "tion", "ment", "ge", ""))]
        weights = words.zipf(len(vocabulary), 0.8)
        self.sentences = [
            f"{' '.join(fixed.choices(vocabulary, cum_weights=weights, k=11)).capitalize()}." for _ in range(20_000)
        ]
        self.leaves = _leaves()
        fixed.shuffle(self.leaves)
        self.books = [leaf for leaf in self.leaves if leaf.is_book] or self.leaves
        self.others = [leaf for leaf in self.leaves if not leaf.is_book] or self.leaves
        sites = dict(Site.objects.filter(is_main=True).values_list("organisation_id", "pk"))
        places = {s.organisation_id: s.place for s in Site.objects.filter(is_main=True)}
        self.sellers = [
            (
                s.pk,
                sites.get(s.pk),
                json.dumps(s.delivery_modes),
                places.get(s.pk, ""),
                codes_in_bulk(s.letters or "", start),
            )
            for s in sellers
        ]
        self.now = timezone.now().replace(microsecond=0)
        self._prepare()

    def _prepare(self) -> None:
        """Columns in the table's order: a constant each, replaced where the items vary."""
        fields = [f for f in Item._meta.concrete_fields if f.attname != "id"]  # noqa: SLF001 -- Django's documented API
        self.columns = [str(f.column) for f in fields]
        constants = {
            "state": ItemState.ON_SALE,
            "origin": Origin.GIFT,
            "quantity": 1,
            "version": 1,
            "cover_color": "#d6e0f6",
        }
        empty = {"PositiveIntegerField": 0, "PositiveSmallIntegerField": 0, "BooleanField": False, "JSONField": "{}"}
        self.base = [constants.get(f.attname, None if f.null else empty.get(f.get_internal_type(), "")) for f in fields]
        self.base[self.columns.index("is_manufacturer_unknown")] = True
        self.base[self.columns.index("is_weight_estimated")] = True
        self.places = [self.columns.index(name) for name in self.varying]

    def rows(self, size: int) -> Iterator[list[Any]]:
        """The next `size` rows."""
        draw = self.draw
        picks = zip(
            draw.choices(self.sellers, cum_weights=words.zipf(len(self.sellers), 0.8), k=size),
            draw.choices(CONDITIONS, cum_weights=CONDITION_WEIGHTS, k=size),
            draw.choices(words.COLORS, cum_weights=words.zipf(len(words.COLORS), 0.7), k=size),
            draw.choices(self.brands, cum_weights=words.zipf(len(self.brands), 0.9), k=size),
            self._leaves_for(size),
            draw.choices(self.sentences, k=size),
            draw.choices(self.sentences, k=size),
            draw.choices(self.sentences, k=size),
            strict=True,
        )
        for seller, condition, color, brand, leaf, *sentences in picks:
            row = self.base.copy()
            values = self._item(seller, condition, color, brand, leaf, " ".join(sentences))
            for place, value in zip(self.places, values, strict=True):
                row[place] = value
            yield row

    def _leaves_for(self, size: int) -> list[_Leaf]:
        books = self.draw.choices(self.books, cum_weights=words.zipf(len(self.books), 0.9), k=size)
        others = self.draw.choices(self.others, cum_weights=words.zipf(len(self.others), 0.9), k=size)
        return [b if self.draw.random() < BOOKS_SHARE else o for b, o in zip(books, others, strict=True)]

    def _item(self, seller: Any, condition: str, color: str, brand: str, leaf: _Leaf, text: str) -> tuple[Any, ...]:
        draw = self.draw
        seller_id, site_id, modes, place, codes = seller
        gtin = size = ""
        if leaf.is_book:
            title, gtin = self._book()
            color = brand = ""
        else:
            adjective = draw.choice(words.ADJECTIVES)
            size = draw.choice(words.SIZES) if leaf.is_sized else ""
            title = f"{leaf.noun} {adjective} {brand} {color}{' ' if size else ''}{size}"
        price = int(min(max(draw.lognormvariate(6.6 if leaf.is_book else 7.6, 0.8), 100), 500_000))
        moment = _stamp(self.now - timedelta(seconds=int(draw.random() * YEAR_S)))
        attributes = {key: draw.choice(values) for key, values in leaf.attributes.items() if values}
        return (
            next(codes), seller_id, site_id, leaf.pk, title[:150], _slug(title), text, condition,
            price // 10 * 10, leaf.weight_g, brand, color, size, json.dumps(attributes), gtin, leaf.delivery or modes,
            moment, moment, moment, place,
        )  # fmt: skip

    def _book(self) -> tuple[str, str]:
        """One of 400,000 works, a few of them much more common than the others, with its ISBN."""
        work = int(400_000 * self.draw.random() ** 3)
        rest = work * 2_654_435_761 % 2**32  # the same work has the same title
        parts = []
        for some in (words.SUBJECTS, words.LINKS, words.SUBJECTS, words.FIRST_NAMES, words.LAST_NAMES):
            rest, place = divmod(rest, len(some))
            parts.append(some[place])
        subject, link, other, first, last = parts
        body = f"9782{work:08d}"
        total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
        return f"{subject.capitalize()} {link} {other}, {first} {last}", f"{body}{-total % 10}"


_SLUG = re.compile(r"[a-z0-9]+")


def _slug(title: str) -> str:
    """As `slugify`, in a fifth of its time."""
    return "-".join(_SLUG.findall(fold(title)))[:90].rstrip("-")


def _stamp(moment: datetime) -> Any:
    """A moment as the database's driver takes it."""
    if connection.vendor == "sqlite":
        return moment.replace(tzinfo=None).isoformat(sep=" ")
    return moment


def _insert(columns: list[str], rows: Iterator[list[Any]]) -> None:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(Item._meta.db_table)  # noqa: SLF001 -- Django's documented API
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 -- our own names
