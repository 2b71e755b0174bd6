"""Is this thing recalled or forbidden? The list in force, read once per process and followed by a version stamp.

Every listing, import line and scan asks; the rows are few (some thousands), so they are held as two dictionaries. The
stamp in the shared cache is looked at once a second at most: what slips through in between, the sweep finds
(`actions.recall_stop`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item, Recall
from rebond.catalogue.models.recall import code_key
from rebond.catalogue.search import IndexUnavailable, SearchQuery, Sort, get_index
from rebond.catalogue.validators import plain
from rebond.core.stamped import Stamped

STAMP_KEY = "catalogue.recalls.stamp"
OF_BRAND = 500  # things on sale of one brand that the sweep reads
BATCH = 500
WRITTEN = (8, 12, 13, 14)  # figures of a barcode


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry in force, as it is looked up; `key`, `message` and `proof` as a safety rule has them."""

    pk: int
    public_id: str
    gtin: str
    brand_key: str
    models: tuple[str, ...]
    label: str
    risk: str
    key: str = "recalled"
    proof: str = ""

    @property
    def message(self) -> str:
        return _("Recalled or forbidden: %(label)s. %(risk)s") % {"label": self.label, "risk": self.risk}

    def is_named_in(self, text: str) -> bool:
        """Whether one of its models stands in `text`, which is as `plain` writes it, as whole words."""
        return any(f" {model} " in f" {text} " for model in self.models)


@dataclass(frozen=True, slots=True)
class Stops:
    by_code: dict[str, Stop]
    by_brand: dict[str, tuple[Stop, ...]]


def stop_of(recall: Recall) -> Stop:
    """The entry as it is looked up."""
    models = tuple(key for line in recall.model_names.splitlines() if (key := plain(line)))
    facts = (recall.pk, recall.public_id, recall.gtin, recall.brand_key, models, recall.label, recall.risk)
    return Stop(*facts)


def _read() -> Stops:
    by_code: dict[str, Stop] = {}
    by_brand: dict[str, list[Stop]] = {}
    for recall in Recall.objects.in_force().order_by("pk").iterator(chunk_size=2_000):
        stop = stop_of(recall)
        if stop.gtin:
            by_code[stop.gtin] = stop
        if stop.brand_key and stop.models:
            by_brand.setdefault(stop.brand_key, []).append(stop)
    return Stops(by_code, {brand: tuple(stops) for brand, stops in by_brand.items()})


_kept = Stamped(STAMP_KEY, _read)


def look_again() -> None:
    """Read the list again at the next question."""
    _kept.forget()


def recalls_did_change() -> None:
    """Make every process read the list again; called inside the transaction that changed it."""
    _kept.did_change()


def stop_for(*, gtin: str = "", brand: str = "", text: str = "") -> Stop | None:
    """The entry in force that names this thing, or None: by its barcode, else by its brand with a model in `text`.

    `gtin` is clean (`validators.clean_gtin`); `text` is title, description and what else names the model.
    """
    stops = _kept.get()
    if gtin and (found := stops.by_code.get(code_key(gtin))) is not None:
        return found
    candidates = stops.by_brand.get(plain(brand)) if brand and stops.by_brand else None
    if not candidates:
        return None
    said = plain(text)
    return next((stop for stop in candidates if stop.is_named_in(said)), None)


def stop_of_item(item: Item) -> Stop | None:
    """As `stop_for`, of an object as it is written."""
    words = [item.title, item.description, *(str(value) for value in item.attributes.values())]
    return stop_for(gtin=item.gtin, brand=item.brand, text="\n".join(words))


def spellings(gtin: str) -> list[str]:
    """A barcode in every length that it may have been noted in."""
    short = gtin.lstrip("0")
    return [short.zfill(length) for length in WRITTEN if len(short) <= length] if short else []


def things_on_sale(stops: Iterable[Stop]) -> list[Item]:
    """Objects on sale that these entries name: by barcode in the table, by brand and model through the index.

    Where the index is being rebuilt, those of brand and model wait for the next sweep.
    """
    stops = list(stops)
    codes = [one for stop in stops for one in spellings(stop.gtin)]
    found: dict[int, Item] = {}
    for part in batched(codes, BATCH):
        found |= {row.pk: row for row in _on_sale().filter(gtin__in=part)}
    for some in batched((pk for stop in stops for pk in _ids_of_brand(stop)), BATCH):
        found |= {row.pk: row for row in _on_sale().filter(pk__in=some)}
    return [row for row in found.values() if stop_of_item(row) is not None]


def _on_sale() -> QuerySet[Item]:
    return Item.objects.on_sale().select_related("seller").order_by("pk")


def _ids_of_brand(stop: Stop) -> list[int]:
    found: set[int] = set()
    for model in stop.models if stop.brand_key else ():
        query = SearchQuery(text=f"{stop.brand_key} {model}", sort=Sort.NEWEST, size=OF_BRAND, with_facets=False)
        try:
            found.update(get_index().search(query).ids)
        except IndexUnavailable:
            return []
    return sorted(found)
