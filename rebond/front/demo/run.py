"""The whole demo, stage by stage; run again, it only completes what is missing.

Each stage is one transaction, so a run that was killed leaves whole stages. Everything comes from one seed.
"""

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.categories_load import load_categories
from rebond.catalogue.models import Item, PhotoAsset
from rebond.catalogue.queries.categories import tree
from rebond.core.images import FIRST_FILES
from rebond.front.demo.bulk import Writer
from rebond.front.demo.gallery import make_pictures
from rebond.front.demo.items import Plan, make_plans
from rebond.front.demo.life import STAGES
from rebond.front.demo.network import OPERATOR, Network, find_network, make_network
from rebond.front.demo.pictures import Shot, all_shots
from rebond.front.demo.sellers import Seller, make_sellers
from rebond.network.models import Organisation

SEED = 47
MOST = 20_000  # items with pictures and history; what is asked above comes from the bulk load
WHOLE = 2_000  # from this many items on, every picture is made, whatever the items ask

type Bar = Callable[[str, int, int], None]  # stage, done, total


class NotDemo(Exception):  # noqa: N818 -- a state of the database, told to the person
    """The database holds organisations that the demo did not make."""


@dataclass(slots=True)
class Result:
    """What there is after the run."""

    sellers: int = 0
    items: int = 0
    pictures: int = 0
    created: int = 0
    more: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Demo:
    """One run: `count` items in all, at `now`."""

    count: int
    now: datetime.datetime
    bar: Bar
    seed: int = SEED
    sellers_limit: int | None = None
    files: tuple[tuple[int, str], ...] = FIRST_FILES

    def run(self) -> Result:
        """Every stage in its order. Raise NotDemo before anything is written."""
        check_is_demo()
        load_categories()
        sellers = make_sellers(self._rng("sellers"), self.now.date(), limit=self.sellers_limit)
        network = self._network(sellers)
        result = Result(sellers=len(sellers))
        if Item.objects.count() < self.count:
            result.created = self._items(network, self._plans(sellers))
        result.items, result.pictures = Item.objects.count(), PhotoAsset.objects.count()
        self._life(network, result)
        return result

    def _rng(self, stage: str) -> random.Random:
        return random.Random(f"{self.seed} {stage}")

    def _ticker(self, stage: str, total: int) -> Callable[[], None]:
        done = 0

        def tick() -> None:
            nonlocal done
            done += 1
            self.bar(stage, done, total)

        return tick

    def _network(self, sellers: Sequence[Seller]) -> Network:
        self.bar("network", 0, 1)
        found = find_network(sellers)
        if found is None:
            with transaction.atomic():
                found = make_network(self._rng("network"), sellers=sellers, now=self.now)
        self.bar("network", 1, 1)
        return found

    def _plans(self, sellers: Sequence[Seller]) -> list[Plan]:
        held = tree()
        leaves = {node.key: held.ancestors(node)[0].key for node in held.nodes if not held.children.get(node.pk)}
        today = timezone.localdate(self.now)
        return list(make_plans(self._rng("items"), count=self.count, sellers=sellers, universes=leaves, today=today))

    def _shots(self, plans: Sequence[Plan]) -> list[Shot]:
        return all_shots() if self.count >= WHOLE else sorted({shot for plan in plans for shot in plan.shots})

    def _items(self, network: Network, plans: Sequence[Plan]) -> int:
        """The pictures, then the items that are missing: those of the plan from the number of known ones on."""
        shots = self._shots(plans)
        assets = make_pictures(shots, files=self.files, tick=self._ticker("pictures", len(shots)))
        writer = Writer(
            now=self.now, organisations=network.organisations, sites=network.sites, people=network.people, assets=assets
        )
        done = 0

        def tick(count: int) -> None:
            nonlocal done
            done += count
            self.bar("items", done, len(plans))

        with transaction.atomic():
            return writer.write(plans, skip=Item.objects.count(), tick=tick)

    def _life(self, network: Network, result: Result) -> None:
        for place, (name, stage) in enumerate(STAGES):
            with transaction.atomic():
                result.more[name] = stage(self._rng(name), network, self.now)
            self.bar("life", place + 1, len(STAGES))


def check_is_demo() -> None:
    """Raise NotDemo where the database holds organisations and none is the demo's operator with its people."""
    rows = Organisation.objects.order_by("pk")
    if rows.exists() and not rows.filter(slug=OPERATOR[1], memberships__user__demo_role__gt="").exists():
        raise NotDemo


def run_demo(*, count: int, bar: Bar = lambda _stage, _done, _total: None, **options: Any) -> Result:
    """Fill the database with the demo, at most MOST items (see `Demo`)."""
    return Demo(count=min(count, MOST), now=options.pop("now", None) or timezone.now(), bar=bar, **options).run()
