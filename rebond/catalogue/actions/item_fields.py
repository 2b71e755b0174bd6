"""Clean what is written into an item, whatever the way in (rules.md F3, F6 for flaws and makers)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from rebond.catalogue.enums import Condition, DeliveryMode, FlawKind, Origin
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.hosting import may_lie_at
from rebond.catalogue.validators import clean_attributes, clean_gtin, clean_text
from rebond.network.models import Organisation, Site

TEXTS = {
    "title": 150,
    "brand": 80,
    "color": 40,
    "size": 40,
    "manufacturer": 160,
    "manufacturer_address": 250,
    "external_ref": 80,
}
LONG_TEXTS = {"description": 10_000, "safety_warnings": 2_000}
CHOICES: dict[str, Any] = {"condition": Condition, "origin": Origin}
KNOWN = {name: frozenset(choices.values) for name, choices in CHOICES.items()}
LIMITS = {
    "quantity": (1, 100_000),
    "weight_g": (1, 2_000_000),
    "length_mm": (1, 20_000),
    "width_mm": (1, 20_000),
    "height_mm": (1, 20_000),
}
FLAGS = ("is_weight_estimated", "is_manufacturer_unknown")
EDITABLE = frozenset(
    {*TEXTS, *LONG_TEXTS, *CHOICES, *LIMITS, *FLAGS, "category", "site", "attributes", "gtin", "delivery_modes"}
)
FLAW_FIELDS = ("kind", "part", "detail", "photo_position", "spot_x", "spot_y")
MAX_FLAWS = 30


def clean_fields(given: Mapping[str, Any], *, category: Category, seller: Organisation) -> dict[str, Any]:
    """Clean values for the columns named in `given`; raise FieldInvalid, or TypeError on an unknown column."""
    unknown = set(given) - EDITABLE
    if unknown:
        raise TypeError(f"not columns that people write: {sorted(unknown)}")
    return {name: _cleaner(name)(name, value, category, seller) for name, value in given.items()}


def _cleaner(name: str) -> Callable[[str, Any, Category, Organisation], Any]:
    if name in TEXTS or name in LONG_TEXTS:
        return _text
    if name in LIMITS:
        return _integer
    if name in CHOICES:
        return _choice
    return {
        "category": lambda _name, value, _category, _seller: value,
        "site": _site,
        "attributes": lambda _name, value, category, _seller: clean_attributes(
            categories.attributes_of(category), value or {}
        ),
        "gtin": lambda _name, value, _category, _seller: clean_gtin(value),
        "delivery_modes": _delivery_modes,
    }.get(name, lambda _name, value, _category, _seller: bool(value))


def _text(name: str, value: Any, category: Category, seller: Organisation) -> str:
    if name in LONG_TEXTS:
        return clean_text(value, field=name, limit=LONG_TEXTS[name], lines=True)
    text = clean_text(value, field=name, limit=TEXTS[name])
    if name == "title" and not text:
        raise FieldInvalid(name, _("Give it a title: what it is, in a few words."))
    return text


def _integer(name: str, value: Any, category: Category, seller: Organisation) -> int | None:
    if value is None and name != "quantity":
        return None
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise FieldInvalid(name, _("A whole number from %(low)s to %(high)s.") % {"low": low, "high": high})
    return value


def _choice(name: str, value: Any, category: Category, seller: Organisation) -> str:
    if value not in KNOWN[name]:
        raise FieldInvalid(name, _("“%(value)s” is not one of the choices.") % {"value": str(value)[:60]})
    return str(value)


def _site(name: str, value: Site | None, category: Category, seller: Organisation) -> Site | None:
    if value is not None and not may_lie_at(seller, value):
        raise FieldInvalid(name, _("This place belongs to another organisation, which has no agreement with yours."))
    return value


def _delivery_modes(name: str, value: Any, category: Category, seller: Organisation) -> list[str]:
    modes = [str(mode) for mode in value or ()]
    if not set(modes) <= set(DeliveryMode.values):
        raise FieldInvalid(name, _("France only: pick-up point, home, collect, or the seller’s van."))
    return [mode for mode in DeliveryMode.values if mode in modes]


def _spot(flaw: Mapping[str, Any]) -> dict[str, int | None]:
    """Where it is on its photo; nowhere without a photo, or where the two figures are not there."""
    x, y = flaw.get("spot_x"), flaw.get("spot_y")
    if x is None or y is None or flaw.get("photo_position") is None:
        return {"spot_x": None, "spot_y": None}
    if not all(isinstance(one, int) and 0 <= one <= 1000 for one in (x, y)):
        raise FieldInvalid("flaws", _("Touch the place on the photo again."))
    return {"spot_x": x, "spot_y": y}


def clean_flaws(flaws: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Flaws with `kind`, `part`, `detail`, `photo_position` and their spot on it (thousandths, both or none).

    Empty lines are dropped. Raise FieldInvalid.
    """
    found = []
    for flaw in flaws:
        if not any(flaw.get(name) for name in ("kind", "part", "detail")):
            continue
        if flaw.get("kind") not in FlawKind.values:
            raise FieldInvalid("flaws", _("Say what kind of flaw it is."))
        position = flaw.get("photo_position")
        if position is not None and not (isinstance(position, int) and 0 <= position <= 12):
            raise FieldInvalid("flaws", _("Photos are numbered from 1 to 12."))
        found.append(
            {
                "kind": str(flaw["kind"]),
                "part": clean_text(flaw.get("part"), field="flaws", limit=60),
                "detail": clean_text(flaw.get("detail"), field="flaws", limit=200),
                "photo_position": position,
                **_spot(flaw),
            }
        )
    if len(found) > MAX_FLAWS:
        raise FieldInvalid("flaws", _("30 flaws at most: group those of one kind."))
    return found
