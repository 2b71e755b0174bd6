"""English words for aisles, colours and other choices, put into French: objects are described in French only."""

from collections.abc import Iterable, Iterator

from rebond.catalogue.data.colours import ENGLISH, OTHER_WORDS
from rebond.catalogue.search import fold
from rebond.shop.queries.tree import Node, Tree, load_tree

LONGEST = 4  # words of a name that are looked for together
SHORTEST = 3  # signs of a word that is completed
_LITTLE = {"and", "for", "in", "of", "the", "a", "an", "with"}
_ENDINGS = (("ves", "f"), ("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("sses", "ss"))
Words = tuple[str, ...]
_kept: tuple[Tree, dict[Words, str]] | None = None
_known: tuple[dict[Words, str], dict[str, int]] | None = None


def in_french(text: str) -> str:
    """`text` with each English name of an aisle or a choice as its French one; other words stay ("Ikea chairs")."""
    names, said = _names(), [(word, _one(word)) for word in text.split()]
    found: list[str] = []
    while said:
        for length in range(min(LONGEST, len(said)), 0, -1):
            french = names.get(tuple(one for _, one in said[:length]))
            if french:
                found.append(french)
                break
        else:
            length = 1
            if said[0][1] not in _LITTLE:
                found.append(said[0][0])
        said = said[length:]
    return " ".join(found) or text


def completed(text: str) -> str:
    """`text` with its last word completed as in an English name: "blue chai" is "blue chair". Else as it is."""
    *before, last = text.split() or [""]
    begun = fold(last)
    vocabulary = _vocabulary()
    if len(begun) < SHORTEST or _one(last) in vocabulary:
        return text
    found = min((word for word in vocabulary if word.startswith(begun)), key=lambda w: (vocabulary[w], w), default="")
    return " ".join([*before, found]) if found else text


def _vocabulary() -> dict[str, int]:
    """The words of all English names; 0 for those that are a name alone, which come first."""
    global _known  # noqa: PLW0603 -- as above
    names, known = _names(), _known
    if known is None or known[0] is not names:
        words = {word: 1 for name in names for word in name if word not in _LITTLE}
        known = _known = (names, words | {name[0]: 0 for name in names if len(name) == 1})
    return known[1]


def _names() -> dict[Words, str]:
    global _kept  # noqa: PLW0603 -- one value per process, replaced as a whole
    tree, kept = load_tree(), _kept
    if kept is None or kept[0] is not tree:
        found: dict[Words, str] = {}
        for english, french in _pairs(tree):
            found.setdefault(tuple(_one(word) for word in english.split()), french)
        kept = _kept = (tree, found)
    return kept[1]


def _pairs(tree: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Whole names before their halves ("Cups and mugs"), aisles before colours and choices."""
    nodes = list(tree)
    names = [(node.name_en, node.name) for node in nodes if node.name_en]
    yield from names
    for english, french in names:
        halves = english.split(" and "), french.split(" et ")
        if len(halves[0]) == len(halves[1]) > 1:
            yield from zip(*halves, strict=True)
    yield from ((english, french) for french, english in ENGLISH.items())
    yield from OTHER_WORDS.items()
    for node in nodes:
        for attribute in node.own_attributes:
            yield from ((c["en"], c["fr"]) for c in attribute.choices if c.get("en") and c.get("fr"))


def _one(word: str) -> str:
    """Lower case, in the singular: enough to meet a name, not spelling."""
    word = fold(word).replace("’", "'").removesuffix("'s").strip(".,;:!?()")
    for plural, single in _ENDINGS:
        if word.endswith(plural) and len(word) > len(plural) + 1:
            return word.removesuffix(plural) + single
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
