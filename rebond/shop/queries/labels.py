"""Words for the values of a facet, in the page's language."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from rebond.catalogue.data.colours import ENGLISH
from rebond.catalogue.enums import Condition, DeliveryMode
from rebond.catalogue.models import CategoryAttribute
from rebond.network.enums import SellerState
from rebond.network.models import Organisation, OrganisationSlug
from rebond.network.queries.places import department_name
from rebond.shop.queries.tree import Node, load_tree

TITLES: dict[str, Promise] = {
    "category": gettext_lazy("Aisle"),
    "condition": gettext_lazy("Condition"),
    "delivery": gettext_lazy("Delivery"),
    "department": gettext_lazy("Department"),
    "seller": gettext_lazy("Seller"),
    "brand": gettext_lazy("Brand"),
    "size": gettext_lazy("Size"),
    "color": gettext_lazy("Colour"),
}
_sellers: tuple[float, dict[str, str]] = (0.0, {})


def seller_names() -> dict[str, str]:
    """Slug → name of all sellers, read at most once a minute."""
    global _sellers  # noqa: PLW0603 -- one value per process
    now = time.monotonic()
    if _sellers[0] < now:
        names = dict(Organisation.objects.selling().order_by("pk").values_list("slug", "name"))
        _sellers = (now + 60, names)
    return _sellers[1]


def current_seller(slug: str) -> str:
    """The seller's slug of now where `slug` is a former one; else `slug` itself."""
    if slug in seller_names():
        return slug
    former = OrganisationSlug.objects.filter(slug=slug, organisation__seller_state=SellerState.ADMITTED)
    return former.values_list("organisation__slug", flat=True).first() or slug


def forget_sellers() -> None:
    """Empty the names that this process remembers (tests, and after a change)."""
    global _sellers  # noqa: PLW0603 -- one value per process
    _sellers = (0.0, {})


@lru_cache(maxsize=8)
def choice_labels(kind: str, language: str) -> dict[str, str]:
    """Value → words of the conditions or the deliveries, in the language of now, which must be `language`."""
    source: Any = {"condition": Condition, "delivery": DeliveryMode}[kind]
    return {str(member.value): str(member.label) for member in source}


def facet_title(key: str, node: Node | None) -> str:
    """The heading of a facet, or "" where the chosen category does not know it."""
    if key in TITLES:
        return str(TITLES[key])
    attribute = find_attribute(key, node)
    return attribute.label if attribute else ""


def find_attribute(key: str, node: Node | None) -> CategoryAttribute | None:
    """The attribute of a universe that a facet key (`attr.size`) names, or None."""
    name = key.removeprefix("attr.")
    return next((a for a in node.attributes if a.key == name), None) if node else None


def value_label(key: str, value: str, node: Node | None) -> str:
    """How one value of a facet reads."""
    return labels_of(key, node)(value)


def labels_of(key: str, node: Node | None) -> Callable[[str], str]:
    """How the values of a facet read, in the language of now: what they share is looked up once."""
    language = get_language() or "fr"
    if key == "category":
        nodes = load_tree().by_key
        return lambda value: nodes[value].label if value in nodes else value
    if key in {"condition", "delivery"}:
        return _said(choice_labels(key, language))
    if key == "seller":
        return _said(seller_names())
    if key == "department":
        return department_label
    if key == "color":
        return _said(ENGLISH) if language == "en" else str
    attribute = find_attribute(key, node) if key.startswith("attr.") else None
    return _attribute_values(attribute, language) if attribute else str


def _said(words: dict[str, str], unit: str = "") -> Callable[[str], str]:
    """A value's word, or itself, with the unit of measure where there is one."""
    return lambda value: words.get(value) or (f"{value}\u00a0{unit}" if unit else value)


def _attribute_values(attribute: CategoryAttribute, language: str) -> Callable[[str], str]:
    if attribute.type == "boolean":
        yes, no = _("Yes"), _("No")
        return lambda value: yes if value in {"true", "1", "True"} else no
    words = {str(c.get("key")): str(c.get(language) or c.get("fr") or c.get("key")) for c in attribute.choices}
    return _said(words, attribute.unit)


def department_label(code: str) -> str:
    """`44` → `Loire-Atlantique (44)`."""
    name = department_name(code)
    return f"{name} ({code})" if name != code else code


def quoted(words: str) -> str:
    """The visitor's words between the quotation marks of the page's language."""
    return _("“%(words)s”") % {"words": words}
