"""A count of bins: opened at the desk, counted blind at the stations, by a second person where it differs.

Who counts never reads what the ledger says. Two rounds by two people that find the same make a difference, which
the supervisor settles with a reason (`actions/difference.py`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.warehouse.data import COUNT
from rebond.warehouse.enums import COUNTABLE, BinState, CountState, DifferenceState, PlaceKind
from rebond.warehouse.errors import (
    BoxCountedApart,
    CountClosed,
    CountedByOther,
    CountedByYou,
    NotEmptyHere,
    NothingScanned,
    NothingToCount,
    NotToCount,
    TooManyBins,
)
from rebond.warehouse.models import Count, CountBin, CountDifference, CountLine, Holding, Place
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Worker

MOST_BINS = 1_000
MOST_UNITS = 9_999  # of a batch
MOST_SEEN = 2_000  # different objects of one bin


@transaction.atomic
def open_count(*, place: Place, by: Any) -> Count:
    """Count the bins that stand in `place` (and itself, where it holds things), boxes too, each by itself.

    Those of another open count stay there. Raise NothingToCount, TooManyBins.
    """
    place = lock_row(place, no_key=True)
    below = Place.objects.storage().filter(Q(pk__in=Place.objects.under(place).values("pk")) | Q(pk=place.pk))
    busy = CountBin.objects.filter(count__state=CountState.OPEN, place__site=place.site_id).values("place_id")
    bins = list(below.exclude(kind=PlaceKind.WAITING).exclude(pk__in=busy).order_by("label", "pk")[: MOST_BINS + 1])
    if not bins or place.site is None:
        raise NothingToCount
    if len(bins) > MOST_BINS:
        raise TooManyBins
    count: Count = Count.objects.create(
        organisation_id=place.organisation_id, site=place.site, place=place, name=str(place), opened_by=by
    )
    CountBin.objects.bulk_create([CountBin(count=count, place=one) for one in bins], batch_size=500)
    record("warehouse.count.opened", subject=count, by=by, organisation=place.organisation, number=len(bins))
    return count


@transaction.atomic
def close_count(*, count: Count, by: Any, now: datetime | None = None) -> Count:
    """Nobody counts any more; what is settled stays, what is not is left as the ledger says. Twice is once."""
    changed = Count.objects.filter(pk=count.pk, state=CountState.OPEN).update(
        state=CountState.CLOSED, closed_on=timezone.localdate(now), version=F("version") + 1
    )
    if changed:
        record("warehouse.count.closed", subject=count, by=by, organisation=count.organisation)
    count.refresh_from_db()
    return count


def _locked(bin: CountBin, worker: Worker | None = None) -> CountBin:  # noqa: A002 -- the warehouse's word
    """The bin, fresh; raise CountClosed, NotToCount, or CountedByOther where `worker` is no longer the one there."""
    found = lock_row(bin)
    if Count.objects.filter(pk=found.count_id, state=CountState.CLOSED).exists():
        raise CountClosed
    if found.state not in COUNTABLE:
        raise NotToCount
    if worker is not None and found.counting_by_id != worker.pk:
        raise CountedByOther
    return found


@transaction.atomic
def start_bin(*, bin: CountBin, hands: Hands) -> CountBin:  # noqa: A002 -- the warehouse's word
    """The person stands before the bin (they scanned its label): the round is theirs, begun anew.

    Somebody who had begun it has it no longer; so with the bins that this person had begun elsewhere. Raise
    CountedByYou where they did the round before, NotToCount, CountClosed.
    """
    bin = _locked(bin)  # noqa: A001 -- the same, fresh
    if bin.last_by_id == hands.worker.pk:
        raise CountedByYou
    if bin.counting_by_id == hands.worker.pk:
        return bin
    for other in CountBin.objects.filter(counting_by=hands.worker).exclude(pk=bin.pk).order_by("pk"):
        _leave(other)
    _leave(bin)
    CountBin.objects.filter(pk=bin.pk).update(counting_by=hands.worker, version=F("version") + 1)
    bin.counting_by = hands.worker
    return bin


def _leave(bin: CountBin) -> None:  # noqa: A002 -- the warehouse's word
    CountLine.objects.filter(bin=bin, round=bin.rounds + 1).delete()
    CountBin.objects.filter(pk=bin.pk).update(counting_by=None, version=F("version") + 1)


@transaction.atomic
def count_object(*, bin: CountBin, item: Item, hands: Hands, units: int | None = None) -> CountLine:  # noqa: A002
    """The object is there. A second scan changes nothing; `units` writes how many of a batch there are."""
    bin = _locked(bin, hands.worker)  # noqa: A001 -- the same, fresh
    line, is_new = CountLine.objects.get_or_create(
        bin=bin,
        round=bin.rounds + 1,
        item_id=item.pk,
        defaults={"item_code": item.code, "title": item.title[:150], "units": units or 1},
    )
    if not is_new and units and units != line.units:
        CountLine.objects.filter(pk=line.pk).update(units=units)
        line.units = units
    return line


@transaction.atomic
def remove_object(*, bin: CountBin, code: str, hands: Hands) -> None:  # noqa: A002 -- the warehouse's word
    """It was a mistake: the object is not there. Twice is once."""
    bin = _locked(bin, hands.worker)  # noqa: A001 -- the same, fresh
    CountLine.objects.filter(bin=bin, round=bin.rounds + 1, item_code=code).delete()


@transaction.atomic
def fill_bin(*, bin: CountBin, seen: Mapping[Item, int], hands: Hands) -> None:  # noqa: A002 -- the warehouse's word
    """The round under way holds `seen` (units of each) and nothing else. Raise CountedByOther, NotToCount."""
    bin = _locked(bin, hands.worker)  # noqa: A001 -- the same, fresh
    number = bin.rounds + 1
    CountLine.objects.filter(bin=bin, round=number).delete()
    CountLine.objects.bulk_create(
        [
            CountLine(bin=bin, round=number, item=item, item_code=item.code, title=item.title[:150], units=units)
            for item, units in seen.items()
        ],
        batch_size=500,
    )


@transaction.atomic
def finish_bin(
    *,
    bin: CountBin,  # noqa: A002 -- the warehouse's word
    hands: Hands,
    is_empty: bool = False,
    now: datetime | None = None,
) -> CountBin:
    """All that lies there was scanned (or nothing does): compare it with the ledger of this moment.

    The same as the ledger: right. Else another person counts it again; two rounds in a row that find the same make
    the difference. Nobody is told which. Raise NothingScanned, NotEmptyHere, CountedByOther, NotToCount, CountClosed.
    """
    if already_done(hands.operation_id) is not None:
        bin.refresh_from_db()
        return bin
    bin = _locked(bin, hands.worker)  # noqa: A001 -- the same, fresh
    found = _found(bin, bin.rounds + 1)
    if not found and not is_empty:
        raise NothingScanned
    if found and is_empty:
        raise NotEmptyHere
    place = lock_row(bin.place, no_key=True)
    before = {"state": bin.state, "by": bin.last_by_id}
    state = _compare(bin, found, place)
    CountBin.objects.filter(pk=bin.pk).update(
        state=state, rounds=F("rounds") + 1, last_by=hands.worker, counting_by=None, version=F("version") + 1
    )
    bin.refresh_from_db()
    count = Count.objects.get(pk=bin.count_id)
    record_step(
        kind=COUNT, subject=place, hands=hands, site=place.site, now=now, count=count.public_id, bin=bin.pk,
        round=bin.rounds, before=before, label=str(place),
    )  # fmt: skip
    return bin


def _found(bin: CountBin, number: int) -> dict[int, int]:  # noqa: A002 -- the warehouse's word
    rows = CountLine.objects.filter(bin=bin, round=number).order_by()
    return dict(rows.values_list("item_id", "units"))


def _compare(bin: CountBin, found: Mapping[int, int], place: Place) -> str:  # noqa: A002 -- the warehouse's word
    """The state that this round leads to; its differences are written where it is the second that finds them.

    What is sold has left the ledger and waits to be picked: it may lie there or not.
    """
    held = dict(Holding.objects.filter(place=place).order_by().values_list("item_id", "units"))
    sold = set(Item.objects.filter(pk__in=found, state=ItemState.SOLD).order_by().values_list("pk", flat=True))
    seen = {item: units for item, units in found.items() if item not in sold or item in held}
    CountDifference.objects.filter(bin=bin, state=DifferenceState.OPEN).delete()
    if seen == held:
        return BinState.RIGHT
    if bin.rounds == 0 or _found(bin, bin.rounds) != found:
        return BinState.RECOUNT
    items = Item.objects.in_bulk(held.keys() | seen.keys())
    CountDifference.objects.bulk_create(
        [
            CountDifference(
                bin=bin,
                item_id=pk,
                item_code=item.code,
                title=item.title[:150],
                expected=held.get(pk, 0),
                found=seen.get(pk, 0),
            )
            for pk, item in sorted(items.items())
            if held.get(pk, 0) != seen.get(pk, 0)
        ]
    )
    return BinState.DIFFERS


@transaction.atomic
def ask_recount(*, bin: CountBin, by: Any) -> CountBin:  # noqa: A002 -- the warehouse's word
    """The supervisor wants another round, whatever was found; what is settled stays settled. Raise CountClosed."""
    bin = lock_row(bin)  # noqa: A001 -- the same, fresh
    count = Count.objects.select_related("organisation").get(pk=bin.count_id)
    if count.state == CountState.CLOSED:
        raise CountClosed
    if bin.state in COUNTABLE:
        return bin
    CountDifference.objects.filter(bin=bin, state=DifferenceState.OPEN).delete()
    CountBin.objects.filter(pk=bin.pk).update(state=BinState.RECOUNT, counting_by=None, version=F("version") + 1)
    record("warehouse.count.again", subject=count, by=by, organisation=count.organisation, place=str(bin.place))
    bin.refresh_from_db()
    return bin


@transaction.atomic
def uncount(*, step: Step, by: Any) -> None:
    """Take back a finished round, on the day: what was scanned is there to be corrected. Raise NotUndoable."""
    found = CountBin.objects.filter(pk=step.data.get("bin")).select_related("count").first()
    if found is None:
        raise NotUndoable
    bin = lock_row(found)  # noqa: A001 -- the warehouse's word
    is_settled = bin.differences.filter(state=DifferenceState.SETTLED).exists()
    if bin.rounds != step.data["round"] or bin.counting_by_id or is_settled or found.count.state == CountState.CLOSED:
        raise NotUndoable
    before = step.data["before"]
    bin.differences.all().delete()
    CountBin.objects.filter(pk=bin.pk).update(
        state=before["state"],
        rounds=F("rounds") - 1,
        last_by_id=before["by"],
        counting_by_id=step.worker_id,
        version=F("version") + 1,
    )
    owner = found.count.organisation
    record("warehouse.count.taken_back", subject=found.count, by=by, organisation=owner, place=str(bin.place))


def check_countable(place: Place) -> None:
    """Raise BoxCountedApart for a box scanned while a bin is being counted."""
    if place.is_container:
        raise BoxCountedApart
