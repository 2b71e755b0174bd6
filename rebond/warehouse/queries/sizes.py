"""Sizes of parcels, from what is noted of their objects: small ones share a small cart, bulky ones have theirs.

The figures are the workshop's own rule of thumb, of no law: a slot of a small cart is a crate of 12 litres, what is
over 60 cm or 15 kg wants two hands or two people. Nothing is guessed: an object of which a weight, or the sides that
its category has measured, are not noted makes its parcel “not measured”.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models import Count as Number
from django.db.models.functions import Cast, Coalesce

from rebond.catalogue.data.measuring import family_of, how_asked
from rebond.catalogue.queries import categories
from rebond.warehouse.enums import ParcelState, PickState, WaveSize
from rebond.warehouse.models import Parcel, PickLine

SMALL_MM, SMALL_MM3, SMALL_G = 300, 12_000_000, 5_000
BULKY_MM, BULKY_G = 600, 15_000
FOLDED = frozenset({"cloth", "top", "bottom", "skirt"})  # laid flat to be measured, folded to be carried
_SMALL, _MEDIUM, _UNKNOWN, _BULKY = range(4)


def weighed_only() -> list[int]:
    """Keys of the categories whose sides say nothing of their room, or are never asked for: a coat, a book, a ring."""
    tree = categories.tree()
    found = []
    for pk, node in tree.by_pk.items():
        path = [one.key for one in tree.ancestors(node)]
        if family_of(path) in FOLDED or not how_asked(path):
            found.append(pk)
    return sorted(found)


def _over(millimetres: int) -> Q:
    sides = (Q(**{f"item__{side}__gt": millimetres}) for side in ("length_mm", "width_mm", "height_mm"))
    return next(sides) | next(sides) | next(sides)


def with_size(parcels: Any) -> Any:
    """Each with `size`, a WaveSize, of what is still to pick for it: its largest object decides, then all together."""
    by_weight = Q(item__category__in=weighed_only())
    one_side = Q(item__width_mm=None, item__height_mm=None)
    rank = Case(
        When(Q(item__category__is_bulky=True) | Q(grams__gt=BULKY_G) | ~by_weight & _over(BULKY_MM), then=_BULKY),
        When(Q(grams=None) | ~by_weight & (Q(item__length_mm=None) | one_side), then=_UNKNOWN),
        When(~by_weight & _over(SMALL_MM), then=_MEDIUM),
        default=_SMALL,
    )
    length, width, height = (F(f"item__{side}_mm") for side in ("length", "width", "height"))
    across, high = Coalesce(width, length), Coalesce(height, width)  # a round thing is as wide as it is long
    wide = [Cast(one, BigIntegerField()) for one in (length, across, high)]
    room = Case(When(by_weight, then=Value(0)), default=wide[0] * wide[1] * wide[2] * F("units"))
    lines = PickLine.objects.filter(parcel=OuterRef("pk"), state=PickState.TO_PICK).order_by().values("parcel")
    whole = lines.annotate(rank=Max(rank), room=Sum(room, output_field=BigIntegerField()), weight=Sum("grams"))
    size = whole.annotate(
        found=Case(
            When(Q(rank=_BULKY) | Q(weight__gt=BULKY_G), then=Value(WaveSize.BULKY.value)),
            When(rank=_UNKNOWN, then=Value(WaveSize.UNKNOWN.value)),
            When(Q(rank=_MEDIUM) | Q(room__gt=SMALL_MM3) | Q(weight__gt=SMALL_G), then=Value(WaveSize.MEDIUM.value)),
            default=Value(WaveSize.SMALL.value),
            output_field=CharField(),
        )
    )
    return parcels.annotate(size=Coalesce(Subquery(size.values("found")), Value(WaveSize.UNKNOWN.value)))


@dataclass(frozen=True, slots=True)
class Sized:
    """Parcels of a site in no wave that are of one size."""

    site_id: int
    size: WaveSize
    number: int


def waiting_by_size(site_ids: Sequence[int]) -> list[Sized]:
    """By site, from small to bulky, what nobody measured last: one query."""
    free = Parcel.objects.filter(site__in=site_ids, state=ParcelState.ASKED, wave=None).order_by()
    rows = with_size(free).values("site_id", "size").annotate(n=Number("pk"))
    found = [Sized(row["site_id"], WaveSize(row["size"]), row["n"]) for row in rows]
    order = list(WaveSize)
    return sorted(found, key=lambda one: (one.site_id, order.index(one.size)))
