"""What a buyer was shown of an object: kept with the line when it is ordered, read again by both sides.

The professional has the burden of proof (L111-5), and conformity is judged against the description with its itemised
flaws (rules.md F1, F3): labels and values are kept as they stood on the page, in the language of the buyer.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.enums import Condition, FlawKind
from rebond.catalogue.models import Item, ItemFlaw, Photo
from rebond.core.prepared import PreparedIn
from rebond.network.models import Organisation
from rebond.shop.models import OrderLine
from rebond.shop.queries.item_page import item_facts, item_safety
from rebond.shop.queries.opening import departure
from rebond.shop.queries.seller_facts import seller_facts
from rebond.shop.queries.tree import load_tree


@dataclass(frozen=True, slots=True)
class Picture:
    """The copies that the small square needs (`thumb_photo`)."""

    cover: str
    cover_color: str


@dataclass(frozen=True, slots=True)
class Seen:
    """`at` is the hour of the order; what an older order did not keep is empty."""

    at: datetime.datetime | None
    code: str
    title: str
    description: str
    condition: str
    price_cents: int
    previous_cents: int | None
    seller: str
    leaves: str
    facts: list[tuple[str, str]]
    flaws: list[tuple[str, str, str]]
    safety: list[tuple[str, str]]
    photos: list[Picture]


_PHOTOS: PreparedIn[tuple[int, str, str]] = PreparedIn(
    lambda ids: (
        Photo.objects.filter(item__in=ids)
        .order_by("position", "pk")
        .values_list("item_id", "asset__sha256", "asset__color")
    )
)
_FLAWS: PreparedIn[ItemFlaw] = PreparedIn(lambda ids: ItemFlaw.objects.filter(item__in=ids).order_by("position", "pk"))


@dataclass(frozen=True, slots=True)
class Together:
    """Whose objects leave in one parcel, and who carries it."""

    carrier: Organisation
    sellers: Sequence[Organisation]


def snapshots(
    items: Sequence[Item], now: datetime.datetime, parcels: Mapping[int, Together] | None = None
) -> dict[int, dict[str, Any]]:
    """What the pages of these items, loaded with their sellers, show at this moment; by key, as JSON values.

    `parcels`, by item, says with what it leaves: one that is not in it leaves its seller's place alone. Two queries,
    photos and flaws, and those of the sellers' facts where they are not kept.
    """
    photos: dict[int, list[list[str]]] = defaultdict(list)
    ids = [item.pk for item in items]
    for key, sha256, color in _PHOTOS.run(ids):
        photos[key].append([sha256, color])
    flaws: dict[int, list[list[str]]] = defaultdict(list)
    for flaw in _FLAWS.run(ids):
        flaws[flaw.item_id].append([str(FlawKind(flaw.kind).label), flaw.part, flaw.detail])
    known = parcels or {}
    found = {}
    for item in items:
        leaves = _leaves(known.get(item.pk) or Together(item.seller, [item.seller]), timezone.localdate(now))
        found[item.pk] = _snapshot(item, now) | {"leaves": leaves, "flaws": flaws[item.pk], "photos": photos[item.pk]}
    return found


def _snapshot(item: Item, now: datetime.datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(timespec="seconds"),
        "code": item.code,
        "version": item.version,
        "title": item.title,
        "description": item.description,
        "condition": item.condition,
        "price_cents": item.price_cents,
        "previous_cents": item.previous_price_cents,
        "weight_g": item.weight_g,
        "attributes": item.attributes,
        "cover": item.cover,
        "seller": item.seller.name,
        "facts": _pairs(item_facts(item, load_tree().by_id.get(item.category_id))),
        "safety": _pairs(item_safety(item)),
    }


def _pairs(rows: Iterable[tuple[Any, Any]]) -> list[list[str]]:
    return [[str(label), str(value)] for label, value in rows if value]


def _leaves(parcel: Together, today: datetime.date) -> str:
    """When it leaves the workshop: the day that the checkout told."""
    closures = {one.pk: seller_facts(one, today).closures for one in (parcel.carrier, *parcel.sellers)}
    leaves = departure(parcel.carrier, parcel.sellers, closures, today)
    if leaves.is_delayed:
        return _("Ships by %(day)s") % {"day": date_format(leaves.day, "j F")}
    says = {"n": leaves.days}
    return ngettext("Ships within %(n)s working day", "Ships within %(n)s working days", leaves.days) % says


def read_seen(line: OrderLine) -> Seen:
    """What was kept with a line, for a page or a paper; no query."""
    kept = line.seen
    condition = kept.get("condition", "")
    return Seen(
        at=parse_datetime(kept["at"]) if kept.get("at") else None,
        code=kept.get("code", ""),
        title=kept.get("title") or line.title,
        description=kept.get("description", ""),
        condition=str(Condition(condition).label) if condition in Condition.values else "",
        price_cents=kept.get("price_cents", line.unit_cents),
        previous_cents=kept.get("previous_cents"),
        seller=kept.get("seller", ""),
        leaves=kept.get("leaves", ""),
        facts=[(label, value) for label, value in kept.get("facts", [])],
        flaws=[(kind, part, detail) for kind, part, detail in kept.get("flaws", [])],
        safety=[(label, value) for label, value in kept.get("safety", [])],
        photos=[Picture(sha256, color) for sha256, color in kept.get("photos", _cover(kept))],
    )


def _cover(kept: dict[str, Any]) -> list[list[str]]:
    """Of an order of before, the first picture only."""
    return [[kept["cover"], "#d6e0f6"]] if kept.get("cover") else []


def seen_in_words(line: OrderLine) -> str:
    """The same as one text, for a paper: description, flaws, facts."""
    seen = read_seen(line)
    said = [seen.condition, seen.description]
    said += [", ".join(word for word in flaw if word) for flaw in seen.flaws]
    said += [_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in seen.facts]
    return "\n".join(text for text in said if text)
