"""What the log reads of a finished day at the stations."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from rebond.network.models import Organisation
from rebond.workshop.data.chain import PHOTOGRAPH, REVIEW, WRITE
from rebond.workshop.enums import SkillLevel, StepResult
from rebond.workshop.models import Step, WorkerSkill

ITEM = "catalogue.item"
BATCH = 500
AUTHORS = (WRITE, PHOTOGRAPH)


@dataclass(frozen=True, slots=True)
class Done:
    """One step: `hands` are the keys of its one or two workers, `item` is the code of its object ("" for no object)."""

    pk: int
    kind: str
    station: int | None
    hands: tuple[int, ...]
    result: str
    item: str
    data: dict[str, Any]


def steps_of(organisation: Organisation, day: datetime.date, *, workers: Sequence[int] | None = None) -> Iterable[Done]:
    """Real steps of the day, in their order; of `workers` only, and all of the readings of listings."""
    rows = Step.objects.real().filter(organisation=organisation, day=day).order_by("pk")
    names = ("pk", "kind", "station_id", "worker_id", "partner_id", "result", "subject_kind", "subject_id", "data")
    wanted = None if workers is None else set(workers)
    for pk, kind, station, worker, partner, result, subject_kind, subject, data in rows.values_list(*names).iterator():
        hands = tuple(one for one in (worker, partner) if one is not None)
        if wanted is None or kind == REVIEW or wanted & set(hands):
            yield Done(pk, kind, station, hands, result, subject if subject_kind == ITEM else "", data or {})


def authors_of(reviews: Sequence[Done]) -> dict[tuple[int, str], Done]:
    """(key of the reading, kind) → the last step of that kind on the same object before it."""
    codes = sorted({review.item for review in reviews if review.item})
    made: dict[str, list[Done]] = {}
    for some in batched(codes, BATCH):
        rows = Step.objects.real().filter(subject_kind=ITEM, subject_id__in=some, kind__in=AUTHORS)
        rows = rows.filter(result=StepResult.DONE).order_by("pk")
        for pk, kind, station, worker, partner, code in rows.values_list(
            "pk", "kind", "station_id", "worker_id", "partner_id", "subject_id"
        ):
            hands = tuple(one for one in (worker, partner) if one is not None)
            made.setdefault(code, []).append(Done(pk, kind, station, hands, StepResult.DONE, code, {}))
    return {
        (review.pk, step.kind): step for review in reviews for step in made.get(review.item, ()) if step.pk < review.pk
    }


def known_by(workers: Iterable[int]) -> set[tuple[int, str]]:
    """(worker, kind) that a supervisor noted as known: without it the station stays in the learner's mode."""
    rows = WorkerSkill.objects.filter(worker__in=list(workers), level__in=[SkillLevel.ABLE, SkillLevel.TEACHES])
    return set(rows.order_by().values_list("worker", "kind"))
