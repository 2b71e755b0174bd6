"""Counts: how far they are, which bin comes next for a person, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Number
from django.db.models import Q, QuerySet

from rebond.core.counting import how_many
from rebond.network.models import Site
from rebond.warehouse.enums import BinState, DifferenceState
from rebond.warehouse.models import Count, CountBin, CountDifference, CountLine
from rebond.workshop.models import Worker


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bins are in each state; `done` are right, settled or wait for the supervisor only."""

    total: int
    todo: int
    recount: int
    differs: int
    right: int
    settled: int

    @property
    def done(self) -> int:
        return self.total - self.todo - self.recount

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress_of(counts: Sequence[Count]) -> dict[int, Progress]:
    """{count's key: its progress}: one query."""
    found: dict[int, dict[str, int]] = {count.pk: {} for count in counts}
    rows = (
        CountBin.objects.filter(count__in=counts).order_by().values_list("count_id", "state").annotate(n=Number("pk"))
    )
    for pk, state, number in rows:
        found[pk][state] = number
    return {pk: _progress(states) for pk, states in found.items()}


def _progress(states: dict[str, int]) -> Progress:
    return Progress(sum(states.values()), *(states.get(state.value, 0) for state in BinState))


def counts_of(organisation: Any) -> QuerySet[Count]:
    """The organisation's counts, open ones first, then the newest."""
    rows: QuerySet[Count] = Count.objects.filter(organisation=organisation).select_related("site")
    return rows.order_by("-state", "-created_at", "-pk")


def with_numbers(counts: QuerySet[Count]) -> QuerySet[Count]:
    """Each with `bin_number`, and those to decide: `differing_number`."""
    bins = CountBin.objects.all()
    differing = how_many(bins.filter(state=BinState.DIFFERS), "count")
    return counts.annotate(bin_number=how_many(bins, "count"), differing_number=differing)


def open_counts(site: Site | None) -> list[Count]:
    """Those of a site that people count now, the oldest first."""
    return list(Count.objects.open().filter(site=site).order_by("created_at", "pk")) if site is not None else []


def for_worker(worker: Worker) -> Q:
    """Bins that this person may count: not counted yet, or by somebody else the last time."""
    again = Q(state=BinState.RECOUNT) & ~Q(last_by=worker)
    return Q(state=BinState.TO_COUNT) | again


def bins_to_count(worker: Worker) -> QuerySet[CountBin]:
    """All bins of the open counts of the person's organisation that they may count."""
    rows = CountBin.objects.filter(for_worker(worker), count__state="open", count__organisation=worker.organisation_id)
    return rows.select_related("place", "count")


def next_bin(count: Count, worker: Worker) -> CountBin | None:
    """The person's own one if they began it, else the first that nobody counts, in the order of a walk."""
    rows = CountBin.objects.filter(for_worker(worker), count=count).select_related("place")
    own = rows.filter(counting_by=worker).first()
    return own or rows.filter(counting_by=None).order_by("place__label", "pk").first()


def bin_of_place(place: Any) -> CountBin | None:
    """The bin of an open count that stands at this place."""
    rows = CountBin.objects.filter(place=place, count__state="open")
    rows = rows.select_related("place", "count", "last_by", "counting_by")
    return rows.order_by("-pk").first()


def lines_of(bin: CountBin) -> list[CountLine]:  # noqa: A002 -- the warehouse's word
    """What was scanned in the round under way, the last one first."""
    return list(CountLine.objects.filter(bin=bin, round=bin.rounds + 1).select_related("item").order_by("-pk"))


def differences_of(count: Count) -> QuerySet[CountDifference]:
    """By bin, those to decide first."""
    rows = CountDifference.objects.filter(bin__count=count).select_related("bin__place", "item")
    return rows.order_by("state", "bin__place__label", "item_code")


def bins_of(count: Count) -> QuerySet[CountBin]:
    """In the order of a walk."""
    return CountBin.objects.filter(count=count).select_related("place", "counting_by").order_by("place__label", "pk")


def to_decide(organisation: Any) -> int:
    """How many differences wait for the supervisor."""
    rows = CountDifference.objects.filter(state=DifferenceState.OPEN, bin__count__organisation=organisation)
    return rows.filter(bin__count__state="open").count()
