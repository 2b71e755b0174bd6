"""What came in at six workshops over twelve months, and what became of it, so that their mass balance lives."""

import datetime
import itertools
import random

from django.utils import timezone

from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.front.demo.network import Network
from rebond.intake.data.flows import MIXED, flows
from rebond.intake.enums import ExitKind, Outcome, Source
from rebond.intake.models import Container, Donation, Exit, Sorting, StockCount, Weighing
from rebond.intake.queries.balance import moves_of
from rebond.intake.queries.flows import flow_of
from rebond.network.models import Site
from rebond.workshop.actions.task import open_task, subject_facts
from rebond.workshop.enums import TaskState
from rebond.workshop.models import Task

SITES, DAYS = 6, 365
DAY = datetime.timedelta(days=1)
CONTAINERS = (("Chariot", 8_000), ("Grand chariot", 14_500), ("Caisse grise", 1_900), ("Roll", 32_000))
FLOWS = {
    "textile": 26,
    "furniture": 22,
    "household": 14,
    "books": 14,
    "electrical": 9,
    "toys": 5,
    "sport": 5,
    "diy": 5,
    MIXED: 12,
}
SOURCES = dict(zip(Source.values, (46, 20, 18, 5, 7, 4), strict=True))
# Share of the grams that go each way; the rest is not sorted yet.
WAYS = {Outcome.SHOP: 34, Outcome.RECYCLE: 30, Outcome.GIVE: 10, Outcome.WASTE: 9, Outcome.ONLINE: 6, Outcome.REPAIR: 4, Outcome.DISMANTLE: 2, Outcome.REFUSED: 2}  # fmt: skip
type Leaves = dict[str, list[Category]]


def make_arrivals(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Donations, weighings, sortings, exits of the shop and monthly counts of the stock; today's wait to be sorted."""
    if Donation.objects.exists():
        return Donation.objects.count()
    leaves: Leaves = {key: [] for key in flows()}
    for leaf in categories.leaves():
        leaves[flow_of(leaf, {})].append(leaf)
    today = now.date()
    for site in list(network.sites.values())[:SITES]:
        Container.objects.bulk_create(
            [Container(organisation_id=site.organisation_id, site=site, name=n, tare_g=g) for n, g in CONTAINERS]
        )
        _arrive(rng, site, today, leaves)
        _count(rng, site, today)
    return Donation.objects.count()


def _arrive(rng: random.Random, site: Site, today: datetime.date, leaves: Leaves) -> None:
    days = [today - n * DAY for n in range(DAYS, -1, -1)]
    rows = [_donation(rng, site, day) for day in days if day.weekday() < 6 for _n in range(rng.randint(1, 3))]
    Donation.objects.bulk_create(rows, batch_size=500)
    weighings = [weighing for row in rows for weighing in _weighings(rng, row)]
    Weighing.objects.bulk_create(weighings, batch_size=500)
    of_today = {row.pk for row in rows if row.day == today}
    Task.objects.bulk_create([_sorted_task(rng, row) for row in rows if row.day < today], batch_size=500)
    done = [weighing for weighing in weighings if weighing.donation_id not in of_today]
    sortings = [one for weighing in done for one in _sortings(rng, site, weighing, leaves)]
    Sorting.objects.bulk_create(sortings, batch_size=500)
    Exit.objects.bulk_create(_shop_sales(sortings), batch_size=500)
    for row in rows:
        if row.pk in of_today:
            open_task(kind="intake.sort", subject=row, site=site, by=None)


def _sorted_task(rng: random.Random, donation: Donation) -> Task:
    """The sorting table has seen it, the same day or the next."""
    opened = timezone.make_aware(datetime.datetime.combine(donation.day, datetime.time(9, rng.randint(0, 59))))
    ended = donation.day + DAY * rng.choice((0, 0, 0, 1))
    facts = subject_facts(donation)
    return Task(
        kind="intake.sort", organisation_id=donation.organisation_id, site=donation.site, state=TaskState.DONE,
        created_at=opened, ended_on=min(ended, timezone.localdate() - DAY), **facts,
    )  # fmt: skip


def _donation(rng: random.Random, site: Site, day: datetime.date) -> Donation:
    source = rng.choices(list(SOURCES), list(SOURCES.values()))[0]
    return Donation(organisation_id=site.organisation_id, site=site, source=source, day=day)


def _weighings(rng: random.Random, donation: Donation) -> list[Weighing]:
    rows = []
    for key in dict.fromkeys(rng.choices(list(FLOWS), list(FLOWS.values()), k=rng.randint(1, 3))):
        net_g = rng.randint(15, 900) * 100 * (3 if key == "furniture" else 1)
        rows.append(Weighing(donation=donation, flow=key, gross_g=net_g, net_g=net_g))
    return rows


def _sortings(rng: random.Random, site: Site, weighing: Weighing, leaves: Leaves) -> list[Sorting]:
    rows = []
    for outcome in dict.fromkeys(rng.choices(list(WAYS), list(WAYS.values()), k=4)):
        key = rng.choice([k for k in FLOWS if k != MIXED]) if weighing.flow == MIXED else weighing.flow
        leaf = rng.choice(leaves[key])
        rows.append(
            Sorting(
                organisation_id=site.organisation_id,
                site=site,
                donation=weighing.donation,
                day=weighing.donation.day,
                category=leaf,
                category_label=leaf.name,
                flow=key,
                from_flow=weighing.flow,
                weight_g=max(weighing.net_g * rng.randint(18, 26) // 100, 50),
                outcome=outcome,
            )
        )
    return rows


def _shop_sales(sortings: list[Sorting]) -> list[Exit]:
    """The till's kilograms, one line a month and a flow: most of what was put in the shop."""
    shop = [row for row in sortings if row.outcome == Outcome.SHOP]
    shop.sort(key=_month_and_flow)
    rows = []
    for (_month, key), group in itertools.groupby(shop, key=_month_and_flow):
        found = list(group)
        grams = sum(row.weight_g for row in found) * 9 // 10
        day = max(row.day for row in found)
        facts = {"organisation_id": found[0].organisation_id, "site_id": found[0].site_id, "flow": key, "day": day}
        rows.append(Exit(kind=ExitKind.SOLD, weight_g=max(grams, 1), **facts))
    return rows


def _month_and_flow(row: Sorting) -> tuple[str, str]:
    return f"{row.day:%Y-%m}", row.flow


def _count(rng: random.Random, site: Site, today: datetime.date) -> None:
    """The stock counted at the end of each month: what the books say, less one or two percent, sometimes more."""
    firsts = sorted({(today - n * DAY).replace(day=1) for n in range(DAYS - 31)})
    ends = [first - DAY for first in firsts]
    nets = [moves_of(site, a + DAY, b) for a, b in itertools.pairwise(ends)]
    rows = []
    for key in flows():
        changes = [found[key].net_g if key in found else 0 for found in nets]
        stock = 400_000 + max(0, -min(itertools.accumulate(changes, initial=0)))
        rows.append((ends[0], key, stock))
        for end, change in zip(ends[1:], changes, strict=True):
            lost = rng.choices((0, 1, 2, 6), (3, 4, 3, 1))[0]
            stock = max((stock + change) * (1000 - 5 * lost) // 1000, 0)
            rows.append((end, key, stock))
    StockCount.objects.bulk_create(
        [
            StockCount(organisation_id=site.organisation_id, site=site, flow=key, day=day, weight_g=grams)
            for day, key, grams in rows
        ]
    )
