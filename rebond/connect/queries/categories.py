"""Which of our categories a seller's words mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.catalogue.models import Category
from rebond.catalogue.queries.categories import Tree, tree
from rebond.connect.errors import ImportRefused
from rebond.connect.models import CategoryMapping
from rebond.connect.texts import fold

LEFT_OUT = -1


def normalise(text: str) -> str:
    """The key under which a seller's category is remembered: `Clothing > Tshirts` → `clothing > tshirts`."""
    return fold(text.replace("->", ">"))[:250]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _stems(text: str) -> str:
    return " ".join(_stem(w) for w in fold(text).replace(">", " ").replace(".", " ").split())


@dataclass(slots=True)
class CategoryFinder:
    """`find` gives a category's primary key, LEFT_OUT, or None where somebody must choose.

    What the seller chose once comes first; then a leaf of ours called the same (French, English or key, plural
    and accents forgiven), by the last part of a path, where only one is called so.
    """

    chosen: dict[str, int] = field(default_factory=dict)
    names: dict[str, int | None] = field(default_factory=dict)
    _known: dict[str, int | None] = field(default_factory=dict)

    def find(self, text: str) -> int | None:
        if text not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known[text] = self._look(text)
        return self._known[text]

    def _look(self, text: str) -> int | None:
        key = normalise(text)
        if key in self.chosen:
            return self.chosen[key]
        return self.suggest(text)

    def suggest(self, text: str) -> int | None:
        """Our category of the same name, whatever the seller chose."""
        last = text.replace("->", ">").split(">")[-1]
        return self.names.get(_stems(last)) or self.names.get(_stems(text))


def category_finder(seller: Any) -> CategoryFinder:
    """The choices of `seller` and the names of our leaves, read once per run."""
    rows = CategoryMapping.objects.filter(seller=seller).order_by("pk").values_list("text", "category_id")
    names: dict[str, int | None] = {}
    for leaf in leaves(tree()):
        for name in {_stems(leaf.name), _stems(leaf.name_en), _stems(leaf.key.replace("-", " "))}:
            names[name] = leaf.pk if names.get(name, leaf.pk) == leaf.pk else None
    return CategoryFinder({text: pk or LEFT_OUT for text, pk in rows}, names)


def leaves(found: Tree) -> list[Category]:
    """Active categories that have none below them: those which hold items."""
    return [c for c in found.nodes if c.is_active and not found.children.get(c.pk)]


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Leaves by universe, for a list to choose from: [(universe, [(key, name)])]."""
    found = tree()
    groups: dict[str, list[tuple[str, str]]] = {}
    for leaf in leaves(found):
        path = found.ancestors(leaf)
        label = " › ".join(c.label for c in path[1:]) or leaf.label
        groups.setdefault(path[0].label, []).append((leaf.key, label))
    return list(groups.items())


def describe_texts(seller: Any, texts: Iterable[str]) -> list[dict[str, Any]]:
    """For each category of a file: how it is understood now, and whether somebody must still choose."""
    finder, found = category_finder(seller), tree()
    rows = []
    for text in texts:
        pk = finder.find(text)
        category = found.by_pk.get(pk) if pk else None
        rows.append(
            {
                "text": text,
                "key": category.key if category else "",
                "is_left_out": pk == LEFT_OUT,
                "is_open": pk is None,
                "is_remembered": normalise(text) in finder.chosen,
            }
        )
    return rows


def leaf_pk(key: str) -> int:
    """The primary key of one of our categories for items; raise ImportRefused where `key` is none."""
    found = next((c.pk for c in leaves(tree()) if c.key == key), None)
    if found is None:
        raise ImportRefused(_("“%(key)s” is not one of our categories for items."), key=key)
    return found
