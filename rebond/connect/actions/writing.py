"""One batch written in a few statements, whatever its size. Called inside the batch's transaction, rows locked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_shared import place_of, slug_of, tell_stock
from rebond.catalogue.enums import FlawKind, ItemState, StockReason
from rebond.catalogue.models import Item, ItemFlaw, ItemSlug, PriceChange
from rebond.catalogue.queries.categories import default_weight_g, tree
from rebond.catalogue.queries.hosting import first_site, sites_for
from rebond.catalogue.queries.prices import PricePoint, reference_price
from rebond.connect.actions.history import History
from rebond.connect.enums import Outcome, Target
from rebond.connect.judging import Verdict
from rebond.connect.models import ImportPhoto, ImportRow, ImportRun
from rebond.connect.parsers import MAX_PHOTOS
from rebond.connect.rules import sale_problem
from rebond.core.bulk import insert_objects, insert_values, update_objects
from rebond.core.codes import make_code
from rebond.network.models import Site

STOCK = {"quantity", "state"}  # what an import may change of what there is
SHOWN = {ItemState.ON_SALE, ItemState.SOLD}


def fresh_codes(letters: str, count: int) -> list[str]:
    """`count` codes that no item has, in one query for almost any count."""
    made: dict[str, None] = {}
    while len(made) < count:
        some = {make_code(letters) for _n in range(count - len(made))}
        taken = set(Item.objects.filter(code__in=some).order_by().values_list("code", flat=True))
        made.update(dict.fromkeys(c for c in sorted(some) if c not in taken))
    return list(made)


class Writer:
    """Creates and changes the items of a batch; `shown_ids` are those whose change the shop shows."""

    def __init__(self, *, run: ImportRun, now: datetime) -> None:
        self.run, self.now = run, now
        self.seller = run.seller
        self.by_label = run.by.display_name[:160] if run.by else ""
        self.categories = tree().by_pk
        self.history = History(run=run, now=now)
        self.incomplete = 0
        self.shown_ids: list[int] = []
        self._prototype: dict[str, Any] = {}

    def write(self, verdicts: Sequence[Verdict]) -> list[ImportRow]:
        """Return the results to keep: one for all new items of the batch, one per changed item."""
        created = self._create([v for v in verdicts if v.outcome == Outcome.CREATED])
        updated = self._update([v for v in verdicts if v.outcome == Outcome.UPDATED])
        self.history.write()
        self._pictures([v for v in verdicts if v.item is not None and v.row.images])
        return created + updated

    def _create(self, verdicts: list[Verdict]) -> list[ImportRow]:
        if not verdicts:
            return []
        site = self._site()
        shared = Item(
            seller=self.seller, site=site, created_at=self.now, updated_at=self.now, place=place_of(site), title=""
        )
        self._prototype = {name: value for name, value in vars(shared).items() if name != "_state"}
        codes = fresh_codes(str(self.seller.letters), len(verdicts))
        for verdict, code in zip(verdicts, codes, strict=True):
            verdict.item = self._new_item(verdict, code)
        items = [v.item for v in verdicts if v.item is not None]
        insert_objects(items)
        keys = dict(Item.objects.filter(code__in=codes).order_by().values_list("code", "pk"))
        for item in items:
            item.pk = keys[item.code]
        self._write_prices(items)
        self._write_flaws((v.item, v.flaws) for v in verdicts if v.item is not None and v.flaws)
        self.history.created(items)
        tell_stock([i.pk for i in items], StockReason.MADE)
        self.shown_ids.extend(i.pk for i in items if i.state in SHOWN)
        lines = [[v.row.line, v.item.pk] for v in verdicts if v.item is not None]
        return [ImportRow(run=self.run, line=lines[0][0], outcome=Outcome.CREATED, items=lines)]

    def _site(self) -> Site | None:
        """The place that was chosen for the import, where its objects may still come in; else the seller's first."""
        wanted = self.run.defaults.get("site")
        sites = (site for site, _name in sites_for(self.seller) if site.public_id == wanted)
        return (next(sites, None) if wanted else None) or first_site(self.seller)

    def _write_prices(self, items: list[Item]) -> None:
        """The price history; where a published item gets cheaper, the lowest price of 30 days (rules.md F4)."""
        names = ("item_id", "price_cents", "at", "by_label", "reason", "is_progressive")
        reason = _("Import")
        insert_values(
            PriceChange, names, ((i.pk, i.price_cents, self.now, self.by_label, reason, False) for i in items)
        )

    def _blank(self) -> Item:
        """A new item with the values that all have. Copied: a model's own way in costs ten times as much.

        The seller is given with it: the rules ask for it, and each would be read again.
        """
        item = Item.__new__(Item)
        item.__dict__.update(self._prototype)
        item._state = ModelState()  # noqa: SLF001 -- what `Model.__init__` does
        item._state.fields_cache = {"seller": self.seller}  # noqa: SLF001 -- what assigning it does
        return item

    def _new_item(self, verdict: Verdict, code: str) -> Item:
        row = verdict.row
        category = self.categories[row.category_id or 0]
        values = dict(row.values)
        if not values.get("weight_g") and (usual := default_weight_g(category)):
            values["weight_g"], values["is_weight_estimated"] = usual, True
        values.setdefault("delivery_modes", self.seller.delivery_modes)
        item = self._blank()
        item.__dict__.update(
            values,
            code=code,
            category_id=category.pk,
            slug=slug_of(values["title"]),
            external_ref=row.ref,
            attributes=row.attributes,
            is_manufacturer_unknown=not values.get("manufacturer"),
        )
        self._state(item, wants=row.is_published, flaws=row.flaws)
        return item

    def _state(self, item: Item, *, wants: bool, flaws: list[str] | None) -> None:
        """Draft, to be checked or online, as the import asks; what is not complete enough stays a draft."""
        target = Target(self.run.target)
        if target == Target.DRAFT or not wants:
            return
        if target == Target.REVIEW:
            item.state, item.version = ItemState.IN_REVIEW, 2
        elif sale_problem(item, flaws=flaws):
            self.incomplete += 1
        elif self.seller.is_selling:
            item.state, item.published_at, item.version = ItemState.ON_SALE, self.now, 2

    def _write_flaws(self, pairs: Iterable[tuple[Item, list[str] | None]]) -> None:
        ItemFlaw.objects.bulk_create(
            ItemFlaw(item=item, kind=FlawKind.OTHER, detail=detail[:200], position=place)
            for item, details in pairs
            for place, detail in enumerate(details or ())
        )

    def _update(self, verdicts: list[Verdict]) -> list[ImportRow]:
        if not verdicts:
            return []
        columns, results, prices, slugs = {"updated_at", "version"}, [], [], []
        for verdict in verdicts:
            item = verdict.item
            if item is None:
                continue
            previous, before = _previous(verdict, item), item.state
            if "price_cents" in verdict.changes:
                prices.append(item)
            if "title" in verdict.changes:
                if item.published_at:
                    slugs.append(ItemSlug(item=item, slug=item.slug))
                item.slug = slug_of(verdict.changes["title"])
                columns.add("slug")
            for key, value in verdict.changes.items():
                setattr(item, key, value)
            item.version, item.updated_at = item.version + 1, self.now
            columns.update(verdict.changes)
            self._tell(item, before, previous)
            results.append(
                ImportRow(
                    run=self.run, line=verdict.row.line, outcome=Outcome.UPDATED, item_id=item.pk, previous=previous
                )
            )
        self._save(verdicts, columns, prices, slugs)
        return results

    def _tell(self, item: Item, before: str, previous: dict[str, Any]) -> None:
        facts = {key: pair for key, pair in previous.items() if key not in {"state", "withdraw_reason", "flaws"}}
        if "flaws" in previous:
            facts["flaws"] = [len(side) for side in previous["flaws"]]
        self.history.changed(item, facts)
        if item.state != before:
            self.history.moved(item, before)

    def _save(self, verdicts: list[Verdict], columns: set[str], prices: list[Item], slugs: list[ItemSlug]) -> None:
        items = [v.item for v in verdicts if v.item is not None]
        if prices:
            columns.add("previous_price_cents")
            self._write_prices(prices)
            set_references(prices)
        update_objects(items, sorted(columns))
        if moved := [v.item.pk for v in verdicts if v.item is not None and STOCK & v.changes.keys()]:
            tell_stock(moved, StockReason.CORRECTED)
        ItemSlug.objects.bulk_create(slugs)
        flawed = [(v.item, v.flaws) for v in verdicts if v.item is not None and v.flaws is not None]
        ItemFlaw.objects.filter(item__in=[i for i, _flaws in flawed]).delete()
        self._write_flaws(flawed)
        self.shown_ids.extend(
            v.item.pk for v in verdicts if v.item is not None and (v.item.state in SHOWN or "state" in v.changes)
        )

    def _pictures(self, verdicts: list[Verdict]) -> None:
        """Pictures that no earlier import took or tried for the same item wait for their task."""
        items = [v.item for v in verdicts if v.item is not None]
        if not items:
            return
        known = set(ImportPhoto.objects.filter(item__in=items).order_by().values_list("item_id", "source"))
        ImportPhoto.objects.bulk_create(
            ImportPhoto(run=self.run, item=v.item, line=v.row.line, source=source[:1_000], position=place)
            for v in verdicts
            if v.item is not None
            for place, source in enumerate(v.row.images[:MAX_PHOTOS])
            if (v.item.pk, source[:1_000]) not in known
        )


def _previous(verdict: Verdict, item: Item) -> dict[str, Any]:
    """{column: [before, written]}, for an undo."""
    previous: dict[str, Any] = {key: [getattr(item, key), new] for key, new in verdict.changes.items()}
    if verdict.flaws is not None:
        previous["flaws"] = [verdict.old_flaws, verdict.flaws]
    return previous


def set_references(items: list[Item]) -> None:
    """What a published item's reduced price is compared with: the lowest of 30 days (rules.md F4); nothing is saved."""
    published = {i.pk: i for i in items if i.published_at is not None}
    history: dict[int, list[PricePoint]] = {}
    rows = PriceChange.objects.filter(item_id__in=published).order_by("item_id", "at", "pk")
    for key, at, cents, progressive in rows.values_list("item_id", "at", "price_cents", "is_progressive"):
        history.setdefault(key, []).append(PricePoint(at, cents, progressive))
    for item in items:
        points = history.get(item.pk, [])
        item.previous_price_cents = reference_price(points, since=item.published_at) if points else None
