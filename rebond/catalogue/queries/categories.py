"""The tree of categories, read once per process and followed across processes by a version stamp.

Pages ask it hundreds of times: it holds the rows in memory, read-only. The stamp in the shared cache is
looked at once a second at most, so a change at one desk is seen everywhere within about a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.core.cache import caches
from django.db.models import Count

from rebond.catalogue.data.measuring import family_of, how_asked
from rebond.catalogue.models import Category, CategoryAttribute, CategorySlug, Item
from rebond.core.stamped import Stamped

STAMP_KEY = "catalogue.categories.stamp"
NUMBERS_KEY = "catalogue.categories.numbers"
NUMBERS_SECONDS = 60
COUNTED_NOW = 10_000
NO_WORDS = "no-words"  # in Category.safety_rules: the words of the text are the subject of the work (books, films)


@dataclass(frozen=True, slots=True)
class Tree:
    """Rows in the order of the tree. Read only: they are shared by the threads of the process.

    `former` has the slugs that categories had before, with the key of each.
    """

    nodes: tuple[Category, ...]
    by_key: dict[str, Category]
    by_pk: dict[int, Category]
    by_slug: dict[str, Category]
    children: dict[int | None, tuple[Category, ...]]
    own_attributes: dict[int, tuple[CategoryAttribute, ...]]
    former: dict[str, str]
    _attributes: dict[int, tuple[CategoryAttribute, ...]] = field(default_factory=dict)
    _descendants: dict[int, frozenset[int]] = field(default_factory=dict)

    def ancestors(self, category: Category) -> tuple[Category, ...]:
        """From the universe down to `category` itself."""
        found = [category]
        while (parent_id := found[-1].parent_id) is not None:
            found.append(self.by_pk[parent_id])
        return tuple(reversed(found))

    def attributes(self, category: Category) -> tuple[CategoryAttribute, ...]:
        """Its own and those of all above it, universe first; the nearest wins where a key is asked twice."""
        known = self._attributes.get(category.pk)
        if known is None:
            rows = {a.key: a for node in self.ancestors(category) for a in self.own_attributes.get(node.pk, ())}
            known = self._attributes[category.pk] = tuple(rows.values())
        return known

    def descendants(self, category: Category) -> frozenset[int]:
        """Primary keys of `category` and of all below it."""
        known = self._descendants.get(category.pk)
        if known is None:
            below = [self.descendants(child) for child in self.children.get(category.pk, ())]
            known = self._descendants[category.pk] = frozenset({category.pk}).union(*below)
        return known


_pinned: ContextVar[Tree | None] = ContextVar("pinned_tree", default=None)


def _read() -> Tree:
    rows = list(Category.objects.order_by("depth", "position", "name", "pk"))
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Category] = []

    def walk(parent: int | None) -> None:
        for row in children.get(parent, ()):
            ordered.append(row)
            walk(row.pk)

    walk(None)
    attributes: dict[int, list[CategoryAttribute]] = {}
    for attribute in CategoryAttribute.objects.order_by("category_id", "position", "pk"):
        attributes.setdefault(attribute.category_id, []).append(attribute)
    return Tree(
        nodes=tuple(ordered),
        by_key={row.key: row for row in ordered},
        by_pk={row.pk: row for row in ordered},
        by_slug={row.slug: row for row in ordered},
        children={parent: tuple(found) for parent, found in children.items()},
        own_attributes={pk: tuple(found) for pk, found in attributes.items()},
        former=dict(CategorySlug.objects.values_list("slug", "category__key")),
    )


_kept = Stamped(STAMP_KEY, _read)


@contextmanager
def pinned_tree() -> Iterator[Tree]:
    """One reading of the tree for a whole batch: looking at the stamp for each of its rows would cost a tenth of it."""
    found = tree()
    token = _pinned.set(found)
    try:
        yield found
    finally:
        _pinned.reset(token)


def tree() -> Tree:
    """The whole tree, at most about a second old."""
    pinned = _pinned.get()
    if pinned is not None:
        return pinned
    return _kept.get()


def look_again() -> None:
    """Look at the stamp at the next reading."""
    _kept.look_again()


def categories_did_change() -> None:
    """Make every process read the tree again; called inside the transaction that changed it."""
    _kept.did_change()


def by_key(key: str) -> Category | None:
    """The category with this key, or None."""
    return tree().by_key.get(key)


def by_slug(slug: str) -> Category | None:
    """The category with this (current) French slug, or None; former slugs are in CategorySlug."""
    return tree().by_slug.get(slug)


def get(pk: int) -> Category:
    """The category of an item; a row made since the last look is read at once. Raise KeyError where it is gone."""
    found = tree().by_pk.get(pk)
    if found is None:
        _kept.forget()
        found = tree().by_pk[pk]
    return found


def universes() -> tuple[Category, ...]:
    """The active roots, in order."""
    return tuple(row for row in tree().children.get(None, ()) if row.is_active)


def children_of(category: Category | None) -> tuple[Category, ...]:
    """The active categories right below, in order; of None: the universes."""
    return tuple(row for row in tree().children.get(category.pk if category else None, ()) if row.is_active)


def leaves() -> tuple[Category, ...]:
    """The active categories that have no active one below: what an item may be filed under."""
    found = tree()
    hidden = {pk for row in found.nodes if not row.is_active for pk in found.descendants(row)}
    parents = {row.parent_id for row in found.nodes if row.pk not in hidden}
    return tuple(row for row in found.nodes if row.pk not in hidden and row.pk not in parents)


def ancestors_of(category: Category) -> tuple[Category, ...]:
    """From its universe down to the category itself."""
    return tree().ancestors(get(category.pk))


def descendant_ids(key: str) -> frozenset[int]:
    """Primary keys of the category and of all below it; empty where the key is unknown."""
    found = by_key(key)
    return tree().descendants(found) if found else frozenset()


def attributes_of(category: Category) -> tuple[CategoryAttribute, ...]:
    """What is asked of its items: inherited attributes first, then its own."""
    return tree().attributes(get(category.pk))


def safety_rules_of(category: Category) -> tuple[str, ...]:
    """Keys of the safety rules of the category and of all above it (rules.md F6)."""
    return tuple(dict.fromkeys(key for node in ancestors_of(category) for key in node.safety_rules))


def size_guide_of(category: Category) -> dict[str, object]:
    """The nearest size guide: `name`, `sizes`, `columns`, `rows`; empty where none applies."""
    for node in reversed(ancestors_of(category)):
        if node.size_guide:
            return dict(node.size_guide)
    return {}


def default_weight_g(category: Category) -> int | None:
    """The usual weight of an object of this category, from the nearest node that knows one."""
    return next((n.default_weight_g for n in reversed(ancestors_of(category)) if n.default_weight_g), None)


def item_numbers() -> dict[int, int]:
    """Category's key in the database → how many items of all states are filed right under it, a minute old at most.

    It goes through an index of all items (a quarter of a second at three million): once a minute is enough.
    """
    found: dict[int, int] | None = caches["local"].get(NUMBERS_KEY)
    if found is None:
        found = dict(Item.objects.order_by().values_list("category_id").annotate(n=Count("pk")))
        caches["local"].set(NUMBERS_KEY, found, timeout=NUMBERS_SECONDS)
    return found


def item_number(category: Category) -> int:
    """How many items are filed right under it: counted up to 10,000, above as of a minute ago at most."""
    number = Item.objects.filter(category=category).order_by()[: COUNTED_NOW + 1].count()
    return number if number <= COUNTED_NOW else max(number, item_numbers().get(category.pk, 0))


def path_label(category: Category, separator: str = " › ") -> str:
    """`Meubles › Chaises`, in the page's language."""
    return separator.join(node.label for node in ancestors_of(category))


def measuring_of(category: Category) -> str:
    """The family whose drawing shows where to measure (data/measuring.py)."""
    return family_of(node.key for node in ancestors_of(category))


def measures_asked(category: Category) -> str:
    """Whether people who write ask how big it is: `data.measuring.ASKED`, OFFERED, or "" where nobody does."""
    return how_asked(node.key for node in ancestors_of(category))
