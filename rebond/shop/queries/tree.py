"""The tree of universes as the shop shows it: active nodes only, with their labels and addresses."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import get_language

from rebond.catalogue.models import CategoryAttribute
from rebond.catalogue.queries import categories


@dataclass(slots=True)
class Node:
    """One category. `path` is root first, itself last; `attributes` are its own and its ancestors' filterable ones."""

    id: int
    key: str
    slug: str
    name: str
    name_en: str
    icon: str
    art: str
    tint: str
    co2_factor_g: int | None
    co2_source: str
    co2_source_en: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    own_attributes: list[CategoryAttribute] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name

    @property
    def source(self) -> str:
        """Where its factor comes from, with its version, in the language of the page."""
        return self.co2_source_en if get_language() == "en" and self.co2_source_en else self.co2_source

    @property
    def url(self) -> str:
        return f"/rayons/{self.slug}/"

    @property
    def path(self) -> list["Node"]:
        return [*self.parent.path, self] if self.parent else [self]

    @property
    def attributes(self) -> list[CategoryAttribute]:
        return [a for node in self.path for a in node.own_attributes]


@dataclass(slots=True)
class Tree:
    roots: list[Node]
    by_key: dict[str, Node]
    by_slug: dict[str, Node]
    by_id: dict[int, Node]
    former: dict[str, str] = field(default_factory=dict)

    def named(self, slug: str) -> Node | None:
        """The category of an address's word, which may be a slug that it had before."""
        return self.by_slug.get(slug) or self.by_key.get(self.former.get(slug, ""))

    def __iter__(self) -> Iterator[Node]:
        return iter(self.by_id.values())


_kept: tuple[object, Tree] | None = None


def load_tree() -> Tree:
    """The active categories, in their order: built again only when the catalogue's own tree is."""
    global _kept  # noqa: PLW0603 -- one value per process, replaced as a whole
    source = categories.tree()
    kept = _kept
    if kept is None or kept[0] is not source:
        kept = _kept = (source, _build(source))
    return kept[1]


def _build(source: categories.Tree) -> Tree:
    tree = Tree([], {}, {}, {}, source.former)
    for row in source.nodes:
        parent = tree.by_id.get(row.parent_id) if row.parent_id else None
        if not row.is_active or (row.parent_id and parent is None):
            continue  # off, or under a category that is off
        node = Node(
            id=row.pk,
            key=row.key,
            slug=row.slug,
            name=row.name,
            name_en=row.name_en,
            icon=row.icon or (parent.icon if parent else "package"),
            art=row.art or (parent.art if parent else ""),
            tint=row.tint,
            co2_factor_g=row.co2_factor_g,
            co2_source=row.co2_source,
            co2_source_en=row.co2_source_en,
            parent=parent,
            own_attributes=list(source.own_attributes.get(row.pk, ())),
        )
        tree.by_id[row.pk] = tree.by_key[row.key] = tree.by_slug[row.slug] = node
        (parent.children if parent else tree.roots).append(node)
    for root in tree.roots:
        root.art = root.art or _first_art(root)
    return tree


def _first_art(node: Node) -> str:
    """A universe without a drawing of its own takes its first descendant's."""
    return next((art for child in node.children if (art := child.art or _first_art(child))), "")
